"""Animations: what a file holds, that loops close, and that stopping leaves nothing."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageSequence

from ganview.errors import UserError
from ganview.export.animation import (
    Timing,
    format_of,
    path_frames,
    write_animation,
    write_path_animation,
)
from ganview.export.latent_path import (
    make_path,
    morph_path,
    path_through,
    random_path,
    start_points,
    sweep_path,
)
from ganview.export.path_points import read_points
from ganview.export.run_animation import run_frames
from ganview.files.moment_info import Moment
from ganview.files.png import write_png
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from tests.export.conftest import make_model

TIMING = Timing(rate=10, seconds=0.6)


def steps(count: int = 6) -> list[np.ndarray]:
    return [np.full((5, 7), 40 * i, np.uint8) for i in range(count)]


def frames_of(path):
    with Image.open(path) as image:
        return [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng", ".PNG"])
def test_every_frame_is_in_the_file(tmp_path, suffix):
    path, done = tmp_path / f"f{suffix}", []
    write_animation(path, steps(), TIMING, done.append)
    assert [frame[0, 0] for frame in frames_of(path)] == [0, 40, 80, 120, 160, 200]
    assert sum(done) == 6
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        image.load()
        assert image.info.get("duration", 100) == 100


@pytest.mark.parametrize(("suffix", "loop"), [(".gif", None), (".webp", 1), (".apng", 1)])
def test_once_is_once(tmp_path, suffix, loop):
    path = tmp_path / f"f{suffix}"
    write_animation(path, steps(), Timing(10, 0.6, loop=False))
    with Image.open(path) as image:
        assert image.info.get("loop") == loop


def test_durations_make_up_the_whole():
    timing = Timing(rate=30, seconds=2)
    assert sum(timing.durations(10)) == 2000
    assert set(timing.durations(10)) == {30, 40}


@pytest.mark.parametrize("suffix", [".gif", ".apng"])
def test_stopping_leaves_no_file_and_the_old_one(tmp_path, suffix):
    path = tmp_path / f"f{suffix}"

    def stop(_more):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_animation(path, steps(), TIMING, stop)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_animation(path, steps(), TIMING, stop)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_what_can_not_be_made_is_said(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"\.gif, \.webp"):
        format_of("f.avi")
    with pytest.raises(UserError, match="frames a second"):
        Timing(rate=0.5)
    for seconds in (1e9, 0.01, float("inf")):
        with pytest.raises(UserError, match="2 to 3,600 frames"):
            Timing(seconds=seconds)
    with pytest.raises(UserError, match="smaller zoom"):
        write_animation(tmp_path / "f.gif", [np.zeros((4000, 4000), np.uint8)] * 6, TIMING)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UserError, match=r"pip install 'ganview\[video\]'"):
        format_of("f.mp4")
    assert list(tmp_path.iterdir()) == []


def test_video(tmp_path):
    av = pytest.importorskip("av", reason="the extra 'video' is not installed")
    path = tmp_path / "f.mp4"
    write_animation(path, [np.full((33, 35), 40 * i, np.uint8) for i in range(6)], TIMING)
    with av.open(str(path)) as video:
        stream = video.streams.video[0]
        levels = [frame.to_ndarray(format="gray8").mean() for frame in video.decode(stream)]
        assert (stream.width, stream.height) == (36, 34)
    assert len(levels) == 6
    assert np.all(np.diff(levels) > 20)


def test_a_sweep_moves_one_number(model):
    z, y = start_points(model.spec, 2, label=1)
    swing = sweep_path(z, y, 2, 8, psi=0.5)
    assert swing.z[:, 0, 2].tolist() == pytest.approx(
        [1.5 * np.sin(np.pi * i / 4) for i in range(8)], abs=1e-6
    )
    assert (np.delete(swing.z, 2, axis=2) == np.delete(z, 2, axis=1) / 2).all()
    assert swing.y.tolist() == [1, 1]
    straight = sweep_path(z, y, 2, 5, loop=False)
    assert straight.z[:, 1, 2].tolist() == [-3, -1.5, 0, 1.5, 3]
    with pytest.raises(UserError, match="dimensions 1 to 4, not 9"):
        sweep_path(z, y, 8, 5)


def test_a_morph_rests_at_every_class(model):
    z, _ = start_points(model.spec, 1)
    latents = morph_path(z, 3, 12)
    assert latents.y[[0, 4, 8], 0].tolist() == np.eye(3).tolist()
    assert latents.y.sum(axis=2) == pytest.approx(1)
    open_one = morph_path(z, 3, 5, loop=False)
    assert open_one.y[[0, 2, 4], 0].tolist() == np.eye(3).tolist()
    with pytest.raises(UserError, match="none to go to"):
        morph_path(z, 0, 5)


def test_a_path_goes_through_its_places(model):
    spec = model.spec
    latents = random_path(spec, 3, 6, count=2, label="each", seed=5)
    assert latents.z.shape == (6, 3, 4)  # whole rows of classes
    for key in range(3):
        z, labels = start_points(spec, 3, label="each", seed=5 + key)
        assert latents.z[2 * key] == pytest.approx(z, abs=1e-6)
        assert latents.y[2 * key].argmax(axis=1).tolist() == labels.tolist() == [0, 1, 2]
    with pytest.raises(UserError, match="at least two places"):
        path_through(latents.z[:1], None, np.ones(1, np.float32), 5)


def test_frames_are_sheets_of_the_tiles(model, tmp_path):
    z, y = start_points(model.spec, 3, label="each")
    latents = sweep_path(z, y, 0, 6)
    frames = list(path_frames(model, latents, columns=3, zoom=2))
    assert len(frames) == 6
    assert frames[0].shape == (56, 3 * 56 + 8)
    assert (frames[4][::2, ::2][:, :28] == model.sample(latents.z[4], y)[0]).all()
    write_path_animation(tmp_path / "f.gif", model, latents, TIMING, columns=3)
    assert len(frames_of(tmp_path / "f.gif")) == 4  # of a swing: frames alike become one
    with pytest.raises(UserError, match="too many"):
        sweep_path(z.repeat(200, axis=0), y.repeat(200), 0, 6)


def test_the_film_of_a_run(tmp_path):
    config = TrainConfig()
    with RunFolder.create(tmp_path / "run", config) as run:
        with pytest.raises(UserError, match="train it for a while"):
            next(run_frames(run, TIMING))
        for step in (0, 1, 30):
            run.save_moment(Moment(step, 0.0, np.full((30, 90), step, np.uint8), None))
        run.save_moment(Moment(60, 0.0, np.full((30, 90), 90, np.uint8), None))
        frames = list(run_frames(run, Timing(10, 1.0), zoom=2))
        assert [frame[0, 0] for frame in frames] == [0, 0, 1, 1, 30, 30, 90, 90, 90, 90]
        assert frames[0].shape == (60 + 14, 180)
        write_png(run.path / "moments" / "000000001.png", np.zeros((4, 4), np.uint8))
        with pytest.raises(UserError, match="damaged"):
            list(run_frames(run, TIMING))


def test_places_come_from_pictures_and_states(model, tmp_path):
    from ganview.export.picture import model_ref, write_picture
    from ganview.export.recipe import Recipe
    from ganview.gan.explore.state_string import State, encode_state
    from ganview.gan.metrics.classifier import fingerprint

    z, labels = start_points(model.spec, 1, label=2, seed=3)
    recipe = Recipe(model_ref(model), 1, z, labels, psi=0.7)
    write_picture(tmp_path / "f.png", recipe, model)
    text = encode_state(
        State(-z[0], np.eye(3, dtype=np.float32)[0], model=fingerprint(model.generator))
    )
    noise, weights, psi = read_points(model, [str(tmp_path / "f.png"), text])
    assert (noise == np.concatenate([z, -z])).all()
    assert weights.argmax(axis=1).tolist() == [2, 0]
    assert psi.tolist() == pytest.approx([0.7, 1.0])
    from tests.export.conftest import make_model

    with pytest.raises(UserError, match="was drawn by the model"):
        read_points(make_model(seed=1), [str(tmp_path / "f.png")])


HUGE = {"kind": "sweep", "frames": 3600, "count": 5000}


@pytest.mark.parametrize(
    "asked",
    [
        HUGE,
        HUGE | {"kind": "path"},
        HUGE | {"kind": "morph"},
        HUGE | {"kind": "path", "label": "each", "count": 20_000},
        {"kind": "sweep", "frames": 3600, "count": 50, "z_dim": 512},
    ],
)
def test_a_path_that_is_too_long_takes_no_memory(asked):
    spec = replace(make_model().spec, z_dim=asked.get("z_dim", 4))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="too many"):
            make_path(spec, **{key: value for key, value in asked.items() if key != "z_dim"})
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("zoom", [10_000, 100_000])
def test_a_zoom_that_is_too_large_takes_no_memory(model, tmp_path, zoom):
    latents = make_path(model.spec, "morph", TIMING.frames)
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="smaller zoom"):
            write_path_animation(tmp_path / "f.gif", model, latents, TIMING, zoom=zoom)
        with RunFolder.create(tmp_path / "run", TrainConfig()) as run:
            for step in (1, 2):
                run.save_moment(Moment(step, 0.0, np.zeros((28, 28), np.uint8), None))
            with pytest.raises(UserError, match="smaller zoom"):
                next(run_frames(run, TIMING, zoom=zoom))
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()
