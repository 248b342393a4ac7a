from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from ganview.data.digits import load_digits
from ganview.files.evaluators import shipped_evaluators
from ganview.files.landscape_file import shipped_landscape
from ganview.gan.explore.rarity import KEPT, Rarity, check_calibration, check_halves, thinned
from ganview.gan.metrics.classifier import in_chunks


def bell(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))


def zeros(count: int) -> torch.Tensor:
    return torch.zeros(count, dtype=torch.int64)


def bell_rarity() -> Rarity:
    return Rarity.from_pictures(bell(800, 1), zeros(800), bell(800, 2), zeros(800), 1)


def test_what_lies_further_out_is_rarer() -> None:
    out = torch.tensor([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]])
    ranks = bell_rarity().ranks(out, zeros(4))
    assert torch.equal(ranks, ranks.sort().values)
    assert ranks[0] < 0.2
    assert ranks[3] > 0.9


def test_ranks_of_pictures_of_the_same_kind_are_even() -> None:
    ranks = bell_rarity().ranks(bell(2000, 3), zeros(2000)).sort().values
    even = (torch.arange(2000) + 0.5) / 2000
    assert float((ranks - even).abs().max()) < 0.07


def test_each_picture_is_held_against_its_own_class() -> None:
    features = torch.cat([bell(300, 1), bell(300, 2) + 50])
    labels = torch.cat([zeros(300), zeros(300) + 1])
    rarity = Rarity.from_pictures(features, labels, features, labels, 2)
    there = torch.full((2, 3), 50.0)
    first, second = rarity.ranks(there, torch.tensor([0, 1])).tolist()
    assert first > 0.99
    assert second < 0.5


def test_a_class_without_real_pictures_has_no_ranks() -> None:
    rarity = Rarity.from_pictures(bell(30, 1), zeros(30), bell(30, 2), zeros(30), 2)
    assert rarity.ranks(bell(2, 3), torch.tensor([1, 1])).isnan().all()


def test_real_pictures_rank_among_each_other_evenly() -> None:
    labels = torch.arange(101) % 2
    rarity = Rarity.from_pictures(bell(101, 1), labels, bell(50, 2), labels[:50], 2)
    own = rarity.own_ranks(labels)[labels == 0].sort().values
    assert torch.allclose(own, (torch.arange(51) + 0.5) / 51)


@given(st.integers(0, 2**31), st.integers(1, 40), st.integers(1, 40))
def test_ranks_lie_between_none_and_all(seed: int, real: int, unseen: int) -> None:
    rarity = Rarity.from_pictures(bell(real, 1), zeros(real), bell(unseen, 2), zeros(unseen), 1)
    ranks = rarity.ranks(5 * bell(20, seed), zeros(20))
    assert ((ranks > 0) & (ranks < 1)).all()


def test_few_distances_that_are_kept_rank_like_all_of_them() -> None:
    many = bell(20_000, 4)[:, 0]
    few = thinned(many)
    assert len(few) == KEPT
    asked = torch.tensor([-2.0, -0.3, 0.0, 1.0])
    true = (many < asked[:, None]).double().mean(1)
    assert torch.allclose((few < asked[:, None]).double().mean(1), true, atol=2 / KEPT)


def test_ranks_that_are_true_show_the_gap_of_chance() -> None:
    ranks = torch.rand(20_000, generator=torch.Generator().manual_seed(0))
    found = check_calibration(ranks, torch.arange(20_000) % 40, 41)
    assert found is not None
    assert len(found.gaps) == 40  # the last class has no pictures
    assert abs(sum(found.gaps) / 40 - found.chance) < 0.15 * found.chance


def test_classes_with_few_pictures_are_asked_together() -> None:
    ranks = torch.linspace(0, 1, 101)
    found = check_calibration(ranks, torch.arange(101) % 10, 10)
    assert found is not None
    (tenth,) = found.tenths
    assert tenth == 10 / 101


def test_classes_of_one_picture_each_have_no_ranks_to_check() -> None:
    own, asked = torch.arange(200), torch.arange(40)
    rarity = Rarity.from_pictures(bell(200, 0), own, torch.empty(0, 3), zeros(0), 200)
    assert check_calibration(rarity.ranks(bell(40, 1), asked), asked, 200) is None


def test_the_ranks_of_one_half_hold_for_the_other() -> None:
    labels = torch.arange(4000) % 2
    found = check_halves(bell(4000, 5), labels, 2, references=600, seed=0)
    assert found is not None
    assert len(found.gaps) == 2
    assert max(found.gaps) < 4 * found.chance
    assert check_halves(bell(2, 5), labels[:2], 2, references=600, seed=0) is None


def test_ranks_that_are_too_high_are_found_out() -> None:
    ranks = torch.linspace(0, 1, 1001)
    true, high = (check_calibration(asked, zeros(1001), 1) for asked in (ranks, ranks.sqrt()))
    assert true is not None
    assert high is not None
    assert true.gaps[0] < 0.002
    assert abs(high.gaps[0] - 0.25) < 0.01  # r − r² is largest half-way


def test_what_ships_is_within_three_points_for_every_class() -> None:
    landscape = shipped_landscape()
    assert landscape is not None
    worth = landscape.worth
    assert worth.calibration is not None
    assert worth.elsewhere is not None
    assert max(worth.calibration.gaps) <= 0.03
    assert max(worth.elsewhere.gaps) <= 0.052


def test_of_test_digits_a_tenth_is_in_the_rarest_tenth() -> None:
    landscape = shipped_landscape()
    assert landscape is not None
    test = load_digits("test")
    features = in_chunks(shipped_evaluators().judge.features, test.images[::3])
    ranks = landscape.rarity.ranks(features, test.labels[::3])
    found = check_calibration(ranks, zeros(len(ranks)), 1)
    assert found is not None
    assert abs(found.tenths[0] - 0.1) < 0.02
    assert found.gaps[0] < 0.03
