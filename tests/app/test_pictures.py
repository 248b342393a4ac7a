"""What is painted by hand looks as it did: light and dark, at 100 and 200 %.

``pytest tests/app/test_pictures.py --update-pictures`` keeps new pictures; look at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.explorer.mix_tab import mixer
from ganview.app.theme import Scheme, Theme
from ganview.app.widgets.class_pad import ClassPad
from ganview.app.widgets.class_weight_bars import ClassWeightBars
from ganview.app.widgets.ink_pad import InkPad
from ganview.app.widgets.latent_sliders import LatentSliders
from ganview.app.widgets.latent_strip import LatentStrip
from ganview.app.widgets.legend import Legend
from ganview.app.widgets.map_view import MapView
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.tile_strip import TileStrip
from ganview.app.widgets.time_track import SHAPES, Tick, TimeTrack
from ganview.app.widgets.value_slider import ValueSlider
from ganview.data.locate import resources_folder

PICTURES = Path(__file__).parent / "pictures"
#: How much a colour may differ, 0 to 255, and in which share of all pixels it may differ more:
#: the rounding of edges is for Qt to change.
TOLERANCE, SHARE = 24, 0.01

RAMP = np.add.outer(np.arange(8), np.arange(8)).astype(np.uint8) * 16
IMAGES = np.stack([np.roll(RAMP, shift, axis=1) for shift in range(4)])
Z = np.linspace(-2.5, 2.5, 12).astype(np.float32)
WEIGHTS = np.array([0.6, 0.3, 0.1], np.float32)


def class_pad() -> QWidget:
    pad = ClassPad(mixer)
    pad.set_names(["cat", "dog", "a much longer name"])
    pad.show_weights(WEIGHTS)
    return pad


def class_weight_bars() -> QWidget:
    bars = ClassWeightBars()
    bars.set_names(["cat", "dog", "bird"])
    bars.show_weights(WEIGHTS)
    bars.show_read(WEIGHTS[::-1].copy())
    return bars


def ink_pad() -> QWidget:
    pad = InkPad()
    pad.resize(160, 160)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    QTest.mouseMove(pad, QPoint(80, 110))
    QTest.mouseMove(pad, QPoint(120, 60))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(120, 60))
    return pad


def latent_sliders() -> QWidget:
    sliders = LatentSliders(12)
    sliders.set_space(Z)
    sliders.rows.set_effects(np.linspace(1, 0, 12))
    return sliders


def latent_strip() -> QWidget:
    strip = LatentStrip()
    strip.set_z(Z)
    return strip


def legend() -> QWidget:
    entries = Legend([("real", "real", False), ("fake", "fake", True), ("G", "generator", False)])
    entries.show_values(["0.612", "0.387", "1.250"])
    return entries


def map_view() -> QWidget:
    view = MapView(2)
    view.set_pictures(IMAGES)
    view.set_here((0.3, 0.6))
    view.set_marks([(0.7, 0.2, "A")])
    return view


def picture_view() -> QWidget:
    view = PictureView(zoom=8)
    view.set_picture(RAMP)
    return view


def tile_strip() -> QWidget:
    strip = TileStrip()
    strip.set_images(IMAGES)
    strip.set_captions(["A", "B", "a longer one", "D"])
    strip.set_selected(1)
    return strip


def time_track() -> QWidget:
    track = TimeTrack()
    signs = [*SHAPES, *[""] * 7]
    hues = ("real", "error", "discriminator", "generator", "text")
    ticks = [Tick("", index % 3, sign, hues[index % 5]) for index, sign in enumerate(signs)]
    track.show_ticks(ticks, 8, "")
    return track


def value_slider() -> QWidget:
    slider = ValueSlider(0.0, 1.5, rest=1.0)
    slider.set_number(0.4)
    return slider


PAINTED: dict[Callable[[], QWidget], tuple[int, int]] = {
    class_pad: (200, 200),
    class_weight_bars: (220, 100),
    ink_pad: (160, 160),
    latent_sliders: (280, 140),
    latent_strip: (220, 40),
    legend: (260, 24),
    map_view: (160, 160),
    picture_view: (90, 90),
    tile_strip: (220, 80),
    time_track: (220, 36),
    value_slider: (160, 28),
}


@pytest.fixture
def typeface(qapp: QApplication) -> Iterator[None]:
    """Let the program's own typeface be everybody's, whatever the machine has."""
    before = qapp.font()
    path = resources_folder() / "fonts" / "GanviewSans-Regular.otf"
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))[0]
    qapp.setFont(QFont(family, 10))
    yield
    qapp.setFont(before)


@pytest.fixture
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    before = Theme.current().scheme
    Theme.current().set_scheme(request.param)
    yield request.param
    Theme.current().set_scheme(before)


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("make", PAINTED, ids=lambda make: make.__name__)
def test_it_looks_as_it_did(
    make: Callable[[], QWidget],
    scheme: Scheme,
    scale: int,
    typeface: None,
    qtbot: QtBot,
    request: pytest.FixtureRequest,
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(QSize(*PAINTED[make]))
    shown = painted(widget, scale)
    path = PICTURES / f"{make.__name__}-{scheme}-{scale}.png"
    if request.config.getoption("--update-pictures"):
        PICTURES.mkdir(exist_ok=True)
        assert shown.save(str(path))
    wanted = QImage(str(path))
    assert not wanted.isNull(), f"{path.name} is missing: run with --update-pictures"
    assert shown.size() == wanted.size()
    apart = np.abs(pixels(shown).astype(int) - pixels(wanted)).max(axis=2)
    assert (apart > TOLERANCE).mean() < SHARE


def painted(widget: QWidget, scale: int) -> QImage:
    image = QImage(widget.size() * scale, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(scale)
    image.fill(widget.palette().window().color())
    widget.ensurePolished()
    widget.render(image)
    image.setDevicePixelRatio(1)
    return image


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
