"""The menu Export: dialogs that stay until their file is there, and leave none when stopped."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

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
from ganview.app.exports.plot_files import write_plot
from ganview.app.exports.samples import SamplesDialog
from ganview.app.latent_point import LatentPoint
from ganview.app.plots.plots_row import PlotsRow
from ganview.app.plots.quality_plot import quality_table
from ganview.app.theme import Theme
from ganview.app.widgets.picture_view import PictureView
from ganview.app.window.dialogs import MissingModelDialog
from ganview.errors import UserError
from ganview.export.latent_path import start_points
from ganview.export.picture import model_ref, read_recipe, render_recipe, write_picture
from ganview.export.recipe import Recipe
from ganview.files.model_file import save_model
from ganview.files.open_model import open_model
from ganview.files.png import decode_png
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.gan.trainer import StepStats
from ganview.runtime.health_record import HealthRecord
from ganview.runtime.history import History
from ganview.runtime.jobs import StopWork, progress_counter
from ganview.runtime.messages import RunState
from ganview.runtime.quality_record import QualityRecord
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


LOOKS = [
    Quality(64 * step, step, 80 / step, 0.2, accuracy, 0.98, accuracy, 1000, "a<b>")
    for step, accuracy in ((1, 0.1), (20, 0.5), (300, 0.9))
]


@pytest.fixture
def plots(qtbot) -> PlotsRow:
    """The plots of a run with spikes, side by side but for the gradients."""
    run = SimpleNamespace(
        config=TrainConfig(), history=History(), quality=QualityRecord(), health=HealthRecord()
    )
    noise = np.random.default_rng(0).standard_normal((400, 2))
    for step in range(1, 401):
        d, g = (0.7, 0.9) + 0.05 * noise[step - 1] + 50 * (step % 100 == 0)
        run.history.append(StepStats(step, 64 * step, d, g, 0.6, 0.4, 1.0, 2.0, 0.01), step / 100)
    for look in LOOKS:
        run.quality.append(look, 1.0)
    row = PlotsRow()
    qtbot.addWidget(row)
    row.resize(1100, 330)
    row.show()
    row.fill()
    row.show_run(run)
    qtbot.waitUntil(lambda: not row.plots.drawing)
    return row


def screen_and_file(plots: PlotsRow, name: str, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return a plot as it is on the screen and in a PNG, brightness 0 to 255."""
    card = plots.plots.by_name[name]
    card.grab().save(str(path / "screen.png"))
    write_plot(path / "file.png", plots.record(card), dict, "")
    with Image.open(path / "screen.png") as screen, Image.open(path / "file.png") as file:
        assert file.size == (2 * screen.width, 2 * screen.height)
        small = file.convert("L").resize(screen.size, Image.Resampling.BOX)
        return np.asarray(screen.convert("L"), float), np.asarray(small, float)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["losses", "beliefs", "quality"])
def test_an_exported_plot_is_the_one_on_the_screen(plots, tmp_path, name, scheme) -> None:
    Theme.current().set_scheme(scheme)
    found = {}
    for log, smooth, span in (
        (False, False, None),
        (True, False, None),
        (False, True, (100.0, 200.0)),
    ):
        plots.set_look(log=log, smooth=smooth)
        plots.plots.losses.zoomed.emit(span)
        screen, file = found[log, smooth] = screen_and_file(plots, name, tmp_path)
        assert np.corrcoef(screen.ravel(), file.ravel())[0, 1] > 0.9
    (whole, _), (_, zoomed) = found[False, False], found[False, True]
    assert np.corrcoef(whole.ravel(), zoomed.ravel())[0, 1] < 0.9


def test_a_plot_out_of_view_is_exported_whole_and_goes_back(plots, tmp_path) -> None:
    card = plots.plots.gradients
    assert not card.isVisible()
    write_plot(tmp_path / "f.png", plots.record(card), dict, "")
    with Image.open(tmp_path / "f.png") as image:
        assert image.size == (960, 680)
    plots.show_plot(3)
    assert card.isVisible()
    assert card.width() < 400


def test_an_svg_has_the_words_of_the_screen_as_text(plots, tmp_path) -> None:
    card = plots.plots.quality
    plots.resize(1100, 500)
    write_plot(tmp_path / "f.svg", plots.record(card), dict, card.accessibleName())
    drawn = (tmp_path / "f.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(drawn)
    words = " ".join(element.text for element in root.iter() if element.text)
    for word in ("Quality", "judge@a<b>", "class accuracy", "90.0 %", "real 98.0 %", "step", "400"):
        assert word in words
    assert "<image" not in drawn, "lines and letters alone"
    assert "sans-serif" in drawn, "who has not the typeface gets one like it"


@pytest.mark.parametrize("name", ["losses", "beliefs"])
def test_numbers_of_a_plot_are_those_of_every_step(plots, tmp_path, name) -> None:
    card, run = plots.plots.by_name[name], SimpleNamespace(history=History())
    for step in range(1, 51):
        run.history.append(StepStats(step, 64 * step, 1, 2, 0.5, 0.5, 1, 1, 0.01), step)
    plots.plots.losses.zoomed.emit((10.0, 20.0))
    write_plot(tmp_path / "f.csv", plots.record(card), card.table(run), "")
    lines = (tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()
    drawn = {"losses": ("loss_d,loss_g", "1,2"), "beliefs": ("y_hat_real,y_hat_fake", "0.5,0.5")}
    assert lines[0] == f"step,images_seen,seconds,{drawn[name][0]}"
    assert lines[1] == f"1,64,1,{drawn[name][1]}"
    assert len(lines) == 51
    with pytest.raises(UserError, match=r"\.png, \.svg or \.csv"):
        write_plot(tmp_path / "f.pdf", plots.record(card), dict, "")


def test_numbers_of_quality_are_those_of_every_look(plots, tmp_path) -> None:
    nan = float("nan")
    looks = [*LOOKS, Quality(64, 400, 9.0, 0.2, nan, 0.98, nan, 1000, "other")]
    table = quality_table(looks, lambda step: 2.0 * step)
    write_plot(tmp_path / "f.csv", plots.record(plots.plots.quality), lambda: table, "")
    rows = list(csv.DictReader((tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["images_seen"] for row in rows] == ["64", "1280", "19200", "64"]
    assert [row["seconds"] for row in rows] == ["2", "40", "600", "800"]
    assert [row["judge-FD@a<b>"] for row in rows] == ["80", "4", str(80 / 300), ""]
    assert [row["judge-FD@other"] for row in rows] == ["", "", "", "9"]
    assert [row["class_accuracy"] for row in rows] == ["0.1", "0.5", "0.9", ""]


def test_plots_report_and_model_are_exported_with_progress(
    stage: Stage, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("ganview.runtime.quality_monitor.FIRST", 0.1)
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
    with Image.open(tmp_path / "ganview-quality.png") as image:
        card = window.plots.plots.quality
        assert image.size == (2 * card.width(), 2 * card.height()), "as it is on the screen"

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
