"""The tab of sliders: preview, effects, order and filter, cells; and background orders."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.explorer.effects import EffectMeter
from ganview.app.explorer.sliders_tab import SlidersTab
from ganview.app.latent_point import LatentSpace
from ganview.app.theme import Scheme, Theme
from ganview.app.widgets.latent_strip import LatentStrip, shades
from ganview.runtime.jobs import LatestJob
from tests.app.explorer_bench import Hand, button, shown

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def tab(hand: Hand, qtbot: QtBot) -> SlidersTab:
    tab = SlidersTab(hand.context)
    shown(qtbot, tab, 620, 340)
    return tab


def test_the_preview_asks_for_seven_pictures_along_the_slider(hand: Hand, tab: SlidersTab) -> None:
    tab.sliders.pointed.emit(5)
    z, y = hand.on("preview")[-1]
    assert z[:, 5].tolist() == [-3, -2, -1, 0, 1, 2, 3]
    np.testing.assert_array_equal(np.delete(z, 5, 1), np.repeat([np.delete(hand.state.z, 5)], 7, 0))
    assert y is not None
    assert y[:, 0].tolist() == [1] * 7


def test_the_preview_stays_at_the_slider_under_the_pointer_while_the_model_learns(
    hand: Hand, tab: SlidersTab
) -> None:
    tab.sliders.pointed.emit(5)
    before = len(hand.on("preview"))
    tab.activate()
    assert len(hand.on("preview")) == before + 1
    assert hand.on("preview")[-1][0][:, 5].tolist() == [-3, -2, -1, 0, 1, 2, 3]


@pytest.fixture
def own_scheme() -> Iterator[None]:
    """Leave the next test the scheme that this one found."""
    before = Theme.current().scheme
    yield
    Theme.current().set_scheme(before)


@pytest.mark.usefixtures("own_scheme")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pressed_button_can_be_told_and_its_drawing_seen(tab: SlidersTab, scheme: Scheme) -> None:
    theme = Theme.current()
    theme.set_scheme(scheme)
    sort, few = button(tab, "Strongest first"), button(tab, "How many sliders")
    sort.setChecked(True)
    show_few(tab, 10)
    for pressed in (sort, few):
        pressed.clearFocus()  # it would have the colour of the focus
        image = pressed.grab().toImage()
        seen = [
            image.pixelColor(x, y).lightness()
            for x in range(5, image.width() - 5)
            for y in range(5, image.height() - 5)
        ]
        ground, line = (
            QColor(c).lightness() for c in (theme.tokens.accent, theme.tokens.on_accent)
        )
        assert ground in seen
        assert min(abs(pixel - line) for pixel in seen) < 0.5 * abs(ground - line)


def test_moving_the_slider_itself_needs_no_new_preview(hand: Hand, tab: SlidersTab) -> None:
    tab.sliders.pointed.emit(5)
    before = len(hand.on("preview"))
    hand.state.set_dimension(5, 1.0)
    hand.draw()
    assert len(hand.on("preview")) == before
    for move in (
        lambda: hand.state.set_dimension(2, 1.0),
        lambda: hand.state.choose_class(3),
        lambda: hand.state.set_psi(0.5),
    ):
        move()
        hand.draw()
    assert len(hand.on("preview")) == before + 3
    assert hand.on("preview")[-1][0][0, 5] == -1.5


def test_a_click_on_a_picture_of_the_preview_goes_there(hand: Hand, tab: SlidersTab) -> None:
    tab.sliders.pointed.emit(4)
    tab.take(hand.answer("preview"))
    where = tab.preview.tile_rect(6).center().toPoint()
    QTest.mouseClick(tab.preview, LEFT, NONE, where)
    assert hand.state.z[4] == 3.0


def test_the_scale_lines_up_with_the_tracks(tab: SlidersTab) -> None:
    parts = tab.sliders.parts_of(0)
    assert parts is not None
    for stop, sigma in enumerate(range(-3, 4)):
        middle = tab.preview.mapTo(tab, tab.preview.tile_rect(stop).center().toPoint()).x()
        track = tab.sliders.viewport().mapTo(tab, QPoint(round(parts.position_of(sigma)), 0)).x()
        assert abs(middle - track) <= 1


def show_few(tab: SlidersTab, count: int) -> None:
    """Choose in the menu how many sliders are shown; 0 for all."""
    text = f"The {count} strongest" if count else "All sliders"
    next(action for action in tab.findChildren(QAction) if action.text() == text).trigger()


def measured(tab: SlidersTab, *effects: float) -> None:
    """Let the measurement of the effect of each number end with these."""
    tab.findChild(EffectMeter).measured.emit(np.array(effects, np.float32))


def test_effects_order_and_filter_the_list(hand: Hand, tab: SlidersTab) -> None:
    hand.state.adopt(LatentSpace(12))
    measured(tab, 3, 1, 4, 1, 5, 9, 2, 6, 0.4, 0.3, 0.2, 0.1)
    rows = tab.sliders.rows
    assert [rows.dimension(row) for row in range(12)] == list(range(12))
    button(tab, "Strongest first").setChecked(True)
    by_effect = [5, 7, 4, 2, 0, 6, 1, 3, 8, 9, 10, 11]
    assert [rows.dimension(row) for row in range(12)] == by_effect
    show_few(tab, 10)
    assert [rows.dimension(row) for row in range(rows.rowCount())] == by_effect[:10]
    button(tab, "Strongest first").setChecked(False)
    assert [rows.dimension(row) for row in range(rows.rowCount())] == list(range(10))
    show_few(tab, 0)
    assert rows.rowCount() == 12


def test_another_space_has_its_own_rows(hand: Hand, tab: SlidersTab) -> None:
    measured(tab, *range(8))
    show_few(tab, 10)
    hand.state.adopt(LatentSpace(300))
    assert tab.sliders.rows.effects is None
    assert tab.sliders.rows.rowCount() == 300


def test_dragging_a_cell_is_one_step_and_a_click_finds_its_slider(
    hand: Hand, tab: SlidersTab
) -> None:
    hand.state.reset()
    middle = tab.cells.cell_rect(3).center().toPoint()
    QTest.mousePress(tab.cells, LEFT, NONE, middle)
    QTest.mouseMove(tab.cells, middle - QPoint(0, 12))
    QTest.mouseMove(tab.cells, middle - QPoint(0, 24))
    QTest.mouseRelease(tab.cells, LEFT, NONE, middle - QPoint(0, 24))
    assert hand.state.z[3] == pytest.approx(1.0, abs=0.05)
    hand.state.undo()
    assert hand.state.z[3] == 0.0
    QTest.mouseClick(tab.cells, LEFT, NONE, tab.cells.cell_rect(6).center().toPoint())
    assert tab.sliders.current_dimension() == 6


def test_cells_are_dark_below_zero_and_light_above(qtbot: QtBot) -> None:
    z = np.array([-3, 0, 3, 9], np.float32)
    assert shades(z).tolist() == [0, 127, 255, 255]
    cells = LatentStrip()
    qtbot.addWidget(cells)
    cells.resize(300, 14)
    cells.set_z(np.zeros(512, np.float32))
    assert cells.height() > 14
    assert cells.cell_rect(511).right() <= 300.5
    assert cells.cell_rect(511).bottom() <= cells.height() + 0.5


def test_only_the_newest_order_waits_and_finished_work_is_told(hand: Hand) -> None:
    told: list[int] = []
    newest = LatestJob(hand.run, "counting", told.append)
    for number in range(5):
        newest.order(lambda number=number: number)
    assert len(hand.ordered) == 1
    hand.ordered[0].finish()
    assert len(hand.ordered) == 2
    hand.ordered[1].finish()
    assert told == [0, 4]
    assert not newest.busy


def test_overtaken_and_cancelled_work_is_not_told(hand: Hand) -> None:
    told: list[object] = []
    newest = LatestJob(hand.run, "counting", told.append)
    newest.order(lambda should_stop: should_stop())
    newest.order(lambda: "second", overtake=True)
    hand.ordered[0].finish()
    hand.ordered[1].finish()
    assert told == ["second"]
    newest.order(lambda: "third")
    newest.cancel()
    hand.ordered[2].finish()
    assert told == ["second"]


def test_failed_work_says_why_and_lets_the_next_begin(hand: Hand) -> None:
    sentences: list[str] = []
    newest = LatestJob(hand.run, "counting", lambda _value: None, sentences.append)
    newest.order(lambda: 1)
    hand.ordered[0].failed("No memory.", "traceback")
    assert sentences == ["No memory."]
    newest.order(lambda: 2)
    assert len(hand.ordered) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("own_scheme")
def test_a_cell_as_bright_as_the_card_has_an_edge(qtbot: QtBot, scheme: Scheme) -> None:
    Theme.current().set_scheme(scheme)
    card = QColor(Theme.current().tokens.card)
    cells = LatentStrip()
    qtbot.addWidget(cells)
    cells.resize(160, 20)
    cells.set_z(np.full(4, 3, np.float32))
    picture = cells.grab().toImage()
    edges = [picture.pixelColor(0, 8), picture.pixelColor(cells.width() // 4, 8)]
    assert all(abs(edge.lightness() - card.lightness()) > 30 for edge in edges)
