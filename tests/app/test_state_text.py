"""A place of the explorer as a line of text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ganview.app.explorer.state_text import StateText, text_of
from ganview.app.explorer.tab import Context
from ganview.app.latent_point import LatentPoint
from ganview.errors import UserError
from ganview.files.open_model import SHIPPED, open_model
from ganview.runtime.opening import open_state
from tests.app.explorer_bench import Hand, tiny_model


def test_a_state_goes_over_the_clipboard_and_back(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.state.mix([0, 1, 2, 0, 0, 0, 0, 0, 0, 0])
    hand.state.set_psi(0.75)
    StateText(hand.context).copy()
    hand.ordered[-1].finish()
    opened, state = open_state(QGuiApplication.clipboard().text(), hand.model)
    assert opened is None
    assert not hand.state.place.parts_unlike(LatentPoint.of_state(state))
    QGuiApplication.clipboard().clear()


def test_the_two_models_that_ship_are_told_apart(hand: Hand) -> None:
    labels = []
    for name in SHIPPED:
        model = open_model(name)
        weights = np.zeros(model.spec.classes, np.float32)
        weights[:1] = 1
        place = LatentPoint(np.zeros(model.spec.z_dim, np.float32), weights)
        opened, _state = open_state(text_of(model, place), hand.model)
        assert opened is not None
        labels.append(opened.label)
    assert len(set(labels)) == len(labels) == 2


def test_a_place_of_a_generator_that_learned_on_comes_back(hand: Hand, tmp_path: Path) -> None:
    hand.model, run = tiny_model(), [tmp_path / "one"]
    services = replace(hand.services, live=lambda: True, run_folder=lambda: run[0])
    copier = StateText(Context(hand.state, hand.requester, services, hand.said.append))
    hand.state.mix([0, 1, 2, 0, 0, 0, 0, 0, 0, 0])
    copier.copy()
    hand.ordered[-1].finish()
    text = QGuiApplication.clipboard().text()
    hand.model = tiny_model(1)  # a step later
    assert copier.learned_on(f"{text[:50]}\n{text[50:]}")
    opened, state = open_state(text, hand.model, learned_on=True)
    assert opened is None
    assert not hand.state.place.parts_unlike(LatentPoint.of_state(state))
    run[0] = tmp_path / "two"  # begun anew, it is another generator
    assert not copier.learned_on(text)
    assert not copier.learned_on("ganview:other")
    QGuiApplication.clipboard().clear()


def test_a_state_of_another_model_is_refused_in_a_sentence() -> None:
    hand, other = Hand(model=tiny_model()), tiny_model(1)
    with pytest.raises(UserError, match="belongs to the model"):
        open_state(text_of(other, hand.state.place), hand.model)
    with pytest.raises(UserError, match="not a ganview state"):
        open_state("hello", hand.model)
