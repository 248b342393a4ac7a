"""What a file of a classifier claims is checked before anything is made of it."""

from __future__ import annotations

import json

import pytest
import torch

from ganview.errors import UserError
from ganview.files.evaluators import KEY, load_classifier, save_classifier
from ganview.files.tensor_file import write_tensors
from ganview.gan.metrics.classifier import ClassifierNet

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
