from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.files.model_file import save_model
from ganview.files.run_folder import RunFolder
from ganview.gan.trainer_state import state_of
from ganview.runtime.run_view import FolderRun
from ganview.runtime.sample_grid import GridSampler

from .conftest import SMALL, trainer_for

ROWS = 2


@pytest.fixture
def old_run(tmp_path: Path, digits: Dataset) -> Path:
    """Return the folder of a run as versions without one series of moments left it."""
    trainer = trainer_for(SMALL, digits)
    with RunFolder.create(tmp_path / "run", SMALL) as folder:
        folder.append_metrics([{"step": step, "seconds": step / 10} for step in range(1, 41)])
        (folder.path / "moments").mkdir()
        for step in (5, 10, 30):
            trainer.step()
            model = trainer.model()
            folder.save_snapshot(GridSampler(model.spec, ROWS).draw(model).atlas, step)
            if step == 10:
                path = folder.path / "moments" / f"{step:09d}.safetensors"
                save_model(path, model, discriminator=False)
        tensors, values = state_of(trainer)
        folder.save_checkpoint(tensors, {**values, "step": 40})
        model.info["step"] = 40
        save_model(folder.path / "model.safetensors", model)
    return folder.path


def test_an_older_run_has_moments(old_run: Path) -> None:
    moments = FolderRun(old_run).moments()
    assert [info.step for info in moments] == [5, 10, 30, 40]
    assert [info.has_samples for info in moments] == [True, True, True, False]
    assert [info.has_model for info in moments] == [False, True, False, True]
    assert [info.has_discriminator for info in moments] == [False, False, False, True]
    assert [info.has_state for info in moments] == [False, False, False, True]
    np.testing.assert_allclose([info.seconds for info in moments], [0.5, 1.0, 3.0, 4.0])


def test_the_newest_moment_not_after_a_step_is_read(old_run: Path, digits: Dataset) -> None:
    run = FolderRun(old_run)
    assert run.at(4) is None
    assert run.samples_at(4) is None
    early, late = run.at(9), run.at(35)
    assert early is not None
    assert late is not None
    assert early.info.step == 5
    assert early.model is None
    assert late.info.step == 30
    assert late.model is not None
    assert late.model.discriminator is None
    trainer = trainer_for(SMALL, digits)
    for _ in range(2):
        trainer.step()
    model = run.model_at(10)
    assert model is not None
    drawn = GridSampler(trainer.spec, ROWS).draw(trainer.model())
    kept = run.samples_at(10)
    assert kept is not None
    for one, other in ((kept.images, drawn.images), (kept.z, drawn.z)):
        np.testing.assert_array_equal(one, other)
    assert kept.class_names == drawn.class_names
    again = GridSampler(model.spec, ROWS).draw(model)
    np.testing.assert_array_equal(again.images, drawn.images)


def test_a_grid_of_another_size_is_refused(old_run: Path) -> None:
    with RunFolder.open(old_run) as folder:
        folder.save_snapshot(np.zeros((30, 30), np.uint8), 35)
    with pytest.raises(UserError, match="another size"):
        FolderRun(old_run).samples_at(36)
