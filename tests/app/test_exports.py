"""The menu Export: dialogs that stay until their file is there, and leave none when stopped."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar

from ganview.app.exports.animation import (
    SWEEP,
    AnimationDialog,
    AnimationOptions,
    ExportSource,
    measure_animation,
    write_animation_of,
)
from ganview.app.exports.file_export import PLOT_KINDS, FileExportDialog
from ganview.app.exports.picture_sheet import write_sheet
from ganview.app.exports.plot_files import write_curves, write_quality
from ganview.app.exports.samples import SamplesDialog
from ganview.app.latent_point import LatentPoint
from ganview.app.plots.curves import Series
from ganview.app.plots.step_plot import StepPlot
from ganview.app.widgets.picture_view import PictureView
from ganview.app.window.dialogs import MissingModelDialog
from ganview.errors import UserError
from ganview.export.latent_path import start_points
from ganview.export.picture import model_ref, read_recipe, render_recipe, write_picture
from ganview.export.recipe import Recipe
from ganview.files.model_file import save_model
from ganview.files.open_model import open_model
from ganview.files.png import decode_png
from ganview.gan.metrics.quality import Quality
from ganview.runtime.jobs import StopWork, progress_counter
from ganview.runtime.messages import RunState
from tests.app.conftest import Stage
from tests.export.conftest import make_model


def test_work_that_counts_reports_and_can_be_stopped():
    told, stop = [], []
    count = progress_counter(lambda share, _text: told.append(share), lambda: bool(stop), 4)
    count(1)
    count(2)
    assert told == [0.25, 0.75]
    stop.append(True)
    with pytest.raises(StopWork):
        count(1)


@pytest.mark.parametrize("axis", ["steps", "images"])
def test_curves_are_written_from_the_numbers(qapp, tmp_path, axis):
    names = ("step", "images_seen", "seconds", "loss_d", "loss_g", "y_hat_real", "y_hat_fake")
    columns = {name: np.arange(1, 51, dtype=np.float64) for name in names}
    write_curves(tmp_path / "f.csv", "losses", columns, axis)
    lines = (tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["step,images_seen,seconds,loss_d,loss_g", "1,1,1,1,1"]
    assert len(lines) == 51
    write_curves(tmp_path / "f.svg", "beliefs", columns, axis)
    assert "D&#x27;s belief" in (tmp_path / "f.svg").read_text(encoding="utf-8")
    write_curves(tmp_path / "f.png", "beliefs", columns, axis)
    with Image.open(tmp_path / "f.png") as image:
        assert image.size == (1280, 520)
        assert len(np.unique(np.asarray(image))) > 10
    with pytest.raises(UserError, match=r"\.png, \.svg or \.csv"):
        write_curves(tmp_path / "f.pdf", "losses", columns, axis)


def test_exported_curves_are_those_on_the_screen(qtbot, tmp_path) -> None:
    """The same mean, the same marks, the newest values in the legend, and a word on what is cut."""
    steps, noise = np.arange(1.0, 3001.0), np.random.default_rng(0).standard_normal(3000)
    spikes = np.where(steps % 500 == 0, 50.0, 0.0)
    columns = {"step": steps, "images_seen": 64 * steps, "seconds": steps / 100}
    columns |= {"loss_d": 0.3 + 0.1 * noise, "loss_g": 2 + 0.3 * noise + spikes}
    drawn = {}
    for smooth in (False, True):
        write_curves(tmp_path / "c.svg", "losses", columns, smooth=smooth)
        drawn[smooth] = (tmp_path / "c.svg").read_text(encoding="utf-8")
    for text in drawn.values():
        assert ">Losses</text>" in text
        assert ">ln 2</text>" in text
        assert f">D {columns['loss_d'][-50:].mean():.3f}</text>" in text
    assert drawn[False].count("fill-opacity") == 2
    assert drawn[True].count("fill-opacity") == 0
    assert "spikes up to 5" in drawn[False]
    assert "spikes" not in drawn[True]
    plot = StepPlot("Losses", (Series("loss_d", "D", "discriminator"),))
    qtbot.addWidget(plot)
    curve = plot.curves[0]
    curve.follow(steps, columns["loss_d"])
    curve.draw(0, 3000)
    path = re.findall(r'd="M([^"Z]*)" fill="none" stroke="#2', drawn[False])[0]
    points = np.array([[float(n) for n in point.split()] for point in path.split("L")])
    x, y = curve.mean_line
    assert len(points) == len(x)
    assert np.corrcoef(points[:, 1], y)[0, 1] < -0.99  # pixels count downwards


@pytest.mark.parametrize("axis", ["steps", "images"])
def test_quality_is_written_from_the_numbers(qapp, tmp_path, axis):
    looks = [
        Quality(64 * step, step, 80 / step, 0.2, accuracy, 0.98, accuracy, 1000, "abc")
        for step, accuracy in ((1, 0.1), (20, 0.5), (300, 0.9))
    ]
    write_quality(tmp_path / "f.csv", looks, axis)
    rows = list(csv.DictReader((tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["images_seen"] for row in rows] == ["64", "1280", "19200"]
    assert [row["judge-FD@abc"] for row in rows][:2] == ["80", "4"]
    assert {row["judge-FD@abc real"] for row in rows} == {"0.2"}
    assert [row["class_accuracy"] for row in rows] == ["0.1", "0.5", "0.9"]
    write_quality(tmp_path / "f.svg", looks, axis)
    drawn = (tmp_path / "f.svg").read_text(encoding="utf-8")
    assert "judge-FD@abc" in drawn
    assert "Class accuracy" in drawn
    write_quality(tmp_path / "f.png", looks, axis)
    with Image.open(tmp_path / "f.png") as image:
        assert image.size == (1280, 1040)
        upper, lower = np.split(np.asarray(image), 2)
    assert len(np.unique(upper)) > 10
    assert len(np.unique(lower)) > 10


def test_quality_without_classes_has_no_reading(qapp, tmp_path):
    nan = float("nan")
    looks = [Quality(64, 1, 9.0, 0.2, nan, 0.98, nan, 1000, "abc")]
    for kind in ("csv", "svg", "png"):
        write_quality(tmp_path / f"f.{kind}", looks)
        assert (tmp_path / f"f.{kind}").stat().st_size


def test_plots_report_and_model_are_exported_with_progress(stage: Stage, tmp_path) -> None:
    for module in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(module, reason="the extra 'onnx' is not installed")
    stage.open()
    window, training = stage.window, stage.controller.training
    window.commands["train"].trigger()
    app_model = stage.controller.app_model
    stage.until(lambda: app_model.run is not None and len(app_model.run.quality) > 0)
    window.commands["train"].trigger()
    stage.until(lambda: training.state is RunState.PAUSED)
    for action, kind, name in (
        ("export_losses", ".csv", "ganview-losses.csv"),
        ("export_beliefs", ".svg", "ganview-beliefs.svg"),
        ("export_quality", ".png", "ganview-quality.png"),
        ("export_report", ".html", f"{stage.controller.app_model.run_folder.name}.html"),
        ("export_onnx", ".onnx", "ganview-model.onnx"),
    ):
        stage.trigger(action)
        sheet = window.findChildren(FileExportDialog)[-1]
        sheet.kind.setCurrentIndex(sheet.kind.findData(kind))
        assert sheet.path == tmp_path / name
        sheet.start()
        assert sheet.findChild(QProgressBar).isVisible()
        stage.until(lambda name=name: f"Exported {tmp_path / name}." in stage.said)
        assert (tmp_path / name).stat().st_size > 500

    before = set(tmp_path.iterdir())
    stage.trigger("export_onnx")
    sheet = window.findChildren(FileExportDialog)[-1]
    sheet.start()
    sheet.reject()
    stage.until(lambda: not stage.controller.bridge.busy)
    assert set(tmp_path.iterdir()) == before
    assert stage.errors == []


def test_plots_without_a_curve_are_not_exported(stage: Stage) -> None:
    stage.open()
    for which, word in (("losses", "no curves yet"), ("quality", "not measured yet")):
        stage.window.exports.handlers[f"export_{which}"]()
        assert word in stage.said[-1]
    assert stage.window.findChild(FileExportDialog) is None


def test_dialogs_export_and_stop(stage: Stage, tmp_path) -> None:
    stage.open()
    window = stage.window
    window.explorer.state.randomise()
    window.commands["pin"].trigger()
    window.explorer.state.randomise()
    window.commands["pin"].trigger()

    stage.trigger("export_samples")
    samples = window.findChild(SamplesDialog)
    samples.what.setCurrentIndex(samples.what.findData("each"))
    samples.rows.setValue(2)
    assert samples.path.name == "ganview-samples.png"
    samples.start()
    stage.until(lambda: any(word.endswith("ganview-samples.png.") for word in stage.said))
    assert read_recipe(tmp_path / "ganview-samples.png").count == 20

    stage.trigger("export_samples")
    samples = window.findChildren(SamplesDialog)[-1]
    samples.what.setCurrentIndex(samples.what.findData("pins"))
    samples.kind.setCurrentIndex(samples.kind.findData(".webp"))
    assert samples.path.suffix == ".webp"
    samples.start()
    stage.until(lambda: any(word.endswith(".webp.") for word in stage.said))

    stage.trigger("export_animation")
    film = window.findChild(AnimationDialog)
    stage.until(lambda: film.findChild(PictureView).picture is not None)
    assert film.zoom.value() == 8, "small frames are enlarged"
    assert "224 × 224 pixels, about" in "".join(it.text() for it in film.findChildren(QLabel))
    film.every.setChecked(True)  # five pictures beside each other
    stage.until(lambda: film.zoom.value() == 4)
    film.every.setChecked(False)
    film.what.setCurrentIndex(film.what.findData("path"))
    film.seconds.setValue(1)
    film.rate.setValue(3)
    film.zoom.setValue(1)
    film.start()
    stage.until(lambda: any(word.endswith("ganview-animation.gif.") for word in stage.said))
    with Image.open(tmp_path / "ganview-animation.gif") as image:
        assert image.size == (28, 28)

    before = set(tmp_path.iterdir())
    stage.trigger("export_animation")
    film = window.findChildren(AnimationDialog)[-1]
    film.seconds.setValue(60)
    film.start()
    assert film.busy
    film.reject()
    stage.until(lambda: not stage.controller.bridge.busy)
    assert set(tmp_path.iterdir()) == before
    assert stage.errors == []


def test_a_suggested_name_is_numbered_only_where_there_is_such_a_file(qtbot, tmp_path) -> None:
    (tmp_path / "losses.png").touch()
    run = pytest.fail
    dialog = FileExportDialog("Export", PLOT_KINDS, run, run, tmp_path / "losses.png")
    qtbot.addWidget(dialog)
    names = []
    for kind in (".png", ".svg", ".csv", ".png"):
        dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
        names.append(dialog.path.name)
    assert names == ["losses-2.png", "losses.svg", "losses.csv", "losses-2.png"]
    dialog.file.selectAll()
    qtbot.keyClicks(dialog.file, str(tmp_path / "mine.png"))
    (tmp_path / "mine.svg").touch()
    dialog.kind.setCurrentIndex(dialog.kind.findData(".svg"))
    assert dialog.path.name == "mine.svg", "a name that was given stays"


def test_map_and_walk_carry_recipes(stage: Stage, tmp_path) -> None:
    stage.open()
    window, model = stage.window, stage.controller.app_model.model
    assert window.files.walk() is None
    for _ in range(2):
        window.explorer.state.randomise()
        window.commands["pin"].trigger()
    walk, whole = window.files.walk(), window.files.map()
    stage.export(walk, tmp_path / "walk.png", 1)
    stage.until(lambda: (tmp_path / "walk.png").exists())
    recipe = read_recipe(tmp_path / "walk.png")
    assert recipe.count == 10
    assert (render_recipe(recipe, model) == decode_png(tmp_path / "walk.png")[0]).all()
    np.testing.assert_allclose(recipe.z[[0, -1]], window.explorer.pins.arrays()[0], atol=1e-5)
    assert len(whole.images) == 400
    with pytest.raises(UserError, match="smaller zoom"):
        write_sheet(tmp_path / "large.png", whole, 32)
    assert not (tmp_path / "large.png").exists()


def test_a_picture_of_a_missing_model_offers_to_find_it(stage: Stage, tmp_path) -> None:
    other = make_model(classes=10, z_dim=64)
    z, labels = start_points(other.spec, 1, label=3)
    write_picture(tmp_path / "f.png", Recipe(model_ref(other), 1, z, labels), other)
    stage.open()
    window, controller = stage.window, stage.controller
    controller.opening.open_picture(tmp_path / "f.png", window.explorer.state.move)
    stage.until(lambda: window.findChild(MissingModelDialog) is not None)
    dialog = window.findChild(MissingModelDialog)
    assert "little" in dialog.findChildren(QLabel)[1].text()
    save_model(tmp_path / "other.safetensors", other)
    dialog.choose(tmp_path / "other.safetensors")
    stage.until(lambda: any("where f.png was drawn" in word for word in stage.said))
    np.testing.assert_array_equal(window.explorer.state.z, z[0])
    assert controller.app_model.model.info["name"] == "little"
    assert stage.errors == []


def test_what_is_refused_is_said_in_the_dialog(stage: Stage, tmp_path) -> None:
    stage.open()
    stage.trigger("export_samples")
    samples = stage.window.findChild(SamplesDialog)
    samples.findChild(QLineEdit).setText(str(tmp_path / "no" / "folder" / "f.png"))
    samples.start()
    stage.until(lambda: not samples.busy)
    assert "its folder is not there" in samples.note.text()
    assert samples.isVisible()
    samples.reject()


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng"])
def test_the_bytes_of_an_animation_are_told_beforehand(tmp_path, suffix: str) -> None:
    model = open_model("conditional")
    place = LatentPoint(np.zeros(model.spec.z_dim), np.eye(10)[3])
    stage = ExportSource(model, place)
    options = AnimationOptions(SWEEP, 0, True, (10.0, 2.0, True), 2)
    size, guess = measure_animation(stage, options, suffix)
    path = tmp_path / f"a{suffix}"
    write_animation_of(path, stage, options, lambda _count: None)
    with Image.open(path) as image:
        assert image.size == size[::-1]
    assert guess is not None
    assert 0.5 < path.stat().st_size / guess < 2
