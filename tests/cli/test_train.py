"""``ganview train``: runs that begin, end, go on, and are interrupted."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from ganview.cli import main
from ganview.cli.entry import make_parser
from ganview.cli.settings import chosen_config
from ganview.cli.train_progress import catch_signals, report_end, tell_quality
from ganview.data.source import DIGITS
from ganview.files.atomic import WriteError
from ganview.files.open_model import open_model
from ganview.files.run_folder import RunFolder
from ganview.gan.config import SETTINGS, TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.gan.presets import PRESETS
from ganview.gan.warm_start import settings_of
from ganview.runtime.messages import RunState
from ganview.runtime.quality_record import QualityRecord
from ganview.runtime.run_setup import new_run_path
from tests.cli.conftest import QUICK


def config_of(*arguments: str) -> TrainConfig:
    return chosen_config(make_parser().parse_args(["train", *arguments]))


@pytest.mark.parametrize("other", [False, True], ids=["resumed", "branched"])
def test_an_earlier_run_that_sorted_no_classes_goes_on(tmp_path, other):
    """Earlier runs had the setting of today, and did not heed it where there are labels."""
    random = np.random.default_rng(0)
    for name in ("data", "more"):
        images = random.integers(0, 256, (600, 28, 28), np.uint8)
        np.savez(tmp_path / f"{name}.npz", images=images, labels=np.arange(600) % 2)
    run = tmp_path / "run"
    quick = ["--threads", "1", "--steps", "2", "--batch-size", "4", "--quiet"]
    data, more = ([f"--data={tmp_path / name}.npz"] for name in ("data", "more"))
    assert main(["train", *data, *quick, "--clusters", "0", "--out", str(run)]) == 0
    written = json.loads((run / "config.json").read_text())
    written["config"]["clusters"] = 128
    (run / "config.json").write_text(json.dumps(written))
    if other:
        again = ["--branch", str(run), *more, "--out", str(tmp_path / "branch")]
    else:
        again = ["--resume", str(run), *data]
    assert main(["train", *again, "--steps", "4", "--quiet"]) == 0
    done = open_model(tmp_path / "branch" if other else run)
    assert done.info["step"] == 4
    assert done.spec.clusters == ()


def test_every_setting_is_an_option():
    options = []
    for info in SETTINGS.values():
        name = "--" + info.name.replace("_", "-")
        if info.default is True:
            options.append(f"--no-{name[2:]}")
        elif info.default is False:
            options.append(name)
        else:
            options += [name, next(iter(info.choices), "1")]
    options[options.index("--beta1") + 1] = options[options.index("--beta2") + 1] = "0.5"
    options[options.index("--beta2-end") + 1] = "0.5"
    options[options.index("--learning-rate") + 1] = "0.01"
    options[options.index("--learning-rate-end") + 1] = "0.01"
    options[options.index("--batch-size") + 1] = "2"
    config = config_of(*options)
    assert config.conditional is False
    assert config.z_dim == 1
    assert config.learning_rate == 0.01


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_and_what_differs(preset):
    assert config_of("--preset", preset) == PRESETS[preset].config
    assert config_of("--preset", preset, "--seed", "9") == PRESETS[preset].config.with_(seed=9)


def test_a_run_is_whole(trained):
    with RunFolder.open(trained) as folder:
        assert folder.checkpoint_step() == 4
        assert folder.metrics()["step"].tolist() == [1, 2, 3, 4]
        assert folder.info.data == DIGITS
        assert folder.samples()
    info = open_model(trained).info
    assert info["step"] == 4
    assert info["dataset"] == "digits"


def test_going_on_is_bit_exact(trained, tmp_path, capsys):
    part = tmp_path / "part"
    assert main(["train", *QUICK, "--steps", "2", "--out", str(part)]) == 0
    assert main(["train", "--resume", str(part), "--steps", "4"]) == 0
    assert "Trained 4 steps, 16 images, in " in capsys.readouterr().err
    whole, again = (load_file(run / "checkpoint.safetensors") for run in (trained, part))
    assert whole.keys() == again.keys()
    assert all((whole[name] == again[name]).all() for name in whole)
    with RunFolder.open(part) as folder:
        assert folder.metrics()["step"].tolist() == [1, 2, 3, 4]


def test_it_begins_with_a_model(trained, tmp_path, capsys):
    run = tmp_path / "run"
    start = ["train", "--from", str(trained), "--quiet", "--threads", "1", "--steps", "1"]
    start += ["--out", str(run)]
    assert main([*start, "--z-dim", "9"]) == 2
    assert main([*start, "--preset", "best"]) == 2
    err = capsys.readouterr().err
    assert "z dim 8, and this run 9" in err
    assert "starts with the settings of that model" in err
    assert not run.exists()
    assert main([*start, "--learning-rate", "2e-4"]) == 0
    model, before = open_model(run), open_model(trained)
    assert model.info["step"] == 1
    wanted = settings_of(before).with_(learning_rate=2e-4, threads=1)
    assert TrainConfig.from_dict(model.info["config"]) == wanted
    assert model.info["warm_started_from"]["images_seen"] == 16
    assert main(["train", "--resume", str(run), "--steps", "2", "--quiet"]) == 0
    assert open_model(run).info["warm_started_from"] == model.info["warm_started_from"]


def test_a_run_that_is_there_already_is_not_trained_further(trained, tmp_path, capsys):
    copy = shutil.copytree(trained, tmp_path / "copy")
    assert main(["train", "--resume", str(copy), "--steps", "3", "--quiet"]) == 0
    assert "reached that already" in capsys.readouterr().err
    with RunFolder.open(copy) as folder:
        assert folder.checkpoint_step() == 4


def test_a_folder_of_pictures(tmp_path, capsys):
    for i in range(4):
        (tmp_path / "pictures" / str(i % 2)).mkdir(parents=True, exist_ok=True)
        pixels = np.full((30, 30, 3), 60 * i, np.uint8)
        pixels[i] = (255, 0, 0)
        Image.fromarray(pixels).save(tmp_path / "pictures" / str(i % 2) / f"{i}.png")
    data = ["--data", str(tmp_path / "pictures"), "--image-size", "28"]
    run = tmp_path / "run"
    assert main(["train", *QUICK, *data, "--steps", "1", "--out", str(run)]) == 0
    model = open_model(run)
    assert model.spec.class_names == ("0", "1")
    assert model.spec.image_shape == (3, 28, 28)
    capsys.readouterr()
    again = ["train", "--resume", str(run), "--steps", "2", "--quiet"]
    assert main(again) == 2  # a path that stands in a file is not followed
    assert "Name it: " in capsys.readouterr().err
    assert main([*again, "--data", "digits"]) == 2
    assert "other pictures" in capsys.readouterr().err
    # the size is the run's: the pictures' own would be 30
    assert main([*again, *data[:2]]) == 0


def test_data_without_classes(tmp_path, capsys):
    for i in range(3):
        Image.linear_gradient("L").rotate(90 * i).resize((28, 28)).save(tmp_path / f"{i}.png")
    arguments = ["train", *QUICK, "--data", str(tmp_path), "--steps", "1"]
    assert main([*arguments, "--conditional", "--out", str(tmp_path / "a")]) == 2
    assert "has no classes: leave --conditional out" in capsys.readouterr().err
    assert main([*arguments, "--out", str(tmp_path / "b")]) == 0
    assert "learns without them" in capsys.readouterr().err
    assert open_model(tmp_path / "b").spec.classes == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--batch-size", "1"], "batch_size"),
        (["--gamma", "nan"], "gamma"),
        (["--data", "nowhere"], "There is no data 'nowhere'"),
        (["--data", os.fsdecode(b"d\xff")], "not valid Unicode"),
        (["--image-size", "32"], "needs --data"),
        (["--hold-out", "40000"], "At most half"),
        pytest.param(
            ["--device", "cuda"],
            "no device 'cuda' here, only cpu",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is one"),
        ),
        (["--resume", "nowhere", "--steps", "1", "--image-size", "32"], "needs --data"),
        (["--resume", "nowhere", "--steps", "1"], "not the folder of a run"),
        (["--resume", "nowhere"], "--resume needs"),
        (["--resume", "nowhere", "--steps", "1", "--seed", "1"], "leave out --seed, or"),
    ],
)
def test_unusable_input(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_checkpoint_and_a_locked_run(trained, tmp_path, capsys):
    copy = shutil.copytree(trained, tmp_path / "copy")
    again = ["train", "--resume", str(copy), "--steps", "9", "--quiet"]
    with RunFolder.open(copy):
        assert main(again) == 2
        assert "open in another window" in capsys.readouterr().err
    with (copy / "checkpoint.safetensors").open("r+b") as file:
        file.truncate(1000)
    assert main(again) == 2
    assert "checkpoint.safetensors" in capsys.readouterr().err
    RunFolder.open(copy).close()  # and the lock was given back


def test_the_second_run_does_not_overwrite_the_first(trained, capsys):
    assert main(["train", *QUICK, "--steps", "1", "--out", str(trained)]) == 2
    assert "holds a run already" in capsys.readouterr().err


def test_a_full_disk_at_the_end_is_said_and_fails(tmp_path, monkeypatch, capsys):
    def full(self, tensors, values):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RunFolder, "save_checkpoint", full)
    assert main(["train", *QUICK, "--steps", "1", "--out", str(tmp_path / "run")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "No space left" in captured.err


def test_an_error_in_training_is_a_sentence_and_a_file(tmp_path, monkeypatch, capsys):
    from ganview.gan.trainer import Trainer

    def broken(self, *_arguments, **_named):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Trainer, "step", broken)
    run = tmp_path / "run"
    assert main(["train", *QUICK, "--steps", "1", "--out", str(run)]) == 1
    assert "ZeroDivisionError: oh" in capsys.readouterr().err
    assert "Traceback" in (run / "error.txt").read_text()


def test_nothing_is_written_where_another_folder_has_the_place_of_the_run(
    tmp_path, monkeypatch, capsys
):
    from ganview.gan.trainer import Trainer

    run = tmp_path / "run"

    def broken(self, *_arguments, **_named):
        run.rename(tmp_path / "away")  # as a disk that is taken out: its mount point stays
        run.mkdir()
        raise ZeroDivisionError("oh")

    log = mock.Mock()
    monkeypatch.setattr("ganview.export.tensorboard_log.import_tensorboard", lambda: None)
    monkeypatch.setattr("ganview.export.tensorboard_log.EventLog", log)
    monkeypatch.setattr(Trainer, "step", broken)
    assert main(["train", *QUICK, "--tensorboard", "--steps", "1", "--out", str(run)]) == 1
    assert list(run.iterdir()) == []
    told = capsys.readouterr().err
    assert "ZeroDivisionError: oh" in told
    assert told.count("the folder is gone, or another one has its place") == 2


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.timeout(320)  # on a crowded machine a second process takes its time to begin
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_runs_are_saved(tmp_path, number):
    run = tmp_path / "run"
    quick = [word for word in QUICK if word != "--quiet"]
    program = subprocess.Popen(
        [sys.executable, "-m", "ganview", "train", *quick, "--seconds", "600", "--out", str(run)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    killer = threading.Timer(300, program.kill)
    killer.start()
    with program:
        seen = ""
        while not re.search(r"step [1-9][0-9,]*, ", seen[-40:]):
            piece = program.stderr.read(1)
            assert piece, seen
            seen += piece
        program.send_signal(number)
        out, err = program.communicate()
    killer.cancel()
    killer.join()
    assert program.returncode == 130, err
    assert out == f"{run}\n"
    assert "Interrupted: saving" in err
    assert "Traceback" not in err
    with RunFolder.open(run) as folder:
        step = folder.checkpoint_step()
        assert step > 0
        assert folder.metrics()["step"][-1] == step


def test_info_about_a_run(trained, capsys):
    assert main(["info", str(trained), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "run"
    assert document["checkpoint_step"] == 4
    assert document["config"]["architecture"] == "mlp"
    assert document["last"]["step"] == 4


def test_the_last_look_at_quality_is_told(capsys):
    session, interrupted = SimpleNamespace(quality=QualityRecord()), threading.Event()
    tell_quality(session, interrupted)
    assert capsys.readouterr().err == ""
    look = Quality(480, 30, 12.3456, 0.573, 0.95, 0.991, 0.8, 1000, "08567f50")
    session.quality.append(look, interval=5.0)
    tell_quality(session, interrupted)
    assert capsys.readouterr().err == (
        "ganview: judge-FD@08567f50 of 1,000 samples at step 30: 12.3, class accuracy 95.0% "
        "(real pictures: 0.573, 99.1%).\n"
    )


def test_quiet_says_nothing_but_where_the_run_is(tmp_path, capsys):
    """The threads are to be measured, of which there is something to say."""
    path = tmp_path / "run"
    assert main(["train", *QUICK, "--threads", "0", "--steps", "40", "--out", str(path)]) == 0
    assert capsys.readouterr() == (f"{path}\n", "")


def test_quiet_still_says_what_cannot_be_saved(tmp_path, capsys, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ganview.files.atomic._flush", full)
    monkeypatch.setattr("ganview.files.run_folder.write_run_info", lambda *_: None)
    path = tmp_path / "run"
    assert main(["train", *QUICK, "--steps", "4", "--out", str(path)]) == 1
    said = capsys.readouterr().err
    assert "the disk is full. Training since the last save is lost." in said


def test_a_class_that_no_model_can_have_is_refused_before_there_is_a_folder(tmp_path, capsys):
    for name in ("dogs\n", "dogs?"):  # the first would be shown as the second
        (tmp_path / "data" / name).mkdir(parents=True)
        Image.linear_gradient("L").save(tmp_path / "data" / name / "1.png")
    run = tmp_path / "run"
    data = ["--data", str(tmp_path / "data"), "--out", str(run)]
    assert main(["train", *QUICK, *data, "--steps", "1"]) == 2
    assert "class name" in capsys.readouterr().err
    assert not run.exists()


def test_two_runs_of_one_second_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = {new_run_path(Path("runs"), "now") for _ in range(3)}
    assert {path.name for path in paths} == {"now", "now-2", "now-3"}


def test_a_model_that_is_not_written_is_no_success(trained, tmp_path, monkeypatch, capsys):
    def full(self, model):
        raise WriteError(self.path / "model.safetensors", OSError(errno.ENOSPC, "no space"))

    copy = shutil.copytree(trained, tmp_path / "copy")
    monkeypatch.setattr(RunFolder, "save_model", full)
    assert main(["train", "--resume", str(copy), "--steps", "6", "--quiet"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "model.safetensors" in captured.err
    assert f"{copy} holds a checkpoint of step 6 and a model of step 4." in captured.err


def test_samples_that_are_not_written_are_no_success(trained, tmp_path, monkeypatch, capsys):
    def full(self, *parts):
        raise WriteError(self.path / "moments", OSError(errno.ENOSPC, "no space"))

    copy = shutil.copytree(trained, tmp_path / "copy")
    monkeypatch.setattr(RunFolder, "save_moment", full)
    assert main(["train", "--resume", str(copy), "--steps", "6", "--quiet"]) == 1
    assert f"{copy} holds a checkpoint of step 6 and a model of step 6." in capsys.readouterr().err


def test_tensorboard_on_a_full_disk_is_a_warning(tmp_path, monkeypatch, capsys):
    class FullLog:
        def __init__(self, folder):
            pass

        def follow(self, columns):
            writer = threading.Thread(target=self.close, name="Thread-1 of TensorBoard")
            writer.start()
            writer.join()
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ganview.export.tensorboard_log.import_tensorboard", lambda: None)
    monkeypatch.setattr("ganview.export.tensorboard_log.EventLog", FullLog)
    run = tmp_path / "run"
    assert main(["train", *QUICK, "--tensorboard", "--steps", "2", "--out", str(run)]) == 0
    assert (
        capsys.readouterr().err.count("TensorBoard logging stopped: No space left on device") == 1
    )
    with RunFolder.open(run) as folder:
        assert folder.checkpoint_step() == 2


def test_a_changed_setting_and_another_torch_are_said(trained, tmp_path, capsys):
    copy = shutil.copytree(trained, tmp_path / "copy")
    config = copy / "config.json"
    config.write_text(config.read_text().replace('"batch_size": 4', '"batch_size": 8'))
    assert main(["train", "--resume", str(copy), "--steps", "5", "--quiet"]) == 0
    assert "batch_size was 4 at the checkpoint and is 8 now" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with catch_signals() as interrupted:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not interrupted.is_set()
            os.kill(os.getpid(), signal.SIGTERM)
            assert interrupted.wait(10)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_end_waits_only_for_a_look_that_is_being_taken():
    session, interrupted = SimpleNamespace(quality=QualityRecord()), threading.Event()
    session.quality.append(Quality(480, 30, 12.3, 0.5, 0.9, 0.9, 0.8, 1000, "08567f50"), 5.0)
    tell_quality(session, interrupted)  # or the test would time out
    session.quality.expect(40)
    assert not session.quality.is_complete(0)
    interrupted.set()
    tell_quality(session, interrupted)


def test_what_is_finished_is_no_interruption_any_more(trained, tmp_path):
    last = SimpleNamespace(error=None, state=RunState.FINISHED, step=4, unsaved="")
    last.images_seen, last.elapsed = 16, 1.0
    with RunFolder.open(trained) as folder:
        assert report_end(folder, last, last, interrupted=True, quiet=True) == 0
        last.state = RunState.PAUSED
        assert report_end(folder, last, last, interrupted=True, quiet=True) == 130


def test_a_branch_is_a_new_run_that_knows_its_parent(tmp_path: Path, capsys) -> None:
    common = ["--quiet", "--threads", "1", "--no-quality"]
    small = ["--size", "small", "--architecture", "mlp", "--batch-size", "8"]
    first, branch = tmp_path / "first", tmp_path / "branch"
    assert main(["train", "--out", str(first), "--steps", "3", *small, *common]) == 0
    arguments = ["train", "--branch", str(first), "--out", str(branch), *common]
    assert main([*arguments, "--at", "3"]) == 2  # how long is not said
    assert main([*arguments, "--at", "3", "--gamma", "0.1", "--steps", "5"]) == 0
    assert "from step 3, with other settings" in capsys.readouterr().err
    run = RunFolder.open(branch, write=False)
    assert run.checkpoint_step() == 5
    assert run.info.config.gamma == 0.1
    assert run.info.parent is not None
    assert (run.info.parent.name, run.info.parent.step) == ("first", 3)
    steps = [
        json.loads(line)["step"] for line in (branch / "metrics.jsonl").read_text().splitlines()
    ]
    assert steps == [1, 2, 3, 4, 5]  # it goes on, and does not begin anew
    same = tmp_path / "same"
    assert main([*arguments[:4], str(same), *common, "--steps", "5"]) == 0
    whole = tmp_path / "whole"
    assert main(["train", "--out", str(whole), "--steps", "5", *small, *common]) == 0
    ended, unbroken = (
        RunFolder.open(path, write=False).load_checkpoint() for path in (same, whole)
    )
    assert all(torch.equal(value, unbroken[0][name]) for name, value in ended[0].items())
