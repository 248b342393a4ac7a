"""The slider list under mouse, wheel and keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.latent_point import LatentPoint, LatentSpace
from ganview.app.widgets.latent_rows import sigma_text
from ganview.app.widgets.latent_sliders import LatentSliders
from ganview.app.widgets.number_box import NumberBox

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Bench:
    """A list wired to a state, as in the window."""

    def __init__(self, qtbot: QtBot, z_dim: int = 64) -> None:
        start = LatentPoint(np.zeros(z_dim, np.float32), np.zeros(0, np.float32))
        self.state = ExplorerState(LatentSpace(z_dim), start=start)
        self.list = LatentSliders(z_dim)
        qtbot.addWidget(self.list)
        self.list.moved.connect(self.state.set_dimension)
        self.list.zeroed.connect(self.state.reset)
        self.list.mirrored.connect(self.state.mirror)
        self.list.lock_asked.connect(self.state.lock)
        self.state.watch(self._show)
        self.list.resize(600, 320)
        self.list.show()
        self.list.setFocus()

    def _show(self, _parts: object) -> None:
        self.list.set_z(self.state.z)
        self.list.rows.set_locked(self.state.locked)

    def at(self, dimension: int, sigma: float) -> QPoint:
        parts = self.list.parts_of(dimension)
        assert parts is not None
        x = parts.track.left() + (sigma / 3 + 1) / 2 * parts.track.width()
        return QPoint(round(x), parts.track.center().y())

    def drag(self, dimension: int, *sigmas: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        view = self.list.viewport()
        QTest.mousePress(view, LEFT, modifiers, self.at(dimension, sigmas[0]))
        for sigma in sigmas[1:]:
            where = QPointF(self.at(dimension, sigma))
            move = QMouseEvent(
                QEvent.Type.MouseMove, where, view.mapToGlobal(where), LEFT, LEFT, modifiers
            )
            QApplication.sendEvent(view, move)
        QTest.mouseRelease(view, LEFT, modifiers, self.at(dimension, sigmas[-1]))

    def wheel(self, where: QPoint, notches: int, at: int) -> None:
        view = self.list.viewport()
        event = QWheelEvent(
            QPointF(where), QPointF(view.mapToGlobal(where)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        event.setTimestamp(at)
        QApplication.sendEvent(view, event)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_dragging_follows_the_pointer_and_is_one_undo_step(bench: Bench) -> None:
    bench.drag(3, 0.0, 1.0, 2.0, -1.5)
    assert bench.state.z[3] == pytest.approx(-1.5, abs=0.03)
    assert bench.state.undo()
    assert not bench.state.z.any()
    assert not bench.state.can_undo


def test_pressing_the_track_goes_there_at_once(bench: Bench) -> None:
    bench.drag(0, 2.0)
    assert bench.state.z[0] == pytest.approx(2.0, abs=0.03)


def test_dragging_beyond_the_end_stays_at_three(bench: Bench) -> None:
    bench.drag(0, 0.0, 4.5)
    assert bench.state.z[0] == 3.0


def test_shift_drags_ten_times_finer(bench: Bench) -> None:
    bench.drag(2, 0.0, 2.0, modifiers=SHIFT)
    assert bench.state.z[2] == pytest.approx(0.2, abs=0.02)


def test_a_double_click_sets_to_zero(bench: Bench) -> None:
    bench.state.set_dimension(1, 1.0)
    QTest.mouseDClick(bench.list.viewport(), LEFT, NONE, bench.at(1, -1.0))
    assert bench.state.z[1] == 0.0


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Right, NONE, 0.05),
        (Qt.Key.Key_Left, NONE, -0.05),
        (Qt.Key.Key_Right, SHIFT, 0.5),
        (Qt.Key.Key_Left, CONTROL, -0.5),
    ],
)
def test_arrow_keys_fine_and_coarse(
    bench: Bench, key: Qt.Key, modifier: Qt.KeyboardModifier, expected: float
) -> None:
    QTest.keyClick(bench.list, key, modifier)
    assert bench.state.z[0] == pytest.approx(expected)


def test_an_arrow_key_stops_at_the_end_but_comes_back_from_beyond(bench: Bench) -> None:
    bench.state.set_dimension(0, 2.98)
    QTest.keyClick(bench.list, Qt.Key.Key_Right)
    assert bench.state.z[0] == 3.0
    bench.state.set_dimension(0, 4.0)
    QTest.keyClick(bench.list, Qt.Key.Key_Left)
    assert bench.state.z[0] == pytest.approx(3.95)


def test_rows_by_keyboard_and_home_for_zero(bench: Bench) -> None:
    bench.state.set_dimension(2, 1.0)
    QTest.keyClick(bench.list, Qt.Key.Key_Down)
    QTest.keyClick(bench.list, Qt.Key.Key_Down)
    assert bench.list.current_dimension() == 2
    QTest.keyClick(bench.list, Qt.Key.Key_Home)
    assert bench.state.z[2] == 0.0
    QTest.keyClick(bench.list, Qt.Key.Key_PageDown)
    assert bench.list.current_dimension() > 8
    QTest.keyClick(bench.list, Qt.Key.Key_End, CONTROL)
    assert bench.list.current_dimension() == 63
    QTest.keyClick(bench.list, Qt.Key.Key_Home, CONTROL)
    assert bench.list.current_dimension() == 0


def test_mirror_and_lock_by_key_and_the_lock_by_mouse(bench: Bench) -> None:
    bench.state.set_dimension(0, 1.25)
    QTest.keyClick(bench.list, Qt.Key.Key_M)
    assert bench.state.z[0] == -1.25
    QTest.keyClick(bench.list, Qt.Key.Key_L)
    assert bench.state.locked[0]
    parts = bench.list.parts_of(0)
    assert parts is not None
    QTest.mouseClick(bench.list.viewport(), LEFT, NONE, parts.lock.center())
    assert not bench.state.locked[0]


def test_typing_a_number_shows_each_stage_and_is_one_step(bench: Bench) -> None:
    heard: list[float] = []
    bench.state.watch(lambda _parts: heard.append(float(bench.state.z[0])))
    QTest.keyClicks(bench.list, "-")
    box = QApplication.focusWidget()
    assert isinstance(box, NumberBox)
    QTest.keyClicks(box, "1,75")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert bench.state.z[0] == pytest.approx(-1.75)
    assert len(heard) > 1
    bench.state.undo()
    assert bench.state.z[0] == 0.0


def test_escape_takes_back_what_was_typed(bench: Bench) -> None:
    bench.state.set_dimension(0, 0.5)
    QTest.keyClicks(bench.list, "2")
    box = QApplication.focusWidget()
    assert isinstance(box, NumberBox)
    assert bench.state.z[0] == 2.0
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert bench.state.z[0] == 0.5


def test_text_that_is_no_number_changes_nothing(bench: Bench) -> None:
    box = NumberBox(bench.list)
    for text in ("", "-", "abc", "nan", "inf", "1e999"):
        box.setText(text)
        assert box.value() is None
    box.setText("99")
    assert box.value() == 10.0


def test_the_wheel_scrolls_over_the_rows_that_do_not_have_the_focus(bench: Bench) -> None:
    bench.wheel(bench.at(4, 1.0), -1, at=10_000)
    assert bench.list.verticalScrollBar().value() > 0
    assert not bench.state.z.any()
    bench.list.verticalScrollBar().setValue(0)
    parts = bench.list.parts_of(4)
    assert parts is not None
    bench.wheel(parts.number.center(), -1, at=20_000)
    assert not bench.state.z.any()
    bench.list.verticalScrollBar().setValue(0)
    bench.list.reveal(4)
    parts = bench.list.parts_of(4)
    assert parts is not None
    bench.wheel(parts.number.center(), 2, at=30_000)
    bench.wheel(parts.number.center(), 1, at=30_050)
    assert bench.state.z[4] == pytest.approx(0.3)
    bench.state.undo()
    assert not bench.state.z.any()


def test_the_wheel_turns_the_row_that_has_the_focus(bench: Bench) -> None:
    bench.wheel(bench.at(0, 1.0), 1, at=10_000)
    assert bench.state.z[0] == pytest.approx(0.1)


def test_a_row_that_scrolls_under_the_pointer_is_not_turned(bench: Bench) -> None:
    parts = bench.list.parts_of(8)
    assert parts is not None
    bench.wheel(bench.at(8, 1.0), -1, at=10_000)
    bench.wheel(parts.number.center(), -1, at=10_100)
    assert not bench.state.z.any()


def test_order_and_filter_keep_the_keyboard_on_its_dimension(bench: Bench) -> None:
    bench.list.reveal(7)
    bench.list.set_rows([9, 7, 3])
    assert bench.list.rows.rowCount() == 3
    assert bench.list.current_dimension() == 7
    assert bench.list.parts_of(0) is None
    bench.drag(3, 0.0, 1.0)
    assert bench.state.z[3] == pytest.approx(1.0, abs=0.03)


def test_hovering_tells_which_dimension_is_pointed_at_once(bench: Bench, qtbot: QtBot) -> None:
    told: list[int] = []
    bench.list.pointed.connect(told.append)
    for sigma in (0.0, 1.0):
        QTest.mouseMove(bench.list.viewport(), bench.at(5, sigma))
    qtbot.waitUntil(lambda: told == [5])
    QTest.keyClick(bench.list, Qt.Key.Key_Down)
    assert told == [5, 1]


def test_a_screen_reader_hears_name_value_and_lock(bench: Bench) -> None:
    bench.state.set_dimension(0, -1.8)
    bench.state.lock(0, True)
    interface = QAccessible.queryAccessibleInterface(bench.list)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Noise sliders"
    role = Qt.ItemDataRole.AccessibleTextRole
    assert bench.list.rows.index(0).data(role) == "z1, −1.80 sigma, locked"


def test_the_menu_offers_zero_mirror_lock_and_a_number(bench: Bench) -> None:
    bench.state.set_dimension(6, 1.0)
    menu = bench.list.menu_for(6)
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert texts == ["Set z7 to zero", "Mirror z7", "Lock z7", "Type a number…"]
    menu.actions()[0].trigger()
    assert bench.state.z[6] == 0.0


def test_five_hundred_and_twelve_dimensions_need_no_more_widgets(qtbot: QtBot) -> None:
    few, many = Bench(qtbot, 16), Bench(qtbot, 512)
    assert len(many.list.findChildren(object)) == len(few.list.findChildren(object))
    many.list.reveal(511)
    assert many.list.parts_of(511) is not None
    QTest.keyClick(many.list, Qt.Key.Key_Right)
    assert many.state.z[511] == pytest.approx(0.05)


def test_numbers_are_written_with_a_true_minus_and_no_negative_zero() -> None:
    assert sigma_text(-1.234) == "−1.23"
    assert sigma_text(-0.001) == "0.00"
    assert sigma_text(10) == "10.00"
