"""A Dataset is what it says, or is refused."""

from __future__ import annotations

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.gan.config import TrainConfig
from ganview.gan.model import spec_for


def make(shape=(4, 1, 28, 28), labels=None, names=(), images=None):
    pixels = torch.zeros(shape, dtype=torch.uint8) if images is None else images
    return Dataset("x", pixels, labels, names, "")


def test_prior_counts_classes_without_members():
    data = make(labels=torch.tensor([0, 0, 0, 2]), names=("a", "b", "c"))
    spec = spec_for(TrainConfig(), data.images, data.labels, data.class_names, ())
    assert spec.class_prior == (0.75, 0.0, 0.25)
    assert spec_for(TrainConfig(), make().images, None, (), ()).class_prior == ()


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (4, 2, 28, 28), (4, 1, 27, 28), (4, 3, 28, 129)])
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


def test_each_class_gives_its_share_of_what_is_held_out():
    """Though the images lie class by class, as a folder's do."""
    labels = torch.tensor([0] * 60 + [1] * 30 + [2] * 10)
    images = torch.arange(100, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    whole = make(labels=labels, names=("a", "b", "c"), images=images.contiguous())
    assert whole.divided(0) == (whole, None)
    learned, unseen = whole.divided(20)
    assert unseen is not None
    assert learned.labels is not None
    assert unseen.labels is not None
    assert torch.bincount(unseen.labels).tolist() == [12, 6, 2]
    assert torch.bincount(learned.labels).tolist() == [48, 24, 8]
    seen = [set(part.images[:, 0, 0, 0].tolist()) for part in (learned, unseen)]
    assert seen[0] | seen[1] == set(range(100))
    assert not seen[0] & seen[1]
    assert max(seen[1]) - min(seen[1]) > 50
    again = whole.divided(20)[1]
    assert again is not None
    assert torch.equal(again.images, unseen.images)
    assert learned.sha256 == whole.sha256


def test_of_shuffled_data_the_last_images_are_held_out():
    """As every version has done with the digits, so that older models are measured on the same."""
    labels = torch.arange(200) % 3
    images = torch.arange(200, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    whole = make(labels=labels, names=("a", "b", "c"), images=images.contiguous())
    unseen = whole.divided(30)[1]
    assert unseen is not None
    assert unseen.images[:, 0, 0, 0].tolist() == list(range(170, 200))


def test_what_is_held_out_without_labels_is_spread_over_the_data():
    images = torch.arange(100, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    unseen = make(images=images.contiguous()).divided(10)[1]
    assert unseen is not None
    places = unseen.images[:, 0, 0, 0].tolist()
    assert len(set(places)) == 10
    assert max(places) - min(places) > 50


def test_more_than_half_cannot_be_held_out():
    whole = make((6, 1, 28, 28))
    with pytest.raises(UserError, match="At most half"):
        whole.divided(4)
