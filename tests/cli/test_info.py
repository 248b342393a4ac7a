"""``ganview info``: models and pictures; runs are with the tests of training."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from ganview.cli import main
from ganview.files.model_file import load_model, save_model
from ganview.files.png import write_png
from ganview.files.run_folder import RunFolder
from ganview.files.run_info import Parent
from ganview.gan.config import TrainConfig


def test_model(trained, capsys):
    path = str(trained / "model.safetensors")
    assert main(["info", path, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "model"
    assert document["z_dim"] == 8
    assert document["class_names"] == [str(i) for i in range(10)]
    assert document["info"]["step"] == 4
    assert main(["info", path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["architecture", "mlp"] in [line.split() for line in lines]
    assert any(line.startswith("info: step ") and line.endswith(" 4") for line in lines)


def test_picture(tmp_path, capsys):
    path = tmp_path / "a.png"
    write_png(path, np.zeros((3, 5), np.uint8), {"ganview": '{"schema": 1}', "Title": "\x1b[2Jx"})
    assert main(["info", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["recipe"] == {"schema": 1}
    assert (document["width"], document["height"]) == (5, 3)
    assert main(["info", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.split()[:2] == ["kind", "picture"]
    assert "recipe: schema" in out


def test_a_branch_names_its_parent(tmp_path, capsys):
    parent = Parent("/runs/first", "fir\x1bst", 1234)
    with RunFolder.create(tmp_path / "a", TrainConfig(), parent=parent) as run:
        pass
    assert main(["info", str(run.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parent"] == asdict(parent)
    assert main(["info", str(run.path)]) == 0
    out = capsys.readouterr().out
    line = next(line for line in out.splitlines() if line.startswith("parent"))
    assert "/runs/first" in line
    assert "1,234" in line
    assert "\x1b" not in out


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\nxxxx", b"PK\x03\x04"])
def test_what_is_nothing_of_the_kind(tmp_path, capsys, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert main(["info", str(path), "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(path) in captured.err


def test_a_file_cannot_speak_for_ganview(trained, tmp_path, capsys):
    model = load_model(trained / "model.safetensors")
    model.info |= {"kind": "picture", "path": "/etc", "a\nparameters": "12 (verified)"}
    model.info |= {"\x1b]0;title\x07": "\x9b31m\u202e", "many": list(range(5000))}
    path = tmp_path / "m.safetensors"
    save_model(path, model)
    assert main(["info", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.isprintable() and len(line) < 1500 for line in lines)
    values = dict(line.split("  ", 1) for line in lines)
    assert values["kind"].strip() == "model"
    assert values["path"].strip() == str(path)
    assert sum(line.startswith("parameters") for line in lines) == 1
    assert main(["info", str(path), "--json"]) == 0
    told = capsys.readouterr().out
    document = json.loads(told)
    assert document["kind"] == "model"
    assert document["info"]["\x1b]0;title\x07"] == "\x9b31m\u202e"
    assert set(told) - {"\n"} == {c for c in told if c.isprintable()}
