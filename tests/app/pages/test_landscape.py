from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_model import AppModel
from ganview.app.formatting import pictures_of, rarity_text
from ganview.app.latent_point import LatentPoint
from ganview.app.pages import landscape
from ganview.app.pages.landscape import FEW, LandscapePage
from ganview.app.pages.landscape_numbers import birthday_text
from ganview.app.pages.landscape_panel import FLAT, NUMBERS
from ganview.app.pages.landscape_words import classes_text
from ganview.app.pages.page import PageContext
from ganview.app.widgets.histogram_view import HistogramView
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.files.open_model import open_model, shipped_model
from ganview.gan.explore.distribution import Birthdays
from ganview.gan.explore.shares import Shares
from ganview.runtime.jobs import StopWork, call_work
from ganview.runtime.landscape_panes import STOPS
from ganview.runtime.messages import RunState
from ganview.runtime.opening import Opened


@dataclass
class Trains:
    state: RunState = RunState.IDLE
    exists: bool = False
    data: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(recent=()))


@dataclass
class Desk:
    """What a page works with, all in this thread."""

    model: AppModel = field(default_factory=AppModel)
    training: Trains = field(default_factory=Trains)
    explored: list[tuple[Any, int | None]] = field(default_factory=list)
    travelled: list[list[LatentPoint]] = field(default_factory=list)
    waiting: list[Callable[[], None]] = field(default_factory=list)

    def run_job(
        self, work: Any, name: str, done: Any, failed: Any = None, progressed: Any = None
    ) -> None:
        def do() -> None:
            try:
                value = call_work(work, progressed or (lambda *_: None), lambda: False)
            except (UserError, StopWork) as error:
                failed(str(error), "")
            else:
                done(value)

        self.waiting.append(do)

    def work(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()

    def context(self) -> PageContext:
        def nothing(*_given: object) -> None:
            pass

        given: dict[str, Any] = {
            "app_model": self.model,
            "run_job": self.run_job,
            "run_short_job": self.run_job,
            "explore": lambda z, label: self.explored.append((z, label)),
            "travel": self.travelled.append,
            "training": self.training,
        }
        rest = {item.name: nothing for item in fields(PageContext)}
        return PageContext(**rest | given)


@pytest.fixture(autouse=True)
def _fewer_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no look be of more pictures than a test needs: to draw them is what takes its time."""
    monkeypatch.setattr(landscape, "WHOLE", 400)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.model.open(Opened(open_model(shipped_model("conditional")), "digits"))
    return desk


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> LandscapePage:
    page = LandscapePage(desk.context())
    qtbot.addWidget(page)
    page.resize(640, 420)
    page.show()
    page.refresh()
    desk.work()
    return page


def button(page: LandscapePage, text: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if b.text() == text)


def test_both_are_shown_side_by_side_with_a_picture_on_each_hill(page: LandscapePage) -> None:
    real, fake = page.panel.view.panes
    assert real.heights.max() > 0.5
    assert fake.heights.max() > 0.5
    assert real.sprites is not None
    assert real.sprites.captions == tuple("0123456789")


def test_a_class_has_a_map_of_its_own(page: LandscapePage, desk: Desk) -> None:
    page.panel.choose(label=7)
    desk.work()
    real, fake = page.panel.view.panes
    for pane in (real, fake):
        row, column = np.unravel_index(pane.heights.argmax(), pane.heights.shape)
        assert np.hypot(row - 48, column - 48) < 8


def test_the_difference_has_hills_and_pits(page: LandscapePage, desk: Desk) -> None:
    page.panel.choose(mode="difference")
    desk.work()
    (pane,) = page.panel.view.panes
    assert pane.heights.max() > 0
    assert pane.heights.min() < 0


def test_the_most_typical_picture_is_shown_until_one_points(page: LandscapePage) -> None:
    real, fake = (
        next(view for view in page.findChildren(PictureView) if view.accessibleName() == name)
        for name in ("Nearest real picture", "Nearest generated picture")
    )
    assert page.look is not None
    usual = page.look.cloud.images[page.look.cloud.ranks.argmin()]
    assert fake.picture is not None
    np.testing.assert_array_equal(fake.picture, usual)
    assert real.isVisible()
    page.panel.view.probed.emit(0, 0.9, 0.9)
    assert (fake.picture != usual).any()
    page.panel.view.left.emit()
    np.testing.assert_array_equal(fake.picture, usual)
    page.panel.say_none("There is none.")
    assert not real.isVisible(), "no picture is better than a grey square"


def test_a_click_opens_the_generated_picture_that_is_there(
    page: LandscapePage, desk: Desk, qtbot: QtBot
) -> None:
    page.panel.choose(form=FLAT, mode="generated")
    desk.work()
    (pane,) = page.panel.view.panes
    assert pane.sprites is not None
    x, y = page.panel.view.on_screen(0, pane.sprites.places[4:5])[0][0]
    qtbot.mouseClick(page.panel.view, Qt.MouseButton.LeftButton, pos=QPointF(x, y).toPoint())
    assert desk.explored[-1][1] == 4
    assert desk.explored[-1][0].shape == (64,)


def test_a_line_over_the_map_is_a_path_of_generated_pictures(
    page: LandscapePage, desk: Desk, qtbot: QtBot
) -> None:
    page.panel.choose(form=FLAT, mode="generated", label=3)
    desk.work()
    view = page.panel.view
    button(page, "Path").click()
    ends = view.on_screen(0, np.array([[-0.7, 0.0], [0.7, 0.0]], np.float32))[0]
    start, end = (QPointF(*map(float, at)).toPoint() for at in ends)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, (start + end) / 2)
    qtbot.mouseMove(view, end)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    (points,) = desk.travelled
    assert 3 <= len(points) <= STOPS
    assert len({point.z.tobytes() for point in points}) == len(points)
    assert {point.label for point in points} == {3}
    assert not button(page, "Path").isChecked()
    assert desk.explored == []


def test_a_line_can_be_set_with_the_keyboard(page: LandscapePage, desk: Desk, qtbot: QtBot) -> None:
    page.panel.choose(form=FLAT, mode="generated")
    desk.work()
    draw = button(page, "Path")
    draw.click()
    for _ in range(2):
        for _ in range(9):
            qtbot.keyClick(page.panel.view, Qt.Key.Key_Right)
        qtbot.keyClick(page.panel.view, Qt.Key.Key_Return)
    draw.click()
    (points,) = desk.travelled
    assert len(points) >= 2
    assert desk.explored == []


def test_the_usual_is_less_rare_than_the_rarest(page: LandscapePage, desk: Desk) -> None:
    page.panel.choose(label=2)
    desk.work()
    button(page, "Most typical").click()
    button(page, "Rarest").click()
    (usual, _), (rarest, label) = desk.explored
    assert label == 2
    assert np.linalg.norm(usual) != np.linalg.norm(rarest)


def test_one_like_it_but_rarer(page: LandscapePage, desk: Desk) -> None:
    model = desk.model.model
    assert model is not None
    z = np.zeros(64, np.float32)
    weights = np.eye(10, dtype=np.float32)[3]
    picture = model.sample(z[None], weights[None])[0]
    desk.model.show_picture(LatentPoint(z, weights), picture)
    desk.work()
    button(page, "Like this, but rarer").click()
    assert desk.explored[-1][1] == 3


def test_a_generator_that_lost_classes_is_told(
    page: LandscapePage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = open_model(shipped_model("conditional"))
    whole = model.generate

    def without(z: Any, y: Any) -> Any:
        return whole(z, y.where((y != 4) & (y != 7), y * 0 + 1))

    monkeypatch.setattr(model, "generate", without)
    desk.model.open(Opened(model, "collapsed"))
    page.refresh()
    desk.work()
    text = " ".join(label.text() for label in page.findChildren(TextLabel))
    assert "No 4s and 7s" in text


def test_while_a_run_trains_looks_are_rationed(page: LandscapePage, desk: Desk) -> None:
    desk.training.state = RunState.TRAINING
    desk.model.open(Opened(open_model(shipped_model("conditional")), "newer"))
    page.refresh()
    assert desk.waiting == []


def test_data_without_a_judge_is_said_so(qtbot: QtBot, desk: Desk) -> None:
    model = open_model(shipped_model("conditional"))
    model.info["dataset_sha256"] = "unknown"
    desk.model.open(Opened(model, "other"))
    page = LandscapePage(desk.context())
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    desk.work()
    assert page.panel.view.panes == ()


def test_without_classes_the_map_of_one_class_shows_what_reads_so(
    page: LandscapePage, desk: Desk
) -> None:
    desk.model.open(Opened(open_model(shipped_model("unconditional")), "p(x)"))
    page.refresh()
    page.panel.choose(label=1, mode="generated")
    desk.work()
    (pane,) = page.panel.view.panes
    assert pane.heights.max() > 0
    button(page, "Most typical").click()
    assert desk.explored[-1][1] is None


def test_every_control_has_a_name(page: LandscapePage) -> None:
    for box in page.findChildren(QComboBox):
        assert box.accessibleName()
    assert page.panel.view.accessibleName()


def test_words() -> None:
    assert pictures_of("4") == "4s"
    assert pictures_of("1", "4", "7") == "1s, 4s and 7s"
    assert pictures_of("cat", "horse") == "pictures of cat and horse"
    assert "93" in rarity_text(0.93, tuple("0123456789"), 7)
    assert "80" in rarity_text(0.2, (), 0)
    assert "100" not in rarity_text(0.9999, (), 0) + rarity_text(0.0005, (), 0)


def test_a_class_that_is_rare_in_the_data_is_named_with_its_shares() -> None:
    wanted = np.array([0.33, 0.33, 0.01, 0.33])
    every = np.full(4, 0.25)
    even, rare, many = (
        classes_text(Shares(real, real, (), ()), tuple("abcd"), 1000)
        for real in (every, wanted, every / 10)
    )
    assert even == many
    assert rare[0] == even[0] == ""
    assert rare[1].startswith(even[1])
    assert "cs (1.0% real, 1.0% generated)" in rare[1]


def test_of_a_run_that_names_data_by_a_path_the_user_is_asked_first(
    page: LandscapePage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def found(_model: object, _run: object, known: object) -> object:
        asked.append(known)
        return DataSource("/some/photos")

    monkeypatch.setattr("ganview.app.pages.landscape.data_of_run", found)
    model = open_model(shipped_model("conditional"))
    model.info["dataset_sha256"] = "unknown"
    desk.model.open(Opened(model, "photos"))
    page.refresh()
    desk.work()
    question = button(page, "Open these images")
    assert question.isVisible()
    question.click()
    desk.work()
    assert asked == [[], [DataSource("/some/photos")]]


@pytest.mark.parametrize("label", [None, 7])
def test_numbers_tell_the_same(page: LandscapePage, desk: Desk, label: int | None) -> None:
    page.panel.choose(label=label, form=NUMBERS)
    desk.work()
    charts = [view for view in page.findChildren(HistogramView) if view.isVisible()]
    assert len(charts) == (6 if label is None else 5)
    assert any("slant" in view.accessibleName() for view in charts)
    assert page.panel.numbers.isVisible()
    page.panel.choose(form=FLAT)
    assert page.panel.view.isVisible()


def test_pairs_are_told_as_they_are() -> None:
    assert "more than 170,000" in birthday_text(Birthdays(0, 1000))
    assert "about 50" in birthday_text(Birthdays(10_000, 1000))


def test_what_was_kept_stands_beside_another_generator(page: LandscapePage, desk: Desk) -> None:
    box = next(b for b in page.findChildren(QComboBox) if b.accessibleName() == "Whose pictures")
    box.setCurrentIndex(box.findData("kept"))
    box.activated.emit(box.currentIndex())
    other = open_model(shipped_model("unconditional"))
    other.info["step"] = 123
    desk.model.open(Opened(other, "another"))
    page.refresh()
    desk.work()
    kept, now = page.panel.view.panes
    assert kept.title != now.title
    assert "123" in now.title
    assert not np.array_equal(kept.heights, now.heights)


def test_what_was_kept_stays_when_it_is_shown_in_another_way(
    page: LandscapePage, desk: Desk
) -> None:
    box, form = (
        next(b for b in page.findChildren(QComboBox) if b.accessibleName() == name)
        for name in ("Whose pictures", "Hills or flat map")
    )
    box.setCurrentIndex(box.findData("kept"))
    box.activated.emit(box.currentIndex())
    other = open_model(shipped_model("unconditional"))
    other.info["step"] = 123
    desk.model.open(Opened(other, "another"))
    page.refresh()
    desk.work()
    form.setCurrentIndex(FLAT)
    form.activated.emit(FLAT)
    desk.work()
    kept, now = page.panel.view.panes
    assert "123" not in kept.title
    assert "123" in now.title


def test_the_trail_is_of_one_source(
    page: LandscapePage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trails: list[int] = []
    monkeypatch.setattr(page.panel.view, "set_trail", lambda trail: trails.append(len(trail)))
    for seed in (0, 1, 2):
        if seed == 2:
            desk.model.open(Opened(open_model(shipped_model("conditional")), "another"))
        show_picture(desk, seed)
        desk.work()
    assert trails == [1, 2, 1]


def show_picture(desk: Desk, seed: int) -> None:
    model = desk.model.model
    assert model is not None
    z = np.random.default_rng(seed).normal(size=64).astype(np.float32)
    weights = np.eye(10, dtype=np.float32)[3]
    picture = model.sample(z[None], weights[None])[0]
    desk.model.show_picture(LatentPoint(z, weights), picture)


@pytest.mark.parametrize(("quick", "waits"), [(np.inf, False), (0.0, True)])
def test_a_place_that_is_found_quickly_needs_no_thread(
    page: LandscapePage, desk: Desk, monkeypatch: pytest.MonkeyPatch, quick: float, waits: bool
) -> None:
    trails: list[int] = []
    monkeypatch.setattr(page.panel.view, "set_trail", lambda trail: trails.append(len(trail)))
    monkeypatch.setattr(landscape, "QUICK", quick)
    show_picture(desk, 0)
    assert trails == []  # the first place may take a while, wherever the map was made
    desk.work()
    show_picture(desk, 1)
    assert trails == ([1] if waits else [1, 2])
    assert bool(desk.waiting) == waits


def test_no_newer_generator_is_looked_at_while_a_slider_is_dragged(
    page: LandscapePage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landscape, "SHARE", 1e9)
    conditional = shipped_model("conditional")
    desk.model.open(Opened(open_model(conditional), "another"))
    page.refresh()
    desk.work()
    desk.training.state = RunState.TRAINING
    show_picture(desk, 0)
    desk.work()
    desk.model.open(Opened(open_model(conditional), "newer"))
    page.refresh()
    assert desk.waiting == []
    monkeypatch.setattr(landscape, "AT_REST", 0.0)
    page.refresh()
    assert desk.waiting != []


def test_what_is_asked_twice_is_drawn_once(page: LandscapePage, desk: Desk) -> None:
    desk.work()
    desk.model.open(Opened(open_model(shipped_model("unconditional")), "another"))
    page.refresh()
    page.refresh()
    assert len(desk.waiting) == 1
    desk.waiting.pop(0)()
    assert page.look is not None
    assert len(page.look.cloud.z) == FEW  # the first of a newer generator comes soon


@pytest.mark.parametrize("form", [FLAT, NUMBERS])
def test_a_narrow_page_needs_no_scrolling_sideways(
    page: LandscapePage, desk: Desk, form: int
) -> None:
    page.panel.choose(form=form)
    desk.work()
    assert page.minimumSizeHint().width() <= 380  # the left side of a window of 900 pixels


def test_making_a_landscape_can_be_cancelled_and_begun_again(
    page: LandscapePage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def make(_model: Any, _find: Any, progress: Any, should_stop: Any) -> Any:
        progress(0.5, "Learning")
        seen.extend(label.text() for label in page.findChildren(TextLabel) if label.isVisible())
        button(page, "Cancel").click()
        assert should_stop()
        raise StopWork

    monkeypatch.setattr("ganview.app.pages.landscape.ground_of", make)
    desk.training.state = RunState.TRAINING
    desk.model.open(Opened(open_model(shipped_model("conditional")), "other"))
    page.panel.choose(label=3)
    desk.work()
    assert any("50" in text for text in seen)
    assert not page.panel.view.isVisible()
    page.refresh()
    assert desk.waiting == []
    monkeypatch.undo()
    again = button(page, "Make the landscape")
    assert again.isVisible()
    again.click()
    desk.work()
    assert page.panel.view.isVisible()
    assert not again.isVisible()
