from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from ganview.files import evaluators, landscape_file
from ganview.files.atomic import WriteError
from ganview.gan.explore import survey
from ganview.runtime import landscapes

SHA256 = "ab" * 32


def test_a_landscape_that_cannot_be_kept_is_shown_all_the_same(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()  # no folder can be made in it
    monkeypatch.setattr(evaluators, "user_data_path", lambda *_a, **_k: tmp_path / "file")
    made: Any = SimpleNamespace(chosen=torch.tensor([2, 0]), judge=None)
    with pytest.raises(WriteError):
        landscape_file.keep_landscape(SHA256, made)
    monkeypatch.setattr(survey, "survey_unknown", lambda *_given: made)
    images = torch.arange(3, dtype=torch.uint8)[:, None, None, None].expand(3, 1, 28, 28)
    data: Any = SimpleNamespace(sha256=SHA256, images=images, labels=None, class_names=())
    model: Any = SimpleNamespace(info={"dataset_sha256": SHA256})
    ground = landscapes.ground_of(model, lambda: data)
    assert isinstance(ground, landscapes.Ground)
    assert ground.pictures[:, 0, 0].tolist() == [2, 0]
