from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from ganview.files.open_model import shipped_model
from ganview.runtime.messages import RunState
from tests.app.conftest import Stage
from tests.runtime.run_maker import make_run


def test_a_reset_takes_nothing_away_the_run_before_is_one_click_from_going_on(
    stage: Stage,
) -> None:
    stage.open()
    training = stage.controller.training
    for _ in range(2):  # nothing was learned, and nothing is offered
        stage.trigger("reset")
        stage.until(lambda: training.exists and training.last is not None)
    assert not stage.window.message_bar.text
    stage.trigger("step")
    stage.until(lambda: training.last is not None and training.last.step == 1)
    first = training.folder
    stage.trigger("reset")
    stage.until(lambda: first.name in stage.window.message_bar.text)
    button = next(
        b for b in stage.window.message_bar.findChildren(QPushButton) if b.text() == "Go on with it"
    )
    button.click()
    stage.until(lambda: training.folder == first and training.state is RunState.TRAINING)
    assert not stage.errors


def test_of_several_runs_that_are_opened_the_first_is_in_focus(stage: Stage) -> None:
    paths = [make_run(stage.folder / "elsewhere" / name) for name in ("one", "two", "broken")]
    for path in paths[:2]:
        (path / "model.safetensors").write_bytes(shipped_model("conditional").read_bytes())
    stage.open()
    stage.controller.opening.open_all(paths)
    model = stage.controller.app_model
    stage.until(lambda: model.run is not None and model.run.folder == paths[0])
    assert len(stage.errors) == 1  # one has no model yet; the others are open all the same
    assert {"one", "two"} <= {source.label for source in model.sources}
