"""Traces one real step of a trainer without changing what the step does.

All that is not computed by the step itself is computed by copies of the networks, from before and
after it: neither weights, nor batch norm's averages, nor the random generator are touched.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganview.gan import aux_classifier, ema
from ganview.gan.ema import Net
from ganview.gan.layer_norms import layer_norms, layer_updates
from ganview.gan.networks.base import Discriminator
from ganview.gan.objectives import Objective
from ganview.gan.players import Players
from ganview.gan.step_trace import Answers, CostTerm, LayerUpdate, Pinned, StepTrace
from ganview.gan.trainer import Gradients, StepStats, Trainer

ROWS = 8  # of a batch that are followed


def trace_step(
    trainer: Trainer,
    players: Players = Players.BOTH,
    pinned: Pinned | None = None,
    also: Callable[[Gradients], None] | None = None,
) -> tuple[StepStats, StepTrace]:
    """Do a step as `Trainer.step` does, bit for bit, and return its numbers and its trace.

    Where a step updates D several times, the trace follows the last update, which has the same
    batch as that of G. ``also`` is called with the gradients of the step, before they are applied.
    """
    if pinned is not None and not _fits(pinned, trainer):
        pinned = None  # noise of another model
    before: list[_Before] = []
    spent = 0.0

    def observe(gradients: Gradients) -> None:
        nonlocal spent
        began = time.perf_counter()
        before.append(_Before(trainer, gradients, players, pinned))
        if also is not None:
            also(gradients)
        spent = time.perf_counter() - began

    stats = trainer.step(players, observe)
    return stats._replace(step_seconds=stats.step_seconds - spent), before[0].trace(stats.step)


def trace_gradients(trainer: Trainer, pinned: Pinned | None = None) -> StepTrace:
    """Trace a step of a trainer up to its gradients: nothing moves, but a batch was drawn."""
    if pinned is not None and not _fits(pinned, trainer):
        pinned = None
    gradients = trainer.gradients(trainer.draw())
    before = _Before(trainer, gradients, Players.BOTH, pinned)
    return dataclasses.replace(before.trace(trainer.step_count), is_applied=False)


def _fits(pinned: Pinned, trainer: Trainer) -> bool:
    """Tell whether noise and label are of this generator."""
    classes = trainer.spec.classes
    labelled = not classes or (pinned.y is not None and 0 <= pinned.y < classes)
    return len(pinned.z) == trainer.spec.z_dim and labelled


class _Before:
    """The networks, gradients and settings of a step that is about to be applied."""

    def __init__(
        self, trainer: Trainer, gradients: Gradients, players: Players, pinned: Pinned | None
    ) -> None:
        self.trainer, self.players, self.pinned = trainer, players, pinned
        self.batch, self.x_hat, self.d = gradients.batch, gradients.x_hat, gradients.d
        self.nets = {name: ema.frozen_copy(net) for name, net in trainer.trainable_nets().items()}
        self.norms = layer_norms(trainer, gradients)
        self.aux_weight_g = trainer.schedule.aux_weight_g(trainer.images_seen)

    @torch.no_grad()
    def trace(self, step: int) -> StepTrace:
        """Compare with the networks as they are now, after the step."""
        trainer, objective = self.trainer, self.trainer.objective
        x, y, z, asked = self.batch
        nets = {name: ema.frozen_copy(net) for name, net in trainer.trainable_nets().items()}
        old_d, new_d, new_g = (self.nets["discriminator"], nets["discriminator"], nets["generator"])
        assert isinstance(old_d, Discriminator)
        assert isinstance(new_d, Discriminator)
        x_after = _in_training(new_g)(z, asked)
        _in_training(old_d), _in_training(new_d)
        real_after, fake_after = new_d.trained_logits(x, y), new_d.trained_logits(self.x_hat, y)
        fake_again, fake_old = new_d.trained_logits(x_after, y), old_d.trained_logits(x_after, y)
        before = _Pairs(objective, self.d.real, self.d.fake)
        after = _Pairs(objective, real_after, fake_after)
        rows = slice(0, ROWS if self.pinned is None else ROWS - 1)
        dcost_g_dx_hat = self._dcost_g_dx_hat(len(x))
        costs_d, costs_g = self._costs(x, y)
        columns: dict[str, Tensor] = {
            "z": z[rows],
            "x": x.detach()[rows],
            "x_hat": self.x_hat[rows],
            "x_hat_after": x_after[rows],
            "real": before.real[rows],
            "fake": before.fake[rows],
            "real_after": after.real[rows],
            "fake_after": after.fake[rows],
            "fake_again": (fake_again - after.offset)[rows],
            "fake_by_old_d": (fake_old - before.offset)[rows],
            "dcost_g_dx_hat": dcost_g_dx_hat[rows],
        }
        shown = y if asked is None else asked
        labels = None if shown is None else shown[rows]
        if self.pinned is not None:
            first, label = self._follow_pinned(nets, before, after)
            columns = {name: torch.cat([first[name], part]) for name, part in columns.items()}
            if label is not None and labels is not None:
                labels = torch.cat([label, labels])
        told_real, told_fake = _told_d(objective, columns["real"], columns["fake"])
        pairs = list(zip(columns["real"].split(1), columns["fake"].split(1), strict=True))
        at = {name: _numbers(part) for name, part in columns.items()}
        all_before = _numbers(before.real), _numbers(before.fake)
        all_after = _numbers(after.real), _numbers(after.fake)
        return StepTrace(
            step=step,
            players=self.players,
            objective=objective.name,
            class_names=trainer.spec.class_names,
            is_pinned=self.pinned is not None,
            z=at["z"],
            y=None if labels is None else _numbers(labels),
            x=at["x"],
            x_hat=at["x_hat"],
            x_hat_after=at["x_hat_after"],
            before=Answers(at["real"], at["fake"], *all_before),
            after=Answers(at["real_after"], at["fake_after"], *all_after),
            again=Answers(
                at["real_after"],
                at["fake_again"],
                all_after[0],
                _numbers(fake_again - after.offset),
            ),
            fake_by_old_d=at["fake_by_old_d"],
            pair_cost_d=_numbers(torch.stack([objective.d_loss(*pair) for pair in pairs])),
            pair_cost_g=_numbers(torch.stack([objective.g_loss(*pair) for pair in pairs])),
            told_real=_numbers(told_real),
            told_fake=_numbers(told_fake),
            dcost_g_dx_hat=at["dcost_g_dx_hat"],
            costs_d=costs_d,
            costs_g=costs_g,
            layers_g=self._layers("generator"),
            layers_d=self._layers("discriminator") + self._layers("classifier"),
        )

    def _dcost_g_dx_hat(self, count: int) -> Tensor:
        """Return ∂cost_G/∂x̂ per image, (B, C, H, W); zeros where G is not updated."""
        found = self.d.dcost_g_dx_hat
        if found is None or Players.G not in self.players:
            return torch.zeros_like(self.x_hat)
        return count * found

    def _costs(
        self, x: Tensor, y: Tensor | None
    ) -> tuple[tuple[CostTerm, ...], tuple[CostTerm, ...]]:
        """Return the terms of D's cost and of G's."""
        objective, d = self.trainer.objective, self.d
        costs_d = [CostTerm("objective", objective.d_formula, d.loss_d.item())]
        costs_g = [CostTerm("objective", objective.g_formula, d.loss_g.item())]
        if objective.penalty_formula:
            costs_d.append(
                CostTerm("gradient penalty", objective.penalty_formula, d.penalty.item())
            )
        classifier = self.nets.get("classifier")
        if isinstance(classifier, nn.Linear) and y is not None:
            weights = aux_classifier.WEIGHT_IN_D, self.aux_weight_g
            images, names = (x, self.x_hat), ("x", "x̂")
            for terms, image, weight, name in zip(
                (costs_d, costs_g), images, weights, names, strict=True
            ):
                h = self.nets["discriminator"].features(image)  # type: ignore[operator]
                cost = aux_classifier.classify(classifier, h, y).cost.mean().item()
                terms.append(CostTerm("class", f"−{weight:.2g} · log p(y|{name})", weight * cost))
        return tuple(costs_d), tuple(costs_g)

    def _layers(self, net: str) -> tuple[LayerUpdate, ...]:
        """Compare a network's weights with what they were, layer by layer."""
        if net not in self.nets:
            return ()
        learns = self.trainer.adams[net].weights
        before = [w for name, w in self.nets[net].named_parameters() if name in learns]
        return layer_updates(self.trainer, net, self.norms.get(net, {}), before)

    def _follow_pinned(
        self, nets: dict[str, nn.Module], before: _Pairs, after: _Pairs
    ) -> tuple[dict[str, Tensor], Tensor | None]:
        """Draw and judge the pinned noise; its real partner is one of the batch, of its class."""
        assert self.pinned is not None
        x, y, _z, asked = self.batch
        device, objective = x.device, self.trainer.objective
        z = torch.tensor(self.pinned.z, device=device)[None]
        gate = self.trainer.generator.gate
        y_g = None if asked is None else torch.tensor([self.pinned.y], device=device)
        y_d = y_g if gate is None else gate.chosen(z, y_g)
        partner = 0 if y is None or y_d is None else int(y.eq(y_d).int().argmax())
        old_g, old_d = self.nets["generator"].eval(), self.nets["discriminator"].eval()
        new_g, new_d = nets["generator"].eval(), nets["discriminator"].eval()
        assert isinstance(old_d, Discriminator)
        assert isinstance(new_d, Discriminator)
        x_hat, x_after = old_g(z, y_g), new_g(z, y_g)
        with torch.enable_grad():
            place = x_hat.detach().requires_grad_()
            fake = old_d.trained_logits(place, y_d)
            cost = objective.g_loss(before.real[partner : partner + 1] + before.offset, fake)
            classifier = self.nets.get("classifier")
            if isinstance(classifier, nn.Linear) and y_d is not None:
                h = old_d.features(place)
                named = aux_classifier.classify(classifier, h, y_d).cost.mean()
                cost = cost + self.aux_weight_g * named
            (dcost_g_dx_hat,) = torch.autograd.grad(cost, place)
        if Players.G not in self.players:
            dcost_g_dx_hat = torch.zeros_like(dcost_g_dx_hat)
        one = slice(partner, partner + 1)
        return {
            "z": z,
            "x": x.detach()[one],
            "x_hat": x_hat,
            "x_hat_after": x_after,
            "real": before.real[one],
            "fake": fake.detach() - before.offset,
            "real_after": after.real[one],
            "fake_after": new_d.trained_logits(x_hat, y_d) - after.offset,
            "fake_again": new_d.trained_logits(x_after, y_d) - after.offset,
            "fake_by_old_d": old_d.trained_logits(x_after, y_d) - before.offset,
            "dcost_g_dx_hat": dcost_g_dx_hat,
        }, y_d if y_g is None else y_g


class _Pairs:
    """Logits of a batch by one D, without the offset that a relativistic cost leaves open."""

    def __init__(self, objective: Objective, real: Tensor, fake: Tensor) -> None:
        zero = torch.zeros((), device=real.device)
        self.offset = (real.mean() + fake.mean()) / 2 if objective.relativistic else zero
        self.real, self.fake = real - self.offset, fake - self.offset


def _in_training(net: Net) -> Net:
    """Set a copy to work on a batch as the trainer's network does: batch norm by the batch."""
    trained: Net = net.train()
    return trained


def _told_d(objective: Objective, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """Return −∂L_D/∂logit of each pair alone, (R,) and (R,)."""
    with torch.enable_grad():
        logits = [part.detach().clone().requires_grad_() for part in (real, fake)]
        loss = objective.d_loss(*logits) * len(real)
        on_real, on_fake = torch.autograd.grad(loss, logits)
    return -on_real, -on_fake


def _numbers(part: Tensor) -> NDArray[Any]:
    array = part.detach().cpu().contiguous().numpy().copy()
    array.setflags(write=False)
    return array
