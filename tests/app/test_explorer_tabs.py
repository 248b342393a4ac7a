"""The tabs of neighbours, pins, checking and comparing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.explorer.check_tab import CheckTab, overlay
from ganview.app.explorer.compare_tab import CompareTab
from ganview.app.explorer.draw_tab import DrawTab
from ganview.app.explorer.nearby_tab import NearbyTab
from ganview.app.explorer.pins_tab import PinsTab
from ganview.app.explorer.tab import Context, Tab
from ganview.app.explorer.training_set import Nearest
from ganview.app.latent_point import LatentSpace
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.value_slider import ValueSlider
from ganview.data.source import DataSource
from ganview.export.palette import LIGHT
from ganview.files.model_file import save_model
from tests.app.explorer_bench import Hand, button, picture_here, said, shown, tiny_model

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_nine_neighbours_and_a_click_goes_to_one(hand: Hand, qtbot: QtBot) -> None:
    tab = NearbyTab(hand.context)
    shown(qtbot, tab)
    z, y = hand.on("thumbnails")[-1]
    assert z.shape == (9, 8)
    assert y is not None
    tab.take(hand.answer("thumbnails"))
    QTest.mouseClick(tab.strip, LEFT, NONE, tab.strip.tile_rect(4).center().toPoint())
    np.testing.assert_array_equal(hand.state.z, z[4])
    assert len(hand.on("thumbnails")) == 2


def test_pinning_going_back_and_the_sum(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    shown(qtbot, tab)
    places = []
    for label in (1, 2, 3):
        hand.state.randomise()
        hand.state.choose_class(label)
        hand.draw()
        hand.context.pin()
        places.append(hand.state.place)
    assert tab.strip.images is not None
    assert tab.strip.images.shape == (3, 28, 28)
    QTest.mouseClick(tab.strip, LEFT, NONE, tab.strip.tile_rect(0).center().toPoint())
    assert hand.state.place is places[0]
    z, _y = hand.on("preview")[-1]
    button(tab, "Go there").click()
    np.testing.assert_allclose(hand.state.z, z[0])
    assert hand.state.label == 1
    tab.strip.removal_asked.emit(1)
    assert [pin.name for pin in hand.context.pins] == ["A", "C"]
    put_back = button(tab, "Put B back")
    put_back.click()
    assert [pin.name for pin in hand.context.pins] == ["A", "B", "C"]
    assert put_back.isHidden()


def test_a_pin_that_was_quicker_than_its_picture_gets_one(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    shown(qtbot, tab)
    hand.draw()
    hand.state.randomise()
    hand.context.pin()  # the picture of this place is still to come
    assert tab.strip.images is None
    tab.take(hand.answer("thumbnails"))
    assert tab.strip.images is not None
    asked = len(hand.on("thumbnails"))
    hand.draw()
    hand.context.pin()
    assert tab.strip.images.shape == (2, 28, 28)
    assert len(hand.on("thumbnails")) == asked  # there is nothing more to draw


def test_scrubbing_the_path_moves_the_state(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    shown(qtbot, tab)
    for label in (1, 2):
        hand.state.choose_class(label)
        hand.context.pin()
    tab.findChild(ValueSlider).moved.emit(0.5, None)
    assert hand.state.place.weights[1] == pytest.approx(0.5)
    button(tab, "Play").click()
    assert tab.player.playing
    tab.set_in_view(False)
    assert not tab.player.playing


def test_the_critic_says_what_it_thinks_and_where_it_pushes(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CheckTab(hand.context)
    shown(qtbot, tab)
    assert [order.name for order in hand.ordered] == [
        "searching the training set",
        "asking the discriminator",
    ]
    hand.ordered[1].finish()
    assert "D's belief" in said(tab)
    assert tab.push.picture is not None
    assert tab.push.picture.shape == (28, 28, 3)
    hand.state.randomise()
    hand.draw()
    hand.ordered[-1].failed("This model was saved without its discriminator.", "")
    assert tab.push.picture is None


def test_the_verdict_is_of_the_generator_that_training_stopped_at(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CheckTab(hand.context)
    shown(qtbot, tab)
    for order in hand.ordered:
        order.finish()
    hand.ordered.clear()
    # a newer generator, within a second of the last look; then nothing more
    hand.requester.refresh()
    hand.requester.take(replace(hand.answer("picture"), model=tiny_model()))
    qtbot.waitUntil(lambda: len(hand.ordered) == 2, timeout=5000)


def test_data_that_a_run_names_is_opened_when_the_user_says_so(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CheckTab(hand.context)
    shown(qtbot, tab)
    hand.ordered[0].done(DataSource("/a/path"))
    (shown_button,) = [b for b in tab.findChildren(QPushButton) if b.isVisible()]
    hand.ordered.clear()
    shown_button.click()
    assert [order.name for order in hand.ordered][:1] == ["searching the training set"]


def test_a_model_of_another_kind_begins_with_nothing_found(qtbot: QtBot) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CheckTab(hand.context)
    shown(qtbot, tab)
    search, asking = hand.ordered[-2:]
    pictures = np.zeros((5, 28, 28), np.uint8)
    found = Nearest(
        pictures, np.linspace(0.1, 0.2, 5, dtype=np.float32), ("",) * 5, 0.1, 0.3, False
    )
    search.done(found)
    asking.finish()
    assert tab.nearest.images is not None
    hand.state.randomise()
    hand.draw()
    late = hand.ordered[-2]
    hand.state.adopt(LatentSpace(8, ("a", "b")))
    late.done(found)
    assert tab.nearest.images is None
    assert tab.push.picture is None
    assert "Looking" in said(tab)
    hand.ordered[-1].failed("It was told to end.", "")  # and so is the other half free again
    asked = len(hand.ordered)
    hand.draw()  # looked at at once, however shortly after the last look
    assert len(hand.ordered) > asked
    assert tab.nearest.images is None


def test_the_overlay_shows_lighter_and_darker_in_two_colours() -> None:
    push = np.zeros((2, 2), np.float32)
    push[0, 0], push[1, 1] = 1, -1
    shown = overlay(np.zeros((2, 2), np.uint8), push, LIGHT)
    assert tuple(shown[0, 0]) == QColor(LIGHT.real).getRgb()[:3]
    assert tuple(shown[1, 1]) == QColor(LIGHT.fake).getRgb()[:3]
    assert not shown[0, 1].any()


def test_two_models_draw_the_same_place(qtbot: QtBot, tmp_path: Path) -> None:
    hand = Hand(model=tiny_model())
    hand.draw()
    tab = CompareTab(hand.context)
    shown(qtbot, tab)
    assert tab.findChild(EmptyState).isVisible()
    tab.keep()
    hand.ordered[-1].finish()
    assert not tab.findChild(EmptyState).isVisible()
    kept = tab.views[1].picture
    assert kept is not None
    np.testing.assert_array_equal(kept, picture_here(hand))
    hand.model = tiny_model(1)
    hand.state.choose_class(4)
    hand.draw()
    hand.ordered[-1].finish()
    assert tab.strips[1].images is not None
    assert len(tab.strips[1].images) == 10
    assert abs(tab.views[1].x() - tab.width() / 2) < 20  # each has its half

    # a model of another kind is opened while the other one still draws
    hand.state.randomise()
    hand.draw()
    late = hand.ordered[-1]
    hand.state.adopt(LatentSpace(8, ("a", "b")))
    hand.draw()
    late.finish()
    assert "another kind" in said(tab)
    assert tab.views[1].picture is None
    assert tab.strips[1].images is None


def test_another_file_is_compared_with_and_can_be_explored(qtbot: QtBot, tmp_path: Path) -> None:
    other, opened = tiny_model(40), []
    other.info["config"] = {"learning_rate": 0.25, "batch_size": 64}
    save_model(tmp_path / "other.safetensors", other)
    hand = Hand(model=tiny_model())
    hand.model.info["config"] = {"learning_rate": 0.5, "batch_size": 64}
    hand.services = replace(hand.services, open_model=opened.append)
    hand.context = Context(hand.state, hand.requester, hand.services, hand.said.append)
    hand.draw()
    tab = CompareTab(hand.context)
    shown(qtbot, tab)
    tab.open(tmp_path / "other.safetensors")
    while hand.ordered:
        hand.ordered.pop(0).finish()
    assert "other" in said(tab).splitlines()
    z, y = hand.state.place.effective_z(), np.array([0])
    np.testing.assert_array_equal(tab.views[1].picture, other.preview(z[None], y)[0])
    # of both it is said how good they are, and what they were trained with
    assert said(tab).count("judge-FD") == 2
    assert said(tab).count("class accuracy") == 2
    assert "Learning rate 0.5" in said(tab)
    assert "Learning rate 0.25" in said(tab)
    assert "Batch size" not in said(tab), "it is the same"
    button(tab, "Explore it").click()
    assert opened == [tmp_path / "other.safetensors"]
    hand.ordered.pop().finish()  # what was explored is the other one now
    np.testing.assert_array_equal(tab.views[1].picture, hand.model.preview(z[None], y)[0])
    tab.keep()
    assert not button(tab, "Explore it").isVisible(), "what was kept is in no file"


def dialog_of(tab: QWidget, kind: type[QDialog]) -> QDialog:
    """Return the dialog that a tab has just opened, which it does not wait for."""
    return next(dialog for dialog in tab.findChildren(kind) if dialog.isVisible())


def test_a_pin_is_renamed_without_stopping_the_program(hand: Hand, qtbot: QtBot) -> None:
    tab = PinsTab(hand.context)
    shown(qtbot, tab)
    for _ in range(2):
        hand.state.randomise()
        hand.context.pin()
    menu_action(tab, qtbot, 1, "Rename…").trigger()
    dialog = dialog_of(tab, QInputDialog)
    hand.context.pins.move(1, 0)  # it goes on meanwhile
    dialog.setTextValue("a & b")
    dialog.accept()
    assert [pin.name for pin in hand.context.pins] == ["a & b", "A"]


def menu_action(tab: PinsTab, qtbot: QtBot, index: int, text: str) -> QAction:
    tab.strip.menu_asked.emit(index, QPoint(5, 5))
    menu = next(menu for menu in tab.findChildren(QMenu) if menu.isVisible())
    action = next(action for action in menu.actions() if action.text() == text)
    menu.close()
    return action


@pytest.mark.parametrize("kind", [CompareTab, DrawTab])
def test_files_are_asked_for_without_stopping_the_program(
    kind: type[Tab], hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = kind(hand.context)
    shown(qtbot, tab)
    hand.model = object()  # what is opened is for a model
    button = next(b for b in tab.findChildren(QPushButton) if b.text().startswith("Open"))
    button.click()
    dialog = dialog_of(tab, QFileDialog)
    before = len(hand.ordered)
    (tmp_path / "none.png").write_bytes(b"no picture")
    dialog.fileSelected.emit(str(tmp_path / "none.png"))
    qtbot.waitUntil(lambda: len(hand.ordered) > before)
    dialog.close()
