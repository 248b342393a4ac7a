"""The window on its real threads: real digits are learned, explored, kept and left."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_model import model_key
from ganview.app.explorer.draw_tab import DrawTab
from ganview.app.explorer.mix_tab import MixTab
from ganview.app.explorer.tabs import PAGES
from ganview.app.exports.picture_dialog import PictureDialog
from ganview.app.latent_point import Part
from ganview.export.picture import read_recipe, render_recipe
from ganview.files.png import write_png
from ganview.runtime.jobs import THREADS
from ganview.runtime.messages import RunState, StopAt
from tests.app.conftest import Stage

# On a busy machine loading torch and building networks may take long; nothing here measures time.
pytestmark = pytest.mark.timeout(400)


def drop(stage: Stage, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drop_data(stage, data)


def drop_data(stage: Stage, data: QMimeData) -> None:
    stage.window.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


class Shown(QObject):
    """Notes every widget that comes up as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(f"{type(watched).__name__} {watched.accessibleName()}".strip())
        return False


def test_nothing_flashes_up_beside_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    """A widget that is shown before it has a place is a window, for a moment."""
    shown, app = Shown(), QApplication.instance()
    app.installEventFilter(shown)
    try:
        stage = Stage(qtbot, tmp_path)
        stage.window.show()
        for page in PAGES:
            stage.window.explorer.tabs.open(page.load())
        stage.window.plots.fill()
    finally:
        app.removeEventFilter(shown)
    assert shown.windows == ["MainWindow"]


def test_before_torch_is_there_nothing_can_go_wrong(stage: Stage) -> None:
    stage.window.show()
    for name in ("train", "step", "reset", "save", "export_picture", "random"):
        assert not stage.window.commands[name].isEnabled()
    assert stage.window.commands["shortcuts"].isEnabled()


def test_learn_explore_keep_and_leave(stage: Stage) -> None:
    """One long run, because loading torch and building networks is what takes the time."""
    window, training = stage.window, stage.controller.training
    stage.open()
    stage.until(lambda: window.plots.plots is not None)
    shipped = window.explorer.pictures.picture.copy()

    # train, and look at what comes
    stage.trigger("train")
    stage.until(lambda: training.last is not None and training.last.step >= 3)
    assert stage.controller.app_model.follows_run
    first = window.samples.view.picture.copy()
    stage.until(lambda: training.last.step >= 8)
    stage.until(lambda: not np.array_equal(window.samples.view.picture, first))
    assert len(training.history) >= 8
    assert window.plots.plots.losses.curves[0].right >= 3
    assert not window.commands["step"].isEnabled()

    # pausing keeps the model explorable
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.PAUSED)
    paused_at = training.last.step
    before = window.explorer.pictures.stamp
    window.explorer.state.set_dimension(0, 2.5)
    stage.until(lambda: window.explorer.pictures.stamp > before)
    assert not np.array_equal(window.explorer.pictures.picture, shipped)

    # one step
    stage.trigger("step")
    stage.until(lambda: training.last.step == paused_at + 1)
    assert training.state is RunState.PAUSED

    # a sample is explored by a click
    tile = window.samples.view.tile_rect(14).center().toPoint()
    stage.qtbot.mouseClick(window.samples.view, Qt.MouseButton.LeftButton, pos=tile)
    place = window.explorer.state.place
    np.testing.assert_array_equal(place.z, window.samples.sheet.tile_z(1, 4))
    assert place.label == 4

    # the other generator is a choice away
    app_model = stage.controller.app_model
    app_model.choose(model_key(app_model.opened))
    assert not stage.controller.app_model.follows_run
    app_model.explore_run()

    # a stop condition ends the run, and the run was saved
    training.set_stop(StopAt(steps=paused_at + 4))
    stage.trigger("train")
    stage.until(lambda: training.state is RunState.FINISHED)
    assert training.last.step == paused_at + 4
    folder = training.folder
    stage.close()
    assert (folder / "checkpoint.safetensors").is_file()
    assert (folder / "model.safetensors").is_file()
    assert stage.errors == []


def test_reset_gives_the_same_initial_weights(stage: Stage) -> None:
    window, training = stage.window, stage.controller.training
    stage.open()

    def drawn(step: int) -> bool:
        last = training.last
        return last is not None and last.step == step and last.samples is not None

    stage.trigger("reset")
    stage.until(lambda: drawn(0))
    initial = training.last.samples.images.copy()
    assert training.folder is None, "looking leaves nothing on the disk"
    stage.trigger("step")
    stage.until(lambda: drawn(1))
    assert training.folder is not None
    stage.until(lambda: not np.array_equal(training.last.samples.images, initial))
    stage.trigger("reset")
    stage.until(lambda: drawn(0))
    np.testing.assert_array_equal(training.last.samples.images, initial)
    assert len(training.history) == 0
    # another seed while nothing is learned yet shows at once
    window.training_bar.run_settings.set("seed", 5)
    stage.until(lambda: drawn(0) and not np.array_equal(training.last.samples.images, initial))


def test_a_map_is_offered_no_zoom_that_is_too_large_for_its_recipe(
    stage: Stage, tmp_path: Path
) -> None:
    stage.settings.export_zoom = 32
    stage.open()
    stage.trigger("export_map")
    dialog = stage.window.findChild(PictureDialog)
    target = tmp_path / "map.png"
    dialog.findChild(QLineEdit).setText(str(target))
    stage.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    stage.until(lambda: target.is_file() or bool(stage.errors))
    assert stage.errors == []
    recipe = read_recipe(target)
    assert recipe.zoom == 9, "10 would be 36 million pixels"
    assert recipe.count == 400
    assert stage.settings.export_zoom == 32, "what was cut for a map is not what was chosen"


def test_pictures_and_models_are_kept_and_come_back(stage: Stage, tmp_path: Path) -> None:
    window = stage.window
    stage.open()

    stage.trigger("export_picture")
    dialog = window.findChild(PictureDialog)
    target = tmp_path / "seven.png"
    dialog.findChild(QLineEdit).setText(str(target))
    dialog.findChild(QSpinBox).setValue(3)
    assert "84 × 84 pixels" in " ".join(w.text() for w in dialog.findChildren(QLabel))
    stage.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    stage.until(target.is_file)
    stage.until(lambda: not stage.controller.bridge.busy)
    with Image.open(target) as kept:
        shown = np.asarray(kept)
    # at rest, the window shows to the last bit what is exported
    stage.until(lambda: np.array_equal(window.explorer.pictures.picture, shown[::3, ::3]))
    np.testing.assert_array_equal(shown, np.kron(shown[::3, ::3], np.ones((3, 3), np.uint8)))
    model = stage.controller.app_model.model
    np.testing.assert_array_equal(render_recipe(read_recipe(target), model), shown)

    stage.trigger("copy")
    stage.until(lambda: not QGuiApplication.clipboard().image().isNull())
    copied = QGuiApplication.clipboard().image()
    assert QImage(str(target)).convertToFormat(copied.format()) == copied

    for name, tiles in (("strip", window.files.strip()), ("grid", window.files.grid())):
        stage.export(tiles, tmp_path / name, 1)
        stage.until((tmp_path / f"{name}.png").is_file)
        with Image.open(tmp_path / f"{name}.png") as kept:
            assert kept.size == tiles.size[::-1]
            again = render_recipe(read_recipe(tmp_path / f"{name}.png"), model)
            np.testing.assert_array_equal(again, np.asarray(kept))

    # a dropped picture brings back where it was drawn
    place = window.explorer.state.place
    window.explorer.state.randomise()
    drop(stage, target)
    stage.until(lambda: np.array_equal(window.explorer.state.place.z, place.z))
    assert window.explorer.state.place.parts_unlike(place) == Part(0)

    # … and any other picture is looked for in the noise
    digit = window.explorer.pictures.strip[7]
    write_png(tmp_path / "plain.png", digit)
    drop(stage, tmp_path / "plain.png")
    stage.until(lambda: isinstance(window.explorer.tabs.active, DrawTab))
    tab = window.explorer.tabs.active
    stage.until(lambda: tab.tiles.images is not None)
    tab.set_in_view(in_view=False)

    # a state comes back from the clipboard, and what is none is refused
    stage.trigger("copy_state")
    stage.until(lambda: QGuiApplication.clipboard().text().startswith("ganview:"))
    place = window.explorer.state.place
    window.explorer.state.randomise()
    stage.trigger("paste")
    stage.until(lambda: window.explorer.state.place.parts_unlike(place) == Part(0))

    saved = tmp_path / "mine.safetensors"
    stage.controller.save(saved)
    stage.until(saved.is_file)
    stage.until(lambda: not stage.controller.bridge.busy)
    drop(stage, saved)
    app_model = stage.controller.app_model
    stage.until(lambda: app_model.source == f"model {saved}")
    assert stage.said[-1] == ""  # the box of sources says what is explored
    shipped = next(it.key for it in app_model.sources if it.key != app_model.source)
    stage.controller.said.emit("Exploring the copied state.")
    app_model.choose(shipped)
    assert stage.said[-1] == ""  # it was of the source before
    assert stage.errors == []


def test_a_bad_file_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.open()
    model = stage.controller.app_model.model
    for name, content in (
        ("notes.safetensors", b"just a note"),
        ("old.pt", b"PK\x03\x04 a zip of pickles"),
        ("empty.safetensors", b""),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        before = len(stage.errors)
        drop(stage, path)
        stage.until(lambda before=before: len(stage.errors) > before)
        assert name in stage.errors[-1]
        assert "Traceback" not in stage.errors[-1]
        assert stage.window.message_bar.text == stage.errors[-1]
    drop(stage, tmp_path / "nowhere.safetensors")
    stage.until(lambda: len(stage.errors) == 4)
    assert stage.controller.app_model.model is model

    good = tmp_path / "good.safetensors"
    stage.controller.save(good)
    stage.until(lambda: stage.said[-1].startswith("Saved"))

    # a picture that was promised and never came, as when the other program has ended
    promised = QMimeData()
    promised.setData("application/x-qt-image", b"")
    assert stage.window.files.can_drop(promised)
    drop_data(stage, promised)
    assert "did not provide" in stage.window.message_bar.text

    # what is opened next ends the complaint, and of several files one is taken
    said: list[str] = []
    stage.window.explorer.say = said.append
    drop(stage, good, tmp_path / "old.pt")
    stage.until(lambda: stage.controller.app_model.source == f"model {good}")
    assert stage.window.message_bar.text == ""
    assert said == ["Of 2 files, only good.safetensors was taken in."]

    # what can't be exported says why
    commands = stage.window.commands
    assert "two points" in commands["export_walk"].toolTip()
    assert "Train a run" in commands["export_report"].toolTip()

    # a zoom that would end in an error can't be chosen, nor is it suggested
    stage.trigger("export_map")
    dialog = stage.window.findChild(PictureDialog)
    zoom = dialog.findChild(QSpinBox)
    assert zoom.value() == zoom.maximum() == stage.window.files.map().most_zoom == 9
    target = tmp_path / "map.png"
    dialog.findChild(QLineEdit).setText(str(target))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    stage.until(lambda: stage.said[-1] == f"Exported {target}.")
    assert len(stage.errors) == 5


def test_a_model_that_cant_be_opened_at_start_is_no_end(stage: Stage, tmp_path: Path) -> None:
    stage.open(str(tmp_path / "missing.safetensors"))
    assert any("missing.safetensors" in said for said in stage.said)
    assert stage.controller.app_model.model is not None


def test_closing_while_training_saves_and_says_so(stage: Stage) -> None:
    training = stage.controller.training
    stage.open()
    stage.trigger("train")
    stage.until(lambda: training.last is not None and training.last.step >= 2)
    folder = training.folder
    stage.window.close()
    assert stage.window.isVisible()
    assert "Stopping" in stage.window.message_bar.text
    stage.until(lambda: bool(stage.closed))
    assert not stage.window.isVisible()
    assert (folder / "checkpoint.safetensors").is_file()


def test_closing_at_once_leaves_nothing(stage: Stage) -> None:
    stage.window.show()
    stage.controller.start()
    stage.close()


def test_a_run_that_cant_be_saved_goes_on_in_memory(stage: Stage) -> None:
    runs = stage.controller.training.runs
    runs.parent.mkdir(parents=True, exist_ok=True)
    runs.write_text("in the way")
    training = stage.controller.training
    stage.open()
    stage.trigger("step")
    stage.until(lambda: training.last is not None and training.last.step == 1)
    assert "won't be saved" in stage.errors[0]


def test_a_run_that_was_left_shows_nothing_more(stage: Stage) -> None:
    """A reset in the middle of training: what comes from then on is of the new run."""
    training, controller = stage.controller.training, stage.controller
    shown: list[int] = []
    stage.open()
    controller.generator_changed.connect(
        lambda _space: shown.append(controller.app_model.model.info["step"])
    )
    for _ in range(3):
        stage.trigger("train")
        stage.until(lambda: training.last is not None and training.last.step >= 2)
        before = training.history
        began: list[object] = []
        training.began.connect(lambda _config, began=began: (began.append(1), shown.clear()))
        stage.trigger("reset")
        stage.until(lambda began=began: bool(began))
        stage.until(lambda: training.last is not None and training.last.samples is not None)
        assert set(shown) == {0}
        assert stage.window.samples.sheet is training.last.samples
        assert controller.app_model.model is training.last.model
        assert training.history is not before
        assert len(before) >= 2  # its numbers are its own for ever
        assert len(training.history) == 0
    assert stage.errors == []


def test_dragging_starts_no_threads(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings, effects and comparisons of a hand that never rests share the threads there are."""
    stage.open()
    stage.until(lambda: not stage.controller.bridge.busy)
    stage.window.explorer.tabs.open(MixTab)
    started: list[str] = []
    start = threading.Thread.start

    def count(thread: threading.Thread) -> None:
        started.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", count)
    explorer, shown = stage.window.explorer, 0
    for move in range(40):
        before = explorer.pictures.stamp
        explorer.state.set_dimension(0, -2 + move / 10)
        stage.until(lambda before=before: explorer.pictures.stamp > before)
        shown += 1
    stage.until(lambda: not stage.controller.bridge.busy)
    assert shown == 40
    assert len(started) <= THREADS
    assert threading.active_count() <= 8


def test_what_is_pressed_twice_is_done_twice(stage: Stage) -> None:
    """Also while the run is still being prepared, and after a reset that is not done yet."""
    training = stage.controller.training
    stage.open()
    stage.trigger("step")
    stage.trigger("step")
    stage.until(lambda: training.last is not None and training.last.step == 2)
    stage.trigger("reset")
    stage.trigger("step")
    stage.until(lambda: training.last is not None and training.last.step == 1)
    assert training.folder is not None
    stage.trigger("reset")
    stage.trigger("reset")
    stage.until(lambda: training.last is not None and training.last.step == 0)
    assert training.folder is None
    assert stage.errors == []
