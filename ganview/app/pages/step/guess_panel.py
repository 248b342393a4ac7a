"""You are D: twenty pictures, half of them real, and your score beside D's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ganview.app.pages.page import PageContext
from ganview.app.pages.step.moment_model import MomentModel
from ganview.app.theme import HAIR, SMALL
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.text import TextLabel
from ganview.app.widgets.tile_strip import TileStrip
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.run_view import RunView

COUNT = 20
TASK = (
    "Ten of these pictures are real, ten were made by G. Click the ten that you take for real, or "
    "choose them with the arrow keys and Enter."
)


@dataclass(frozen=True, eq=False)
class Round:
    """Twenty pictures and the truth about them."""

    pictures: NDArray[np.uint8]  # uint8 (20, H, W) or (20, H, W, 3), in random order
    is_real: NDArray[np.bool_]  # bool (20,)
    answers: NDArray[np.float32]  # what D says of each, (20,)
    step: int | None  # of the model that made them, where it says one

    def score(self, chosen: NDArray[np.bool_]) -> int:
        """Return how many of the twenty are right."""
        return int((chosen == self.is_real).sum())

    @property
    def choice_of_d(self) -> NDArray[np.bool_]:
        """What D takes for real: the ten with the highest answers, as it is told that ten are."""
        chosen = np.zeros(len(self.answers), np.bool_)
        chosen[np.argsort(-self.answers, kind="stable")[: len(chosen) // 2]] = True
        return chosen


class GuessPanel(QWidget):
    """Deals pictures, takes the user's choice, and compares."""

    def __init__(self, context: PageContext, moment: MomentModel) -> None:
        super().__init__()
        self._context, self._moment = context, moment
        self._round: Round | None = None
        self._chosen = np.zeros(COUNT, np.bool_)
        self._began = self._told = False
        self._scores: list[tuple[int | None, int, int]] = []  # step, the user's, D's
        self._random = np.random.default_rng()
        self.tiles = TileStrip(maximum=4, even=True, centred=True, gap=8)
        self.deal, self.answer = (
            push_button(
                "Twenty new pictures",
                "Draw ten real pictures, and ten of the generator at the cursor.",
                self.ask_round,
            ),
            push_button("Check my answer", "Compare with the truth, and with D.", self._tell),
        )
        self._text, self._past = TextLabel(TASK, wrap=True), TextLabel("", "muted", wrap=True)
        self._dealing = LatestJob(context.run_job, "dealing pictures", self._take, self._say)
        self._lay_out()
        self.tiles.tile_activated.connect(self._toggle)
        moment.changed.connect(self._begin)
        self._show()

    def _lay_out(self) -> None:
        self.tiles.setAccessibleName("Twenty pictures")
        row = row_layout(self.deal, self.answer, 1, gap=HAIR)
        column = column_layout(self._text, (self.tiles, 1), row, gap=HAIR, inside=self)
        column.addSpacing(SMALL)
        column.addWidget(self._past)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin()

    def _begin(self) -> None:
        """Deal the first round as soon as it is looked at and there is a generator."""
        if self.isVisible() and self._moment.model is not None and not self._began:
            self._began = True
            self.ask_round()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.answer.isEnabled():
            self._tell()
        else:
            super().keyPressEvent(event)

    # ---- a round -------------------------------------------------------------------------------

    def ask_round(self) -> None:
        """Draw twenty pictures in the background."""
        model, run = self._moment.model, self._context.app_model.run
        if model is None:
            self._say("Train or open a model first: there is no generator yet.")
            return
        seed = int(self._random.integers(2**31))
        self._dealing.order(lambda: deal_round(model, run, seed))

    def _take(self, dealt: Round) -> None:
        self._round, self._told = dealt, False
        self._chosen = np.zeros(COUNT, np.bool_)
        self.tiles.set_images(dealt.pictures)
        self._show()

    def _say(self, sentence: str) -> None:
        """Say in the place of the pictures why there are none."""
        self._round = None
        self.tiles.set_images(None)
        self.tiles.set_placeholder(sentence)
        self._show()

    def _toggle(self, index: int) -> None:
        if self._round is not None and not self._told:
            self._chosen[index] = not self._chosen[index]
            self._show()

    def _tell(self) -> None:
        if self._round is None:
            return
        self._told = True
        mine, theirs = self._round.score(self._chosen), self._round.score(self._round.choice_of_d)
        self._scores.append((self._round.step, mine, theirs))
        self._show()

    # ---- what is shown -------------------------------------------------------------------------

    def _show(self) -> None:
        dealt, count = self._round, int(self._chosen.sum())
        self.answer.setEnabled(dealt is not None and not self._told and count == COUNT // 2)
        if dealt is None:
            return
        if self._told:
            self._show_truth(dealt)
        else:
            self._text.setText(f"{TASK} {count} chosen.")
            self.tiles.set_captions(["real" if chosen else " " for chosen in self._chosen])
            self.tiles.set_tile_text(
                lambda index: "You take it for real" if self._chosen[index] else "Not chosen"
            )
        lines = [
            f"{'untrained' if not step else f'step {step:,}'}: you {mine}, D {theirs} of {COUNT}"
            for step, mine, theirs in self._scores[-4:]
        ]
        self._past.setText("   ·   ".join(lines))

    def _show_truth(self, dealt: Round) -> None:
        captions = [
            f"{'✓' if chosen == real else '✗'} {'real' if real else 'G'}"
            for chosen, real in zip(self._chosen, dealt.is_real, strict=True)
        ]
        self.tiles.set_captions(captions)
        model = self._moment.model
        self.tiles.set_tile_text(
            lambda index: (
                f"{'Real' if dealt.is_real[index] else 'Made by G'}; "
                + ("" if model is None else model.objective.describe_answer(dealt.answers[index]))
            )
        )
        _step, mine, theirs = self._scores[-1]
        half = COUNT // 2
        what = (
            "Guessing gives ten of twenty." if mine > half else "That is no better than guessing."
        )
        self._text.setText(
            f"You have {mine} of {COUNT} right, D has {theirs}. {what} Early in a run it is "
            "easy for both; where the two kinds are alike, nobody can tell."
        )


def deal_round(model: Model, run: RunView | None, seed: int) -> Round:
    """Draw ten real pictures and ten of a model's, in the same classes; for threads.

    Raises
    ------
    UserError
        The data is not at hand, or the model has no discriminator.
    """
    import torch

    from ganview.gan.d_response import discriminator_of
    from ganview.gan.model import from_uint8, to_uint8
    from ganview.runtime.moment_trace import dataset_at_hand

    discriminator_of(model)
    dataset = dataset_at_hand(model, run)
    random = np.random.default_rng(seed)
    half = COUNT // 2
    chosen = torch.from_numpy(random.choice(len(dataset.images), half, replace=False))
    real = from_uint8(dataset.images[chosen])
    classes = bool(model.spec.classes) and dataset.labels is not None
    y = dataset.labels[chosen] if classes and dataset.labels is not None else None
    noise = torch.from_numpy(random.standard_normal((half, model.spec.z_dim)).astype(np.float32))
    images = torch.cat([real, model.generate(noise, y)])
    order = random.permutation(COUNT)
    images, labels = images[order], None if y is None else torch.cat([y, y])[order]
    answers = model.read_images(images, labels)
    assert answers is not None
    return Round(
        to_uint8(images), (np.arange(COUNT) < half)[order], answers, model.info.get("step")
    )
