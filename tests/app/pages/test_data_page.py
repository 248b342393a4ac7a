"""Data in the window: dropped, read, looked at, renamed, trained on, and found again."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QCheckBox

from ganview.app.controllers.bridge import Bridge
from ganview.app.controllers.data_choice import DataChoice
from ganview.app.controllers.training import Start
from ganview.app.pages.class_table import COUNT, NAME, PICTURES
from ganview.app.pages.data import DataPage
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.window.data_commands import AskDataDialog, holds_data
from ganview.app.window.data_picker import DataPicker
from ganview.app.window.settings_form import SettingsForm
from ganview.app.window.start_picker import StartPicker
from ganview.data.idx import encode_idx
from ganview.data.source import DIGITS, DataSource
from ganview.errors import UserError
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig

SMALL = {"architecture": "mlp", "size": "small", "batch_size": 4, "threads": 1}


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(12):
        path = tmp_path / "pets" / ("cat", "dog", "<b>x")[i % 3] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (28, 28), np.uint8)).save(path)
    (tmp_path / "pets" / "cat" / "bad.jpg").write_text("404")
    return tmp_path / "pets"


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window.dropEvent(
        QDropEvent(
            QPointF(9, 9),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def cell(page, row, column, role=Qt.ItemDataRole.DisplayRole):
    model = page.table.model()
    return model.data(model.index(row, column), role)


def test_a_dropped_folder_is_shown_renamed_trained_on_and_gone_on_with(stage, folder):
    stage.open()
    window, training = stage.window, stage.controller.training
    drop(window, folder)
    assert window.pages.name == "data"
    page = window.pages.page
    assert isinstance(page, DataPage)
    stage.until(lambda: training.data.scan is not None)
    assert [cell(page, row, NAME) for row in range(3)] == ["<b>x", "cat", "dog"]
    assert cell(page, 1, COUNT) == "4"
    assert not cell(page, 1, PICTURES, Qt.ItemDataRole.DecorationRole).isNull()
    assert page.left_out.topLevelItem(0).text(0) == "unreadable"
    assert page.left_out.topLevelItem(0).childCount() == 0  # names may be many
    page.left_out.expandItem(page.left_out.topLevelItem(0))
    assert page.left_out.topLevelItem(0).child(0).text(0) == "cat/bad.jpg"
    model = page.table.model()
    assert model.setData(model.index(0, NAME), "bird")
    assert not model.setData(model.index(1, NAME), "dog")  # another class has it
    assert "different names" in window.message_bar.text
    for name, value in SMALL.items():
        window.training_bar.run_settings.set(name, value)
    page.train.click()
    stage.until(lambda: training.last is not None and training.last.step > 3)
    assert window.pages.name == "samples"
    assert window.samples.sheet.class_names == ("bird", "cat", "dog")
    stage.until(lambda: window.explorer.state.space.class_names == ("bird", "cat", "dog"))
    run = training.folder
    stage.trigger("train")
    kept = RunFolder.open(run, write=False).info.data
    assert kept.name == str(folder)
    assert kept.class_names == ("bird", "cat", "dog")
    training.data.choose(DIGITS)
    stage.trigger("new_run")
    stage.until(lambda: training.folder not in (None, run))
    window.go_on(run)  # the folder was chosen by hand before: nobody need be asked
    stage.until(lambda: training.folder == run and training.last is not None)
    assert not stage.errors


def test_pictures_without_classes_are_no_error(stage, folder):
    stage.open()
    training = stage.controller.training
    for name, value in SMALL.items():
        stage.window.training_bar.run_settings.set(name, value)
    training.data.choose(DataSource(str(folder / "cat")))
    stage.until(lambda: training.data.scan is not None)
    stage.trigger("new_run")
    stage.until(lambda: training.last is not None and training.last.step > 0)
    assert "'cat' has no classes" in stage.window.message_bar.text
    assert not stage.errors


def test_lists_and_options_keep_apart_where_there_is_little_room(stage, folder, qtbot):
    stage.open()
    drop(stage.window, folder)
    page = stage.window.pages.page
    stage.until(lambda: page.left_out.isVisible())
    page.setParent(None)
    page.resize(380, 440)
    page.show()
    qtbot.waitExposed(page)

    def edge(widget, corner):
        return widget.mapTo(page, corner(widget.rect())).y()

    boxes = [box for box in page.findChildren(ComboBox) if box.isVisible()]
    assert len(boxes) == 4
    lowest = edge(page.left_out, QRect.bottomLeft)
    assert all(edge(box, QRect.topLeft) > lowest for box in boxes)
    page.deleteLater()


def test_a_model_is_fine_tuned_on_the_chosen_data(stage, folder):
    stage.open()
    training = stage.controller.training
    for name, value in SMALL.items():
        stage.window.training_bar.run_settings.set(name, value)
    training.data.choose(DataSource(str(folder)))
    stage.until(lambda: training.data.scan is not None)
    stage.trigger("new_run")
    stage.until(lambda: training.last is not None and training.last.step > 3)
    first = training.folder
    stage.trigger("train")
    stage.until(
        lambda: stage.window.explorer.state.space.class_names == training.data.dataset.class_names
    )
    stage.trigger("fine_tune")
    stage.until(lambda: training.folder not in (None, first) and training.last is not None)
    stage.until(lambda: training.last.step > 1)
    assert training.last.model.info["warm_started_from"]["images_seen"] > 0
    assert not stage.errors


def test_the_form_of_the_settings_has_data_and_initial_weights(stage, folder):
    stage.open()
    training, window = stage.controller.training, stage.window
    stage.until(lambda: window.controller.app_model.model is not None)
    stage.trigger("settings")
    form = window.findChild(SettingsForm)
    assert "digits" in form.findChild(DataPicker).accessibleName()
    weights = form.findChild(StartPicker)
    assert [weights.currentText(), weights.count()] == ["fresh", 2]
    training.data.choose(DataSource(str(folder), image_size=48, colour=True))
    stage.until(lambda: training.data.scan is not None)
    autos = [form.rows[name].editor.itemText(0) for name in ("architecture", "augment")]
    assert autos == ["auto: smooth", "auto: on"]
    training.data.choose(DIGITS)
    stage.until(lambda: training.data.scan is not None)
    autos = [form.rows[name].editor.itemText(0) for name in ("architecture", "augment")]
    assert autos == ["auto: residual", "auto: off"]
    weights.setCurrentIndex(1)
    weights.activated.emit(1)
    stage.until(lambda: training.start is not None)
    rate = window.training_bar.run_settings.value("learning_rate")
    assert rate < TrainConfig().learning_rate  # where the model ended
    assert weights.currentIndex() == 1
    training.begin_with(Start(training.start.model, "fresh"))  # a model may be called so
    assert [weights.currentIndex(), weights.count()] == [1, 3]
    window.training_bar.run_settings.set("threads", 1)
    stage.trigger("new_run")
    stage.until(lambda: training.last is not None and training.last.step > 1)
    assert training.last.model.info["warm_started_from"]["images_seen"] > 0
    weights.setCurrentIndex(0)
    weights.activated.emit(0)
    assert training.start is None
    stage.trigger("new_run")
    stage.until(
        lambda: training.last is not None and "warm_started_from" not in training.last.model.info
    )
    form.close()
    assert not stage.errors


def test_a_run_asks_before_it_opens_a_path_that_it_names(stage, folder, tmp_path):
    from ganview.cli import main

    run = tmp_path / "theirs"
    options = [f"--{key.replace('_', '-')}={value}" for key, value in SMALL.items()]
    train = ["train", "--data", str(folder), "--out", str(run), "--steps", "2", "--quiet"]
    assert main([*train, "--no-quality", *options]) == 0
    moved = folder.rename(tmp_path / "moved")
    stage.open()
    window, training = stage.window, stage.controller.training
    window.go_on(run)
    stage.until(lambda: window.findChild(AskDataDialog) is not None)
    window.findChild(AskDataDialog).close()
    stage.until(lambda: window.findChild(AskDataDialog) is None)
    added = moved / "cat" / "added.png"
    Image.effect_noise((28, 28), 90).save(added)
    training.go_on(run, None, DataSource(str(moved)))  # which holds another picture now
    stage.until(lambda: window.findChild(AskDataDialog) is not None)
    window.findChild(AskDataDialog).open_it.click()
    stage.until(lambda: training.folder is not None and training.last is not None)
    branch = RunFolder.open(training.folder, write=False)
    assert (branch.info.parent.step, branch.path != run) == (2, True)
    assert window.message_bar.text == "The branch goes on from step 2, with other pictures."
    assert branch.info.data_sha256 != RunFolder.open(run, write=False).info.data_sha256
    stage.until(lambda: training.last.step > 3)
    added.unlink()
    training.go_on(run, None, DataSource(str(moved)))
    stage.until(lambda: training.folder == run and training.last is not None)
    assert training.last.step >= 2
    assert not stage.errors


@pytest.mark.parametrize("kind", ["folder", "file"])
@pytest.mark.parametrize("branches", [False, True])
def test_where_data_that_was_moved_is_now_can_be_said(
    stage, folder, tmp_path, monkeypatch, kind, branches
):
    from ganview.cli import main

    place = folder
    if kind == "file":
        place = tmp_path / "pets.npz"
        np.savez(place, images=np.random.default_rng(0).integers(0, 256, (9, 28, 28), np.uint8))
    run = tmp_path / "theirs"
    options = [f"--{key.replace('_', '-')}={value}" for key, value in SMALL.items()]
    train = ["train", "--data", str(place), "--out", str(run), "--steps", "2", "--quiet"]
    assert main([*train, "--no-quality", *options]) == 0
    moved = place.rename(tmp_path / f"moved{place.suffix}")
    stage.open()
    window, training = stage.window, stage.controller.training
    training.data.recent.append(DataSource(str(place)))  # it was chosen by hand, before
    if branches:
        training.branch(run, 2, {}, None)
    else:
        window.go_on(run)
    stage.until(lambda: window.findChild(AskDataDialog) is not None)
    asked = window.findChild(AskDataDialog)
    assert not asked.open_it.isVisible()
    answer = lambda _parent, _title, chosen, **_: chosen(moved)  # noqa: E731
    monkeypatch.setattr(f"ganview.app.window.data_commands.ask_{kind}", answer)
    asked.elsewhere.click()
    stage.until(lambda: training.folder is not None and training.last is not None)
    assert (training.folder == run) is not branches
    assert not stage.errors


def test_what_can_be_dropped_as_data(folder, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text("{}")
    assert holds_data(folder)
    assert not holds_data(run)
    for name in ("a.zip", "a.NPZ", "train-images-idx3-ubyte", "t-images-idx3-ubyte.gz"):
        assert holds_data(tmp_path / name)
    for name in ("a.png", "model.safetensors"):
        assert not holds_data(tmp_path / name)


def test_of_a_dropped_pair_the_images_are_chosen(stage, tmp_path):
    stage.open()
    images = tmp_path / "s-images-idx3-ubyte"
    images.write_bytes(encode_idx(np.random.default_rng(0).integers(0, 256, (9, 28, 28), np.uint8)))
    labels = tmp_path / "s-labels-idx1-ubyte"
    labels.write_bytes(encode_idx(np.arange(9, dtype=np.uint8) % 3))
    drop(stage.window, labels, images)
    choice = stage.controller.training.data
    stage.until(lambda: choice.scan is not None)
    assert len(choice.scan.classes) == 3


def test_data_that_cant_be_read_is_said_on_the_page(stage, tmp_path):
    stage.open()
    (tmp_path / "empty").mkdir()
    drop(stage.window, tmp_path / "empty")
    choice = stage.controller.training.data
    stage.until(lambda: bool(choice.error))
    assert "no pictures" in choice.error
    assert not stage.window.pages.page.train.isEnabled()


@pytest.fixture
def choice(qtbot):
    bridge = Bridge()
    bridge.start()
    yield DataChoice(bridge)
    qtbot.waitUntil(lambda: not bridge.busy, timeout=30_000)
    bridge.stop()


def test_reading_can_be_cancelled(qtbot, choice, folder):
    choice.choose(DataSource(str(folder)))
    assert choice.is_reading
    choice.cancel()
    assert choice.source == DIGITS
    qtbot.waitUntil(lambda: choice.scan is not None, timeout=60_000)
    assert choice.scan.dataset.name == "digits"


def test_of_two_choices_the_last_counts(qtbot, choice, folder):
    choice.choose(DIGITS)
    choice.choose(DataSource(str(folder)))
    qtbot.waitUntil(lambda: choice.scan is not None, timeout=60_000)
    assert choice.scan.dataset.name == "pets"
    with pytest.raises(UserError):
        choice.rename(0, "")
    choice.rename(0, "bird")
    assert choice.source.class_names[0] == "bird"
    assert choice.source.open().sha256 == choice.dataset.sha256


def test_what_was_used_of_late_is_remembered(choice):
    rows = [
        {"name": "/a", "ground": "black"},
        {"name": "/b", "fit": 3},
        7,
        {"name": "/c", "fit": "no"},
    ]
    choice.restore_recent(json.dumps(rows))
    assert choice.recent == [DataSource("/a", ground="black"), DataSource("/b")]
    assert json.loads(choice.recent_as_text())[0] == {"name": "/a", "ground": "black"}
    choice.restore_recent("[" * 10_000)
    choice.recent = [DataSource(f"/{'x' * 900}{i}") for i in range(8)]
    assert len(choice.recent_as_text()) <= 4000


def test_pictures_that_lie_on_their_side_are_turned(stage, tmp_path):
    pictures = np.zeros((4, 28, 28), np.uint8)
    pictures[np.arange(4), 3 + np.arange(4)] = 255  # a row
    np.savez(tmp_path / "rows.npz", images=pictures)
    stage.open()
    data = stage.controller.training.data
    drop(stage.window, tmp_path / "rows.npz")
    stage.until(lambda: data.scan is not None)
    page = stage.window.pages.page
    box = next(it for it in page.findChildren(QCheckBox) if it.text() == "On their side")
    assert not box.isChecked()
    box.click()
    stage.until(lambda: data.scan is not None)
    assert data.source.transposed
    assert int(data.dataset.images[0, 0, 9, 3]) == 255  # a column now
    box.click()
    stage.until(lambda: data.scan is not None)
    assert data.source.transposed is None
