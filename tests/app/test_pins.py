"""Pins and the path through them."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganview.app.explorer.path import Player, place_at
from ganview.app.explorer.pins import MOST, Pins
from ganview.app.latent_point import LatentPoint, LatentSpace


def _place(value: float, label: int = 0) -> LatentPoint:
    weights = np.zeros(10, np.float32)
    weights[label] = 1
    return LatentPoint(np.full(4, value, np.float32), weights)


@pytest.fixture
def pins() -> Pins:
    pins = Pins()
    for value, label in ((0.0, 0), (1.0, 3), (2.0, 8)):
        pins.add(_place(value, label), None)
    return pins


def test_pins_are_called_by_the_next_free_letter(pins: Pins) -> None:
    assert [pin.name for pin in pins] == ["A", "B", "C"]
    pins.remove(1)
    assert pins.add(_place(5), None).name == "B"
    for _ in range(30):
        pins.add(_place(0), None)
    assert pins[25].name == "Z"
    assert pins[26].name == "A2"


def test_pins_are_renamed_moved_and_put_elsewhere(pins: Pins) -> None:
    heard: list[int] = []
    pins.watch(lambda: heard.append(len(pins)))
    pins.rename(0, "  my   four ")
    pins.rename(1, "   ")
    pins.move(0, 2)
    assert [pin.name for pin in pins] == ["B", "C", "my four"]
    pins.place(0, _place(9), None)
    assert pins[0].place.z[0] == 9
    assert len(heard) == 3


def test_removed_pins_are_put_back_where_they_were(pins: Pins) -> None:
    assert pins.removed is None
    pins.remove(0)
    pins.remove(1)
    assert pins.removed is not None
    assert pins.removed.name == "C"
    pins.put_back()
    pins.put_back()
    assert [pin.name for pin in pins] == ["A", "B", "C"]
    pins.put_back()
    pins.remove(1)
    pins.replace([])  # those of another model: it is not theirs
    assert pins.removed is None


def test_there_is_an_end_to_pins() -> None:
    pins = Pins()
    for value in range(MOST + 5):
        pins.add(_place(value % 7), None)
    assert len(pins) == MOST
    assert pins.full


def test_pins_of_another_space_are_put_away(pins: Pins) -> None:
    assert pins.keep_fitting(LatentSpace(4, tuple("0123456789"))) == 0
    assert pins.keep_fitting(LatentSpace(5, tuple("0123456789"))) == 3
    assert len(pins) == 0


def test_thumbnails_come_for_all_or_none(pins: Pins) -> None:
    pins.show(np.zeros((2, 28, 28), np.uint8))
    assert pins[0].thumb is None
    pins.show(np.ones((3, 28, 28), np.uint8))
    assert pins[2].thumb is not None


def test_a_path_goes_through_its_pins_with_class_and_diversity(pins: Pins) -> None:
    for index in range(3):
        there = place_at(pins, index, closed=False, spherical=True)
        np.testing.assert_allclose(there.z, pins[index].place.z, atol=1e-5)
        assert there.label == pins[index].place.label
        assert not there.mixed
    between = place_at(pins, 1.25, closed=False, spherical=False)
    assert between.z[0] == pytest.approx(1.25)
    assert between.weights[3] == pytest.approx(0.75)
    home = place_at(pins, 2.5, closed=True, spherical=False)
    assert home.z[0] == pytest.approx(1.0)


def test_an_open_path_stops_at_its_end_and_plays_from_the_other(qtbot: QtBot) -> None:
    player = Player(lambda: 2.0)
    player.closed = False
    seen: list[float] = []
    player.ticked.connect(lambda at, _gesture: seen.append(at))
    player.speed = 1.0
    player.play()
    player.advance(1.5)
    assert player.playing
    player.advance(1.5)
    assert not player.playing
    assert player.at == 2.0
    player.play()
    assert player.at == 0.0
    player.stop()
    player.speed = -1.0
    player.play()
    assert player.at == 2.0
    player.advance(0.5)
    assert player.at == 1.5
    player.stop()


def test_a_loop_runs_on_in_both_directions(qtbot: QtBot) -> None:
    player = Player(lambda: 3.0)
    player.speed = -2.0
    player.play()
    player.advance(1.0)
    assert player.at == pytest.approx(1.0)
    assert player.playing
    player.stop()


def test_one_playing_is_one_gesture(qtbot: QtBot) -> None:
    player = Player(lambda: 3.0)
    gestures: list[object] = []
    player.ticked.connect(lambda _at, gesture: gestures.append(gesture))
    for _ in range(2):
        player.play()
        player.advance(0.1)
        player.advance(0.1)
        player.stop()
    assert gestures[0] is gestures[1]
    assert gestures[1] is not gestures[2]


def test_without_pins_nothing_plays(qtbot: QtBot) -> None:
    player = Player(lambda: 0.0)
    player.play()
    assert not player.playing
