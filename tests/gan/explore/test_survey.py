from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.gan.explore import survey
from ganview.gan.explore.survey import survey_unknown, to_levels


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "JUDGE_STEPS", 12)
    monkeypatch.setattr(survey, "MAP_STEPS", 10)


def pictures(count: int, channels: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Bright above, or bright below."""
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 60, (count, channels, 28, 28), generator=random, dtype=torch.uint8)
    labels = torch.arange(count) % 2
    images[labels == 0, :, :14] += 150
    images[labels == 1, :, 14:] += 150
    return images, labels


def test_pictures_with_classes_get_a_judge_and_a_map() -> None:
    images, labels = pictures(180)
    shares: list[float] = []
    made = survey_unknown(images, labels, ("above", "below"), shares.append)
    assert made.class_names == ("above", "below")
    assert torch.equal(labels[made.chosen], made.labels)
    assert made.worth.pictures == 30
    assert made.worth.accuracy > 0.9
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


@pytest.mark.parametrize("names", [(), ("all alike",)])
def test_without_two_classes_clusters_stand_in(names: tuple[str, ...]) -> None:
    images, labels = pictures(130, channels=3)
    made = survey_unknown(images, labels * 0 if names else None, names)
    assert made.class_names == names
    assert (made.labels == 0).all()
    assert math.isnan(made.worth.accuracy)
    features, read = made.read(images[:4])
    assert features.shape == (4, 64)
    assert (read == 0).all()
    assert made.rarity.ranks(features, read).isfinite().all()


def test_a_class_may_have_one_picture_or_none() -> None:
    images, labels = pictures(130)
    order = torch.randperm(130, generator=torch.Generator().manual_seed(survey.SEED))
    for only in order[:2].tolist():  # the first is kept from the judge, the second is not
        labels[only] = 2
        made = survey_unknown(images, labels, ("above", "below", "once", "never"))
        assert np.isfinite(made.within).all()
        labels[only] = only % 2


def test_too_few_pictures_are_refused() -> None:
    images, labels = pictures(40)
    with pytest.raises(UserError):
        survey_unknown(images, labels, ("above", "below"))


def test_making_one_can_be_given_up() -> None:
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    images, labels = pictures(130)
    with pytest.raises(KeyboardInterrupt):
        survey_unknown(images, labels, ("above", "below"), stop)


def test_levels_give_the_features_back() -> None:
    features = torch.rand(20, 64) * 9
    levels, scale = to_levels(features)
    again, same = to_levels(levels * scale)
    assert torch.equal(levels, again)
    assert torch.allclose(scale, same)
    assert float((levels * scale - features).abs().max()) < 0.02
