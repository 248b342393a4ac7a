"""``ganview animate``: a file of frames from a model or a run."""

from __future__ import annotations

import pytest
from PIL import Image

from ganview.cli import main

SHORT = ["--rate", "10", "--seconds", "0.4", "--zoom", "1", "--quiet"]


def animate(source, tmp_path, *words, name="f.gif"):
    path = tmp_path / name
    assert main(["animate", str(source), *SHORT, "--out", str(path), *words]) == 0
    with Image.open(path) as image:
        return image.size, image.n_frames


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (["--kind", "path", "--class", "7"], (28, 28)),
        (["--kind", "sweep", "--dimension", "2", "--class", "each"], (10 * 30 - 2, 28)),
        (["--kind", "morph", "--count", "4"], (58, 58)),
    ],
)
def test_kinds(trained, tmp_path, words, size):
    assert animate(trained, tmp_path, *words)[0] == size


def test_the_film_of_a_run(trained, tmp_path):
    assert animate(trained, tmp_path, "--kind", "run") == ((280, 8 * 28 + 14), 2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--kind", "path", "--out", "f.avi"], "are written as .gif"),
        (["--kind", "sweep", "--dimension", "99"], "not 99"),
        (["--kind", "path", "--class", "12"], "no class '12'"),
        (["--kind", "path", "--rate", "60"], "1 to 50 frames"),
        (["--kind", "path", "--through", "nothing.png", "no.png"], "nothing.png"),
        (["--kind", "sweep", "--through", "nothing.png"], "--through"),
        (["--kind", "run", "--class", "7"], "--class has no effect"),
        (["--kind", "run", "--columns", "1"], "--columns has no effect"),
        (["--kind", "morph", "--dimension", "1"], "--dimension has no effect"),
        (["--kind", "path", "--through", "a.png", "b.png", "--places", "5"], "--places"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(trained, tmp_path, capsys, words, sentence):
    out = str(tmp_path / "f.gif")
    assert main(["animate", str(trained), *SHORT, "--out", out, *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error
    assert not (tmp_path / "f.gif").exists()
