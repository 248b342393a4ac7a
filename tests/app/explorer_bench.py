"""An explorer without threads: the test answers each question itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.explorer.picture_requester import PictureRequester
from ganview.app.explorer.services import ExplorerServices
from ganview.app.explorer.tab import Context, Tab
from ganview.app.latent_point import Floats, LatentSpace
from ganview.data.digits import DIGITS_SHA256
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import build_discriminator, build_generator
from ganview.runtime.jobs import call_work
from ganview.runtime.messages import RenderedImages

DIGITS = LatentSpace(8, tuple("0123456789"), (0.1,) * 10)


@dataclass
class Ordered:
    """Work that was given to the background."""

    work: Callable[..., Any]
    name: str
    done: Callable[[Any], None]
    failed: Callable[[str, str], None]

    def finish(self) -> None:
        """Do it now, and tell."""
        self.done(call_work(self.work, lambda _fraction, _text: None, lambda: False))


class Hand:
    """Plays the renderer and the background; each picture is filled with its number."""

    def __init__(self, space: LatentSpace = DIGITS, model: Any = None) -> None:
        self.asked: list[tuple[str, Floats, Floats | None]] = []
        self.ordered: list[Ordered] = []
        self.said: list[str] = []
        self.complaints: list[str] = []
        self.model = model
        self.state = ExplorerState(space, seed=0)
        self.services = ExplorerServices(
            request=self.request,
            run=self.run,
            model=lambda: self.model,
            complain=self.complaints.append,
        )
        self.requester = PictureRequester(self.state, self.request)
        self.context = Context(self.state, self.requester, self.services, self.said.append)

    def request(self, lane: str, z: Floats, y: Floats | None, *, want_belief: bool = False) -> int:
        self.asked.append((lane, np.array(z), None if y is None else np.array(y)))
        return len(self.asked)

    def run(
        self, work: Any, name: str, done: Any, failed: Any = None, progressed: Any = None
    ) -> Any:
        self.ordered.append(Ordered(work, name, done, failed))

    def on(self, lane: str) -> list[tuple[Floats, Floats | None]]:
        """Return what was asked for on a lane."""
        return [(z, y) for asked, z, y in self.asked if asked == lane]

    def answer(self, lane: str, beliefs: Floats | None = None) -> RenderedImages:
        """Return the answer to the newest question on a lane."""
        stamp = max(i for i, asked in enumerate(self.asked, 1) if asked[0] == lane)
        count = len(self.asked[stamp - 1][1])
        images = np.repeat(np.arange(count, dtype=np.uint8), 28 * 28).reshape(-1, 28, 28)
        return RenderedImages(lane, stamp, images, beliefs, True, 0.002, None)

    def draw(self) -> None:
        """Let the picture of the place arrive."""
        if not self.on("picture"):
            self.requester.start()
        self.requester.take(self.answer("picture"))


def tiny_model(seed: int = 0, names: Sequence[str] = "0123456789") -> Model:
    """Return an untrained model of eight noise dimensions and some classes."""
    info = {"dataset_sha256": DIGITS_SHA256}
    spec = ModelSpec("mlp", "small", 8, (1, 28, 28), tuple(names), (1 / len(names),) * len(names))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator, critic = build_generator(spec), build_discriminator(spec)
    return Model(
        spec, generator.eval().requires_grad_(False), critic.eval().requires_grad_(False), info
    )


def picture_here(hand: Hand) -> Any:
    """Return the picture of class 0 where the hand is, as its model draws it."""
    return hand.model.sample(hand.state.z[None].copy(), np.array([0]))[0]


def shown(qtbot: QtBot, tab: Tab, width: int = 600, height: int = 320) -> None:
    """Show a tab as the explorer does."""
    qtbot.addWidget(tab)
    tab.resize(width, height)
    tab.show()
    tab.set_in_view(True)


def said(root: QWidget) -> str:
    """Return the text of every label that is to be seen, a line each."""
    return "\n".join(label.text() for label in root.findChildren(QLabel) if label.isVisibleTo(root))


def button(root: QWidget, text: str) -> QAbstractButton:
    """Return the one button with a text, or, where it shows none, with that accessible name."""
    (found,) = [
        it for it in root.findChildren(QAbstractButton) if text in (it.text(), it.accessibleName())
    ]
    return found
