from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganview.app.explorer.pins_tab import PinsTab
from ganview.app.explorer.rarity_label import RarityLabel
from ganview.runtime.landscapes import Ranked
from tests.app.explorer_bench import Hand

DIGITS = tuple("0123456789")


@pytest.fixture(autouse=True)
def rank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call the first picture rarer than 93 % of its class, the next less."""

    def rank_pictures(_model: object, pictures: object, labels: list[int | None]) -> Ranked:
        ranks = np.linspace(0.93, 0.31, len(labels)).astype(np.float32)
        return Ranked(ranks, np.array([label or 0 for label in labels]), DIGITS)

    monkeypatch.setattr("ganview.runtime.landscapes.rank_pictures", rank_pictures)


def finish(hand: Hand, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: any(o.name == "ranking pictures" for o in hand.ordered))
    next(o for o in hand.ordered if o.name == "ranking pictures").finish()


def test_the_explorers_picture_says_how_rare_it_is(qtbot: QtBot) -> None:
    hand = Hand(model=object())
    label = RarityLabel(hand.context)
    qtbot.addWidget(label)
    label.show()
    hand.state.choose_class(7)
    hand.draw()
    finish(hand, qtbot)
    assert label.text() == "Rarer than 93 % of real 7s"


def test_pins_say_how_rare_they_are(qtbot: QtBot) -> None:
    hand = Hand(model=object())
    hand.draw()
    tab = PinsTab(hand.context)
    qtbot.addWidget(tab)
    tab.show()
    tab.set_in_view(True)
    hand.context.pin()
    hand.context.pin()
    finish(hand, qtbot)
    qtbot.keyClick(tab.strip, Qt.Key.Key_Right)
    assert "more typical than 69 %" in tab.strip.accessibleDescription()
    qtbot.keyClick(tab.strip, Qt.Key.Key_Left)
    assert "rarer than 93 %" in tab.strip.accessibleDescription()
    tab.set_in_view(False)
