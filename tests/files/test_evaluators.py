"""What a file of a classifier claims is checked before anything is made of it."""

from __future__ import annotations

import json

import pytest
import torch

from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.evaluators import KEY, load_classifier, load_panel, save_classifier
from ganview.files.tensor_file import write_tensors
from ganview.gan.metrics.classifier import (
    ARCHITECTURES,
    PANEL,
    UNTRAINED,
    ClassifierNet,
    fingerprint,
    train_classifier,
)

CLAIM = {"kind": "classifier", "image_shape": [1, 8, 8], "classes": 2}


@pytest.fixture
def classifier() -> ClassifierNet:
    return ClassifierNet((1, 8, 8), 2, "classifier")


def write(path, classifier, claim=None, **weights):
    tensors = classifier.state_dict() | weights
    write_tensors(path, tensors, {KEY: json.dumps(CLAIM | (claim or {}))})


def test_a_classifier_comes_back(classifier, tmp_path):
    save_classifier(tmp_path / "f", classifier, {})
    images = torch.rand(3, 1, 8, 8)
    torch.testing.assert_close(load_classifier(tmp_path / "f")(images), classifier.eval()(images))


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_every_kind_comes_back(kind, tmp_path):
    net = ClassifierNet((3, 9, 12), 4, kind).eval()
    save_classifier(tmp_path / "f", net, {})
    images = torch.rand(3, 3, 9, 12)
    torch.testing.assert_close(load_classifier(tmp_path / "f")(images), net(images))


def test_the_panel_that_ships_has_a_judge_of_every_kind():
    assert tuple(judge.kind for judge in load_panel(weights_folder())) == PANEL


def test_one_judge_of_the_panel_that_ships_never_learned_anything():
    random = load_panel(weights_folder())[PANEL.index(UNTRAINED)]
    pixels, label = torch.zeros((1, 1, 28, 28), dtype=torch.uint8), torch.zeros(1, dtype=torch.long)
    fresh = train_classifier(pixels, label, 10, UNTRAINED, seed=13)
    assert fingerprint(random) == fingerprint(fresh)


@pytest.mark.parametrize(
    "claim",
    [
        {"kind": "jury"},
        {"classes": 3},
        {"classes": 10**9},
        {"image_shape": [1, 8, 4096]},
        {"image_shape": [True, 8, 8]},
        {"image_shape": [2, 8, 8]},
    ],
)
def test_other_claims_are_refused(classifier, tmp_path, claim):
    write(tmp_path / "f", classifier, claim)
    with pytest.raises(UserError, match=r"damaged|does not hold"):
        load_classifier(tmp_path / "f")


@pytest.mark.parametrize("bias", [torch.tensor([1.0, float("nan")]), torch.ones(2).double()])
def test_other_numbers_are_refused(classifier, tmp_path, bias):
    write(tmp_path / "f", classifier, **{"head.bias": bias})
    with pytest.raises(UserError, match=r"NaN|does not hold"):
        load_classifier(tmp_path / "f")
