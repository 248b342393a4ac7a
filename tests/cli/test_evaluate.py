"""``ganview eval`` measures, and refuses what can't be measured."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganview.cli import main
from ganview.cli.evaluate import class_table
from ganview.data.dataset import Dataset
from ganview.data.digits import load_digits
from ganview.files.atomic import WriteError
from ganview.files.evaluators import REFERENCE, load_classifier, save_classifier
from ganview.files.model_file import load_model, read_model_header, save_model
from ganview.files.open_model import shipped_model
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.report import Report
from ganview.gan.trainer import Trainer


@pytest.fixture
def untrained(tmp_path: Path) -> Path:
    images = torch.zeros(20, 1, 28, 28, dtype=torch.uint8)
    labels = torch.arange(20) % 10
    names = tuple("0123456789")
    path = tmp_path / "untrained.safetensors"
    save_model(path, Trainer(TrainConfig(threads=1), images, labels, names).model())
    return path


@pytest.fixture
def fewer_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold against a part of the real digits: what takes the time is how many they are."""

    def few(split: str = "train") -> Dataset:
        whole, part = load_digits(split), slice(None, None, 25 if split == "train" else 5)
        images, labels = whole.images[part].contiguous(), whole.labels[part]
        return Dataset(whole.name, images, labels, whole.class_names, whole.sha256)

    monkeypatch.setattr("ganview.data.digits.load_digits", few)


@pytest.mark.usefixtures("fewer_digits")
def test_an_untrained_model_is_far_from_real(untrained: Path, capsys) -> None:
    assert main(["eval", str(untrained), "--json", "--quiet", "--keep", "--samples", "2000"]) == 0
    report = json.loads(capsys.readouterr().out)
    distance = report["figures"]["frechet"]
    assert distance["value"] > 50 * distance["real"]
    assert report["figures"]["accuracy"]["value"] < 0.4
    assert report["figures"]["accuracy"]["real"] > 0.97
    assert np.sum(report["matrix"]) == 2000
    assert report["judge_accuracy"] > 0.99
    kept = read_model_header(untrained).info["report"]
    assert kept["figures"] == report["figures"]


def test_too_few_samples_are_refused(untrained: Path, capsys) -> None:
    assert main(["eval", str(untrained), "--samples", "10"]) == 2
    assert "2000 or more" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["1000001", "1e15"])
def test_too_many_samples_of_the_score_are_refused_before_the_data_is_read(
    untrained: Path, capsys, monkeypatch, count
) -> None:
    monkeypatch.setattr("ganview.data.source.DataSource.open", None)
    assert main(["eval", str(untrained), "--cas-samples", count]) == 2
    assert "at once" in capsys.readouterr().err


def test_data_of_another_shape_is_refused(untrained: Path, tmp_path: Path, capsys) -> None:
    for name in ("a", "b"):
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for index in range(2):
            Image.new("RGB", (40, 40), (index * 100, 0, 0)).save(folder / f"{index}.png")
    assert main(["eval", str(untrained), "--data", str(tmp_path / "photos"), "--quiet"]) == 2
    assert "shape" in capsys.readouterr().err


def photos(folder: Path, *, classes: bool) -> Path:
    """Write 80 small pictures, bright above or below."""
    random = np.random.default_rng(0)
    for index in range(80):
        pixels = random.integers(0, 60, (28, 28), np.uint8)
        pixels[14 * (index % 2) :][:14] += 150
        path = folder / (f"kind {index % 2}" if classes else "all") / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder if classes else folder / "all"


def model_of(path: Path, classes: int, **changes: object) -> Path:
    images = torch.zeros(80, 1, 28, 28, dtype=torch.uint8)
    labels = torch.arange(80) % 2 if classes else None
    names = ("kind 0", "kind 1")[:classes]
    config = TrainConfig(architecture="mlp", z_dim=8, threads=1, conditional=bool(classes)).with_(
        **changes
    )
    save_model(path, Trainer(config, images, labels, names).model())
    return path


def test_other_data_is_measured_by_judges_of_its_own(tmp_path: Path, capsys) -> None:
    data, model = photos(tmp_path / "data", classes=True), model_of(tmp_path / "m.safetensors", 2)
    judges = tmp_path / "judges"
    told = ["--data", str(data), "--quiet", "--json"]
    assert main(["judge", *told, "--out", str(judges), "--epochs", "2"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["judge"]["hash"] != made["classifier"]["hash"]
    assert (
        made["classifier"]["against"]
        == "10 of its pictures, which judge and classifier have not seen, and the model has seen"
    )
    assert main(["eval", str(model), *told, "--judges", str(judges)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["judge"] == made["judge"]["hash"]
    assert report["judge_accuracy"] == made["judge"]["accuracy"]
    assert report["figures"]["frechet"]["label"] == f"judge-FD@{report['judge']}"
    assert report["samples"] == 10
    assert main(["judge", *told, "--out", str(judges)]) == 2
    assert "already" in capsys.readouterr().err


def test_judges_of_other_data_of_the_same_shape_are_refused(tmp_path: Path, capsys) -> None:
    data, model = photos(tmp_path / "data", classes=True), model_of(tmp_path / "m.safetensors", 2)
    judges = tmp_path / "judges"
    told = ["--data", str(data), "--quiet"]
    assert main(["judge", *told, "--out", str(judges), "--epochs", "1"]) == 0
    measuring = ["eval", str(model), *told, "--judges", str(judges)]
    changed = next(data.rglob("*.png"))
    with Image.open(changed) as image:
        Image.fromarray(255 - np.asarray(image)).save(changed)
    capsys.readouterr()
    assert main(measuring) == 2
    assert "trained on other data" in capsys.readouterr().err
    for path in judges.glob("*.safetensors"):  # files of before don't say
        if path.name != REFERENCE:
            save_classifier(path, load_classifier(path), {"seed": 1})
    assert main(measuring) == 0


def test_a_model_of_other_data_is_not_held_against_the_digits(tmp_path: Path, capsys) -> None:
    model = model_of(tmp_path / "m.safetensors", 2)
    found = load_model(model)
    found.info |= {"dataset": "animals", "dataset_sha256": "0" * 64}
    save_model(model, found)
    assert main(["eval", str(model), "--quiet"]) == 2
    assert "learned from 'animals', not from digits: name it with --data" in capsys.readouterr().err


def test_data_without_labels_is_measured_and_says_so(tmp_path: Path, capsys) -> None:
    data = photos(tmp_path / "data", classes=False)
    model = model_of(tmp_path / "m.safetensors", 0)
    assert main(["eval", str(model), "--data", str(data), "--quiet"]) == 0
    text = capsys.readouterr().out
    assert "between thumbnails" in text
    assert "of its pictures, which the model has seen." in text
    assert "judge and classifier" not in text
    assert "thumbnail-FD" in text
    assert "judge-FD" not in text
    for ignored in (["--cas"], ["--judges", str(tmp_path)]):
        assert main(["eval", str(model), "--data", str(data), "--quiet", *ignored]) == 2
    assert "--judges" in capsys.readouterr().err
    told = ["eval", str(model), "--data", str(data), "--quiet", "--samples"]
    assert main([*told, "5000"]) == 0
    assert "as many are drawn" in capsys.readouterr().err
    assert main(["judge", "--data", str(data), "--out", str(tmp_path / "j"), "--quiet"]) == 2


def test_what_was_held_out_is_what_it_is_measured_by(tmp_path: Path, capsys) -> None:
    data = photos(tmp_path / "data", classes=True)
    model = model_of(tmp_path / "m.safetensors", 2, hold_out=20)
    judging = ["judge", "--data", str(data), "--epochs", "1", "--quiet"]
    assert main([*judging, "--out", str(tmp_path / "j")]) == 0
    told = ["--data", str(data), "--quiet", "--json", "--judges", str(tmp_path / "j")]
    capsys.readouterr()
    assert main(["eval", str(model), *told, "--held-out"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["against"].startswith("10 of its pictures, which none of model, judge")
    assert report["samples"] == 10
    all_seen = model_of(tmp_path / "n.safetensors", 2)
    assert main(["eval", str(all_seen), *told, "--held-out"]) == 2
    assert "--hold-out 5000" in capsys.readouterr().err


def test_a_report_is_not_kept_in_a_model_that_ships(capsys, monkeypatch) -> None:
    monkeypatch.setattr("ganview.cli.evaluate.measure_model", lambda *_: pytest.fail("too late"))
    assert main(["eval", "conditional", "--keep", "--quiet"]) == 2
    assert capsys.readouterr().out == ""


def test_a_report_is_not_kept_where_nothing_can_be_written(tmp_path, monkeypatch, capsys) -> None:
    folder = tmp_path / "model.safetensors"
    monkeypatch.setattr("ganview.cli.evaluate.measure_model", lambda *_: pytest.fail("too late"))
    assert main(["eval", str(folder), "--keep", "--quiet"]) == 2


@pytest.mark.parametrize("how", ["newer", "training", "full"])
def test_a_report_that_cannot_be_kept_is_printed(
    trained: Path, tmp_path: Path, monkeypatch, capsys, how: str
) -> None:
    run = shutil.copytree(trained, tmp_path / "run")
    path = run / "model.safetensors"
    report = Report({}, 0, "", 0.0, "", 0.0, [], [], [], "nothing")
    held = []

    def measure(*_: object) -> Report:
        if how == "newer":
            shutil.copy(shipped_model("conditional"), path)
        elif how == "training":
            held.append(RunFolder.open(run))
        else:
            monkeypatch.setattr(
                "ganview.files.model_file.save_model",
                raising(WriteError(path, OSError(errno.ENOSPC, "full"))),
            )
        return report

    monkeypatch.setattr("ganview.cli.evaluate.measure_model", measure)
    assert main(["eval", str(run), "--keep", "--json", "--quiet"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["against"] == "nothing"
    assert str(run) in told.err
    for folder in held:
        folder.close()
    before = shipped_model("conditional") if how == "newer" else trained / "model.safetensors"
    assert path.read_bytes() == before.read_bytes()


def raising(error: Exception):
    def fail(*_: object) -> None:
        raise error

    return fail


def test_the_table_names_classes_and_is_short_for_many() -> None:
    lines = class_table([[3, 1], [0, 4]], ["cat", "a\x1b dog"])
    assert len({len(line) for line in lines[1:]}) == 1
    assert "cat" in lines[2]
    assert not any("\x1b" in line for line in lines)
    many = [[int(row == column and row != 7) for column in range(1000)] for row in range(1000)]
    lines = class_table(many, [f"class {index}" for index in range(1000)])
    assert len(lines) < 30
    assert "class 7 " in lines[1]
