"""Sliders over directions: amounts that add up, come back with undo, and have a preview."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ganview.app.explorer.direction_sliders import DirectionAmounts, quality_text
from ganview.app.explorer.directions_tab import AGAIN, FIND, DirectionsTab
from ganview.app.explorer.map_tab import MapTab
from ganview.app.explorer.plane_controls import DIRECTIONS
from ganview.app.latent_point import LatentSpace
from ganview.gan.explore.directions import Direction
from tests.app.explorer_bench import Hand, button, said, shown, tiny_model


def _direction(name: str, axis: int, **quality: object) -> Direction:
    vector = np.zeros(8, np.float32)
    vector[axis] = 1
    kind = "named" if quality else "sefa"
    return Direction(name, vector, kind, dict(quality) or {"share": 0.25})


@pytest.fixture
def hand() -> Hand:
    hand = Hand(model=tiny_model())
    hand.draw()
    return hand


def test_amounts_move_the_noise_and_come_back_with_undo(hand: Hand) -> None:
    travel = DirectionAmounts(hand.state)
    hand.state.watch(lambda _parts: travel.arrive())
    travel.set_directions([_direction("a", 0), _direction("b", 1)])
    start = hand.state.z
    drag = object()
    for amount in (0.5, 1.0, 2.5):
        travel.move(0, amount, drag)
    travel.move(1, -1.0, object())
    assert hand.state.z[0] == pytest.approx(start[0] + 2.5)
    assert travel.amounts.tolist() == [2.5, -1.0]
    hand.state.undo()
    assert travel.amounts.tolist() == [2.5, 0.0]
    hand.state.undo()
    assert travel.amounts.tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(hand.state.z, start)
    hand.state.redo()
    assert travel.amounts.tolist() == [2.5, 0.0]


def test_another_way_to_move_begins_the_sliders_anew(hand: Hand) -> None:
    travel = DirectionAmounts(hand.state)
    hand.state.watch(lambda _parts: travel.arrive())
    travel.set_directions([_direction("a", 0)])
    travel.move(0, 2.0, None)
    hand.state.choose_class(5)
    assert travel.amounts[0] == 2.0
    hand.state.randomise()
    assert travel.amounts[0] == 0.0


def test_a_long_drag_goes_on_from_a_nearer_point(hand: Hand) -> None:
    asked: list[float] = []

    class Watched(Direction):
        def apply(self, z: object, amount: object, mix: object = None) -> object:
            asked.append(abs(float(np.asarray(amount))))
            return super().apply(z, amount, mix)

    travel = DirectionAmounts(hand.state)
    travel.set_directions([Watched("a", _direction("a", 0).vector, "named")])
    start = float(hand.state.z[0])
    drag = object()
    for amount in np.linspace(-3, 3, 25):
        travel.move(0, float(amount), drag)
        travel.arrive()
    assert hand.state.z[0] == pytest.approx(start + 3, abs=1e-4)
    assert max(asked[1:]) < 1.8


def found(hand: Hand, *directions: Direction) -> None:
    """Let the search for the network's own directions end with these."""
    order = next(it for it in reversed(hand.ordered) if it.name == "looking for directions")
    order.done(list(directions))


def test_the_networks_own_directions_are_found_once_a_model(hand: Hand, qtbot: QtBot) -> None:
    tab = DirectionsTab(hand.context)
    qtbot.addWidget(tab)
    tab.resize(600, 330)
    tab.show()
    tab.set_in_view(True)
    hand.ordered[-1].finish()
    names = [way.name for way in hand.context.findings.directions]
    assert names[0] == "Component 1"
    assert "SeFa 1" in names
    assert tab.sliders.rows.rowCount() == len(names)
    finding = sum(order.name == "looking for directions" for order in hand.ordered)
    tab.activate()
    assert sum(order.name == "looking for directions" for order in hand.ordered) == finding
    QTest.keyClick(tab.sliders, Qt.Key.Key_Right)
    assert tab.travel.amounts[0] == pytest.approx(0.05)
    map_tab = MapTab(hand.context)
    qtbot.addWidget(map_tab)
    map_tab.set_in_view(True)
    map_tab.controls.choose(DIRECTIONS)
    map_tab.field.probed.emit(0.5, 0.5)
    assert "Component 1 " in said(map_tab)
    assert "Component 2 " in said(map_tab)


def test_named_directions_come_first_and_say_how_well_they_hold(hand: Hand, qtbot: QtBot) -> None:
    tab = DirectionsTab(hand.context)
    qtbot.addWidget(tab)
    tab.set_in_view(True)
    button(tab, FIND).click()
    fitting = hand.ordered[-1]
    assert fitting.name == "fitting named directions"
    slant = _direction(
        "slant", 2, rank_correlation=0.98, own=0.9, others={"width": 0.08}, class_held=0.97
    )
    fitting.done([slant])
    found(hand, _direction("SeFa 1", 1))
    assert [way.name for way in hand.context.findings.directions] == ["slant", "SeFa 1"]
    assert quality_text(slant) == (
        "slant grows with the slider (rank correlation 0.98); 97 % keep their class up to ±2 σ; "
        "width changes 9 % as much, all else less."
    )
    assert "25.0 %" in quality_text(_direction("SeFa 1", 1))


def test_the_row_that_is_held_stays_when_the_naming_ends(hand: Hand, qtbot: QtBot) -> None:
    tab = DirectionsTab(hand.context)
    shown(qtbot, tab)
    button(tab, FIND).click()
    fitting = hand.ordered[-1]
    found(hand, *(_direction(f"SeFa {axis}", axis) for axis in (1, 2)))
    row = tab.sliders.visualRect(tab.sliders.rows.index(1))
    view, middle = tab.sliders.viewport(), row.center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(view, middle + QPoint(30, 0))
    held = float(tab.travel.amounts[1])
    z = hand.state.z
    fitting.done([_direction("slant", 3, rank_correlation=0.98, own=0.9, others={})])
    names = [tab.sliders.rows.name(dimension) for dimension in range(3)]
    assert names == ["SeFa 1", "SeFa 2", "slant"]
    assert "slant" in said(tab)
    assert tab.sliders.current_dimension() == 1
    assert tab.sliders.rows.z.tolist() == tab.travel.amounts.tolist() == [0, held, 0]
    QTest.mouseMove(view, middle + QPoint(60, 0))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))
    assert tab.travel.amounts[1] > held > 0
    hand.state.undo()  # one drag is one step
    assert not tab.travel.amounts.any()
    assert not np.array_equal(hand.state.z, z)


def test_the_preview_lies_along_the_direction(hand: Hand, qtbot: QtBot) -> None:
    tab = DirectionsTab(hand.context)
    qtbot.addWidget(tab)
    tab.set_in_view(True)
    found(hand, _direction("a", 3))
    ahead = next(order for order in reversed(hand.ordered) if order.name == "finding a preview")
    ahead.finish()
    z, _y = hand.on("preview")[-1]
    np.testing.assert_allclose(z[:, 3] - hand.state.z[3], [-3, -2, -1, 0, 1, 2, 3], atol=1e-5)
    tab.take(hand.answer("preview"))
    before = len(hand.ordered)
    tab.sliders.moved.emit(0, 1.0, object())
    assert len(hand.ordered) == before
    tab.preview.chosen.emit(-2.0)
    assert tab.travel.amounts[0] == -2.0


def test_another_space_forgets_the_directions(hand: Hand, qtbot: QtBot) -> None:
    tab = DirectionsTab(hand.context)
    qtbot.addWidget(tab)
    tab.set_in_view(True)
    found(hand, _direction("a", 3))
    hand.state.adopt(LatentSpace(16))
    assert hand.context.findings.directions == ()
    assert tab.sliders.rows.rowCount() == 0


def test_named_directions_are_fitted_once_and_recalled(
    hand: Hand, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.services = replace(hand.services, directions_folder=tmp_path)
    hand.context = replace(hand.context, services=hand.services)
    slant = _direction("slant", 2, rank_correlation=0.98, own=0.9, others={})
    kept: list[list[Direction]] = []
    monkeypatch.setattr(
        "ganview.app.explorer.directions_tab.load_kept_directions",
        lambda _model, folder: kept[0] if kept and folder == tmp_path else None,
    )
    tab = DirectionsTab(hand.context)
    qtbot.addWidget(tab)
    tab.set_in_view(True)
    hand.ordered[0].finish()
    assert hand.ordered[-1].name == "fitting named directions"
    assert button(tab, FIND).isHidden()
    hand.ordered[-1].done([slant])
    assert [way.name for way in hand.context.findings.directions] == ["slant"]

    kept.append([slant])
    hand.ordered.clear()
    again = DirectionsTab(hand.context)
    qtbot.addWidget(again)
    again.set_in_view(True)
    hand.ordered[0].finish()
    assert "fitting named directions" not in [order.name for order in hand.ordered]
    assert hand.context.findings.directions[0].name == "slant"


def test_another_model_of_the_same_kind_has_directions_of_its_own(hand: Hand, qtbot: QtBot) -> None:
    live = False
    services = replace(hand.services, live=lambda: live)
    hand.context = replace(hand.context, services=services)

    def searches() -> int:
        return [order.name for order in hand.ordered].count("looking for directions")

    tab = DirectionsTab(hand.context)
    qtbot.addWidget(tab)
    tab.set_in_view(True)
    hand.ordered[0].finish()
    button(tab, FIND).click()
    fitted = _direction("slant", 2, rank_correlation=0.98, own=0.9, others={})
    next(it for it in hand.ordered if it.name == "fitting named directions").done([fitted])
    found(hand)
    assert button(tab, AGAIN).isEnabled()

    hand.model = replace(hand.model, info={"step": 10})
    tab.activate()
    assert searches() == 3
    assert button(tab, FIND).isEnabled()

    live = True
    hand.ordered[-1].finish()
    hand.model = replace(hand.model, info={"step": 20})
    tab.activate()
    hand.ordered[-1].finish()
    assert searches() == 4
    hand.model = replace(hand.model, info={"step": 30})
    tab.activate()
    assert searches() == 4  # it learned on
    hand.model = replace(hand.model, info={"step": 0})
    tab.activate()
    assert searches() == 5  # it was begun anew
