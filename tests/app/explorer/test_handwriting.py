from __future__ import annotations

import numpy as np
import pytest

from ganview.app.explorer.handwriting import normalised
from tests.app.explorer_bench import tiny_model


@pytest.mark.parametrize("zoom", [1, 2, 10])
def test_a_picture_of_the_models_size_is_taken_as_it_is(zoom: int) -> None:
    model = tiny_model()
    _, height, width = model.spec.image_shape
    pixels = np.random.default_rng(0).integers(0, 256, (height, width)).astype(np.uint8)
    picture = np.dstack([pixels, pixels, pixels, np.full_like(pixels, 255)])
    large = picture.repeat(zoom, axis=0).repeat(zoom, axis=1)
    np.testing.assert_allclose(normalised(model, large), pixels / 255, atol=1e-6)


def test_any_other_picture_is_centred_and_scaled() -> None:
    model = tiny_model()
    picture = np.zeros((280, 280, 4), np.uint8)
    picture[..., 3] = 255
    picture[5:95, 3:40] = 255
    assert normalised(model, picture)[:4].max() == 0
