"""Pins are kept between starts: a file for each model, or for its run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from ganview.app.explorer.pin_keeper import PinKeeper
from ganview.app.explorer.pins_tab import PinsTab
from ganview.app.explorer.tab import Context
from ganview.app.latent_point import LatentSpace
from tests.app.explorer_bench import Hand, tiny_model


def begin(folder: Path, model: object, run: Path | None = None) -> tuple[Hand, PinKeeper]:
    """Start the program once, as far as pins are concerned."""
    hand = Hand(model=model)
    hand.services = replace(
        hand.services,
        run_folder=lambda: run,
        pins_folder=folder,
        source=lambda: f"model {id(hand.model)}" if run is None else f"run {run}",
    )
    hand.context = Context(hand.state, hand.requester, hand.services, hand.said.append)
    keeper = PinKeeper(hand.context)
    keeper.follow()
    finish(hand)
    return hand, keeper


def finish(hand: Hand) -> None:
    while hand.ordered:
        hand.ordered.pop(0).finish()


def test_pins_are_there_again_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    hand, keeper = begin(tmp_path, tiny_model())
    hand.state.mix([0, 1, 2, 0, 0, 0, 0, 0, 0, 0])
    hand.state.set_psi(0.75)
    pin = hand.context.pins.add(hand.state.place, None)
    hand.context.pins.rename(0, "half a two")
    finish(hand)
    thumbs = np.zeros((1, 28, 28), np.uint8)
    hand.context.pins.show(thumbs)
    keeper.follow()  # the same model
    assert hand.ordered == []

    again, _ = begin(tmp_path, tiny_model())
    assert [kept.name for kept in again.context.pins] == ["half a two"]
    assert not again.context.pins[0].place.parts_unlike(pin.place)
    again.context.pins.remove(0)
    finish(again)
    assert len(begin(tmp_path, tiny_model())[0].context.pins) == 0


def test_another_model_has_pins_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    hand, keeper = begin(tmp_path, tiny_model())
    hand.context.pins.add(hand.state.place, None)
    finish(hand)
    first, hand.model = hand.model, tiny_model(1)
    keeper.follow()
    finish(hand)
    assert len(hand.context.pins) == 0
    hand.context.pins.add(hand.state.place, None)
    hand.context.pins.add(hand.state.place, None)
    finish(hand)
    hand.model = first
    keeper.follow()
    assert len(hand.context.pins) == 1, "at once: they were not forgotten"
    finish(hand)
    assert len(hand.context.pins) == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_pins_wait_while_a_source_of_other_classes_is_explored(
    qtbot: QtBot, tmp_path: Path
) -> None:
    hand, keeper = begin(tmp_path, tiny_model())
    tab = PinsTab(hand.context)
    qtbot.addWidget(tab)
    digits = hand.state.space
    hand.context.pins.add(hand.state.place, None)
    finish(hand)
    first, hand.model = hand.model, tiny_model(1)
    hand.state.adopt(LatentSpace(8), hand.services.source())
    keeper.follow()
    finish(hand)
    assert len(hand.context.pins) == 0
    hand.model = first
    hand.state.adopt(digits, hand.services.source())
    keeper.follow()
    finish(hand)
    assert len(hand.context.pins) == 1
    again, _ = begin(tmp_path, tiny_model())
    assert len(again.context.pins) == 1, "the file has them, too"


def test_a_source_without_a_file_gets_its_pins_back_too(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    source = ["a run that isn't saved"]
    hand.services = replace(hand.services, source=lambda: source[0])
    hand.context = Context(hand.state, hand.requester, hand.services, hand.said.append)
    keeper = PinKeeper(hand.context)
    keeper.follow()
    pin = hand.context.pins.add(hand.state.place, None)
    source[0] = "another"
    keeper.follow()
    assert len(hand.context.pins) == 0
    source[0] = "a run that isn't saved"
    keeper.follow()
    assert list(hand.context.pins) == [pin]


def test_a_run_keeps_its_pins_while_it_learns(qtbot: QtBot, tmp_path: Path) -> None:
    run = tmp_path / "a run"
    hand, keeper = begin(tmp_path / "pins", tiny_model(), run)
    hand.context.pins.add(hand.state.place, None)
    finish(hand)
    hand.model = tiny_model(1)
    keeper.follow()
    assert hand.ordered == []
    assert len(begin(tmp_path / "pins", tiny_model(2), run)[0].context.pins) == 1


def test_a_damaged_file_is_set_aside_and_said(qtbot: QtBot, tmp_path: Path) -> None:
    hand, _ = begin(tmp_path, tiny_model())
    hand.context.pins.add(hand.state.place, None)
    finish(hand)
    (path,) = tmp_path.iterdir()
    path.write_text("{")
    hand, _ = begin(tmp_path, tiny_model())
    assert "set aside" in hand.complaints[0]
    assert path.with_name(f"{path.name}.unreadable").read_text() == "{"
    hand.context.pins.add(hand.state.place, None)
    finish(hand)
    assert path.exists()
