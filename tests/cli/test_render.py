"""``ganview render``: the same pixels again, or who is missing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganview.cli import main
from ganview.files.png import decode_png, write_png


@pytest.mark.parametrize(
    "options",
    [
        ["--class", "7", "--count", "1", "--seed", "3", "--zoom", "10"],
        ["--class", "each", "--count", "20", "--captions", "--ground", "dark"],
        ["--truncation", "0.7", "--count", "30", "--columns", "7"],
    ],
)
def test_the_same_pixels(trained, tmp_path, capsys, options):
    path, again = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    assert main(["sample", str(trained), "--quiet", "--out", path, *options]) == 0
    capsys.readouterr()
    assert main(["render", path, "--model", str(trained), "--out", again, "--quiet"]) == 0
    assert capsys.readouterr().out == f"{again}\n"
    (first, first_text), (second, second_text) = decode_png(path), decode_png(again)
    np.testing.assert_array_equal(first, second)
    assert first_text == second_text


def test_info_prints_it(trained, tmp_path, capsys):
    path = str(tmp_path / "a.png")
    words = ["sample", str(trained), "--quiet", "--class", "7", "--count", "1", "--seed", "3"]
    assert main([*words, "--out", path]) == 0
    capsys.readouterr()
    assert main(["info", path, "--json"]) == 0
    recipe = json.loads(capsys.readouterr().out)["recipe"]
    assert (recipe["seed"], recipe["class"], recipe["model"]["step"]) == (3, 7, 4)
    assert main(["info", path]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["recipe:", "seed", "3"] in lines
    assert ["recipe:", "class", "7"] in lines


def test_the_missing_model_is_named(trained, tmp_path, capsys):
    path, out = str(tmp_path / "a.png"), tmp_path / "b.png"
    words = ["sample", str(trained), "--quiet", "--count", "1", "--out", path]
    assert main(words) == 0
    assert main(["render", path, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert "weights" in error
    assert "--model" in error
    assert not out.exists()


def test_unusable(trained, tmp_path, capsys):
    plain, broken = tmp_path / "plain.png", tmp_path / "broken.png"
    write_png(plain, np.zeros((3, 3), np.uint8))
    write_png(broken, np.zeros((3, 3), np.uint8), {"ganview": '{"schema": 1}'})
    out = str(tmp_path / "b.png")
    for arguments, words in (
        ([str(plain), "--out", out], "carries no recipe"),
        ([str(broken), "--out", out], "recipe is damaged"),
        ([str(tmp_path / "gone.png"), "--out", out], "gone.png"),
        ([str(plain), "--out", str(tmp_path / "b.jpg")], "written as .png"),
        ([str(trained / "model.safetensors"), "--out", out], "is not a PNG"),
    ):
        assert main(["render", *arguments]) == 2
        captured = capsys.readouterr()
        assert words in captured.err
        assert captured.err.count("\n") == 1
    assert not (tmp_path / "b.png").exists()
