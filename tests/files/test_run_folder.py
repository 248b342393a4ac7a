"""Run folders: what goes in comes out, torn or crowded as the folder may be."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganview.data.source import DIGITS
from ganview.errors import UserError
from ganview.files.atomic import WriteError
from ganview.files.lock import LockedError
from ganview.files.metrics_log import MAX_COLUMNS
from ganview.files.moment_info import Moment
from ganview.files.open_model import model_path, open_model, shipped_model
from ganview.files.png import decode_png, write_png
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig


@pytest.fixture
def run(tmp_path):
    with RunFolder.create(tmp_path / "runs" / "a", TrainConfig(seed=5), data_sha256="ab") as run:
        yield run


def rows(*steps):
    return [{"step": step, "loss_d": step / 2} for step in steps]


def test_create_and_open(run):
    with pytest.raises(LockedError):
        RunFolder.open(run.path)
    reader = RunFolder.open(run.path, write=False)
    assert reader.info == run.info
    assert reader.info.config.seed == 5
    run.close()
    with RunFolder.open(run.path) as again:
        assert again.info.data == DIGITS


def test_what_is_there_is_not_overwritten(run, tmp_path):
    run.save_checkpoint({}, {"step": 1})
    run.close()
    with pytest.raises(UserError, match="holds a run already"):
        RunFolder.create(run.path, TrainConfig())
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "letter.txt").touch()
    with pytest.raises(UserError, match="holds other files"):
        RunFolder.create(tmp_path / "x", TrainConfig())
    with pytest.raises(WriteError):
        RunFolder.create(tmp_path / "x" / "letter.txt", TrainConfig())
    with pytest.raises(UserError, match="not the folder of a run"):
        RunFolder.open(tmp_path)


def test_checkpoint_is_exact_for_every_type(run):
    tensors = {
        "f": torch.randn(3, 4),
        "b": torch.arange(7, dtype=torch.uint8),
        "i": torch.tensor(2**40),
        "d": torch.randn(2, dtype=torch.float64),
        "empty": torch.zeros(0, 3),
        "strided": torch.randn(4, 5).t(),
    }
    values = {"step": 3, "rate": 0.1, "spec": {"a": [1, 2]}}
    assert not run.has_checkpoint()
    run.save_checkpoint(tensors, values)
    assert run.has_checkpoint()
    found, found_values = run.load_checkpoint()
    assert found_values == values
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)
    assert all(found[name].dtype == tensors[name].dtype for name in tensors)


def test_checkpoints_that_are_none(run):
    with pytest.raises(UserError, match="no checkpoint"):
        run.load_checkpoint()
    (run.path / "checkpoint.safetensors").write_bytes(b"x" * 100)
    with pytest.raises(UserError, match="not a safetensors file"):
        run.load_checkpoint()
    run.save_checkpoint({}, {"no": "step"})
    with pytest.raises(UserError, match="at which step"):
        run.load_checkpoint()


def test_metrics(run):
    assert run.metrics() == {}
    run.append_metrics(rows(1, 2))
    run.append_metrics([{"step": 3, "loss_d": float("nan"), "extra": None}])
    found = run.metrics()
    assert found["step"].tolist() == [1, 2, 3]
    assert found["loss_d"][:2].tolist() == [0.5, 1]
    assert np.isnan(found["loss_d"][2])
    assert np.isnan(found["extra"]).all()


def test_a_run_that_goes_on_forgets_what_came_after(run):
    run.append_metrics(rows(*range(1, 9)))
    run.save_checkpoint({}, {"step": 5})
    for step in (1, 99):
        run.save_moment(Moment(step, 0.0, np.zeros((2, 2), np.uint8), None))
    run.load_checkpoint()
    assert len(run.metrics()["step"]) == 8  # to read changes nothing
    run.forget_after(5)
    run.append_metrics(rows(6))
    assert run.metrics()["step"].tolist() == [1, 2, 3, 4, 5, 6]
    assert [step for step, _ in run.samples()] == [1]


def test_a_run_that_went_back_counts_its_steps_once(run):
    run.append_metrics(rows(1, 2, 3, 4))
    run.append_metrics([{"step": 3, "loss_d": 9.0}])
    found = run.metrics()
    assert found["step"].tolist() == [1, 2, 3]
    assert found["loss_d"].tolist() == [0.5, 1, 9]


def test_torn_and_senseless_lines_are_skipped(run):
    path = run.path / "metrics.jsonl"
    run.append_metrics(rows(1))
    with path.open("ab") as file:
        file.write(b'null\n{"step": "x"}\n[1]\n{"step": 2, "loss_d": "9"}\n{"step": 2, "lo')
    assert run.metrics()["step"].tolist() == [1]
    run.append_metrics(rows(2))
    assert run.metrics()["step"].tolist() == [1, 2]


def test_a_failed_append_leaves_no_half_line(run, monkeypatch):
    run.append_metrics(rows(1))
    before = (run.path / "metrics.jsonl").read_bytes()
    real = os.write

    def write(handle, data):
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return real(handle, data[: len(data) - 7])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(WriteError, match="disk is full"):
            run.append_metrics(rows(2, 3))
    assert (run.path / "metrics.jsonl").read_bytes() == before


def test_what_older_versions_kept_is_part_of_the_past(run, model):
    for folder, step in (("samples", 200), ("snapshots", 30), ("snapshots", 1000)):
        (run.path / folder).mkdir(exist_ok=True)
        write_png(run.path / folder / f"{step:09d}.png", np.full((2, 2), step % 256, np.uint8))
    (run.path / "samples" / "notes.png").touch()
    run.save_moment(Moment(500, 7.5, np.full((2, 2), 5, np.uint8), model))
    with_old = RunFolder.open(run.path, write=False)
    assert [step for step, _ in with_old.samples()] == [30, 200, 500, 1000]
    assert decode_png(with_old.samples()[3][1])[0][0, 0] == 1000 % 256
    assert [info.has_model for info in with_old.moments()] == [False, False, True, False]


def test_a_run_is_a_model(run, model):
    with pytest.raises(UserError, match="not saved a model yet"):
        open_model(run.path)
    run.save_model(model)
    assert open_model(str(run.path)).info == model.info
    run.save_model(replace(model, info={"step": 8, "name": ""}))
    assert open_model(run.path).info["name"] == run.path.name
    assert open_model("conditional").info["name"] == "digits-conditional"


def test_a_run_that_has_only_begun_is_opened_with_the_newest_model_of_its_past(run, model) -> None:
    for step in (0, 7):
        model.info["step"] = step
        run.save_moment(Moment(step, 0.1, None, model))
    assert open_model(run.path).info["step"] == 7


def test_a_whole_state_is_kept_now_and_then(run):
    for step in (100, 110, 140):
        run.save_moment(
            Moment(step, 0.0, None, None, ({"a": torch.full((1,), step)}, {"step": step}))
        )
    assert [info.step for info in run.moments() if info.has_state] == [100, 140]
    assert run.load_checkpoint(100)[0]["a"].tolist() == [100]
    with pytest.raises(UserError, match="not kept all of step 110"):
        run.load_checkpoint(110)


def test_leftovers_go_when_the_run_is_opened_again(run):
    run.close()
    for folder in (run.path, run.path / "moments"):
        (folder / ".ganview-12.tmp").touch()
    RunFolder.open(run.path, write=False)
    assert (run.path / ".ganview-12.tmp").exists()
    RunFolder.open(run.path).close()
    assert not list(run.path.rglob("*.tmp"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(schema=99), "newer ganview"),
        (lambda d: d["config"].update(batch_size="many"), "batch_size"),
        (lambda d: d["config"].update(evil=1), "no setting called 'evil'"),
        (lambda d: d.update(data="digits"), "damaged"),
    ],
)
def test_settings_that_cannot_be_used(run, change, words):
    path = run.path / "config.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(UserError, match=words):
        RunFolder.open(run.path, write=False)


def test_a_run_from_before_the_classifier_goes_on_without_one(run):
    path = run.path / "config.json"
    document = json.loads(path.read_text())
    document["schema"] = 1
    for later in ("aux_weight_g", "aux_weight_g_end", "d_lr_ratio", "clusters"):
        del document["config"][later]
    path.write_text(json.dumps(document))
    config = RunFolder.open(run.path, write=False).info.config
    assert (config.aux_weight_g, config.aux_weight_g_end, config.d_lr_ratio) == (0, 0, 1)
    assert config.clusters == 0


def test_a_run_from_before_augmentation_goes_on_without_it(run):
    path = run.path / "config.json"
    document = json.loads(path.read_text())
    document["schema"] = 3
    for later in ("mirror", "augment"):
        del document["config"][later]
    path.write_text(json.dumps(document))
    config = RunFolder.open(run.path, write=False).info.config
    assert (config.mirror, config.augment) == (False, "off")


def test_models_that_are_not_there(tmp_path):
    for source in (tmp_path / "gone", "a\0b", "x" * 5000):
        with pytest.raises(UserError, match="There is no model"):
            model_path(source)
    with pytest.raises(UserError, match="not that of a run"):
        model_path(tmp_path)
    with pytest.raises(UserError, match="conditional and unconditional"):
        shipped_model("other")


def test_a_log_with_a_new_name_on_each_line_stays_small(run):
    run.append_metrics([{"step": step, f"n{step}": 1.0} for step in range(1, 301)])
    found = run.metrics()
    assert 10 < len(found) <= MAX_COLUMNS
    assert {len(column) for column in found.values()} == {300}
    assert found["n7"][6] == 1.0
    assert np.isnan(found["n7"]).sum() == 299


@pytest.mark.parametrize("name", [".lock", "metrics.jsonl", "moments", "moments/000000005.png"])
def test_nothing_is_written_through_a_link_out_of_the_folder(run, tmp_path, name):
    """A run of a stranger's could otherwise empty or fill any file of this user."""
    run.close()
    outside = tmp_path / "outside"
    if name == "moments":
        (run.path / name).rmdir()
        outside.mkdir()
        (outside / ".ganview-1.tmp").write_text("mine")
    else:
        (run.path / name).unlink(missing_ok=True)
        outside.write_text("mine")
    (run.path / name).symlink_to(outside)
    with pytest.raises(UserError, match="leads out of the run's folder"):
        RunFolder.open(run.path)
    kept = outside / ".ganview-1.tmp" if name == "moments" else outside
    assert kept.read_text() == "mine"
    assert RunFolder.open(run.path, write=False).info.config.seed == 5, "looking is harmless"


def test_links_within_the_folder_are_fine_and_circles_are_a_sentence(run):
    run.close()
    (run.path / "newest.json").symlink_to(run.path / "config.json")
    with RunFolder.open(run.path):
        pass
    (run.path / "circle").symlink_to(run.path / "circle")
    with suppress(UserError), RunFolder.open(run.path):
        pass


def test_a_run_that_never_came_to_a_checkpoint_is_begun_again(run):
    run.append_metrics([{"step": 1}])
    run.save_moment(Moment(1, 0.1, np.zeros((28, 28), np.uint8), None))
    (run.path / "error.txt").write_text("Traceback")
    run.close()
    with RunFolder.create(run.path, TrainConfig(seed=6)) as again:
        assert again.info.config.seed == 6
        assert not again.metrics()
        assert again.moments() == ()
        assert not (run.path / "error.txt").exists()


def test_a_run_in_use_or_with_other_files_is_not_replaced(run):
    with pytest.raises(LockedError):
        RunFolder.create(run.path, TrainConfig())
    (run.path / "thesis.txt").touch()
    run.close()
    with pytest.raises(UserError, match="choose another folder"):
        RunFolder.create(run.path, TrainConfig())


def test_a_folder_that_was_being_made_is_made_again(tmp_path):
    (tmp_path / "samples").mkdir()
    (tmp_path / ".lock").write_text("process 1 on nowhere")
    RunFolder.create(tmp_path, TrainConfig()).close()
    (tmp_path / "config.json").unlink()
    (tmp_path / "samples" / "holiday.png").touch()
    with pytest.raises(UserError, match="other files"):
        RunFolder.create(tmp_path, TrainConfig())


def test_what_differs_from_the_checkpoint_is_said(run, monkeypatch):
    run.save_checkpoint({}, {"step": 1})
    run.close()
    with RunFolder.open(run.path) as same:
        assert same.changes_since_checkpoint() == ()
    config = run.path / "config.json"
    config.write_text(config.read_text().replace('"seed": 5', '"seed": 7'))
    monkeypatch.setattr("torch.__version__", "2.6.0")
    with RunFolder.open(run.path) as changed:
        torch_version, setting = changed.changes_since_checkpoint()
    assert "this is 2.6.0" in torch_version
    assert "seed was 5 at the checkpoint and is 7 now" in setting


def test_a_checkpoint_says_what_data_it_is_of(run):
    run.save_checkpoint({}, {"step": 5})
    assert run.changes_since_checkpoint() == ()
    run.info = replace(run.info, data_sha256="of other data")
    assert "other data" in " ".join(run.changes_since_checkpoint())
