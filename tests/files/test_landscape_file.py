from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.evaluators import shipped_evaluators
from ganview.files.landscape_file import (
    KEY,
    LANDSCAPE,
    keep_landscape,
    kept_place,
    known_landscape,
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


def test_a_file_from_before_rarity_was_checked_is_read(tmp_path: Path) -> None:
    path = weights_folder() / LANDSCAPE
    about = json.loads(read_header(path, MODEL_LIMITS).metadata[KEY])
    del about["worth"]["calibration"], about["worth"]["elsewhere"]
    older = tmp_path / "older.safetensors"
    write_tensors(older, read_tensors(path, MODEL_LIMITS), {KEY: json.dumps(about)})
    landscape = load_landscape(older, shipped_evaluators())
    assert landscape is not None
    assert landscape.worth.calibration is None
    assert landscape.worth.elsewhere is None


def test_a_class_may_have_no_pictures(tmp_path: Path) -> None:
    path = weights_folder() / LANDSCAPE
    tensors = read_tensors(path, MODEL_LIMITS)
    tensors["labels"] = tensors["labels"].clamp(max=8)  # nothing is a nine
    tensors["distance_labels"] = tensors["distance_labels"].clamp(max=8)
    without = tmp_path / "without.safetensors"
    write_tensors(without, tensors, read_header(path, MODEL_LIMITS).metadata)
    landscape = load_landscape(without, shipped_evaluators())
    assert landscape is not None
    nines = torch.tensor([9, 9])
    ranks = landscape.rarity.ranks(landscape.features[:2], nines)
    assert ranks.isnan().all()
    assert np.isfinite(landscape.place_within(landscape.features[:2], nines, ranks)).all()


def test_what_was_kept_of_some_data_is_known_again() -> None:
    landscape = shipped_landscape()
    assert landscape is not None
    sha256 = "ab" * 32
    assert known_landscape(sha256) is None
    keep_landscape(sha256, landscape)
    again = known_landscape(sha256)
    assert again is not None
    assert torch.equal(again.features, landscape.features)
    place = kept_place(sha256)
    assert place is not None
    (place / LANDSCAPE).write_bytes(b"damaged")
    assert known_landscape(sha256) is None


def test_what_is_no_hash_of_data_names_no_file() -> None:
    for text in (None, "", "../" * 21 + "x", "AB" * 32):
        assert kept_place(text) is None


def test_that_of_another_judge_is_none_of_ours() -> None:
    other = ClassifierNet((1, 28, 28), 10, "judge").eval()
    evaluators = shipped_evaluators()._replace(judge=other)
    assert load_landscape(weights_folder() / LANDSCAPE, evaluators) is None


@pytest.mark.parametrize("fault", ["shape", "label", "number", "missing", "text"])
def test_a_damaged_file_is_refused(tmp_path: Path, fault: str) -> None:
    path = weights_folder() / LANDSCAPE
    tensors = read_tensors(path, MODEL_LIMITS)
    metadata = read_header(path, MODEL_LIMITS).metadata
    if fault == "shape":
        tensors["levels"] = tensors["levels"][:, :3]
    elif fault == "label":
        tensors["labels"] = tensors["labels"] + 5
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
