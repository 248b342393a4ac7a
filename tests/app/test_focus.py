"""Whatever the Tab key stops at can be seen to have the focus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.theme import Scheme, Theme
from ganview.app.widgets.tile_strip import TileStrip

from .conftest import Stage
from .test_contrast import MARK as CLEARLY
from .test_contrast import RATIO, Luminance, luminance
from .test_keyboard import begin, named, views

#: Pixels that must change by so much contrast.
MARK = 40


@pytest.fixture
def scheme(request: pytest.FixtureRequest) -> Iterator[Scheme]:
    theme = Theme.current()
    before = theme.scheme
    theme.set_scheme(request.param)
    yield request.param
    theme.set_scheme(before)


both = pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)


def unlike(one: Luminance, other: Luminance) -> int:
    """Count the pixels whose contrast with what was there before is one that is seen."""
    contrast = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return int((contrast >= CLEARLY).sum())


def stops(root: QWidget) -> list[QWidget]:
    """Return the widgets that the Tab key stops at and that are whole in view."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.visibleRegion().boundingRect() == widget.rect()
    ]


@pytest.mark.timeout(400)
@both
def test_every_stop_of_the_tab_key_shows(stage: Stage, scheme: Scheme) -> None:
    begin(stage)
    marked: dict[str, int] = {}  # the most pixels of a stop: a text that is chosen covers a frame
    for _ in views(stage):
        for widget in stops(stage.window.panels):
            if named(widget) not in marked:
                marked[named(widget)] = mark_of(widget)
    assert len(marked) > 60
    assert [name for name, pixels in marked.items() if pixels < MARK] == []


def mark_of(widget: QWidget) -> int:
    """Return how many pixels of a widget show that it has the focus."""
    held = QApplication.focusWidget()
    if held is not None:
        held.clearFocus()
    part = QRect(widget.mapTo(widget.window(), QPoint()), widget.size())
    without = luminance(widget.window(), part)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    return unlike(without, luminance(widget.window(), part))


@both
@pytest.mark.parametrize("grey", [0, 90, 170, 255])
@pytest.mark.parametrize("chosen", [False, True])
def test_the_tile_under_the_pointer_and_that_of_the_keyboard_are_framed(
    qtbot: QtBot, scheme: Scheme, grey: int, *, chosen: bool
) -> None:
    strip = TileStrip(gap=4)
    qtbot.addWidget(strip)
    strip.resize(200, 80)
    strip.set_images(np.full((3, 28, 28), grey, np.uint8))
    strip.set_selected(0 if chosen else -1)
    strip.show()
    around = 4 * 28 * RATIO  # pixels of one line around a tile, of one zoom
    plain = luminance(strip)
    QTest.mouseMove(strip, strip.tile_rect(1).center().toPoint())
    assert unlike(plain, luminance(strip)) >= around
    QTest.mouseMove(strip, QPoint(199, 79))
    strip.setFocus()
    assert unlike(plain, luminance(strip)) >= around
