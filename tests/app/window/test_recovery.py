"""A run that ended suddenly is offered at the next start; one that another has open is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ganview.app.widgets.legend import Legend
from ganview.app.widgets.message_bar import MessageBar, Offer
from ganview.app.window.data_commands import AskDataDialog
from ganview.data.digits import load_digits
from ganview.data.locate import weights_folder
from ganview.data.source import DataSource
from ganview.files.lock import FolderLock
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import state_of
from tests.app.conftest import Stage

pytestmark = pytest.mark.timeout(400)


def make_run(path: Path) -> Path:
    """Train two steps of a small network and end in an orderly way."""
    config = TrainConfig(architecture="mlp", size="small", z_dim=8, batch_size=8, threads=1)
    digits = load_digits()
    trainer = Trainer(config, digits.images, digits.labels, digits.class_names)
    with RunFolder.create(path, config, data_sha256=digits.sha256) as folder:
        folder.append_metrics([trainer.step()._asdict() for _ in range(2)])
        folder.save_checkpoint(*state_of(trainer))
        folder.save_model(trainer.model())
    return path


def leave_suddenly(folder: Path) -> None:
    (folder / ".lock").write_text("process 1 on a machine that lost its power")


def button(stage: Stage, name: str) -> QPushButton:
    found = stage.window.message_bar.findChildren(QPushButton)
    return next(b for b in found if b.isVisible() and name in (b.text(), b.accessibleName()))


def legends(stage: Stage) -> str:
    return " ".join(legend.text for legend in stage.window.plots.findChildren(Legend))


def test_a_run_that_was_killed_is_offered_and_gone_on_with(stage: Stage) -> None:
    runs, training = stage.controller.training.runs, stage.controller.training
    leave_suddenly(make_run(runs / "then"))
    stage.open()
    stage.until(lambda: "ended suddenly" in stage.window.message_bar.text)
    assert "step 2," in stage.window.message_bar.text
    training.set_stop(None)
    button(stage, "Resume").click()
    stage.until(lambda: training.last is not None and training.last.step > 3)
    assert training.folder == runs / "then"
    assert stage.window.message_bar.text == ""
    assert [int(step) for step in training.history.view()["step"][:3]] == [1, 2, 3]
    stage.close()
    assert (runs / "then" / ".lock").read_bytes() == b""
    assert stage.errors == []


def test_a_dismissed_run_is_offered_no_more_and_a_run_in_use_is_only_shown(stage: Stage) -> None:
    training, bar = stage.controller.training, stage.window.message_bar
    path = make_run(training.runs / "then")
    leave_suddenly(path)
    stage.open()
    stage.until(lambda: "ended suddenly" in bar.text)
    bar.show_note("something else")
    button(stage, "Close this message").click()
    assert "ended suddenly" in bar.text, "an offer waits behind a note"
    button(stage, "Dismiss this offer").click()
    assert bar.text == ""
    stage.until(lambda: not stage.controller.bridge.busy)
    assert (path / ".lock").read_bytes() == b""

    lock = FolderLock(path)
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    stage.window.go_on(path)
    stage.until(lambda: "open in another window" in bar.text)
    assert "nothing of it is changed" in bar.text
    assert not training.exists
    assert stage.controller.app_model.model.info["step"] == 2
    lock_file = path / ".lock"
    after = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    assert after.pop(lock_file)
    before.pop(lock_file)
    assert after == before

    stage.until(lambda: "real 0." in legends(stage))
    stage.controller.opening.open(weights_folder() / "digits-unconditional.safetensors")
    stage.until(lambda: stage.controller.app_model.model.spec.classes == 0)
    assert "open in another window" in bar.text, "the run stays in focus"
    assert "real 0." in legends(stage)
    stage.trigger("reset")
    stage.until(lambda: bar.text == "")
    assert "real 0." not in legends(stage)
    lock.release()


def test_a_run_of_other_data_asks_before_a_path_is_opened(stage: Stage, tmp_path: Path) -> None:
    folder = RunFolder.create(
        tmp_path / "photos", TrainConfig(), data=DataSource("/photos"), data_sha256="0" * 64
    )
    folder.save_checkpoint({}, {"step": 5})
    folder.close()
    stage.open()
    stage.window.go_on(tmp_path / "photos")
    stage.until(lambda: stage.window.findChild(AskDataDialog) is not None)
    asked = stage.window.findChild(AskDataDialog)
    assert "/photos" in " ".join(label.text() for label in asked.findChildren(QLabel))
    asked.close()
    FolderLock(tmp_path / "photos").release()


def test_an_offer_that_is_withdrawn_is_not_dismissed(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    called: list[str] = []
    offer = Offer("A run.", "Resume", lambda: called.append("yes"), lambda: called.append("no"))
    bar.offer(offer)
    assert bar.text == "A run."
    bar.clear()
    assert (bar.text, called) == ("", [])


def test_a_run_that_cannot_be_saved_is_said_aloud_until_it_can(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganview.runtime.run_saver.RETRY_SECONDS", 0.2)
    training, bar = stage.controller.training, stage.window.message_bar
    path = make_run(training.runs / "then")
    stage.open()
    stage.window.go_on(path)
    stage.until(lambda: training.last is not None and training.last.step > 3)
    away = path.rename(path.with_name("away"))
    stage.trigger("train")  # a pause, which saves
    stage.until(lambda: "the folder is gone" in bar.text)
    assert "tried again" in bar.text
    stage.window.close()
    assert "Close again" in bar.text
    assert not stage.closed, "closing would lose what was learned"
    away.rename(path)
    stage.until(lambda: bar.text == "")
    stage.until(lambda: not training.last.unsaved)
    assert RunFolder.open(path, write=False).checkpoint_step() == training.last.step


def test_what_went_wrong_is_in_the_log_with_its_details(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_error("An error while exporting.", "Traceback: in line 5")
    assert "An error while exporting.\nTraceback: in line 5" in caplog.text


def test_a_run_that_trained_when_the_window_was_closed_is_offered_once(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.open()
    training = stage.controller.training
    training.set_stop(None)
    stage.trigger("train")
    stage.until(lambda: training.last is not None and training.last.step > 2)
    folder = training.folder
    assert folder is not None
    stage.close()
    for offered in (True, False):
        later = Stage(qtbot, stage.folder)
        later.open()
        later.until(lambda later=later: later.window.plots.plots is not None)
        later.until(lambda later=later: not later.controller.bridge.busy)
        assert ("when the window was closed" in later.window.message_bar.text) is offered
        if offered:
            assert folder.name in later.window.message_bar.text
            assert button(later, "Go on").isVisible()
        later.close()
