from __future__ import annotations

from pytestqt.qtbot import QtBot

from ganview.app.explorer.pins_tab import PinsTab
from ganview.app.latent_point import Part
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


def test_it_travels_from_a_pin_to_the_last_and_stops(qtbot: QtBot) -> None:
    hand = Hand()
    hand.draw()
    tab = PinsTab(hand.context)
    qtbot.addWidget(tab)
    tab.show()
    tab.set_in_view(True)
    for _ in range(4):
        hand.state.randomise()
        hand.context.pin()
    tab.travel(2)
    assert tab.player.playing
    tab.player.advance(0.0)
    assert hand.state.place.parts_unlike(tab.pins[2].place) == Part(0)
    tab.player.advance(60.0)
    assert not tab.player.playing
    assert hand.state.place.parts_unlike(tab.pins[3].place) == Part(0)
    tab.set_in_view(False)
