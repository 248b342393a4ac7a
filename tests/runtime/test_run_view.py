from __future__ import annotations

from pathlib import Path

import pytest

from ganview.data.dataset import Dataset
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.runtime.local_run import LocalRun
from ganview.runtime.run_view import FolderRun

from .conftest import SMALL
from .run_maker import make_run


def test_a_run_that_trains_says_what_it_learns_from(digits: Dataset) -> None:
    with LocalRun(SMALL, digits, rows=1) as run:
        assert run.read_dataset() is digits


def test_a_folder_opens_the_digits_but_follows_no_path(tmp_path: Path) -> None:
    assert FolderRun(make_run(tmp_path / "run")).read_dataset().shape == (1, 28, 28)
    source = DataSource(str(tmp_path / "pictures"))
    RunFolder.create(tmp_path / "other", TrainConfig(), data=source).close()
    with pytest.raises(UserError, match="Go on with it"):
        FolderRun(tmp_path / "other").read_dataset()
