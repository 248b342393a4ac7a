from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.plots.run_overlay import MEASURES, POINTS, RunColumns, RunOverlay
from ganview.app.theme import Theme
from ganview.runtime.history import COLUMNS, History
from ganview.runtime.quality_record import QualityRecord
from tests.runtime.run_maker import LOOK

LOSSES, BELIEF, DISTANCE, ACCURACY = MEASURES


def run_of(steps: int, loss: float = 1.0) -> SimpleNamespace:
    history, quality = History(), QualityRecord()
    step = np.arange(1.0, steps + 1)
    columns = {name: np.full(steps, loss) for name in COLUMNS}
    history.load(columns | {"step": step, "images_seen": 16 * step, "seconds": step / 50})
    quality.append(LOOK._replace(step=steps, images_seen=16 * steps), 1.0)
    return SimpleNamespace(history=history, quality=quality)


@pytest.fixture
def overlay(qtbot: QtBot) -> RunOverlay:
    overlay = RunOverlay()
    qtbot.addWidget(overlay)
    overlay.show()
    return overlay


def test_curves_of_long_runs_have_few_points(overlay: RunOverlay) -> None:
    overlay.show_runs([RunColumns(run_of(200_000, loss)) for loss in (1.0, 2.0)])
    for pair, loss in zip(overlay.curves, (1.0, 2.0), strict=True):
        for x, y in pair:
            assert len(x) <= POINTS
            assert np.allclose(y, loss)
            assert x[-1] == 200_000


@pytest.mark.parametrize(("axis", "right"), [("step", 100), ("images_seen", 1600), ("seconds", 2)])
def test_runs_are_drawn_over_steps_images_or_seconds(
    overlay: RunOverlay, axis: str, right: float
) -> None:
    overlay.show_runs([RunColumns(run_of(100))])
    for measure in MEASURES:
        overlay.choose(measure, axis)
        (first, second) = overlay.curves[0]
        assert first[0][-1] == pytest.approx(right)
        assert bool(len(second[0])) is (len(measure.columns) == 2)


def test_distances_are_drawn_as_powers_of_ten(overlay: RunOverlay) -> None:
    overlay.show_runs([RunColumns(run_of(100))])
    overlay.choose(DISTANCE, "step")
    assert overlay.curves[0][0][1] == pytest.approx([np.log10(12.5)])
    overlay.choose(ACCURACY, "step")
    assert overlay.curves[0][0][1] == pytest.approx([0.9])


def test_what_is_new_is_drawn_and_a_run_that_went_back_is_noticed(overlay: RunOverlay) -> None:
    run = run_of(100)
    overlay.show_runs([RunColumns(run)])
    assert not overlay.follow()
    run.history.append_row((101, 1616, 2.02, *[1.0] * 7))
    assert overlay.follow()
    assert overlay.curves[0][0][0][-1] == 101
    run.history.rewind(50)
    assert overlay.runs[0].is_outdated


def test_the_pointer_reads_every_run_that_is_that_long(overlay: RunOverlay) -> None:
    overlay.show_runs([RunColumns(run_of(100, 1.0)), RunColumns(run_of(50, 2.0))])
    assert "1: D 1.000" in overlay.values_text(30)
    assert "2: D 2.000" in overlay.values_text(30)
    assert "2:" not in overlay.values_text(80)


def test_a_run_without_numbers_is_drawn_as_nothing(overlay: RunOverlay) -> None:
    empty = SimpleNamespace(history=History(), quality=QualityRecord())
    overlay.show_runs([RunColumns(empty), RunColumns(run_of(10))])
    for measure in MEASURES:
        overlay.choose(measure, "seconds")
        assert not len(overlay.curves[0][0][0])


def test_the_curves_stand_where_the_axes_say_at_every_size(overlay: RunOverlay) -> None:
    overlay.show_runs([RunColumns(run_of(100))])
    hue = QColor(Theme.current().tokens.runs[0]).rgb()
    for width in (400, 800):
        overlay.resize(width, 300)
        picture = overlay.grab().toImage()
        coloured = [
            x
            for x in range(picture.width())
            if any(picture.pixel(x, y) == hue for y in range(picture.height()))
        ]
        axis = width - 40 - 24  # without the labels and the margin
        drawn = coloured[-1] - coloured[0]
        assert 0.8 * axis < drawn < axis


def test_a_run_that_diverges_leaves_the_curves_of_the_others_readable(overlay: RunOverlay) -> None:
    wild = run_of(60, 2.0)
    for step, loss in enumerate((5e3, 2e4, np.nan), 61):
        wild.history.append_row((step, 16 * step, step / 50, *[loss] * 7))
    overlay.show_runs([RunColumns(run_of(100, 1.0)), RunColumns(wild)])
    assert overlay.y_range[1] < 100


def test_keys_zoom_along_x_and_what_is_near_is_drawn_in_detail(
    overlay: RunOverlay, qtbot: QtBot
) -> None:
    overlay.resize(700, 300)
    overlay.show_runs([RunColumns(run_of(200_000, loss)) for loss in (1.0, 2.0)])
    plot = overlay.findChild(pg.PlotWidget)
    whole = overlay.x_range
    for _ in range(20):
        qtbot.keyClick(plot, Qt.Key.Key_Plus)
    left, right = overlay.x_range
    assert right - left < 0.01 * (whole[1] - whole[0])
    x, y = overlay.curves[1][0]
    assert (np.diff(x) == 1).all()  # every step
    assert left - 1 <= x[0] <= left
    assert right <= x[-1] <= right + 1
    assert np.allclose(y, 2.0)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert overlay.x_range[0] == pytest.approx(left + 0.2 * (right - left))
    for measure in MEASURES:
        overlay.choose(measure, "step")
        assert not overlay.grab().isNull()
        assert overlay.x_range[0] > left  # another measure, the same part
    overlay.runs[0].run.history.append_row((200_001, 0, 4000, *[1.0] * 7))
    assert overlay.follow()
    assert overlay.x_range[0] > left  # nor does what is new take it away
    qtbot.keyClick(plot, Qt.Key.Key_0)
    assert overlay.x_range[0] < 0
    assert overlay.x_range[1] > 200_001


def test_the_wheel_zooms_along_x_alone_and_a_double_click_goes_back(
    overlay: RunOverlay, qtbot: QtBot
) -> None:
    overlay.resize(700, 300)
    overlay.show_runs([RunColumns(run_of(1000))])
    view = overlay.findChild(pg.PlotWidget).viewport()
    whole, middle = overlay.x_range, QPointF(350, 150)
    for angle in (120, 120):
        event = QWheelEvent(
            middle,
            view.mapToGlobal(middle),
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, event)
    assert overlay.x_range[1] - overlay.x_range[0] < whole[1] - whole[0]
    assert overlay.curves[0][0][0][0] <= max(1, overlay.x_range[0])
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view, left, pos=middle.toPoint())
    twice = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        middle,
        view.mapToGlobal(middle),
        left,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, twice)
    qtbot.mouseRelease(view, left, pos=middle.toPoint())
    assert overlay.x_range == pytest.approx(whole)
    overlay.show_range((100.0, 200.0))
    overlay.choose(LOSSES, "seconds")
    assert overlay.x_range[1] > 19  # of another axis all is shown
