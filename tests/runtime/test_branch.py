"""Branches: bit for bit where everything was kept, and plainly otherwise where not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.files.moment_info import Moment
from ganview.files.run_folder import RunFolder
from ganview.files.run_info import Parent
from ganview.gan.config import TrainConfig
from ganview.gan.trainer_state import state_of
from ganview.runtime.branch import set_up_branch
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.local_run import LocalRun
from ganview.runtime.messages import RunState, StopAt
from ganview.runtime.run_setup import RunSetup

from .conftest import SMALL, trainer_for

LONG = 60.0


@pytest.fixture(autouse=True)
def _own_data(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DataSource, "open", lambda *_: digits)


def make_parent(path: Path, digits: Dataset, config: TrainConfig = SMALL) -> Path:
    """Train 12 steps; all is kept of step 4, and generator and discriminator of step 8."""
    trainer = trainer_for(config, digits)
    with RunFolder.create(path, config, data_sha256=digits.sha256) as folder:
        for _ in range(12):
            stats = trainer.step()
            seconds = stats.step / 10
            row = {"step": stats.step, "seconds": seconds, "loss_d": stats.loss_d}
            folder.append_metrics([row])
            if stats.step in (4, 8):
                model = trainer.model()
                model.info["seconds"] = seconds
                tensors, values = state_of(trainer)
                values["run"] = {"elapsed": seconds}
                state = (tensors, values) if stats.step == 4 else None
                folder.save_moment(
                    Moment(stats.step, seconds, np.zeros((28, 280), np.uint8), model, state)
                )
    return path


def train(setup: RunSetup, path: Path, steps: int) -> RunFolder:
    setup = setup.with_folder(path)
    assert setup.resumed == path
    with LocalRun(
        setup.config,
        setup.dataset,
        RunOptions(
            rows=1,
            store=setup.folder,
            resume=True,
            stop=StopAt(steps=steps),
        ),
    ) as run:
        run.send(Resume())
        while (snapshot := run.snapshots.wait(LONG)) is not None:
            if snapshot.state is RunState.FINISHED:
                break
        else:
            raise AssertionError("the branch did not finish")
    return RunFolder.open(path, write=False)


def test_a_branch_goes_on_bit_for_bit(tmp_path: Path, digits: Dataset) -> None:
    parent = make_parent(tmp_path / "parent", digits)
    setup = set_up_branch(parent, 6)
    assert "bit for bit" in setup.notes[0]
    branch = train(setup, tmp_path / "branch", 104)
    went_on = trainer_for(SMALL, digits)
    losses = [went_on.step().loss_d for _ in range(104)]
    tensors, values = branch.load_checkpoint()
    assert values["step"] == 104
    for name, value in state_of(went_on)[0].items():
        assert torch.equal(tensors[name], value), name
    columns = branch.metrics()
    assert columns["step"].tolist() == list(range(1, 105))
    np.testing.assert_array_equal(columns["loss_d"].astype(np.float32), np.float32(losses))
    assert branch.info.parent == Parent(str(parent), "parent", 4)
    assert next(info.step for info in branch.moments()) == 4
    assert RunFolder.open(parent, write=False).metrics()["step"].tolist() == list(range(1, 13))


def test_a_branch_from_a_model_says_so(tmp_path: Path, digits: Dataset) -> None:
    parent = make_parent(tmp_path / "parent", digits)
    setup = set_up_branch(parent, 9, {"gamma": 5.0})
    assert "not bit for bit" in setup.notes[0]
    assert setup.config.gamma == 5.0
    made = setup.with_folder(tmp_path / "branch")
    assert made.folder is not None
    with made.folder as folder:
        assert folder.checkpoint_step() == 8
        tensors, _ = folder.load_checkpoint()
        went_on = trainer_for(SMALL, digits)
        for _ in range(8):
            went_on.step()
        for name, value in went_on.discriminator.state_dict().items():
            assert torch.equal(tensors[f"discriminator.{name}"], value)
        assert folder.metrics()["step"].tolist() == list(range(1, 9))
        assert folder.info.config.gamma == 5.0
        model = folder.kept.file("model", 99)
        assert model is not None
        assert model.stem == "000000008"


def test_settings_that_learn_other_weights_begin_with_the_model(
    tmp_path: Path, digits: Dataset
) -> None:
    parent = make_parent(tmp_path / "parent", digits)
    setup = set_up_branch(parent, 5, {"objective": "wgan-gp"})
    assert "discriminator of step 4;" in setup.notes[0]
    branch = train(setup, tmp_path / "branch", 10)
    assert branch.checkpoint_step() == 10


@pytest.mark.parametrize("change", ["named otherwise", "one class more"])
def test_other_classes_are_refused_with_what_to_do(
    tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    parent = make_parent(tmp_path / "parent", digits)
    assert digits.labels is not None
    if change == "named otherwise":
        data, said = digits.renamed(tuple("abcdefghij")), r"\(--class-names\)"
    else:
        names = (*digits.class_names, "new")
        labels = digits.labels.clone()
        labels[0] = 10
        data = replace(digits, labels=labels, class_names=names, sha256="1" * 64)
        said = "9, new. Put back what they were, or begin a new run"
    monkeypatch.setattr(DataSource, "open", lambda *_: data)
    with pytest.raises(UserError, match=said):
        set_up_branch(parent, 4, source=DataSource("digits"))


def test_what_can_not_be_gone_on_from_is_said(tmp_path: Path, digits: Dataset) -> None:
    parent = make_parent(tmp_path / "parent", digits)
    with pytest.raises(UserError, match="kept nothing until step 3"):
        set_up_branch(parent, 3)
    with pytest.raises(UserError, match="can't change the setting z_dim"):
        set_up_branch(parent, 12, {"z_dim": 16})
    with pytest.raises(UserError, match="is not the folder of a run"):
        set_up_branch(tmp_path, 3)


def test_a_parent_is_not_changed_and_may_go(tmp_path: Path, digits: Dataset) -> None:
    parent = make_parent(tmp_path / "parent", digits)
    before = {path: path.read_bytes() for path in parent.rglob("*") if path.is_file()}
    setup = set_up_branch(parent, 4).with_folder(tmp_path / "branch")
    assert setup.folder is not None
    with setup.folder as folder:
        folder.forget_after(0)
        assert {path: path.read_bytes() for path in before} == before
        assert folder.moments() == ()
