"""Pictures sorted by likeness, and noise that asks for each kind as often as it occurs."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ganview.gan import clusters
from ganview.gan.clusters import (
    SMALLEST,
    SORTED_CLASSES,
    Clusters,
    cluster_images,
    clusters_for,
    first_centres,
)
from ganview.gan.config import TrainConfig
from ganview.gan.networks.latent_partition import DIMENSIONS, LatentPartition
from ganview.gan.seeded import Seeded
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import load_state, state_of

CONFIG = TrainConfig(conditional=False, batch_size=8, z_dim=DIMENSIONS, clusters=3, warmup_images=0)


def three_sorts(count: int = 4 * SMALLEST) -> tuple[Tensor, Tensor]:
    """Return pictures with a bright stripe in one of three places, and which place it is."""
    random = torch.Generator().manual_seed(1)
    sort = torch.randint(3, (count,), generator=random)
    images = torch.randint(60, (count, 1, 28, 28), generator=random, dtype=torch.uint8)
    for place in range(3):
        images[sort == place, :, 9 * place : 9 * place + 9] += 190
    return images, sort


def test_what_is_alike_is_of_one_kind() -> None:
    images, sort = three_sorts()
    kinds = cluster_images(images, 3, seed=0)
    assert kinds is not None
    pairs = set(zip(kinds.labels.tolist(), sort.tolist(), strict=True))
    assert len(pairs) == 3
    assert kinds.shares.sum() == pytest.approx(1)
    assert kinds.counts.min() > 0


def test_few_pictures_have_no_kinds() -> None:
    images, _ = three_sorts(2 * SMALLEST - 1)
    assert cluster_images(images, 128, seed=0) is None
    assert cluster_images(three_sorts()[0], 0, seed=0) is None


def test_a_picture_of_the_kind_that_was_asked_for_is_drawn() -> None:
    of = torch.tensor([2, 0, 1, 0, 2, 2, 1])
    kinds = Clusters.from_labels(of, (3,))
    asked = torch.arange(3).repeat(200)
    drawn = kinds.draw(asked, torch.Generator().manual_seed(0))
    assert torch.equal(of[drawn], asked)
    assert set(drawn.tolist()) == set(range(7))


def test_noise_asks_for_kinds_in_their_shares() -> None:
    shares = torch.tensor([0.5, 0.25, 0.15, 0.07, 0.03])
    with Seeded(3):
        gate = LatentPartition((5,))
    gate.calibrate(shares, torch.Generator().manual_seed(0))
    z = torch.randn(50_000, DIMENSIONS + 4, generator=torch.Generator().manual_seed(1))
    weights = gate(z, None)
    asked = torch.bincount(weights.argmax(1), minlength=5) / len(z)
    torch.testing.assert_close(asked, shares, rtol=0.1, atol=0.003)
    torch.testing.assert_close(weights.sum(1), torch.ones(len(z)))
    assert weights.max(1).values.mean() > 0.9  # nearly always one kind alone


def test_training_pairs_reals_with_noise_that_asks_for_their_kind() -> None:
    run = Trainer(CONFIG, three_sorts()[0], None)
    assert run.spec.clusters == (3,)
    assert run.spec.classes == 0
    assert run.clusters is not None
    batch = run.draw()
    assert batch.y is not None
    assert run.generator.gate is not None
    assert torch.equal(run.generator.gate.chosen(batch.z, None), batch.y)
    means = batch.x[:, 0].unflatten(1, (4, 7)).mean((2, 3)).argmax(1)  # where the stripe is
    for kind in batch.y.unique():
        assert len(means[batch.y == kind].unique()) == 1


def test_without_labels_a_run_learns_and_resumes_to_the_bit() -> None:
    images, _ = three_sorts()

    def state_after(run: Trainer, steps: int) -> dict[str, Tensor]:
        for _ in range(steps):
            run.step()
        return state_of(run)[0]

    whole = state_after(Trainer(CONFIG, images, None), 6)
    half = Trainer(CONFIG, images, None)
    state_after(half, 3)
    rest = Trainer(CONFIG, images, None)
    load_state(rest, *state_of(half))
    again = state_after(rest, 3)
    assert whole.keys() == again.keys()
    assert all(torch.equal(value, again[name]) for name, value in whole.items())


def test_a_model_of_kinds_draws_and_judges_without_being_told_any() -> None:
    model = Trainer(CONFIG, three_sorts()[0], None).model()
    z = torch.randn(4, DIMENSIONS)
    assert model.sample(z, None).shape == (4, 28, 28)
    belief = model.read_images(model.generate(z, None), None)
    assert belief is not None
    assert ((belief > 0) & (belief < 1)).all()


@pytest.fixture
def two_classes(monkeypatch: pytest.MonkeyPatch) -> tuple[Tensor, Tensor, Tensor]:
    """Images, class and sort: class 0 has the stripes at the top and in the middle, 1 the third."""
    monkeypatch.setattr(clusters, "SORTED_CLASSES", range(100, 5000))
    images, sort = three_sorts()
    return images, (sort == 2).long(), sort


def test_classes_of_few_pictures_are_sorted(two_classes: tuple[Tensor, Tensor, Tensor]) -> None:
    images, labels, sort = two_classes
    found = clusters_for(images, labels, 2, 2, seed=0)
    assert found is not None
    assert found.in_class == (2, 2)
    assert torch.equal((found.labels >= 2).long(), labels), "no cluster has pictures of two classes"
    of_class = sort[labels == 0], found.labels[labels == 0]
    assert len({*zip(*(part.tolist() for part in of_class), strict=True)}) == 2


def test_many_and_very_few_labelled_pictures_are_not_sorted() -> None:
    for count in (SORTED_CLASSES.start - 1, SORTED_CLASSES.stop):
        images = torch.zeros(count, 1, 28, 28, dtype=torch.uint8)
        assert clusters_for(images, torch.zeros(count, dtype=torch.long), 1, 8, seed=0) is None


def test_more_clusters_than_a_model_can_have_are_none() -> None:
    """700 classes of one picture and three of 1,400 would make 1,048."""
    labels = torch.cat([torch.arange(700), torch.arange(700, 703).repeat(1400)])
    images = torch.zeros(len(labels), 1, 28, 28, dtype=torch.uint8)
    images[700:] = torch.randint(256, (4200, 1, 28, 28), dtype=torch.uint8)
    assert len(labels) in SORTED_CLASSES
    assert clusters_for(images, labels, 703, 128, seed=0) is None


def test_noise_selects_clusters_of_the_class_alone_in_their_shares() -> None:
    shares = torch.tensor([0.3, 0.1, 0.6])
    with Seeded(3):
        gate = LatentPartition((2, 1))
    gate.calibrate(shares, torch.Generator().manual_seed(0))
    z = torch.randn(20_000, DIMENSIONS, generator=torch.Generator().manual_seed(1))
    first, second = torch.zeros(len(z)).long(), torch.ones(len(z)).long()
    assert set(gate.chosen(z, second).tolist()) == {2}
    asked = torch.bincount(gate.chosen(z, first), minlength=3) / len(z)
    torch.testing.assert_close(asked, torch.tensor([0.75, 0.25, 0]), rtol=0, atol=0.02)
    mix = torch.tensor([0.4, 0.6]).expand(len(z), 2)
    torch.testing.assert_close(gate(z, mix)[:, :2].sum(1), torch.full((len(z),), 0.4))


def test_sorted_classes_are_learned_and_resumed_to_the_bit(
    two_classes: tuple[Tensor, Tensor, Tensor],
) -> None:
    images, labels, _ = two_classes
    config = CONFIG.with_(conditional=True)

    def trainer() -> Trainer:
        return Trainer(config, images, labels, ("a", "b"))

    whole, half, rest = trainer(), trainer(), trainer()
    assert len(whole.spec.clusters) == 2
    batch = whole.draw()
    assert batch.y is not None
    assert batch.asked is not None
    assert whole.generator.gate is not None
    assert torch.equal(whole.generator.gate.chosen(batch.z, batch.asked), batch.y)
    top = batch.x[:, 0, :9].mean((1, 2)) > 0
    middle = batch.x[:, 0, 9:18].mean((1, 2)) > 0
    assert torch.equal((~top & ~middle).long(), batch.asked), "reals are of the class asked for"
    whole = trainer()
    for run in (whole, half):
        run.step()
    load_state(rest, *state_of(half))
    for run in (whole, rest):
        run.step()
    before, after = state_of(whole)[0], state_of(rest)[0]
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_a_model_of_sorted_classes_is_asked_for_a_class(
    two_classes: tuple[Tensor, Tensor, Tensor],
) -> None:
    images, labels, _ = two_classes
    model = Trainer(CONFIG.with_(conditional=True), images, labels, ("a", "b")).model()
    z, y = torch.randn(4, DIMENSIONS), torch.tensor([0, 1, 1, 0])
    drawn = model.generate(z, y)
    torch.testing.assert_close(model.generate(z, torch.eye(2)[y]), drawn)
    told, mixed = model.read_images(drawn, y), model.read_images(drawn, torch.eye(2)[y])
    assert told == pytest.approx(mixed)
    assert model.discriminator is not None
    with torch.no_grad():
        h = model.discriminator.features(drawn)
        sizes = model.spec.clusters
        each = [model.discriminator.project(h, torch.full((4,), k)) for k in range(sum(sizes))]
    with pytest.raises(ValueError, match="needs y"):
        model.discriminator(drawn)
    with pytest.raises(ValueError, match="needs y"):
        model.generator(z)
    of_b = torch.stack(each[sizes[0] :]).exp().mean(0).log()  # a mixture of the clusters of b
    with torch.no_grad():
        found = model.discriminator(drawn, torch.ones(4).long())
    torch.testing.assert_close(found, of_b)


def test_first_centres_are_apart() -> None:
    """Of islands far apart each gets one, however few points it has."""
    islands = torch.tensor([[0.0, 0], [1000, 0], [0, 1000]]).repeat_interleave(
        torch.tensor([500, 20, 5]), 0
    )
    points = islands + torch.randn(islands.shape, generator=torch.Generator().manual_seed(0))
    for seed in range(10):
        centres = first_centres(points, 3, torch.Generator().manual_seed(seed))
        assert len({tuple((centre / 1000).round().tolist()) for centre in centres}) == 3


def test_a_shape_that_moves_by_some_pixels_stays_of_one_kind() -> None:
    """Bars of three directions, each somewhere: their place differs more than their shape."""
    random = torch.Generator().manual_seed(0)
    count = 8 * SMALLEST
    direction = torch.randint(3, (count,), generator=random)
    angle = (direction * torch.pi / 3)[:, None, None]
    right, down = torch.meshgrid(torch.arange(28) - 13.5, torch.arange(28) - 13.5, indexing="xy")
    move = torch.randint(-4, 5, (count, 1, 1), generator=random)
    distance = right * angle.sin() - down * angle.cos() + move
    images = (255 * (2.5 - distance.abs()).clamp(0, 1)).to(torch.uint8)[:, None]
    kinds = cluster_images(images, 3, seed=0)
    assert kinds is not None
    counts = torch.zeros(3, 3).index_put_(
        (kinds.labels, direction), torch.ones(count), accumulate=True
    )
    assert counts.max(1).values.sum() > 0.97 * count
