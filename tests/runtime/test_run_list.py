from __future__ import annotations

from pathlib import Path

import pytest

from ganview.errors import UserError
from ganview.files.lock import FolderLock, LockedError
from ganview.files.run_summary import RunStatus
from ganview.runtime.opening import SHIPPED
from ganview.runtime.run_list import (
    INDEX,
    built_in_models,
    discard_run,
    erase_run,
    forget_run,
    known_folders,
    list_discarded,
    list_runs,
    remember_run,
    restore_run,
    small_picture,
)
from tests.runtime.run_maker import make_run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    make_run(tmp_path / "runs" / "a")
    make_run(tmp_path / "elsewhere" / "b", level=200)
    (tmp_path / "runs" / "notes").mkdir()
    return tmp_path / "runs"


def names(runs: Path) -> set[str]:
    return {run.name for run in list_runs(runs)}


def test_runs_from_elsewhere_are_listed_once_they_were_opened(runs: Path) -> None:
    other = runs.parent / "elsewhere" / "b"
    assert names(runs) == {"a"}
    for path in (other, other, runs / "a", runs / "notes"):
        remember_run(runs, path)
    assert known_folders(runs) == [other]
    assert names(runs) == {"a", "b"}
    forget_run(runs, other)
    assert names(runs) == {"a"}
    assert other.is_dir()


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1, "folders": [1]}', '{"schema": 9}'])
def test_a_damaged_index_hides_no_run(runs: Path, text: str) -> None:
    (runs.parent / INDEX).write_text(text)
    assert names(runs) == {"a"}
    remember_run(runs, runs.parent / "elsewhere" / "b")
    assert names(runs) == {"a", "b"}


def test_a_known_run_that_is_gone_is_a_row_that_says_so(runs: Path) -> None:
    other = runs.parent / "elsewhere" / "b"
    remember_run(runs, other)
    other.rename(runs.parent / "away")
    gone = next(run for run in list_runs(runs) if run.name == "b")
    assert gone.status is RunStatus.BROKEN
    assert gone.why


def test_what_is_discarded_can_be_brought_back(runs: Path) -> None:
    other = runs.parent / "elsewhere" / "b"
    remember_run(runs, other)
    for path in (runs / "a", other):
        away = discard_run(runs, path)
        assert not path.exists()
        assert path.name not in names(runs)
        assert restore_run(runs, away) == path
    assert names(runs) == {"a", "b"}


def test_two_runs_of_one_name_can_be_in_the_trash(runs: Path) -> None:
    first = discard_run(runs, runs / "a")
    make_run(runs / "a")
    second = discard_run(runs, runs / "a")
    assert {run.path for run in list_discarded(runs)} == {first, second}
    erase_run(second)
    assert [run.path for run in list_discarded(runs)] == [first]


def test_an_open_run_is_not_discarded_and_only_the_trash_is_erased(runs: Path) -> None:
    lock = FolderLock(runs / "a")
    with pytest.raises(LockedError):
        discard_run(runs, runs / "a")
    lock.release()
    with pytest.raises(UserError):
        erase_run(runs / "a")
    assert names(runs) == {"a"}


def test_pictures_are_the_newest_samples(runs: Path) -> None:
    run = list_runs(runs)[0]
    picture = small_picture(run)
    assert picture is not None
    assert picture.shape == (56, 168)
    assert int(picture.min()) == int(picture.max()) == 100
    for file in (run.path / "moments").iterdir():
        file.write_bytes(b"no picture")
    assert small_picture(run) is None


def test_the_models_that_ship_are_listed(runs: Path) -> None:
    models = built_in_models()
    assert [run.status for run in models] == [RunStatus.BUILT_IN] * 2
    assert [run.name for run in models] == list(SHIPPED.values())  # as the sources call them
    pictures = [small_picture(model) for model in models]
    assert [picture.shape for picture in pictures if picture is not None] == [(56, 168)] * 2
    assert all(picture.max() > 200 for picture in pictures if picture is not None)
