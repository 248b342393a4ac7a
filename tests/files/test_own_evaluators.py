"""Judges of other data: trained once, kept by hash, and never shown what they are held against."""

from __future__ import annotations

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.files import own_evaluators as own
from ganview.files.evaluators import class_reader_for, evaluators_for, own_folder
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer

SHA = "ab" * 32


def shapes(count: int, *, labelled: bool = True, sha256: str = SHA) -> Dataset:
    """Bars that stand or lie, with noise."""
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 60, (count, 1, 28, 28), generator=random, dtype=torch.uint8)
    labels = torch.arange(count) % 2
    at = torch.randint(4, 24, (count,), generator=random)
    for i in range(count):
        rows, columns = (slice(at[i], at[i] + 3), slice(4, 24))
        images[i, 0][(rows, columns) if labels[i] else (columns, rows)] = 255
    if labelled:
        return Dataset("bars", images, labels, ("upright", "lying"), sha256)
    return Dataset("bars", images, None, (), sha256)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(own, "epochs_for", lambda _count: 2)


def test_nobody_learns_from_what_models_are_held_against():
    data = shapes(1000)
    split = own.split_for_judge(data, 0)
    assert (len(split.learned), len(split.reference), len(split.perfect)) == (750, 125, 125)
    rows = [part.images.flatten(1).tolist() for part in split]
    assert len({tuple(row) for part in rows for row in part}) == 1000
    assert split.reference.labels is not None
    assert torch.bincount(split.reference.labels).min() >= 50
    held = own.split_for_judge(data, 300)
    assert (len(held.learned), len(held.reference), len(held.perfect)) == (700, 150, 150)


def test_too_few_pictures_are_refused():
    with pytest.raises(UserError, match="say little below 800"):
        own.split_for_judge(shapes(500), 0)


def test_evaluators_are_trained_once_and_kept(quick, monkeypatch):
    data, shares = shapes(1000), []
    assert evaluators_for(SHA) is None
    evaluators, real = own.train_own_evaluators(data, 0, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert real.samples == 125
    assert real.accuracy_real > 0.9
    kept = evaluators_for(SHA)
    assert kept is not None
    assert torch.equal(kept.judge.head.weight, evaluators.judge.head.weight)
    monkeypatch.setattr(own, "train_classifier", lambda *_a, **_k: pytest.fail("trained again"))
    again = own.train_own_evaluators(data, 0, shares.append)[1]
    assert again.frechet_real == pytest.approx(real.frechet_real)
    model = Trainer(TrainConfig(architecture="mlp"), data.images, data.labels, data.class_names)
    found = model.model()
    found.info["dataset_sha256"] = SHA
    assert class_reader_for(found) is kept.classifier


def test_a_judge_that_has_seen_what_a_run_holds_out_is_not_used_for_it(quick):
    data = shapes(1000, sha256="bc" * 32)
    seen, _ = own.train_own_evaluators(data, 0, lambda _share: None)
    fresh, real = own.train_own_evaluators(data, 300, lambda _share: None)
    assert real.samples == 150
    assert not torch.equal(seen.judge.head.weight, fresh.judge.head.weight)
    again = own.train_own_evaluators(data, 300, lambda _share: pytest.fail("trained again"))[0]
    assert torch.equal(again.judge.head.weight, fresh.judge.head.weight)
    only = shapes(1000, sha256="bd" * 32)
    assert evaluators_for("bd" * 32) is None
    own.train_own_evaluators(only, 300, lambda _share: None)
    assert evaluators_for("bd" * 32) is not None


def test_data_without_labels_gets_a_judge_by_clusters(quick):
    data = shapes(1000, labelled=False, sha256="cd" * 32)
    evaluators, real = own.train_own_evaluators(data, 0, lambda _share: None)
    assert evaluators.judge.classes > 1
    assert real.frechet_real > 0
    model = Trainer(TrainConfig(architecture="mlp", clusters=0), data.images, None).model()
    model.info["dataset_sha256"] = "cd" * 32
    assert class_reader_for(model) is None  # clusters are no classes


def test_what_is_raised_by_the_progress_ends_it(quick):
    def leave(_share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        own.train_own_evaluators(shapes(1000, sha256="ef" * 32), 0, leave)
    assert evaluators_for("ef" * 32) is None


@pytest.mark.parametrize("name", ["", "../x", "g" * 64, 7, None, "AB" * 32])
def test_what_is_no_hash_is_no_path(name):
    assert own_folder(name) is None
