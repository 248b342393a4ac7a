from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ganview.app.controllers.ranker import Asked, Ranker


def test_nothing_is_asked_before_the_answer_to_what_was_asked_is_told(qtbot: QtBot) -> None:
    owner, asked, told, finish = QObject(), [], [], []

    def ask() -> Asked:
        asked.append(len(asked))
        return None, np.zeros((1, 28, 28), np.uint8), [asked[-1]]  # type: ignore[return-value]

    ranker = Ranker(lambda _work, _name, done, *_others: finish.append(done), 1, ask, owner)
    ranker.ranked.connect(lambda _ranked: told.append(asked[-1]))
    ranker.follow(now=True)
    qtbot.waitUntil(lambda: bool(finish))
    ranker.follow()
    qtbot.wait(20)
    finish.pop()(None)
    assert told == [0]
    qtbot.waitUntil(lambda: asked == [0, 1])
