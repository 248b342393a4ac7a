"""A run may begin with the weights of a model; what does not fit is refused before a step."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from ganview.errors import UserError
from ganview.gan import clusters
from ganview.gan.config import TrainConfig
from ganview.gan.fingerprint import weights_sha256
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import load_state, state_of
from ganview.gan.warm_start import load_weights, settings_of

NAMES = ("a", "b", "c")
QUICK = TrainConfig(batch_size=8, z_dim=8, warmup_images=0)


def trainer(config: TrainConfig = QUICK, names: tuple[str, ...] = NAMES) -> Trainer:
    generator = torch.Generator().manual_seed(1)
    labels = torch.randint(len(names), (64,), generator=generator)
    images = torch.randint(256, (64, 1, 28, 28), generator=generator, dtype=torch.uint8)
    return Trainer(config, images, labels, names)


def test_it_begins_with_the_models_weights_and_its_own_count() -> None:
    teacher = trainer()
    for _ in range(3):
        teacher.step()
    model, pupil = teacher.model(), trainer(QUICK.with_(seed=5))
    load_weights(pupil, model)
    for net, wanted in (
        (pupil.generator, model.generator),
        (pupil.ema, model.generator),
        (pupil.discriminator, model.discriminator),
    ):
        assert wanted is not None
        assert weights_sha256(net) == weights_sha256(wanted)
    assert pupil.step_count == 0
    pupil.step()
    assert weights_sha256(pupil.generator) != weights_sha256(model.generator)
    assert pupil.model().info["warm_started_from"] == {
        "sha256": weights_sha256(model.generator),
        "images_seen": 24,
    }


def test_where_it_began_is_known_after_a_continuation() -> None:
    pupil, later = trainer(), trainer()
    load_weights(pupil, trainer(QUICK.with_(seed=5)).model())
    load_state(later, *state_of(pupil))
    assert later.model().info["warm_started_from"] == pupil.model().info["warm_started_from"]

    tensors, values = state_of(trainer())
    del values["warm_started_from"]  # as a run of before keeps it
    load_state(later, tensors, values)
    assert "warm_started_from" not in later.model().info


def test_it_goes_on_with_the_settings_as_they_stood() -> None:
    config = QUICK.with_(
        gamma_images=100,
        learning_rate_images=1000,
        warmup_images=8,
        beta2_end=0.9,
        seed=3,
        threads=1,
        hold_out=16,
    )
    model = trainer(config).model()
    model.info["images_seen"] = 100
    found = settings_of(model)
    assert found.gamma == pytest.approx(config.gamma_end)
    assert found.aux_weight_g == pytest.approx(config.aux_weight_g_end)
    assert found.beta2 == pytest.approx(0.9)
    assert config.learning_rate_end < found.learning_rate < config.learning_rate
    assert (found.gamma_end, found.z_dim) == (config.gamma_end, 8)
    assert (found.seed, found.threads, found.hold_out) == (0, 0, 0), "these are a run's own"

    model.info["images_seen"] = 0  # before it was warm
    assert settings_of(model).learning_rate == pytest.approx(config.learning_rate, rel=0.01)


def test_other_clusters_begin_as_the_mean_of_their_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "SORTED_CLASSES", range(1000))
    monkeypatch.setattr(clusters, "SMALLEST_IN_CLASS", 5)
    teacher, plain = trainer(QUICK.with_(clusters=4)), trainer(QUICK.with_(clusters=0))
    pupil = trainer(QUICK.with_(clusters=2))
    before = teacher.spec.clusters
    assert before != pupil.spec.clusters != plain.spec.clusters
    gate = pupil.generator.gate
    assert gate is not None
    bias = gate.state_dict()["bias"].clone()
    model = teacher.model()
    for run in (plain, pupil):
        load_weights(run, model)
        run.step()
    load_weights(pupil, model)
    means = [part.mean(0) for part in model.generator.embed.weight.split(before)]
    for part, mean in zip(
        pupil.generator.embed.weight.split(pupil.spec.clusters), means, strict=True
    ):
        torch.testing.assert_close(part, mean.expand_as(part))
    assert torch.equal(gate.state_dict()["bias"], bias), "it sorts by its own pictures"
    load_weights(trainer(QUICK.with_(clusters=4)), trainer(QUICK.with_(clusters=0)).model())


def test_what_does_not_fit_is_refused() -> None:
    model = trainer().model()
    run = trainer()
    before = {name: value.clone() for name, value in run.generator.state_dict().items()}
    cases: list[tuple[Trainer, str]] = [
        (trainer(QUICK.with_(z_dim=9)), "z dim 8, and this run 9"),
        (trainer(QUICK.with_(size="medium")), "size small, and this run medium"),
        (trainer(names=("a", "b", "d")), "class names"),
    ]
    for other, words in cases:
        with pytest.raises(UserError, match=words):
            load_weights(other, model)
    sorted_by_kind = replace(model.spec, class_names=(), class_prior=(), clusters=(4,))
    with pytest.raises(UserError, match="its own run has sorted"):
        load_weights(run, replace(model, spec=sorted_by_kind))
    with pytest.raises(UserError, match="without its discriminator"):
        load_weights(run, replace(model, discriminator=None))
    after: dict[str, Tensor] = run.generator.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
