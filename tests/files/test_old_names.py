"""Runs, models and checkpoints of earlier versions open, whatever their settings were called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from ganview.files import checkpoint, model_file
from ganview.files.model_file import load_model, save_model
from ganview.files.run_files import CHECKPOINT, CONFIG
from ganview.files.run_folder import RunFolder
from ganview.files.tensor_file import (
    CHECKPOINT_LIMITS,
    MODEL_LIMITS,
    read_header,
    read_tensors,
    write_tensors,
)
from ganview.gan.config import RENAMED_SETTINGS, TrainConfig
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import load_state, state_of
from ganview.gan.warm_start import settings_of

CONFIG_OF_THEN = TrainConfig(
    batch_size=4, z_dim=8, clusters=2, d_lr_ratio=1.25, aux_weight_g=0.5, aux_weight_g_end=0.25
)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    torch.manual_seed(0)
    images = torch.randint(0, 256, (120, 1, 28, 28), dtype=torch.uint8)
    trainer = Trainer(CONFIG_OF_THEN, images, None)
    trainer.step()
    return trainer


def with_old_names(document: Any, *, first: bool) -> Any:
    """What ganview wrote before; ``first`` is before the settings that were renamed existed."""
    if not isinstance(document, dict):
        return document
    old = {new: name for name, new in RENAMED_SETTINGS.items()}
    old["warm_started_from"] = "began_from"
    if isinstance(counts := document.get("clusters"), list):  # of a spec, which had their number
        document = {**document, "clusters": sum(counts)}
    return {
        old.get(name, name): with_old_names(value, first=first)
        for name, value in document.items()
        if not (first and name in old)
    }


def rewrite(path: Path, key: str, limits: Any, schema: int, *, first: bool = False) -> None:
    header = read_header(path, limits)
    tensors = read_tensors(path, limits, expected=header)
    if "clusters" in tensors:
        tensors["kinds"] = tensors.pop("clusters")
    document = with_old_names(json.loads(header.metadata[key]), first=first)
    write_tensors(path, tensors, {key: json.dumps({**document, "schema": schema})})


def test_a_run_and_its_checkpoint_go_on(tmp_path: Path, trainer: Trainer) -> None:
    path = tmp_path / "run"
    with RunFolder.create(path, CONFIG_OF_THEN) as run:
        tensors, values = state_of(trainer)
        run.save_checkpoint(tensors, {**values, "session": {"elapsed": 2.5, "state": "paused"}})
    rewrite(path / CHECKPOINT, checkpoint.CHECKPOINT_KEY, CHECKPOINT_LIMITS, 2)
    document = with_old_names(json.loads((path / CONFIG).read_text()), first=False)
    assert document["config"]["d_rate"] == 1.25
    (path / CONFIG).write_text(json.dumps({**document, "schema": 2}))

    with RunFolder.open(path) as run:
        assert run.info.config == CONFIG_OF_THEN
        assert run.changes_since_checkpoint() == ()
        again = Trainer(run.info.config, trainer.images, None)
        tensors, values = run.load_checkpoint()
        load_state(again, tensors, values)
    assert values["run"] == {"elapsed": 2.5, "state": "paused"}
    assert "session" not in values
    assert again.step_count == trainer.step_count
    assert again.clusters is not None
    assert trainer.clusters is not None
    assert torch.equal(again.clusters.labels, trainer.clusters.labels)


@pytest.mark.parametrize(
    ("schema", "first", "expected"),
    [(3, False, (1.25, 0.5, 0.25, 2)), (2, True, (1.0, 0.0, 0.0, 0))],
)
def test_a_model_is_fine_tuned_with_the_settings_that_it_had(
    tmp_path: Path, trainer: Trainer, schema: int, first: bool, expected: tuple[float, ...]
) -> None:
    images, labels = trainer.images, torch.arange(120) % 2
    model = Trainer(CONFIG_OF_THEN, images, labels, ("a", "b")).model()
    path = tmp_path / "model.safetensors"
    save_model(path, model)
    rewrite(path, model_file.KEY, MODEL_LIMITS, schema, first=first)
    config = settings_of(load_model(path))
    found = (config.d_lr_ratio, config.aux_weight_g, config.aux_weight_g_end, config.clusters)
    assert found == expected


def test_a_model_of_clusters_opens(tmp_path: Path, trainer: Trainer) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, trainer.model())
    rewrite(path, model_file.KEY, MODEL_LIMITS, 3)
    assert load_model(path).spec == trainer.spec
