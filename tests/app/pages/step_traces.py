"""Traces of real steps of small networks, and a page without a run."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from PySide6.QtCore import QObject, Signal

from ganview.app.controllers.app_model import AppModel
from ganview.app.pages.page import PageContext
from ganview.gan.config import TrainConfig
from ganview.gan.players import Players
from ganview.gan.step_trace import StepTrace
from ganview.gan.tracing import trace_step
from ganview.gan.trainer import Trainer
from ganview.runtime.messages import RunState, Snapshot

SMALL = TrainConfig(architecture="mlp", batch_size=10, z_dim=6, warmup_images=0, clusters=0)


def small_trainer(config: TrainConfig = SMALL, channels: int = 1, classes: int = 3) -> Trainer:
    random = torch.Generator().manual_seed(3)
    images = torch.randint(256, (40, channels, 28, 28), generator=random, dtype=torch.uint8)
    names = tuple(f"<b>{i}</b>" for i in range(classes))
    return Trainer(config, images, torch.arange(40) % classes, names)


def trace_of(players: Players = Players.BOTH, **changes: Any) -> StepTrace:
    return trace_step(small_trainer(SMALL.with_(**changes)), players)[1]


class FakeTraining(QObject):
    """A run whose thread the test plays."""

    changed, traced, began = Signal(object), Signal(object), Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.state = RunState.PAUSED
        self.last: Snapshot | None = Snapshot(RunState.PAUSED, step=3)


def context_for(training: FakeTraining, **given: Callable[..., object]) -> SimpleNamespace:
    """Return a page's context, and what was asked of it."""
    asked = SimpleNamespace(sent=[], triggered=[], explored=[], pages=[], plots=[])
    jobs = given.pop("run_job", lambda *_given: None)
    context = PageContext(
        app_model=AppModel(),
        run_job=jobs,
        run_short_job=jobs,
        complain=lambda _text: None,
        explore=lambda z, y: asked.explored.append((z, y)),
        send=asked.sent.append,
        trigger=asked.triggered.append,
        training=training,  # type: ignore[arg-type]
        open_file=lambda _path: None,
        go_on=lambda _path: None,
        open_page=asked.pages.append,
        open_plot=asked.plots.append,
        **given,  # type: ignore[arg-type]
    )
    return SimpleNamespace(context=context, asked=asked)
