"""The explorer panel: each move is one request, and what comes back is what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QMainWindow,
    QScrollBar,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from ganview.app.controllers.actions import Actions, Need
from ganview.app.explorer.explorer_panel import Explorer
from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.explorer.nearby_tab import NearbyTab
from ganview.app.explorer.picture_requester import DIVERSITIES, PictureRequester, batch_of
from ganview.app.explorer.services import ExplorerServices
from ganview.app.latent_point import Floats, LatentPoint, LatentSpace
from ganview.app.widgets.latent_sliders import LatentSliders
from ganview.app.widgets.tile_strip import TileStrip
from ganview.runtime.messages import RenderedImages
from tests.app.explorer_bench import said

DIGITS = LatentSpace(8, tuple("0123456789"), (0.1,) * 10)


class Renderer:
    """Answers when it is told to, each picture filled with its number in the batch."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Floats, Floats | None]] = []

    def request(self, lane: str, z: Floats, y: Floats | None, *, want_belief: bool = False) -> int:
        self.asked.append((lane, z, y))
        return len(self.asked)

    def pictures(self) -> list[tuple[Floats, Floats | None]]:
        return [(z, y) for lane, z, y in self.asked if lane == "picture"]

    def answer(self, stamp: int, error: str | None = None) -> RenderedImages:
        lane, z, _y = self.asked[stamp - 1]
        images = np.repeat(np.arange(len(z), dtype=np.uint8), 28 * 28).reshape(-1, 28, 28)
        return RenderedImages(lane, stamp, images, None, True, 0.002, None, error)


def never_run(*_arguments: object) -> None:
    """Leave work undone."""


class Bench:
    def __init__(self, qtbot: QtBot, space: LatentSpace = DIGITS) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.actions = Actions(self.window)
        self.actions.offer(~Need.NOTHING)
        self.state = ExplorerState(space, seed=0)
        self.renderer = Renderer()
        services = ExplorerServices(
            request=self.renderer.request, run=never_run, model=lambda: None, complain=print
        )
        self.panel = Explorer(self.state, services, self.actions)
        self.window.setCentralWidget(self.panel)
        self.window.resize(640, 700)
        self.window.show()

    def answer_newest(self, error: str | None = None) -> None:
        picture = [i for i, asked in enumerate(self.renderer.asked, 1) if asked[0] == "picture"]
        self.panel.take(self.renderer.answer(picture[-1], error))


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    bench = Bench(qtbot)
    bench.panel.set_space(DIGITS)
    return bench


def test_nothing_is_asked_for_before_there_is_a_model(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.state.randomise()
    assert bench.renderer.asked == []
    bench.panel.set_space(DIGITS)
    assert len(bench.renderer.asked) == 1


def test_each_move_is_one_request_with_the_strip(bench: Bench) -> None:
    before = len(bench.renderer.pictures())
    bench.state.set_dimension(0, 2.0)
    assert len(bench.renderer.pictures()) == before + 1
    z, y = bench.renderer.pictures()[-1]
    assert z.shape == (10, 8)
    np.testing.assert_array_equal(y, np.eye(10))


def test_the_picture_is_the_chosen_class_of_the_strip(bench: Bench) -> None:
    bench.state.choose_class(7)
    bench.answer_newest()
    picture = bench.panel.picture_view.picture
    strip = bench.panel.strip_view.images
    assert picture is not None
    assert strip is not None
    assert picture[0, 0] == 7
    assert strip.shape == (10, 28, 28)
    assert bench.panel.pictures is not None
    assert bench.panel.pictures.place is bench.state.place


def test_a_mixture_is_a_picture_of_its_own(bench: Bench) -> None:
    bench.state.mix([0, 0, 0, 1, 0, 0, 0, 0, 1, 0])
    z, y = bench.renderer.pictures()[-1]
    assert len(z) == 11
    assert y is not None
    assert y[10, 3] == 0.5
    bench.answer_newest()
    assert bench.panel.picture_view.picture is not None
    assert bench.panel.picture_view.picture[0, 0] == 10


def test_diversity_scales_the_noise_that_is_asked_for(bench: Bench) -> None:
    bench.state.set_psi(0.5)
    np.testing.assert_allclose(bench.renderer.pictures()[-1][0][0], bench.state.z * 0.5)


def test_an_answer_after_a_newer_one_is_dropped(bench: Bench) -> None:
    bench.state.choose_class(1)
    first = len(bench.renderer.asked)
    bench.state.choose_class(2)
    bench.answer_newest()
    bench.panel.take(bench.renderer.answer(first))
    assert bench.panel.picture_view.picture is not None
    assert bench.panel.picture_view.picture[0, 0] == 2


def test_an_error_is_said_and_the_picture_stays(bench: Bench) -> None:
    bench.answer_newest()
    shown = bench.panel.picture_view.picture
    heard: list[str] = []
    bench.panel.requester.failed.connect(heard.append)
    bench.answer_newest("Out of memory.")
    assert heard == ["Out of memory."]
    assert bench.panel.picture_view.picture is shown


def test_a_click_on_the_strip_chooses_that_class(bench: Bench) -> None:
    bench.answer_newest()
    view = bench.panel.strip_view
    where = view.tile_rect(6).center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert bench.state.label == 6


def test_alt_digit_chooses_a_class_and_alt_a_any(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    QTest.keyClick(bench.window, Qt.Key.Key_8, Qt.KeyboardModifier.AltModifier)
    assert bench.state.label == 8
    bench.actions["any_class"].trigger()
    assert bench.state.place.class_is_random


def test_the_actions_of_the_menu_move_the_state(bench: Bench) -> None:
    before = bench.state.z
    bench.actions["mirror_all"].trigger()
    np.testing.assert_array_equal(bench.state.z, -before)
    bench.actions["zero_all"].trigger()
    assert not bench.state.z.any()
    bench.actions["undo"].trigger()
    bench.actions["undo"].trigger()
    np.testing.assert_array_equal(bench.state.z, before)
    bench.actions["redo"].trigger()
    np.testing.assert_array_equal(bench.state.z, -before)
    bench.actions["random"].trigger()
    assert not np.array_equal(np.abs(bench.state.z), np.abs(before))


def test_exploring_a_sample_goes_to_its_noise_and_class(bench: Bench) -> None:
    bench.state.set_psi(0.5)
    z = np.linspace(-1, 1, 8)
    bench.panel.explore(z, 4)
    np.testing.assert_allclose(bench.state.z, z, atol=1e-6)
    assert bench.state.label == 4
    assert bench.state.place.psi == 1.0
    bench.state.undo()
    assert bench.state.place.psi == 0.5


def test_a_generator_without_classes_has_a_strip_of_diversities(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LatentSpace(512))
    bench.panel.set_space(LatentSpace(512))
    bench.state.set_psi(0.6)
    z, y = bench.renderer.pictures()[-1]
    assert y is None
    factors = [*DIVERSITIES, 0.6]
    np.testing.assert_allclose(z, np.outer(factors, bench.state.place.z), rtol=1e-6)
    bench.answer_newest()
    strip = bench.panel.strip_view
    assert bench.panel.picture_view.picture is not None
    assert strip.images is not None
    assert len(strip.images) == len(DIVERSITIES)
    assert strip.selected == -1
    strip.tile_activated.emit(2)
    assert bench.state.place.psi == DIVERSITIES[2]
    assert strip.selected == 2
    bench.panel.set_space(LatentSpace(32, ("cat", "dog", "owl")))
    strip.tile_activated.emit(2)
    assert bench.state.place.label == 2


def test_another_generator_brings_its_own_classes_and_sliders(bench: Bench) -> None:
    bench.panel.set_space(LatentSpace(32, ("cat", "dog", "owl")))
    bench.answer_newest()
    assert bench.panel.sliders.sliders.rows.rowCount() == 32
    assert bench.panel.strip_view.images is not None
    assert len(bench.panel.strip_view.images) == 3


def test_every_control_of_every_tab_has_a_name_and_says_what_it_does(bench: Bench) -> None:
    bench.answer_newest()
    assert bench.panel.tabs.tabBar().accessibleName()
    for index in range(bench.panel.tabs.count()):
        bench.panel.tabs.setCurrentIndex(index)
        assert bench.panel.tabs.tabToolTip(index)
        assert bench.panel.tabs.active.in_view
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QSpinBox, TileStrip, LatentSliders)
    for kind in kinds:
        for control in bench.panel.findChildren(kind):
            if control.objectName().startswith("qt_") or isinstance(control, QScrollBar):
                continue
            name = control.accessibleName() or getattr(control, "text", str)()
            assert name, control
            if not isinstance(control, TileStrip | LatentSliders):
                tip = control.toolTip() or name.startswith("Scroll ")
                assert tip, f"{name} does not say what it does"


def test_only_the_tab_in_view_works(bench: Bench) -> None:
    bench.answer_newest()
    bench.panel.tabs.open(NearbyTab)
    asked = len(bench.renderer.asked)
    bench.state.randomise()
    lanes = [lane for lane, _z, _y in bench.renderer.asked[asked:]]
    assert sorted(lanes) == ["picture", "thumbnails"]
    assert not bench.panel.sliders.in_view


def test_a_batch_draws_every_class_once() -> None:
    place = LatentPoint(np.ones(3, np.float32), np.eye(4, dtype=np.float32)[2], psi=0.5)
    z, y = batch_of(place)
    assert z.shape == (4, 3)
    assert y is not None
    assert y.shape == (4, 4)
    assert z[0, 0] == 0.5


def test_the_desk_forgets_what_was_overtaken(qtbot: QtBot) -> None:
    renderer = Renderer()
    state = ExplorerState(DIGITS, seed=0)
    requester = PictureRequester(state, renderer.request)
    requester.start()
    for value in range(50):
        state.set_dimension(0, value / 50)
    requester.take(renderer.answer(len(renderer.asked)))
    newest = requester.latest
    requester.take(renderer.answer(7))
    assert requester.latest is newest
    requester.take(renderer.answer(newest.stamp))  # once more, exactly as it is exported
    assert requester.latest is not newest
    assert requester.latest.stamp == newest.stamp


def test_a_sentence_leaves_by_itself(bench: Bench, qtbot: QtBot) -> None:
    bench.panel.set_space(DIGITS)
    bench.answer_newest()
    bench.panel.say("Pinned as C.")
    bench.answer_newest()
    assert "Pinned as C." in said(bench.panel)  # a picture doesn't wipe it away at once
    for timer in bench.panel.findChildren(QTimer):
        if timer.isActive():
            timer.setInterval(1)  # nobody reads here
    qtbot.waitUntil(lambda: "2.0 ms" in said(bench.panel))
