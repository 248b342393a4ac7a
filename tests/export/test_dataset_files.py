"""Samples as arrays of numpy's."""

from __future__ import annotations

import numpy as np
import pytest

from ganview.export.dataset_files import write_npz
from ganview.files.atomic import WriteError

IMAGES = np.arange(3 * 28 * 28).astype(np.uint8).reshape(3, 28, 28)
Z = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.mark.parametrize("labels", [np.array([2, 0, 1]), None])
def test_round_trip(tmp_path, labels):
    path = tmp_path / "samples"  # no suffix is added
    write_npz(path, IMAGES, labels, Z)
    with np.load(path, allow_pickle=False) as found:
        assert sorted(found) == ["images", "labels", "z"]
        assert (found["images"] == IMAGES).all()
        assert (found["z"] == Z).all()
        assert found["z"].dtype == np.float32
        assert found["labels"].dtype == np.int64
        assert found["labels"].tolist() == ([2, 0, 1] if labels is not None else [-1, -1, -1])


def test_failure(tmp_path):
    with pytest.raises(WriteError):
        write_npz(tmp_path / "gone" / "x.npz", IMAGES, None, Z)
