"""The nearest training pictures, of whatever data the model learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganview.app.explorer.training_set import Nearest, find_nearest
from ganview.data.idx import encode_idx
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from tests.app.explorer_bench import tiny_model


def test_other_data_is_found_through_the_run(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (40, 28, 28), np.uint8)
    file = tmp_path / "mine-images-idx3-ubyte"
    file.write_bytes(encode_idx(pictures))
    data = DataSource(str(file)).open()
    model = tiny_model()
    model.info.update(dataset=data.name, dataset_sha256=data.sha256)
    with pytest.raises(UserError, match="run folder"):
        find_nearest(model, pictures[7])
    folder = tmp_path / "run"
    RunFolder.create(
        folder, TrainConfig(), data=DataSource(str(file)), data_sha256=data.sha256
    ).close()
    asked = find_nearest(model, pictures[7], 3, folder)
    assert asked == DataSource(str(file))  # a path in a file is not followed by itself
    found = find_nearest(model, pictures[7], 3, folder, [DataSource(str(file))])
    assert isinstance(found, Nearest)
    np.testing.assert_array_equal(found.pictures[0], pictures[7])
    assert found.distances[0] == 0
    assert found.copied

    file.write_bytes(encode_idx(255 - pictures))
    model.info["dataset_sha256"] = "0" * 64
    with pytest.raises(UserError, match="no longer those"):
        find_nearest(model, pictures[7], 3, folder, [DataSource(str(file))])
