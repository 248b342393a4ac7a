"""The tab that shows two models, or two moments of one run, on the same noise and class."""

from __future__ import annotations

from functools import partial
from math import isnan
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QSizePolicy, QWidget

from ganview.app.explorer.picture_requester import Pictures, batch_of, strip_length
from ganview.app.explorer.tab import Context, Tab
from ganview.app.formatting import number_text, percent_text, setting_text
from ganview.app.theme import HAIR, MEDIUM, SMALL
from ganview.app.widgets.app_dialog import ask_file
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.layouts import column_layout, fill_layout, row_layout
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import ElidedLabel, TextLabel, name_text
from ganview.app.widgets.tile_strip import TileStrip
from ganview.gan.config import SETTINGS
from ganview.glossary import explain
from ganview.plain_text import counted
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model
    from ganview.runtime.jobs import ShouldStop

GAP = 2
#: A tab at least this high shows the classes twice as large.
ROOMY = 400
#: Least width of a picture beside the classes, width of those, and height of what is above both.
BESIDE, CLASSES, ABOVE = 84, 160, 118
ACROSS = QBoxLayout.Direction.LeftToRight
PAUSE = 10.0  # seconds at least between two measurements of a generator that learns on
NONE = "Not measured"
MACHINE = ("threads", "device")  # settings that are no part of what is learned
ABSENT = "Two generators draw from the same z and y, side by side."


class CompareTab(Tab):
    """A second model beside the explorer's."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._other: Model | None = None
        self._other_name = ""
        self._other_path: Path | None = None
        self._keep = push_button(
            "Keep this generator",
            "Keep a copy of this generator to compare later ones with",
            self.keep,
        )
        self._open = push_button(
            "Open another…", "Compare with a model from a file", self._choose_file
        )
        self._explore = push_button(
            "Explore it",
            "Open the other model in the explorer, and put this one here",
            self._explore_other,
        )
        begin = push_button("Keep this generator", "Begin to compare with it", self.keep)
        self._hint = EmptyState("compare", ABSENT, begin)
        self._sides = QWidget()
        self._names = (TextLabel("", "heading"), TextLabel("", "heading"))
        self._qualities, self._settings = (
            [ElidedLabel(role="muted", size="small") for _side in range(2)] for _kind in range(2)
        )
        self._measured: list[Model | None] = [None, None]
        self._measured_at = 0.0
        self.views = (PictureView(), PictureView())
        self.strips = (TileStrip(gap=GAP, maximum=2), TileStrip(gap=GAP, maximum=2))
        self._pictures = (QBoxLayout(ACROSS), QBoxLayout(ACROSS))
        self._apart = TextLabel("", "muted", size="small")
        self._drawing = LatestJob(
            context.services.run, "drawing with the other model", self._show_other, context.say
        )
        self._opening = LatestJob(
            context.services.run, "opening the other model", self._take_opened, context.say
        )
        self._measuring = [
            LatestJob(
                context.services.run,
                "measuring quality",
                partial(self._show_quality, side),
                label.setText,
            )
            for side, label in enumerate(self._qualities)
        ]
        self._lay_out()
        context.requester.arrived.connect(self._follow)
        self._show_state()

    def activate(self) -> None:
        """Draw with both."""
        self._keep.setEnabled(self.context.services.model() is not None)
        self._follow(self.context.requester.latest)

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        buttons = row_layout(
            self._keep, self._open, self._explore, (self._apart, 1, Qt.AlignmentFlag.AlignRight)
        )
        grid = QGridLayout(self._sides)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(MEDIUM)
        grid.setVerticalSpacing(HAIR)
        grid.setRowStretch(3, 1)
        for side, (name, view, strip) in enumerate(
            zip(self._names, self.views, self.strips, strict=True)
        ):
            which = "The explorer's model" if side == 0 else "The other model"
            view.setAccessibleName(which)
            strip.only_look()
            strip.setAccessibleName(f"{which} in every class, or without classes at each ψ")
            view.set_alignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.setColumnStretch(side, 1)
            quality, settings = self._qualities[side], self._settings[side]
            quality.about = f"{explain('judge-FD')}\n{explain('class accuracy')}"
            for row, widget in enumerate((name, quality, settings)):
                grid.addWidget(widget, row, side)
            grid.addLayout(self._pictures[side], 3, side)
            fill_layout(self._pictures[side], view, strip)
            self._pictures[side].setSpacing(SMALL)
        column_layout(
            buttons, (self._hint, 1), (self._sides, 1), 0, margins=(0, SMALL, 0, 0), inside=self
        )

    def resizeEvent(self, event: object) -> None:
        low = self.height() < ROOMY
        # a picture beside the classes is as large as the height lets it be
        side = min(self.height() - ABOVE, self.width() // 2 - CLASSES)
        zoom = 2 if not low or self.width() // 2 - side > 2 * CLASSES else 1
        for pictures, view, strip in zip(self._pictures, self.views, self.strips, strict=True):
            view.setMinimumWidth(max(BESIDE, side) if low else 0)
            pictures.setStretchFactor(view, 0 if low else 1)
            pictures.setStretchFactor(strip, 1 if low else 0)
            pictures.setDirection(ACROSS if low else QBoxLayout.Direction.TopToBottom)
            strip.setFixedHeight(2 * strip.height_of(zoom) + GAP)

    # -- the other model --------------------------------------------------------------------

    def keep(self) -> None:
        """Hold the explorer's present generator."""
        model = self.context.services.model()
        if model is not None:
            self._use(model, f"Kept: {model_title(model)}")

    def _choose_file(self) -> None:
        ask_file(self, "Compare with", self.open, kinds="Models (*.safetensors);;All files (*)")

    def open(self, path: Path) -> None:
        """Compare with a model file; a bad one changes nothing."""

        def work() -> tuple[Model, Path]:
            from ganview.files.open_model import open_model

            return open_model(path), path

        self._opening.order(work)

    def _take_opened(self, opened: tuple[Model, Path]) -> None:
        model, path = opened
        self._use(model, path.stem, path)

    def _use(self, model: Model, name: str, path: Path | None = None) -> None:
        self._other, self._other_name = model, name
        self._other_path = path
        self._show_state()
        self._follow(self.context.requester.latest)

    def _explore_other(self) -> None:
        path, model = self._other_path, self.context.services.model()
        if path is not None and model is not None:
            self._use(model, model_title(model))  # or both sides would be the same
            self.context.services.open_model(path)

    def _show_state(self) -> None:
        self._sides.setVisible(self._other is not None)
        self._hint.setVisible(self._other is None)
        self._keep.setVisible(self._other is not None)
        self._explore.setVisible(self._other_path is not None)
        self._names[1].setText(self._other_name)

    # -- drawing ----------------------------------------------------------------------------

    def _follow(self, pictures: Pictures | None) -> None:
        other, model = self._other, self.context.services.model()
        if pictures is None or other is None or model is None or not self.in_view:
            return
        place = pictures.place
        self._names[0].setText(model_title(model))
        self.views[0].set_picture(pictures.picture)
        self.strips[0].set_images(pictures.strip)
        self._show_settings(model, other)
        if (other.spec.z_dim, other.spec.classes) != (place.z.size, place.weights.size):
            self._drawing.cancel()  # what was asked of the place before would come over this
            self._apart.setText("The other model has another kind of noise or classes.")
            self.views[1].set_picture(None)
            self.strips[1].set_images(None)
            return
        self._measure(model, other)
        z, y = batch_of(place)
        index = -1 if place.label is None or place.mixed else place.label

        def work() -> Any:
            images = other.preview(z, y)
            return images[index], images[: strip_length(place)], pictures.picture

        self._drawing.order(work)

    # -- which is better, and what they differ in ---------------------------------------------

    def _measure(self, *models: Model) -> None:
        """Measure what was not, one that learns on now and then."""
        live, rested = self.context.services.live(), monotonic() - self._measured_at > PAUSE
        for side, model in enumerate(models):
            before = self._measured[side]
            if model is not before and (side or rested or not live or before is None):
                self._measured[side] = model
                if not side:
                    self._measured_at = monotonic()
                self._qualities[side].setText("Measuring quality…")
                self._measuring[side].order(partial(measure_quality, model), overtake=True)

    def _show_quality(self, side: int, found: Quality | None) -> None:
        if found is None:
            self._qualities[side].setText("Not measured: no judge has learned from its data.", NONE)
            return
        words = f"judge-FD {number_text(found.frechet)}"
        read = "" if isnan(found.accuracy) else percent_text(found.accuracy)
        longer = f"{words}  ·  class accuracy {read}" if read else words
        self._qualities[side].setText(longer, f"{words}  ·  {read}" if read else words)

    def _show_settings(self, *models: Model) -> None:
        """Say on each side the settings that differ."""
        for label, texts in zip(self._settings, differing_settings(*models), strict=True):
            count = len(texts)
            shorter = (
                f"{',  '.join(texts[:some])},  and {count - some} more"
                for some in range(count - 1, 0, -1)
            )
            label.setText(
                ",  ".join(texts),
                *shorter,
                f"different: {counted(count, 'setting')}" if count else "",
            )

    def _show_other(self, drawn: tuple[NDArray[np.uint8], ...]) -> None:
        picture, strip, mine = drawn
        self.views[1].set_picture(picture)
        self.strips[1].set_images(strip)
        if picture.shape == mine.shape:
            gap = float(np.sqrt(np.mean((picture / 255.0 - mine / 255.0) ** 2)))
            self._apart.setText(f"{gap:.3f} apart, by root mean square")
        else:
            self._apart.setText("Their pictures are of another size.")


def model_title(model: Model) -> str:
    """Return what a model is called in a heading: its name and its step."""
    name = name_text(str(model.info.get("name") or model.spec.architecture))
    step = model.info.get("step")
    return f"{name}, step {step:,}" if isinstance(step, int) else name


def measure_quality(model: Model, should_stop: ShouldStop) -> Quality | None:
    """Measure a model as its run would; for background threads."""
    from ganview.files.evaluators import evaluator_for
    from ganview.gan.metrics.online import Cancelled

    evaluator = evaluator_for(model)
    try:
        return None if evaluator is None else evaluator(model, should_stop)
    except Cancelled:
        return None  # nobody waits for it


def differing_settings(one: Model, other: Model) -> tuple[list[str], list[str]]:
    """Return "label value" of each setting in which two models differ, as far as both know it."""
    mine, others = (model.info.get("config") for model in (one, other))
    if not isinstance(mine, dict) or not isinstance(others, dict):
        return [], []
    both = [
        (info.label, mine[name], others[name])
        for name, info in SETTINGS.items()
        if name not in MACHINE and name in mine and name in others and mine[name] != others[name]
    ]
    left = [f"{label} {name_text(setting_text(value))}" for label, value, _ in both]
    right = [f"{label} {name_text(setting_text(value))}" for label, _, value in both]
    return left, right
