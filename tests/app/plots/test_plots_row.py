from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganview.app.plots.plots_row import PlotsRow


@pytest.mark.parametrize(("width", "shown"), [(600, 1), (400, 1), (1100, 3)])
def test_plots_are_shown_one_at_a_time_where_side_by_side_they_were_narrow(
    qtbot: QtBot, width: int, shown: int
) -> None:
    row = PlotsRow()
    qtbot.addWidget(row)
    row.resize(width, 320)
    row.show()
    row.fill()
    cards = row.plots.cards
    assert sum(card.isVisible() for card in cards) == shown
    for index, card in enumerate(cards):
        row.show_plot(index)
        assert card.isVisible()


def test_a_plot_that_is_opened_where_plots_are_folded_has_all_the_room(qtbot: QtBot) -> None:
    row = PlotsRow()
    qtbot.addWidget(row)
    row.resize(600, 320)
    row.show()
    row.fill()
    row.open_plot("Quality")
    assert row.plots.quality.isVisible()
    row.set_folded(True)
    with qtbot.waitSignal(row.enlarged) as enlarged:
        row.open_plot("D's belief")
    assert enlarged.args == [True]
    assert row.plots.beliefs.isVisible()
    qtbot.keyClick(row, Qt.Key.Key_Escape)
    assert row.folded


def test_folded_plots_leave_their_bar_and_come_back(qtbot: QtBot) -> None:
    row = PlotsRow()
    qtbot.addWidget(row)
    row.resize(600, 320)
    row.show()
    row.fill()
    with qtbot.waitSignal(row.folded_changed):
        row.set_folded(True)
    assert not any(card.isVisible() for card in row.plots.cards)
    assert row.minimumSizeHint().height() <= row.bar_height
    row.set_folded(False)
    assert sum(card.isVisible() for card in row.plots.cards) == 1
