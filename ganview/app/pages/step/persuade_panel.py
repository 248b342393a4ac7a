"""You are G: move the noise so that D believes more, beside chance and beside the gradient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ganview.app.latent_point import REACH, Floats
from ganview.app.pages.page import PageContext
from ganview.app.pages.step.moment_model import MomentModel
from ganview.app.theme import HAIR, MEDIUM, SMALL
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model

SLIDERS = 5
NAMES = ("You", "Chance", "Gradient")
TASK = (
    "Move the sliders until D takes your picture for real. At each move, chance draws one new "
    "noise and keeps the better one, and the gradient takes one step."
)


@dataclass(frozen=True, eq=False)
class Contest:
    """Where the three are: noise (3, z_dim), their pictures, D's answers (3,), and the moves."""

    z: Floats
    pictures: NDArray[np.uint8]
    answers: NDArray[np.float32]
    moves: int


class PersuadePanel(QWidget):
    """Five sliders along directions of the noise, and three pictures with what D says."""

    def __init__(self, context: PageContext, moment: MomentModel) -> None:
        super().__init__()
        self._context, self._moment = context, moment
        self._random = np.random.default_rng()
        self._start = np.zeros(0, np.float32)
        self._y: int | None = None
        self._directions = np.zeros((0, 1), np.float32)
        self._contest: Contest | None = None
        self._moved_on = False  # since the move that is being judged
        self.sliders = [ValueSlider(-REACH, REACH) for _ in range(SLIDERS)]
        self._labels = [TextLabel(f"Direction {i + 1}", "muted") for i in range(SLIDERS)]
        self.views = [PictureView() for _ in NAMES]
        self._answers = [TextLabel("") for _ in NAMES]
        self.again = push_button("Start again", do=self.begin)
        self.explore = push_button("Open mine in the explorer", do=self._open_mine)
        self._text = TextLabel(TASK, wrap=True)
        self._working = LatestJob(context.run_job, "asking D", self._take, context.complain)
        self._lay_out()
        for slider in self.sliders:
            slider.moved.connect(lambda *_given: self._move())
        moment.changed.connect(self._begin_if_new)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_if_new()

    def _begin_if_new(self) -> None:
        """Begin with the first generator that is at hand, or one of another size of noise."""
        model = self._moment.model
        if self.isVisible() and model is not None and model.spec.z_dim != self._start.size:
            self.begin()

    def _lay_out(self) -> None:
        tips = (
            "What your sliders make of the noise.",
            "The best of all noise that was drawn at random so far.",
            "Noise that follows the slope of D's answer: what G is told, for one picture.",
        )
        grid = QGridLayout()
        grid.setSpacing(SMALL)
        for i, (name, view) in enumerate(zip(NAMES, self.views, strict=True)):
            view.setAccessibleName(f"Picture of: {name}")
            view.setMinimumSize(84, 84)
            set_tooltip(view, tips[i])
            grid.addWidget(TextLabel(name, "heading"), 0, i)
            grid.addWidget(view, 1, i)
            grid.addWidget(self._answers[i], 2, i)
            grid.setColumnStretch(i, 1)
        grid.setRowStretch(1, 1)
        column = column_layout(self._text, (grid, 1), gap=HAIR, inside=self)
        for i, slider in enumerate(self.sliders):
            slider.setAccessibleName(f"Along direction {i + 1} of the noise")
            column.addLayout(row_layout(self._labels[i], (slider, 1), gap=MEDIUM))
        row = row_layout(self.again, self.explore, 1, gap=MEDIUM)
        column.addLayout(row)

    def begin(self) -> None:
        """Begin with new noise and new directions, all three at the same place."""
        from ganview.gan.explore.persuasion import unit_directions

        model, point = self._moment.model, self._context.explored()
        if model is None:
            self._context.complain("Train or open a model first: there is no generator yet.")
            return
        size = model.spec.z_dim
        self._start = self._random.standard_normal(size).astype(np.float32)
        self._y = point[1] if point is not None and model.spec.classes else None
        if model.spec.classes and (self._y is None or self._y >= model.spec.classes):
            self._y = 0
        self._directions = unit_directions(SLIDERS, size, self._random)
        for i, slider in enumerate(self.sliders):
            slider.set_number(0.0)
            for widget in (self._labels[i], slider):
                widget.setVisible(i < len(self._directions))
        z, y = np.repeat(self._start[None], len(NAMES), 0), self._y
        self._working.order(lambda: judge_contest(model, z, y, 0))

    def _mine(self) -> Floats:
        weights = np.array([slider.number() for slider in self.sliders], np.float32)
        return self._start + weights[: len(self._directions)] @ self._directions

    def _move(self) -> None:
        model, contest, y = self._moment.model, self._contest, self._y
        if model is None or contest is None or model.spec.z_dim != self._start.size:
            return
        self._moved_on = self._working.busy
        if self._moved_on:
            return
        mine = self._mine()
        other = self._random.standard_normal(mine.size).astype(np.float32)
        self._working.order(lambda: play_move(model, contest, mine, other, y))

    def _take(self, contest: Contest) -> None:
        self._contest = contest
        model = self._moment.model
        for i, view in enumerate(self.views):
            view.set_picture(contest.pictures[i])
            said = "" if model is None else model.objective.describe_answer(contest.answers[i])
            self._answers[i].setText(said)
        self._text.setText(f"{TASK} Moves so far: {contest.moves}.")
        if self._moved_on:
            self._move()

    def _open_mine(self) -> None:
        if self._contest is not None:
            self._context.explore(self._contest.z[0], self._y)


def judge_contest(model: Model, z: Floats, y: int | None, moves: int) -> Contest:
    """Draw and judge the noise of all three; for threads."""
    from ganview.gan.explore.persuasion import judged_pictures

    return Contest(z, *judged_pictures(model, z, y), moves)


def play_move(
    model: Model, contest: Contest, mine: Floats, other: Floats, y: int | None
) -> Contest:
    """Let the user's noise be this, chance try another, and the gradient go a step; for threads."""
    from ganview.gan.explore.persuasion import step_by_gradient

    climbed = step_by_gradient(model, contest.z[2], y)
    tried = judge_contest(model, np.stack([mine, other, climbed]), y, contest.moves + 1)
    if tried.answers[1] >= contest.answers[1]:
        return tried
    z, pictures, answers = tried.z.copy(), tried.pictures.copy(), tried.answers.copy()
    z[1], pictures[1], answers[1] = contest.z[1], contest.pictures[1], contest.answers[1]
    return replace(tried, z=z, pictures=pictures, answers=answers)
