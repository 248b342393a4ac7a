"""Into G and D: what each layer makes of the explorer's point, and what a map is good for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ganview.app.latent_point import Floats
from ganview.app.pages.page import PageContext
from ganview.app.pages.step.flow_painting import signed_pixels
from ganview.app.pages.step.moment_model import MomentModel
from ganview.app.theme import HAIR, SMALL, font
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.qt_images import Pixels
from ganview.app.widgets.text import TextLabel, name_text, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.export.colours import apply_colormap
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.explore.feature_maps import LayerMaps
    from ganview.gan.model import Model

FOLLOW_MS = 250  # between two looks at where the explorer is
LIVE_PAUSE = 0.6  # seconds between two looks into a model that learns on
SHOWN = 64  # maps of a layer
ABOUT = {
    "G": "From z to picture. Red is above zero, blue below. Choose a map to draw without it.",
    "D": "From picture to answer. Red is above zero, blue below. Choose a map to judge without it.",
}


@dataclass(frozen=True, eq=False)
class Inside:
    """What was found in both networks for one point."""

    picture: Pixels
    answer: float
    slope: Pixels
    layers: dict[str, list[LayerMaps]]


@dataclass(frozen=True, eq=False)
class Silenced:
    """The picture and D's answer without one map."""

    text: str
    picture: Pixels
    answer: float


class LayersPanel(QWidget):
    """Feature maps as small multiples; one of them can be silenced."""

    def __init__(self, context: PageContext, moment: MomentModel) -> None:
        super().__init__()
        self._context, self._moment = context, moment
        self._point: tuple[Floats, int | None] | None = None
        self._model: Model | None = None  # that was looked into last
        self._looked_at = -LIVE_PAUSE
        self._silent: tuple[str, str, int] | None = None  # network, layer, map
        self._inside: Inside | None = None
        self.net, self.layer = ComboBox(), ComboBox()
        self.maps = TileStrip(maximum=10)
        self.picture, self.without, self.slope = (PictureView() for _ in range(3))
        self._captions = [TextLabel("", "muted") for _ in range(3)]
        self._about = TextLabel(ABOUT["G"], "muted")
        self._looking = LatestJob(
            context.run_job, "looking into the networks", self._take, context.complain
        )
        self._silencing = LatestJob(
            context.run_job, "drawing without a map", self._take_silenced, context.complain
        )
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        self._lay_out()
        self.net.currentIndexChanged.connect(self._show_layers)
        self.layer.currentIndexChanged.connect(self._show_maps)
        self.maps.tile_activated.connect(self._silence)

    def _lay_out(self) -> None:
        self.net.addItems(["G", "D"])
        self.net.setAccessibleName("Network")
        self.layer.setAccessibleName("Layer")
        self.layer.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        set_tooltip(self.net, "Which network to look into.")
        set_tooltip(self.layer, "Which of its layers, in the order in which they work.")
        self.maps.setAccessibleName("Feature maps of the layer")
        self.maps.set_placeholder("Train or open a model: its layers are shown here.")
        names = ("Picture", "Without the map", "What D's answer hangs on")
        tips = (
            "What G draws of the explorer's noise and class.",
            "The same with the chosen map at zero.",
            "The slope of D's answer over the picture: red where a lighter pixel raises it.",
        )
        side = QGridLayout()
        side.setSpacing(HAIR)
        for i, view in enumerate((self.picture, self.without, self.slope)):
            view.setAccessibleName(names[i])
            view.setMinimumSize(84, 84)
            set_tooltip(view, tips[i])
            self._captions[i].setFont(font("small"))
            self._captions[i].setWordWrap(True)
            self._captions[i].setText(names[i])
            side.addWidget(self._captions[i], 2 * i, 0)
            side.addWidget(view, 2 * i + 1, 0)
            side.setRowStretch(2 * i + 1, 1)
        top = QHBoxLayout()
        for widget in (self.net, self.layer):
            top.addWidget(widget)
        top.addStretch(1)
        self._about.setWordWrap(True)
        left = QVBoxLayout()
        left.setSpacing(HAIR)
        left.addLayout(top)
        left.addWidget(self._about)
        left.addWidget(self.maps, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        row.addLayout(left, 3)
        row.addLayout(side, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

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
        model, point = self._moment.model, self._context.explored()
        self._point = point
        self._model, self._looked_at = model, time.monotonic()
        if model is None or point is None or not self.isVisible():
            return
        if point[0].size == model.spec.z_dim:
            z, y = point
            self._looking.order(lambda: look_inside(model, z, y))

    def _take(self, inside: Inside) -> None:
        self._inside = inside
        self.picture.set_picture(inside.picture)
        self.slope.set_picture(inside.slope)
        self._captions[0].setText(f"Picture: {self._say(inside.answer)}")
        self._show_layers()
        if self._silent is not None and self._silent[1] not in [
            maps.name for maps in inside.layers[self._silent[0]]
        ]:
            self._silent = None  # it was of other networks
        self._draw_without()

    def _say(self, answer: float) -> str:
        model = self._moment.model
        return "" if model is None else model.objective.describe_answer(answer)

    def _show_layers(self) -> None:
        name = self.net.currentText()
        self._about.setText(ABOUT[name])
        if self._inside is None:
            return
        layers = self._inside.layers[name]
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
        return self._inside.layers[self.net.currentText()][self.layer.currentIndex()]

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
            self._silent = self.net.currentText(), layer.name, index
            self._draw_without()

    def _draw_without(self) -> None:
        model, point, silent = self._model, self._point, self._silent
        if model is not None and point is not None and silent is not None:
            z, y = point
            self._silencing.order(lambda: silence_map(model, z, y, silent))

    def _take_silenced(self, found: Silenced) -> None:
        self.without.set_picture(found.picture)
        self._captions[1].setText(f"{found.text}: {self._say(found.answer)}")


def _layer_text(maps: LayerMaps) -> str:
    height, width = maps.maps.shape[1:]
    name = name_text(maps.name)
    if maps.count == 1 and len(maps.maps) == 1:
        return f"{name} · {height * width} numbers"
    return f"{name} · {maps.count} maps of {width} × {height}"


def look_inside(model: Model, z: Floats, y: int | None) -> Inside:
    """Return the feature maps of both networks, the picture and D's answer; for threads."""
    import torch

    from ganview.gan.d_response import discriminator_of
    from ganview.gan.explore.feature_maps import answer_slope, feature_maps
    from ganview.gan.model import to_uint8

    place, label = torch.tensor(z)[None], None if y is None else torch.tensor([y])
    d = discriminator_of(model)
    x = model.generate(place, label).clone()
    answer = model.read_images(x, label)
    assert answer is not None
    return Inside(
        to_uint8(x)[0],
        float(answer[0]),
        signed_pixels(answer_slope(model, x, label)),
        {"G": feature_maps(model.generator, place, label), "D": feature_maps(d, x, label)},
    )


def silence_map(model: Model, z: Floats, y: int | None, silent: tuple[str, str, int]) -> Silenced:
    """Return the picture and D's answer without one map of a layer; for threads."""
    import torch

    from ganview.gan.d_response import discriminator_of
    from ganview.gan.explore.feature_maps import run_without_map
    from ganview.gan.model import to_uint8

    place, label = torch.tensor(z)[None], None if y is None else torch.tensor([y])
    d, rule = discriminator_of(model), model.objective
    net, layer, index = silent
    text = f"Without map {index + 1} of {name_text(layer)}"
    if net == "G":
        x = run_without_map(model.generator, layer, index, place, label).clamp(-1, 1)
        with torch.no_grad():
            logit = d(x, label)
    else:
        x = model.generate(place, label).clone()
        logit = run_without_map(d, layer, index, x, label)
    return Silenced(text, to_uint8(x)[0], float(rule.read_logits(logit)[0]))
