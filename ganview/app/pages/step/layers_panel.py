"""Into G and D: what each layer makes of a noise or a picture, and what a map is good for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ganview.app.latent_point import Floats
from ganview.app.pages.page import PageContext
from ganview.app.pages.step.inside_networks import (
    WAYS,
    Inside,
    Silenced,
    Way,
    look_inside,
    silence_map,
)
from ganview.app.pages.step.moment_model import MomentModel
from ganview.app.theme import HAIR, font
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.flow_layout import FlowRow
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel, name_text, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.export.colours import apply_colormap
from ganview.gan.step_trace import StepTrace, to_pixels
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.explore.feature_maps import LayerMaps
    from ganview.gan.model import Model

FOLLOW_MS = 250  # between two looks at where the explorer is
LIVE_PAUSE = 0.6  # seconds between two looks into a model that learns on
SHOWN = 64  # maps of a layer
NAMES = ("Picture", "Without the map", "What D's answer depends on")
NO_REAL = "No real picture is at hand: do a step first, or train."


class LayersPanel(QWidget):
    """Feature maps as small multiples; one of them can be silenced.

    Parameters
    ----------
    traced
        Returns the step on show, whose batch has the real pictures.
    """

    def __init__(
        self, context: PageContext, moment: MomentModel, traced: Callable[[], StepTrace | None]
    ) -> None:
        super().__init__()
        self._context, self._moment, self._traced = context, moment, traced
        self._batch: StepTrace | None = None  # it stays while D learns on, to be compared
        self._row = 0
        self._point: tuple[Floats, int | None] | None = None
        self._model: Model | None = None  # that was looked into last
        self._looked_at = -LIVE_PAUSE
        self._silent: tuple[Way, str, int] | None = None  # layer and map
        self._given: tuple[Floats, int | None] = (np.zeros(0, np.float32), None)  # what went in
        self._inside: Inside | None = None
        self.way, self.layer = (
            ComboBox(
                "Network and what goes in", "Which network to look into, and what goes into it."
            ),
            ComboBox("Layer", "Which of its layers, in the order in which they work."),
        )
        self.maps, self.real = TileStrip(maximum=24), TileStrip(maximum=2)
        self.picture, self.without, self.slope = (PictureView() for _ in range(3))
        self._captions = [TextLabel("", "muted") for _ in range(3)]
        self._about = TextLabel(WAYS[0].about, "muted", wrap=True)
        self._looking = LatestJob(
            context.run_job, "looking into the networks", self._take, context.complain
        )
        self._silencing = LatestJob(
            context.run_job, "drawing without a map", self._take_silenced, context.complain
        )
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        self._lay_out()
        self.way.currentIndexChanged.connect(self._turn)
        self.layer.currentIndexChanged.connect(self._show_maps)
        self.maps.tile_activated.connect(self._silence)
        self.real.tile_activated.connect(self._choose_real)
        self.real.current_changed.connect(self._choose_real)

    def _lay_out(self) -> None:
        self.way.addItems([way.title for way in WAYS])
        self.layer.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        self.maps.setAccessibleName("Feature maps of the layer")
        self.maps.set_placeholder("Train or open a model: its layers are shown here.")
        self.real.setAccessibleName("Real pictures of the batch")
        self.real.setFixedHeight(32)
        self.real.hide()
        tips = (
            "What G draws of the explorer's noise and class, or the real picture.",
            "The same with the chosen map at zero.",
            "The slope of D's answer over the picture: red where a lighter pixel raises it.",
        )
        side = QGridLayout()
        side.setSpacing(HAIR)
        for i, view in enumerate((self.picture, self.without, self.slope)):
            view.setAccessibleName(NAMES[i])
            view.setMinimumSize(84, 84)
            set_tooltip(view, tips[i])
            self._captions[i].setFont(font("small"))
            self._captions[i].setWordWrap(True)
            self._captions[i].setText(NAMES[i])
            side.addWidget(self._captions[i], 2 * i, 0)
            side.addWidget(view, 2 * i + 1, 0)
            side.setRowStretch(2 * i + 1, 1)
        top = FlowRow(HAIR)
        for box in (self.way, self.layer):
            top.lines.addWidget(box)
        left = column_layout(top, self._about, self.real, (self.maps, 1), gap=HAIR)
        row_layout((left, 3), (side, 1), inside=self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._batch = None
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @property
    def _on_show(self) -> Way:
        return WAYS[self.way.currentIndex()]

    def show_way(self, way: int) -> None:
        """Look into a network on one of the `WAYS`."""
        self.way.setCurrentIndex(way)

    def _turn(self) -> None:
        self._about.setText(self._on_show.about)
        self.real.setVisible(self._on_show.is_real)
        self._inside = self._silent = None
        self.maps.set_selected(-1)
        self.without.set_picture(None)
        self._captions[1].setText(NAMES[1])
        self._look()

    def _choose_real(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._look()

    def _real_picture(self) -> tuple[Floats, int | None] | None:
        """Return the chosen real picture (C, H, W) and its class, if a batch is at hand."""
        model = self._moment.model
        if not _is_of(self._batch, model):  # none yet, or of another run
            self._batch = self._traced()
            if self._batch is not None:
                self.real.set_images(to_pixels(self._batch.x))
                self._row = min(self._row, self._batch.rows - 1)
        batch, row = self._batch, self._row
        if batch is None or model is None or not _is_of(batch, model):
            return None
        self.real.set_selected(row)
        y = None if batch.y is None or not model.spec.classes else int(batch.y[row])
        return batch.x[row], y

    # ---- looking -------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Look again where the explorer has moved, and now and then where the model learned on."""
        paused = time.monotonic() - self._looked_at >= LIVE_PAUSE
        if self._moment.model is not self._model and paused:
            self._look()
            return
        point, before = self._context.explored(), self._point
        if (
            point is None
            or before is None
            or point[1] != before[1]
            or not np.array_equal(point[0], before[0])
        ):
            self._look()

    def _look(self) -> None:
        model, point, way = self._moment.model, self._context.explored(), self._on_show
        self._point = point
        self._model, self._looked_at = model, time.monotonic()
        if model is None or not self.isVisible():
            return
        given = self._real_picture() if way.is_real else point
        if given is None:
            self.maps.set_images(None)
            self.maps.set_placeholder(NO_REAL if way.is_real else "")
        elif way.is_real or given[0].size == model.spec.z_dim:
            self._given = given
            self._looking.order(lambda: (way, look_inside(model, way, *given)))

    def _take(self, found: tuple[Way, Inside]) -> None:
        way, inside = found
        if way is not self._on_show:
            return
        self._inside = inside
        self.picture.set_picture(inside.picture)
        self.slope.set_picture(inside.slope)
        self._captions[0].setText(f"Picture: {self._say(inside.answer)}")
        self._show_layers()
        if self._silent is not None and self._silent[1] not in [it.name for it in inside.layers]:
            self._silent = None  # it was of other networks
        self._draw_without()

    def _say(self, answer: float) -> str:
        model = self._moment.model
        return "" if model is None else model.objective.describe_answer(answer)

    def _show_layers(self) -> None:
        if self._inside is None:
            return
        layers = self._inside.layers
        texts = [_layer_text(maps) for maps in layers]
        if texts != [self.layer.itemText(i) for i in range(self.layer.count())]:
            index = self.layer.currentIndex()
            self.layer.blockSignals(True)
            self.layer.clear()
            self.layer.addItems(texts)
            first = next((i for i, maps in enumerate(layers) if maps.count > 1), 0)
            self.layer.setCurrentIndex(index if 0 <= index < len(texts) else first)
            self.layer.blockSignals(False)
        self._show_maps()

    def _chosen(self) -> LayerMaps | None:
        if self._inside is None or self.layer.currentIndex() < 0:
            return None
        return self._inside.layers[self.layer.currentIndex()]

    def _show_maps(self) -> None:
        layer = self._chosen()
        if layer is None:
            return
        maps = layer.maps[:SHOWN]
        most = float(np.abs(maps).max()) or 1.0
        levels = np.rint((maps / most + 1) * 127.5).astype(np.uint8)
        self.maps.set_images(apply_colormap(levels, "signed"))
        self.maps.set_tile_text(
            lambda index: (
                f"Map {index + 1} of {layer.count}: {maps[index].min():.2g} to "
                f"{maps[index].max():.2g}. Click or Enter: draw without it."
            )
        )

    # ---- silencing -----------------------------------------------------------------------------

    def _silence(self, index: int) -> None:
        layer = self._chosen()
        if layer is not None:
            self.maps.set_selected(index)
            self._silent = self._on_show, layer.name, index
            self._draw_without()

    def _draw_without(self) -> None:
        model, silent, given = self._model, self._silent, self._given
        if model is not None and silent is not None:
            self._silencing.order(lambda: silence_map(model, *silent, *given))

    def _take_silenced(self, found: Silenced) -> None:
        self.without.set_picture(found.picture)
        self._captions[1].setText(f"{found.text}: {self._say(found.answer)}")


def _is_of(batch: StepTrace | None, model: Model | None) -> bool:
    """Tell whether a model knows pictures and classes like those of a batch."""
    if batch is None or model is None:
        return False
    alike = batch.x.shape[1:] == model.spec.image_shape
    return alike and batch.class_names == model.spec.class_names


def _layer_text(maps: LayerMaps) -> str:
    height, width = maps.maps.shape[1:]
    name = name_text(maps.name)
    if maps.count == 1 and len(maps.maps) == 1:
        return f"{name} · {height * width} numbers"
    return f"{name} · {maps.count} maps of {width} × {height}"
