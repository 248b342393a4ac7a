from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganview.app.pages.step.beats import BEATS
from ganview.app.pages.step.guess_panel import COUNT, GuessPanel, Round, deal_round
from ganview.app.pages.step.layers_panel import LayersPanel
from ganview.app.pages.step.moment_model import MomentModel
from ganview.app.pages.step.page import VIEWS, StepPage
from ganview.app.pages.step.persuade_panel import PersuadePanel, judge_contest, play_move
from ganview.data.dataset import Dataset
from ganview.gan.step_trace import to_pixels
from ganview.gan.trainer_state import state_of
from ganview.runtime import landscapes
from ganview.runtime.health_record import HealthRecord
from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord

from .step_traces import FakeTraining, context_for, small_trainer, trace_of


class FakeRun:
    """A run that trains here, of three classes."""

    def __init__(self) -> None:
        trainer = small_trainer()
        self.config, self.history, self.health = trainer.config, History(), HealthRecord()
        self.quality = QualityRecord()
        self.data = Dataset(
            "noise", trainer.images, trainer.labels, trainer.spec.class_names, "0" * 64
        )

    def moments(self) -> tuple[SimpleNamespace, ...]:
        return tuple(
            SimpleNamespace(step=step, has_model=True, has_state=step > 0) for step in (0, 10)
        )

    def state_at(self, step: int):
        return state_of(small_trainer()) if step else None

    def model_at(self, step: int):
        model = small_trainer().model()
        model.info["step"] = step
        return model


def run_now(work, _name, done=None, _failed=None, _progressed=None):
    """Do a job at once, in the test's own thread."""
    result = work(lambda *_given: None, lambda: False)
    if done is not None:
        done(result)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch):
    made = context_for(
        FakeTraining(), run_job=run_now, explored=lambda: (np.ones(6, np.float32), 2)
    )
    made.run = made.context.app_model.run = FakeRun()
    monkeypatch.setattr(landscapes, "data_of_run", lambda _model, run, _named: run.data)
    made.moment = MomentModel(made.context)
    made.moment.refresh()
    return made


def test_the_model_is_that_of_the_newest_moment_not_after_the_cursor(made) -> None:
    assert made.moment.model.info["step"] == 10
    made.context.app_model.cursor = 9
    made.moment.refresh()
    assert made.moment.model.info["step"] == 0


def test_layers_of_both_networks_are_shown_and_one_map_silenced(made, qtbot: QtBot) -> None:
    panel = LayersPanel(made.context, made.moment, trace_of)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.layer.count() == 3
    panel.layer.setItemText(0, "blocks.1.0.conv1 · 1,024 maps of 128 × 128")
    assert panel.minimumSizeHint().width() <= 300
    panel.show_way(1)
    assert panel.layer.count() == 2
    assert panel.maps.images is not None
    panel.maps.tile_activated.emit(0)
    whole, without = panel.picture.picture, panel.without.picture
    assert np.array_equal(whole, without)  # of D: the picture is the same, the answer is not
    panel.show_way(0)
    panel.maps.tile_activated.emit(0)
    assert not np.array_equal(whole, panel.without.picture)


def test_d_is_looked_into_with_a_real_picture_of_the_batch_too(made, qtbot: QtBot) -> None:
    trace = trace_of()
    panel = LayersPanel(made.context, made.moment, lambda: trace)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_way(1)
    slopes = [panel.slope.picture.copy()]
    panel.show_way(2)
    panel.real.tile_activated.emit(4)
    slopes.append(panel.slope.picture.copy())
    assert np.array_equal(panel.picture.picture, to_pixels(trace.x)[4])
    assert not np.array_equal(*slopes)
    panel.maps.tile_activated.emit(0)
    assert np.array_equal(panel.without.picture, panel.picture.picture)


def test_without_a_batch_there_is_no_real_picture_to_look_at(made, qtbot: QtBot) -> None:
    panel = LayersPanel(made.context, made.moment, lambda: None)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_way(2)
    assert panel.maps.images is None


def test_a_batch_of_a_run_with_other_classes_gives_way_to_one_that_fits(made, qtbot: QtBot) -> None:
    trace = trace_of()
    other = replace(trace, class_names=tuple("abcdefgh"), y=np.full(len(trace.y), 7))
    traces = [other]
    panel = LayersPanel(made.context, made.moment, lambda: traces[-1])
    qtbot.addWidget(panel)
    panel.show()
    panel.show_way(2)
    assert panel.maps.images is None
    traces.append(trace)
    panel.show_way(1)
    panel.show_way(2)
    assert np.array_equal(panel.picture.picture, to_pixels(trace.x)[0])


def test_twenty_are_dealt_half_of_them_real_in_the_same_classes(made) -> None:
    dealt = deal_round(made.moment.model, made.run, 3)
    assert dealt.is_real.sum() == COUNT / 2
    real = dealt.pictures[dealt.is_real]
    known = {image.tobytes() for image in made.run.data.images[:, 0].numpy()}
    assert all(image.tobytes() in known for image in real)
    again = deal_round(made.moment.model, made.run, 3)
    assert np.array_equal(dealt.pictures, again.pictures)


def test_scores_count_what_is_right() -> None:
    is_real = np.arange(COUNT) < COUNT // 2
    answers = np.linspace(1, 0, COUNT).astype(np.float32)
    dealt = Round(np.zeros((COUNT, 28, 28), np.uint8), is_real, answers, 5)
    assert dealt.score(dealt.choice_of_d) == COUNT
    assert dealt.score(~is_real) == 0


def test_the_user_answers_once_ten_are_chosen(made, qtbot: QtBot) -> None:
    panel = GuessPanel(made.context, made.moment)
    qtbot.addWidget(panel)
    panel.show()  # and it deals by itself
    assert len(panel.tiles.images) == COUNT
    for index in range(COUNT // 2):
        assert not panel.answer.isEnabled()
        panel.tiles.tile_activated.emit(index)
    panel.answer.click()
    assert not panel.answer.isEnabled()


def test_why_there_are_no_pictures_is_said_in_their_place(made, qtbot: QtBot) -> None:
    def refuse(_work, _name, _done=None, failed=None, _progressed=None) -> None:
        failed("The data is elsewhere.", "")

    complaints: list[str] = []
    context = replace(made.context, run_job=refuse, complain=complaints.append)
    panel = GuessPanel(context, made.moment)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.tiles.images is None
    assert panel.tiles.placeholder == "The data is elsewhere."
    assert complaints == []


def test_chance_keeps_the_better_noise_and_the_gradient_climbs(made) -> None:
    model = made.moment.model
    random = np.random.default_rng(0)
    contest = judge_contest(model, np.zeros((3, 6), np.float32), 1, 0)
    answers = [contest.answers.copy()]
    for _ in range(5):
        other = random.standard_normal(6).astype(np.float32)
        contest = play_move(model, contest, np.zeros(6, np.float32), other, 1)
        answers.append(contest.answers.copy())
    told = np.array(answers)
    assert contest.moves == 5
    assert (np.diff(told[:, 1]) >= 0).all()
    assert told[-1, 2] > told[0, 2]
    assert told[-1, 0] == pytest.approx(told[0, 0], abs=1e-5)


def test_sliders_move_the_users_noise(made, qtbot: QtBot) -> None:
    panel = PersuadePanel(made.context, made.moment)
    qtbot.addWidget(panel)
    panel.show()  # and it begins by itself
    before = panel.views[0].picture.copy()
    panel.sliders[1].setValue(panel.sliders[1].maximum())
    assert not np.array_equal(before, panel.views[0].picture)
    panel.explore.click()
    assert made.asked.explored[0][1] == 2


def test_each_view_is_opened_by_its_tab(made, qtbot: QtBot) -> None:
    page = StepPage(made.context)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    for view in VIEWS:
        page.open_view(view.name)
        assert page.view_of(view.name).isVisible()


def test_at_a_moment_of_the_past_the_flow_is_of_that_moment(made, qtbot: QtBot) -> None:
    page = StepPage(made.context)
    qtbot.addWidget(page)
    page.show()
    made.context.app_model.cursor = 9
    page.refresh()
    trace = page.flow.trace
    assert trace is not None
    assert not trace.is_applied
    assert not page.flow.steps["step"].isEnabled()
    page.flow.whole.click()
    assert made.context.app_model.cursor == 10
    page.refresh()
    assert page.flow.trace.is_applied
    assert not page.flow.whole.isVisible()
    made.context.app_model.cursor = 9
    page.refresh()
    trace = page.flow.trace
    assert all(beat.tell(trace, 0).endswith(".") for beat in BEATS)
    made.context.app_model.trained = made.run
    made.context.app_model.cursor = None
    page.refresh()
    assert page.flow.trace is None  # none of its own steps came yet
    assert page.flow.steps["step"].isEnabled()
