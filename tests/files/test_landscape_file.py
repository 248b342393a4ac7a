from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.evaluators import shipped_evaluators
from ganview.files.landscape_file import (
    LANDSCAPE,
    load_landscape,
    save_landscape,
    shipped_landscape,
)
from ganview.files.tensor_file import MODEL_LIMITS, read_header, read_tensors, write_tensors
from ganview.gan.explore.survey import survey_pictures
from ganview.gan.metrics.classifier import ClassifierNet


def test_a_landscape_is_read_as_it_was_written(tmp_path: Path) -> None:
    landscape = shipped_landscape()
    assert landscape is not None
    path = tmp_path / "again.safetensors"
    save_landscape(path, landscape)
    again = load_landscape(path, shipped_evaluators())
    assert again is not None
    assert torch.equal(again.features, landscape.features)
    assert torch.equal(again.plane(again.features), landscape.plane(landscape.features))
    assert all(map(torch.equal, again.rarity.distances, landscape.rarity.distances))
    assert again.worth == landscape.worth
    assert again.class_names == tuple("0123456789")


def test_one_without_classes_is_read_as_it_was_written(tmp_path: Path) -> None:
    judge = ClassifierNet((3, 32, 32), 2, "judge").eval().requires_grad_(False)
    images = torch.randint(0, 256, (40, 3, 32, 32), dtype=torch.uint8)
    made = survey_pictures(judge, judge, images, None, (), images[:10], None, steps=2)
    path = tmp_path / "colour.safetensors"
    save_landscape(path, made)
    evaluators = shipped_evaluators()._replace(judge=judge)
    again = load_landscape(path, evaluators)
    assert again is not None
    assert again.class_names == ()
    assert torch.equal(again.features, made.features)


def test_that_of_another_judge_is_none_of_ours() -> None:
    other = ClassifierNet((1, 28, 28), 10, "judge").eval()
    evaluators = shipped_evaluators()._replace(judge=other)
    assert load_landscape(weights_folder() / LANDSCAPE, evaluators) is None


@pytest.mark.parametrize("fault", ["shape", "label", "class", "number", "missing", "text"])
def test_a_damaged_file_is_refused(tmp_path: Path, fault: str) -> None:
    path = weights_folder() / LANDSCAPE
    tensors = read_tensors(path, MODEL_LIMITS)
    metadata = read_header(path, MODEL_LIMITS).metadata
    if fault == "shape":
        tensors["levels"] = tensors["levels"][:, :3]
    elif fault == "label":
        tensors["labels"] = tensors["labels"] + 5
    elif fault == "class":
        tensors["labels"] = tensors["labels"].clamp(max=8)  # nothing is a nine
    elif fault == "number":
        tensors["distances"] = tensors["distances"] / 0
    elif fault == "missing":
        del tensors["scale"]
    else:
        metadata = dict.fromkeys(metadata, "{}")
    broken = tmp_path / "broken.safetensors"
    write_tensors(broken, tensors, metadata)
    with pytest.raises(UserError):
        load_landscape(broken, shipped_evaluators())
