"""Quick looks: their arithmetic against the full report's parts, and their rows."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.files.evaluators import (
    Evaluators,
    load_real_statistics,
    save_real_statistics,
    shipped_evaluators,
    shipped_real_statistics,
)
from ganview.files.metrics_log import append_rows, read_metrics
from ganview.gan.metrics.classifier import ClassifierNet, fingerprint, train_classifier
from ganview.gan.metrics.frechet import fit_gaussian, frechet_distance
from ganview.gan.metrics.online import Cancelled, OnlineEvaluator, measure_real_statistics
from ganview.gan.metrics.quality import Quality, from_columns, with_current_names
from ganview.gan.metrics.report import SEED, Labelled, draw_in_proportion
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import build_generator
from ganview.gan.seeded import Seeded

NAMES = tuple("0123456789")


def evaluators() -> Evaluators:
    with Seeded(1):
        kinds = [ClassifierNet((1, 28, 28), 10, kind).eval() for kind in ("judge", "classifier")]
    return Evaluators(*(kind.requires_grad_(False) for kind in kinds))


def model(*names: str) -> Model:
    spec = ModelSpec("mlp", "small", 8, (1, 28, 28), names, (0.1,) * len(names))
    with Seeded(0):
        generator = build_generator(spec).eval().requires_grad_(False)
    return Model(spec, generator, None, {"step": 7, "images_seen": 112})


def some(count: int, seed: int) -> Labelled:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, 1, 28, 28), generator=generator, dtype=torch.uint8)
    return Labelled(images, torch.arange(count) % 10)


def test_a_look_is_the_report_on_fewer_samples() -> None:
    judge, classifier = evaluators()
    train, unseen = some(120, 0), some(150, 1)
    reference = measure_real_statistics(judge, classifier, train, unseen.images, samples=100)
    held = fit_gaussian(judge.features(unseen.images))
    expected = frechet_distance(fit_gaussian(judge.features(train.images[:100])), held)
    assert reference.frechet_real == pytest.approx(expected, rel=1e-6)
    found = OnlineEvaluator(judge, classifier, reference)(model(*NAMES))
    images, asked = draw_in_proportion(model(*NAMES), 100, SEED)
    assert asked is not None
    right = classifier(images).argmax(1) == asked
    assert found.frechet == pytest.approx(
        frechet_distance(fit_gaussian(judge.features(images)), held), rel=1e-6
    )
    assert found.accuracy == pytest.approx(float(right.double().mean()))
    assert found.worst == 0
    assert (found.step, found.images_seen, found.samples) == (7, 112, 100)
    assert found.judge == fingerprint(judge)


def test_a_look_can_be_given_up() -> None:
    with pytest.raises(Cancelled):
        measure_real_statistics(
            *evaluators(), some(20, 0), some(20, 1).images, stopped=lambda: True
        )


def test_a_reference_is_read_back_for_its_own_judge_alone(tmp_path: Path) -> None:
    path, ours = tmp_path / "reference.safetensors", evaluators()
    reference = measure_real_statistics(*ours, some(120, 0), some(150, 1).images, samples=100)
    save_real_statistics(path, reference, ours)
    back = load_real_statistics(path, ours)
    assert back is not None
    assert torch.equal(back.gaussian.covariance, reference.gaussian.covariance)
    assert back[1:] == reference[1:]
    with Seeded(9):
        other = ClassifierNet((1, 28, 28), 10, "judge").eval()
    assert load_real_statistics(path, Evaluators(other, ours.classifier)) is None


def test_what_ships_was_measured_by_the_judges_that_ship() -> None:
    reference = shipped_real_statistics(shipped_evaluators())
    assert reference is not None  # else: 'ganview judge' writes all three files
    assert reference.samples == 1000
    assert 0.98 < reference.accuracy_real < 1
    assert 0 < reference.frechet_real < 1


def test_rows_name_their_judge_and_come_back(tmp_path: Path) -> None:
    first = Quality(16, 1, 80.0, 0.5, math.nan, 0.99, math.nan, 1000, "08567f50")
    other = Quality(32, 2, 9.0, 0.6, 0.9, 0.99, 0.7, 1000, "11111111")
    later = Quality(48, 3, 8.0, 0.6, 0.95, 0.99, 0.8, 1000, "11111111")
    path = tmp_path / "quality.jsonl"
    append_rows(path, [look.to_row(2.5) for look in (first, other, later)])
    columns = read_metrics(path)
    assert columns["judge-FD@08567f50"][0] == 80
    assert columns["seconds"].tolist() == [2.5] * 3
    assert from_columns(columns) == [other, later]
    assert from_columns({}) == []
    alone = from_columns({name: column[:1] for name, column in columns.items()})
    assert math.isnan(alone[0].accuracy)
    assert alone[0].frechet == 80
    assert from_columns({"step": np.array([1.0]), "judge-FD@x": np.array([np.nan])}) == []


def test_old_and_new_columns_of_accuracy_are_one() -> None:
    old, new = np.array([0.5, np.nan]), np.array([np.nan, 0.75])
    found = with_current_names({"read_as_asked": old, "class_accuracy": new})
    assert found.keys() == {"class_accuracy"}
    assert found["class_accuracy"].tolist() == [0.5, 0.75]


def test_training_a_judge_neither_uses_nor_heeds_the_global_generator() -> None:
    images = torch.randint(0, 256, (40, 1, 8, 8), generator=torch.Generator().manual_seed(0))
    images, labels = images.to(torch.uint8), torch.arange(40) % 2
    state = torch.random.get_rng_state()
    first = train_classifier(images, labels, 2, "judge", epochs=1)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.rand(3)
    again = train_classifier(images, labels, 2, "judge", epochs=1)
    assert fingerprint(first) == fingerprint(again)


def test_samples_are_drawn_a_part_at_a_time_and_not_beyond_a_limit(monkeypatch) -> None:
    drawn: list[int] = []
    little = model(*NAMES)

    def generate(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        drawn.append(len(z))
        assert len(y) == len(z)
        return torch.zeros(len(z), *little.spec.image_shape)

    monkeypatch.setattr(little, "generate", generate)
    assert len(draw_in_proportion(little, 1200, SEED).images) == 1200
    assert sum(drawn) == 1200
    assert max(drawn) <= 500
    for count in (0, 10**6 + 1, 10**12):
        with pytest.raises(UserError, match="at once"):
            draw_in_proportion(little, count, SEED)
    large = replace(little.spec, image_shape=(3, 64, 64))
    with pytest.raises(UserError, match="174,762"):  # 2^31 bytes
        large.check_count(174_763)
