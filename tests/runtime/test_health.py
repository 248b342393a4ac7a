from __future__ import annotations

import math
from collections import deque

import numpy as np
import pytest

from ganview.gan.trainer import StepStats
from ganview.runtime.health import (
    FEWEST,
    LONG,
    WARM_UP_IMAGES,
    Finding,
    FindingKind,
    examine_losses,
    examine_samples,
    find_divergence,
)

GOOD = StepStats(1200, 76_800, 0.69, 0.7, 0.55, 0.45, 0.2, 0.3, 0.04)
NAMES = tuple("0123456789")
random = np.random.default_rng(0)


def drawings(rows: int, cols: int) -> np.ndarray:
    """Black pictures with a bright patch each, of a different place."""
    tiles = np.zeros((rows, cols, 28, 28), np.uint8)
    for row in range(rows):
        for col in range(cols):
            top, left = random.integers(0, 20, 2)
            tiles[row, col, top : top + 8, left : left + 8] = 230
    return tiles


def kind(
    tiles: np.ndarray, names: tuple[str, ...], images: int = WARM_UP_IMAGES
) -> FindingKind | None:
    found = examine_samples(tiles, images, names)
    return None if found is None else found.kind


@pytest.mark.parametrize("field", ["loss_d", "loss_g", "grad_norm_d", "grad_norm_g"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_a_divergence(field: str, value: float):
    found = find_divergence(GOOD._replace(**{field: value}))
    assert found is not None
    assert found.kind is FindingKind.NOT_FINITE
    assert found.fatal
    assert "step 1,200" in found.sentence


def test_an_exploding_cost_is_a_divergence_and_a_large_one_is_not():
    found = find_divergence(GOOD._replace(loss_g=-3e5))
    assert found is not None
    assert found.kind is FindingKind.EXPLODED
    assert find_divergence(GOOD._replace(loss_g=-300.0)) is None
    assert find_divergence(GOOD) is None


def test_healthy_numbers_are_no_trouble():
    assert examine_losses([GOOD] * LONG, "rpgan-r1r2") is None
    assert examine_losses(deque([GOOD] * 2 * LONG, maxlen=LONG), "rpgan-r1r2") is None


def test_a_certain_discriminator_is_told_when_it_stays_so():
    certain = GOOD._replace(y_hat_real=0.999, y_hat_fake=0.001)
    found = examine_losses([GOOD, *[certain] * LONG], "bce")
    assert found is not None
    assert found.kind is FindingKind.D_SATURATED
    assert not found.fatal
    assert examine_losses([certain] * LONG + [GOOD], "bce") is None
    assert examine_losses([certain] * LONG, "wgan-gp") is None  # a critic has no belief


@pytest.mark.parametrize(("seconds", "needed"), [(0.001, LONG), (0.04, 25), (0.3, FEWEST)])
def test_a_second_is_enough_unless_it_has_hardly_a_step(seconds: float, needed: int):
    certain = GOOD._replace(y_hat_real=0.999, y_hat_fake=0.001, step_seconds=seconds)
    assert examine_losses([GOOD, *[certain] * (needed - 1)], "bce") is None
    assert examine_losses([GOOD, *[certain] * (needed + 1)], "bce") is not None


@pytest.mark.parametrize(
    ("field", "kind"), [("grad_norm_g", FindingKind.G_DEAD), ("grad_norm_d", FindingKind.D_DEAD)]
)
def test_a_network_without_gradient_is_told(field: str, kind: FindingKind):
    found = examine_losses([GOOD._replace(**{field: 0.0})] * LONG, "hinge")
    assert found is not None
    assert found.kind is kind


def test_different_pictures_are_no_trouble():
    assert kind(drawings(8, 10), NAMES) is None
    assert kind(drawings(8, 10), ()) is None


def test_one_picture_for_all_noise_is_a_collapse():
    one = np.broadcast_to(drawings(1, 1), (8, 10, 28, 28))
    noisy = (one.astype(int) + random.integers(0, 6, one.shape)).astype(np.uint8)
    assert kind(noisy, NAMES) is FindingKind.COLLAPSED
    assert kind(noisy, ()) is FindingKind.COLLAPSED
    assert kind(noisy, NAMES, WARM_UP_IMAGES - 1) is None


def test_collapsed_classes_are_named():
    tiles = drawings(8, 10)
    tiles[:, 3] = tiles[0, 3]
    tiles[:, 7] = tiles[0, 7]
    found = examine_samples(tiles, WARM_UP_IMAGES, NAMES)
    assert found is not None
    assert found.kind is FindingKind.CLASS_COLLAPSED
    assert "3, 7" in found.sentence


def test_a_class_that_changes_nothing_is_told():
    tiles = np.repeat(drawings(8, 1), 10, axis=1)
    assert kind(tiles, NAMES) is FindingKind.CLASS_IGNORED
    assert kind(tiles, ()) is None


def test_flat_pictures_are_told():
    assert kind(np.full((8, 10, 28, 28, 3), 128, np.uint8), NAMES) is FindingKind.BLANK


def test_a_single_row_is_not_judged():
    assert kind(drawings(1, 10), NAMES) is None


def test_a_collapse_does_not_come_and_go_at_the_limit() -> None:
    random = np.random.default_rng(0)
    one = np.full((28, 28), 40.0)
    one[8:20, 8:20] = 200
    noise = random.normal(0, 0.075 * one.std(), (4, 4, 28, 28))
    tiles = np.clip(one + noise, 0, 255).astype(np.uint8)
    assert examine_samples(tiles, WARM_UP_IMAGES, ()) is None
    collapsed = Finding(FindingKind.COLLAPSED, "")
    still = examine_samples(tiles, WARM_UP_IMAGES, (), collapsed)
    assert still is not None
    assert still.kind is FindingKind.COLLAPSED


def test_a_discriminator_that_leads_at_first_is_no_finding() -> None:
    lead = GOOD._replace(y_hat_real=1.0, y_hat_fake=0.0, step_seconds=0.1)
    early = [lead._replace(step=step, images_seen=64 * step) for step in range(1, 101)]
    assert examine_losses(early, "bce") is None
    late = [it._replace(images_seen=it.images_seen + WARM_UP_IMAGES) for it in early]
    found = examine_losses(late, "bce")
    assert found is not None
    assert found.kind is FindingKind.D_SATURATED
