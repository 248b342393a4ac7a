"""A Dataset is what it says, or is refused."""

from __future__ import annotations

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.errors import UserError


def make(shape=(4, 1, 28, 28), labels=None, names=()):
    return Dataset("x", torch.zeros(shape, dtype=torch.uint8), labels, names, "")


def test_prior_counts_classes_without_members():
    labels = torch.tensor([0, 0, 0, 2])
    assert make(labels=labels, names=("a", "b", "c")).prior == (0.75, 0.0, 0.25)
    assert make().prior == ()


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (4, 2, 28, 28), (4, 1, 27, 28), (4, 3, 28, 65)])
def test_images_that_cannot_be_learned(shape):
    with pytest.raises(UserError):
        make(shape)


@pytest.mark.parametrize("labels", [torch.tensor([0, 1, 2, 3]), torch.tensor([0, 0, -1, 0])])
def test_labels_without_class(labels):
    with pytest.raises(UserError, match="no class"):
        make(labels=labels, names=("a", "b"))


def test_one_label_for_each_image():
    with pytest.raises(UserError, match="one label for each"):
        make(labels=torch.tensor([0, 1]), names=("a", "b"))


def test_what_is_held_out_are_the_last_images():
    whole = make((6, 1, 28, 28), torch.tensor([0, 1, 0, 1, 1, 0]), ("a", "b"))
    assert whole.divided(0) == (whole, None)
    learned, unseen = whole.divided(2)
    assert unseen is not None
    assert (len(learned), len(unseen)) == (4, 2)
    assert learned.labels is not None
    assert learned.labels.tolist() == [0, 1, 0, 1]
    assert unseen.labels is not None
    assert unseen.labels.tolist() == [1, 0]
    assert learned.sha256 == whole.sha256
    with pytest.raises(UserError, match="At most half"):
        whole.divided(4)
