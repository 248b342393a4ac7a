"""``ganview report``, ``export`` and ``completion``."""

from __future__ import annotations

import sys

import pytest

from ganview.cli import main


def test_report(trained, tmp_path, capsys):
    assert main(["report", str(trained), "--quiet", "--out", str(tmp_path / "r.html")]) == 0
    assert "<svg" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert main(["report", str(trained), "--out", str(tmp_path / "r.csv")]) == 0
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").count("\n") == 5
    assert main(["report", str(trained), "--out", str(tmp_path / "r.pdf")]) == 2
    assert main(["report", str(tmp_path), "--out", str(tmp_path / "s.html")]) == 2
    assert "not the folder of a run" in capsys.readouterr().err


def test_what_is_not_installed_is_said(trained, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert main(["export", str(trained), "--quiet", "--out", str(tmp_path / "f.onnx")]) == 2
    assert "pip install 'ganview[onnx]'" in capsys.readouterr().err
    assert main(["completion", "bash"]) == 2
    assert "pip install 'ganview[completion]'" in capsys.readouterr().err
    assert main(["export", str(trained), "--out", "f.pt"]) == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell, capsys):
    pytest.importorskip("argcomplete", reason="the extra 'completion' is not installed")
    assert main(["completion", shell]) == 0
    assert "ganview" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        "report {run} --out {no}/r.html",
        "report {run} --out {no}/r.csv",
        "export {run} --out {no}/f.onnx",
        "sample {run} --out {no}/f.png",
        "sample {run} --out {no}/f.idx",
        "sample {run} --out {no}/f/",
        "sample {run} --out {no}/f.npz",
        "animate {run} --kind morph --out {no}/f.gif",
        "animate {run} --kind run --out {no}/f.gif",
        "render {picture} --model {run} --out {no}/f.png",
        "judge --out {no}/j",
        "train --steps 1 --out {no}/r",
        "demo --seconds 1 --out {no}/d",
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_done(trained, tmp_path, capsys, command):
    """The folder is a file, which nobody can write to, root or not."""
    no = tmp_path / "no"
    no.touch()
    picture = tmp_path / "p.png"
    assert main(["sample", str(trained), "--quiet", "--count", "1", "--out", str(picture)]) == 0
    capsys.readouterr()
    before = sorted(tmp_path.iterdir())
    words = command.format(run=trained, no=no, picture=picture).split()
    assert main(words) == 1
    answer = capsys.readouterr()
    assert "cannot be written" in answer.err
    assert answer.out == ""
    assert sorted(tmp_path.iterdir()) == before
