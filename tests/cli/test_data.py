"""``ganview data`` says what would be learned."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from ganview.cli import main

RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path):
    for i in range(6):
        path = tmp_path / "set" / ("cat", "dog")[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (30, 30, 3), np.uint8)).save(path)
    (tmp_path / "set" / "cat" / "bad.jpg").write_text("404")
    return tmp_path / "set"


def test_it_lists_classes_and_what_is_left_out(folder, capsys):
    assert main(["data", str(folder), "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "6 pictures, 2 classes, 30 × 30 pixels, colour" in out
    assert "Left out, unreadable: 1" in out
    assert "cat/bad.jpg" in out


def test_it_answers_a_script_and_writes_a_sheet(folder, tmp_path, capsys):
    sheet = tmp_path / "sheet.png"
    options = ["--image-size", "40", "--no-colour", "--class-names", "A, B"]
    assert main(["data", str(folder), *options, "--json", "--quiet", "--sheet", str(sheet)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["shape"] == [1, 40, 40]
    assert answer["classes"] == [
        {"name": "A", "count": 3, "unseen": 0},
        {"name": "B", "count": 3, "unseen": 0},
    ]
    assert answer["left_out"] == {"unreadable": ["cat/bad.jpg"]}
    with Image.open(sheet) as image:
        assert image.size == (8 * 40, 2 * 40)
    told = ["data", str(folder), "--quiet", "--sheet"]
    before = sheet.read_bytes()
    assert main([*told, str(sheet)]) == 2
    assert sheet.read_bytes() == before
    assert main([*told, str(sheet), "--force"]) == 0
    assert sheet.read_bytes() != before
    assert main([*told, str(tmp_path / "none" / "s.png")]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["data", ""], "--data is empty"),
        (["data", "digits", "--ground", "black"], "no ground to choose"),
        (["data", "digits", "--ground", "pink"], "white, black, grey"),
        (["train", "--data", "", "--steps", "1"], "--data is empty"),
    ],
)
def test_what_is_refused(capsys, arguments, words):
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


def test_training_says_what_it_learns_from_and_what_not(folder, tmp_path, capsys):
    run = ["--out", str(tmp_path / "run"), "--steps", "1", "--threads", "1", "--no-quality"]
    small = ["--architecture", "mlp", "--size", "small", "--batch-size", "2"]
    assert main(["train", *run, *small, "--data", str(folder)]) == 0
    err = capsys.readouterr().err
    assert "Learning from 6 pictures, 2 classes" in err
    assert "Left out, unreadable: 1 (cat/bad.jpg)" in err


def test_a_run_from_before_there_were_options_goes_on(tmp_path, capsys):
    """Transparency was white, and nothing that could be read was left out."""
    pixels, photos = np.zeros((30, 30, 4), np.uint8), tmp_path / "photos"
    photos.mkdir()
    for i in range(4):
        pixels[:10], pixels[10 + i] = (255, 255, 255, 255), (255, 200 + i, 255, 255)
        Image.fromarray(pixels).save(photos / f"{i}.png")
        Image.fromarray(pixels).save(photos / f"copy{i}.png")
    run = tmp_path / "run"
    small = ["--architecture", "mlp", "--batch-size", "2", "--threads", "1", "--no-quality"]
    data = ["--data", str(photos)]
    arguments = ["train", "--out", str(run), "--steps", "1", *small, "--quiet"]
    assert main([*arguments, *data, "--ground", "white", "--everything"]) == 0
    config = json.loads((run / "config.json").read_text())
    options = config["data"].pop("options")
    config["data"] |= {"image_size": options["image_size"], "colour": options["colour"]}
    (run / "config.json").write_text(json.dumps(config))
    resume = ["train", "--resume", str(run), "--steps", "2", "--quiet"]
    assert main([*resume, *data]) == 0
    assert "8 pictures" not in capsys.readouterr().err


def test_a_folder_called_as_a_known_set_is_told_apart(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    folder.rename(tmp_path / "digits")
    assert main(["data", "digits", "--quiet"]) == 0
    told = capsys.readouterr()
    assert "the one here is ./digits" in told.err
    assert "60,000" in told.out
    assert main(["data", "./digits", "--quiet"]) == 0
    told = capsys.readouterr()
    assert (told.err, told.out.splitlines()[0][:7]) == ("", "digits:")
