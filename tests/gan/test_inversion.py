"""A picture that the generator made is found again, and bad input is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.files.open_model import open_model
from ganview.gan.inversion import invert
from ganview.gan.latent import draw_z


def test_a_picture_of_its_own_is_found_again() -> None:
    torch.set_num_threads(1)
    model = open_model("conditional")
    picture = model.sample(draw_z(1, model.spec.z_dim, 5), np.array([3]))[0]
    found = invert(model, picture / 255.0, None)
    assert found.label == 3
    assert found.rmse < 0.08
    assert found.z.shape == (model.spec.z_dim,)


def test_a_picture_of_another_shape_is_refused() -> None:
    with pytest.raises((UserError, ValueError)):
        invert(open_model("conditional"), np.zeros((5, 5)), None)
