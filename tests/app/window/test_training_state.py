"""The training button in each state, and from state to state in the real window."""

from __future__ import annotations

import pytest

from ganview.app.window.training_state import ELSEWHERE, Press, training_state
from ganview.files.lock import FolderLock
from ganview.files.run_summary import RunStatus
from ganview.gan.config import TrainConfig
from ganview.runtime.messages import RunState
from tests.app.conftest import Stage
from tests.app.window.test_training_commands import finish
from tests.runtime.run_maker import make_run

IN_A_FOLDER = [status for status in RunStatus if status is not RunStatus.BUILT_IN]


@pytest.mark.parametrize(
    ("state", "press"),
    [
        (RunState.IDLE, Press.BEGIN),
        (RunState.TRAINING, Press.PAUSE),
        (RunState.PAUSED, Press.GO_ON),
        (RunState.FINISHED, Press.GO_ON),
        (RunState.FAILED, Press.GO_ON),
        (RunState.STOPPING, Press.NOTHING),
    ],
)
def test_a_press_depends_on_what_the_run_does_here(state: RunState, press: Press) -> None:
    assert training_state(state).press is press


@pytest.mark.parametrize("status", IN_A_FOLDER)
@pytest.mark.parametrize("state", RunState)
def test_a_run_of_a_folder_goes_on_unless_another_has_it_or_one_trains_here(
    state: RunState, status: RunStatus
) -> None:
    found = training_state(state, status)
    if state in (RunState.TRAINING, RunState.STOPPING):
        assert found == training_state(state)
    elif status in (RunStatus.SAVED, RunStatus.INTERRUPTED):
        assert found.press is Press.OPEN
    else:
        assert found.press is Press.NOTHING
        assert found.tip == ELSEWHERE[status]


def test_only_a_finished_run_is_offered_a_further_limit() -> None:
    for state in RunState:
        text = training_state(state, further="+5 min").text
        assert text.endswith("+5 min") is (state is RunState.FINISHED)


def test_the_button_follows_the_run_through_all_its_states(stage: Stage) -> None:
    training, window = stage.controller.training, stage.window
    window.settings.stop_kind = "never"
    window.training_bar.restore_stop()
    stage.open()

    def says(text: str) -> bool:
        return window.commands["train"].text() == text

    assert says("&Train")
    stage.trigger("train")
    stage.until(lambda: says("Pause") and training.last.step > 2)
    assert not window.commands["step"].isEnabled()
    stage.trigger("train")
    stage.until(lambda: says("Go on"))
    first = training.folder
    stage.trigger("train")
    stage.until(lambda: says("Pause"))
    stage.trigger("new_run")
    stage.until(lambda: training.folder not in (None, first) and says("Pause"))
    assert first.name in window.message_bar.text
    stage.trigger("reset")
    stage.until(lambda: says("&Train"))
    assert not stage.errors


def test_a_run_that_another_program_has_is_greyed_with_the_reason_until_it_is_free(
    stage: Stage,
) -> None:
    own = finish(stage, 2)
    train, step = stage.window.commands["train"], stage.window.commands["step"]
    other = make_run(stage.folder / "elsewhere" / "other", TrainConfig(gamma=9.0))
    stage.until((own / "model.safetensors").is_file)
    (other / "model.safetensors").write_bytes((own / "model.safetensors").read_bytes())
    lock = FolderLock(other)
    stage.controller.opening.open(other)
    stage.until(lambda: not train.isEnabled())
    assert "Another window or program" in train.toolTip()
    assert not step.isEnabled()
    assert "does not train here" in step.toolTip()
    lock.release()
    stage.until(train.isEnabled)
    assert train.text() == "Go on"
    stage.controller.opening.open(own)  # which trained here, and is finished
    stage.until(lambda: train.text().startswith("Go on +"))
    assert step.isEnabled()
