from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from ganview.data.digits import load_digits
from ganview.files.evaluators import shipped_evaluators
from ganview.files.landscape_file import shipped_landscape
from ganview.gan.explore.rarity import Rarity
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


def test_of_digits_that_gave_no_ranks_a_tenth_is_in_the_rarest_tenth() -> None:
    landscape = shipped_landscape()
    assert landscape is not None
    test = load_digits("test")
    features = in_chunks(shipped_evaluators().judge.features, test.images[:4000])
    labels = test.labels[:4000]
    even, odd = slice(0, None, 2), slice(1, None, 2)
    rarity = Rarity.from_pictures(
        landscape.features, landscape.labels, features[even], labels[even], 10
    )
    ranks = rarity.ranks(features[odd], labels[odd])
    assert abs(float((ranks > 0.9).double().mean()) - 0.1) < 0.03
    assert abs(float((ranks > 0.5).double().mean()) - 0.5) < 0.04
