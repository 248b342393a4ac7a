"""A failure of every call that any writer makes of the system, one after another."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganview.errors import UserError
from ganview.export.picture import write_picture
from ganview.files.atomic import TEMPORARY_PREFIX, write_bytes
from ganview.files.metrics_log import append_rows
from ganview.files.model_file import save_model
from ganview.files.moment_info import Moment
from ganview.files.png import write_png
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.runtime import run_saver
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.local_run import LocalRun
from tests.export.states import random_recipe
from tests.files.conftest import make_model
from tests.soak.conftest import size
from tests.soak.killed import CONFIG, digits

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
CALLS = ("open", "write", "fsync", "replace", "rename", "mkdir", "ftruncate", "truncate")
ERRORS = {
    errno.ENOSPC: "full",
    errno.EACCES: "may not be written",
    errno.EINTR: "interrupted",
    errno.EROFS: "only be read",
    errno.EIO: "error",
}


class Faults:
    """Lets the system refuse the n-th call, and those after it if told."""

    def __init__(self) -> None:
        self.count = 0
        self.at: int | None = None
        self.lasting = False
        self.error = errno.ENOSPC
        self.struck = ""
        self.only: Path | None = None

    def wrap(self, name: str) -> Callable[..., Any]:
        """Return a stand-in for a function of `os`."""
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if self._reads(name, arguments, named):
                return real(*arguments, **named)
            self.count += 1
            if self.at is not None and (
                self.count == self.at or (self.lasting and self.count >= self.at)
            ):
                self.struck = name
                if name == "write":  # a part of it is written all the same
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                raise OSError(self.error, os.strerror(self.error))
            return real(*arguments, **named)

        return call

    def _reads(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> bool:
        flags = named.get("flags", arguments[1] if len(arguments) > 1 else 0)
        return name == "open" and not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)


@contextmanager
def faults() -> Iterator[Faults]:
    """Stand between the program and the system."""
    standing = Faults()
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, standing.wrap(name))
        yield standing


def writers(folder: Path) -> dict[str, tuple[Path, Callable[[], object]]]:
    """Return each kind of file, and what replaces it with new content."""
    model = make_model()
    recipe = random_recipe(np.random.default_rng(0), model)
    run = RunFolder.create(folder / "run", TrainConfig())
    run.append_metrics([{"step": 1}])
    run.save_checkpoint({"a": torch.zeros(3)}, {"step": 1})
    image = np.zeros((8, 8), np.uint8)
    run.save_model(model)
    run.save_moment(Moment(1, 1.0, image, model))
    files = {
        "bytes": (folder / "bytes", lambda: write_bytes(folder / "bytes", os.urandom(10**6))),
        "model": (folder / "model", lambda: save_model(folder / "model", model)),
        "png": (folder / "png", lambda: write_png(folder / "png", image)),
        "picture": (folder / "picture", lambda: write_picture(folder / "picture", recipe, model)),
        "checkpoint": (
            run.path / "checkpoint.safetensors",
            lambda: run.save_checkpoint({}, {"step": 2}),
        ),
        "run's model": (run.path / "model.safetensors", lambda: run.save_model(model)),
        "moment": (
            run.path / "moments" / "000000001.png",
            lambda: run.save_moment(Moment(1, 1.0, image, model)),
        ),
    }
    for path, _ in files.values():
        if not path.exists():
            path.write_bytes(b"the old file")
    return files


def refusal(write: Callable[[], object]) -> str:
    """Return what a writer says of a failure; empty if it wrote all the same."""
    try:
        write()
    except UserError as error:
        return str(error)
    return ""


def test_every_call_of_every_writer(tmp_path: Path, figures: dict[str, Any]) -> None:
    figures |= {"failures": 0, "new_file_in_place": 0, "calls": {}}
    for kind, (path, write) in writers(tmp_path).items():
        old = path.read_bytes()
        with faults() as system:
            write()
            calls = system.count
        new = path.read_bytes()
        figures["calls"][kind] = calls
        for error, words in ERRORS.items():
            for at in range(1, calls + 1):
                path.write_bytes(old)
                with faults() as system:
                    system.at, system.error = at, error
                    said = refusal(write)
                figures["failures"] += 1
                if not said:
                    assert system.struck == "mkdir"  # of a folder that is there already
                    continue
                several = kind == "moment"  # of whose files each is whole, and the last tells of it
                assert (path.parent.name if several else path.name) in said, said
                assert words in said.lower(), said
                found = path.read_bytes()
                # only the last flush, of the folder, comes when the new file is there already
                whole = found == old or (len(found) == len(new) and (several or at == calls))
                assert whole, f"{kind}: call {at} of {calls}, {system.struck}"
                figures["new_file_in_place"] += found != old
                left = [file.name for file in path.parent.glob(f"{TEMPORARY_PREFIX}*")]
                assert left == [], f"{kind}: {left}"


def test_every_call_of_the_log_and_of_a_new_run(tmp_path: Path, figures: dict[str, Any]) -> None:
    path = tmp_path / "metrics.jsonl"
    append_rows(path, [{"step": 1}, {"step": 2}])
    old = path.read_bytes()
    figures["failures"] = 0
    for error in ERRORS:
        for at in range(1, 10):
            with faults() as system:
                system.at, system.error = at, error
                try:
                    append_rows(path, [{"step": 3}])
                except UserError:
                    figures["failures"] += 1
            if system.struck in ("open", "write"):
                assert path.read_bytes() == old
            path.write_bytes(old)
        for at in range(1, 40):
            folder = tmp_path / f"{error}-{at}"
            with faults() as system:
                system.at, system.error = at, error
                try:
                    RunFolder.create(folder, TrainConfig()).close()
                except UserError:
                    figures["failures"] += 1
            if not system.struck:
                break
        else:
            pytest.fail("a new run makes more calls than expected")


def test_training_goes_on(
    tmp_path: Path, figures: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call of a run that is being saved fails for a while; the run goes on and recovers."""
    monkeypatch.setattr(run_saver, "RETRY_SECONDS", 0.05)
    figures |= {"failures": 0, "told": 0}
    most, data = size("FAILURES", 25), digits()
    run = RunFolder.create(tmp_path / "run", CONFIG)
    with (
        faults() as system,
        LocalRun(
            CONFIG,
            data,
            RunOptions(
                rows=1,
                store=run,
                snapshot_interval=0.02,
                checkpoint_interval=0.05,
            ),
        ) as session,
    ):
        session.send(Resume())
        _until(lambda: run.has_checkpoint())
        for number in range(most):
            error, words = list(ERRORS.items())[number % len(ERRORS)]
            good = (run.path / "checkpoint.safetensors").read_bytes()
            system.struck, system.error, system.lasting = "", error, True
            system.at = system.count + 1 + number
            step = len(session.history)
            _until(lambda words=words: words in _note(session).lower())
            figures["told"] += 1
            kept = RunFolder.open(run.path, write=False).checkpoint_step()
            assert kept > 0, "the last good checkpoint stays"
            _until(lambda step=step: len(session.history) > step + 20)
            system.at = None
            figures["failures"] += 1
            _until(
                lambda good=good: (
                    (run.path / "checkpoint.safetensors").read_bytes() != good
                    and "trying again" not in _note(session)
                )
            )
        figures["steps"] = len(session.history)
    steps = RunFolder.open(run.path, write=False).metrics()["step"]
    assert steps.tolist() == list(range(1, len(steps) + 1)), "no number was lost or written twice"


_last_note = [""]


def _note(session: LocalRun) -> str:
    snapshot = session.snapshots.take()
    if snapshot is not None:
        assert snapshot.error is None, snapshot.details
        _last_note[0] = f"{snapshot.unsaved} {snapshot.note}"
    return _last_note[0]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.005)
