"""The tab that shows two models, or two moments of one run, on the same noise and class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QSizePolicy,
    QWidget,
)

from ganview.app.explorer.picture_requester import Pictures, batch_of
from ganview.app.explorer.tab import Context, Tab
from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.app_dialog import ask_file
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel, name_text
from ganview.app.widgets.tile_strip import TileStrip
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model

GAP = 2
#: A tab at least this high shows the classes twice as large.
ROOMY = 400
ABSENT = (
    "Two generators draw from the same z and y, side by side. Keep this one, then train on, go to "
    "another moment on the time line, or open another model."
)


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
            "Explore it", "Open the other model in the explorer", self._explore_other
        )
        self._hint = EmptyState("compare", ABSENT)
        self._sides = QWidget()
        self._names = (TextLabel("", "heading"), TextLabel("", "heading"))
        self.views = (PictureView(), PictureView())
        self.strips = (TileStrip(gap=GAP, maximum=2), TileStrip(gap=GAP, maximum=2))
        self._apart = TextLabel("", "muted", size="small")
        self._drawing = LatestJob(
            context.services.run, "drawing with the other model", self._show_other, context.say
        )
        self._opening = LatestJob(
            context.services.run, "opening the other model", self._take_opened, context.say
        )
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
        grid.setVerticalSpacing(SMALL)
        grid.setRowStretch(1, 1)
        for side, (name, view, strip) in enumerate(
            zip(self._names, self.views, self.strips, strict=True)
        ):
            which = "The explorer's model" if side == 0 else "The other model"
            view.setAccessibleName(which)
            strip.only_look()
            strip.setAccessibleName(f"{which} in every class")
            view.set_alignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.setColumnStretch(side, 1)
            grid.addWidget(name, 0, side)
            grid.addWidget(view, 1, side)
            grid.addWidget(strip, 2, side)
        column_layout(
            buttons, (self._hint, 1), (self._sides, 1), 0, margins=(0, SMALL, 0, 0), inside=self
        )

    def resizeEvent(self, event: object) -> None:
        zoom = 1 if self.height() < ROOMY else 2
        for strip in self.strips:
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
        if self._other_path is not None:
            self.context.services.open_model(self._other_path)

    def _show_state(self) -> None:
        self._sides.setVisible(self._other is not None)
        self._hint.setVisible(self._other is None)
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
        if (other.spec.z_dim, other.spec.classes) != (place.z.size, place.weights.size):
            self._drawing.cancel()  # what was asked of the place before would come over this
            self._apart.setText("The other model has another kind of noise or classes.")
            self.views[1].set_picture(None)
            self.strips[1].set_images(None)
            return
        z, y = batch_of(place)
        index = -1 if place.label is None or place.mixed else place.label

        def work() -> Any:
            images = other.preview(z, y)
            return images[index], images[: place.weights.size], pictures.picture

        self._drawing.order(work)

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
