from __future__ import annotations

from pytestqt.qtbot import QtBot

from ganview.app.explorer.pins_tab import PinsTab
from tests.app.explorer_bench import Hand


def test_the_pin_that_the_explorer_stands_at_is_framed_and_no_other(qtbot: QtBot) -> None:
    hand = Hand()
    hand.draw()
    tab = PinsTab(hand.context)
    qtbot.addWidget(tab)
    tab.show()
    tab.set_in_view(True)
    for _ in range(2):
        hand.context.pin()
        assert tab.strip.selected == len(tab.pins) - 1
        hand.state.randomise()
    assert tab.strip.selected == -1
    hand.state.move(tab.pins[0].place)
    assert tab.strip.selected == 0
    tab.set_in_view(False)
