"""Progress, signals and the final report of ``ganview train``, in the main thread."""

from __future__ import annotations

import math
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ganview.cli.output import print_answer, print_message, progress_bar
from ganview.errors import UserError
from ganview.files.atomic import WriteError, write_bytes
from ganview.plain_text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganview.files.run_folder import RunFolder
    from ganview.runtime.local_run import LocalRun
    from ganview.runtime.messages import Snapshot, StopAt

POLL_SECONDS = 0.1
QUALITY_SECONDS = 30.0  # longest wait at the end of a run for a measurement under way


@contextmanager
def catch_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGINT, SIGTERM and SIGHUP set, in place of their usual effect.

    A signal that this process was told to ignore, as by ``nohup`` or ``&``, stays ignored.
    """
    event = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {
        number: signal.signal(number, lambda *_: event.set())
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def reading_progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield a callback that shows how many pictures are read; the bar appears at the first call."""
    bar: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not bar:
            bar.append(progress_bar(total=total, unit="picture", quiet=quiet))
        bar[0].update(done - bar[0].n)

    try:
        yield progress
    finally:
        for shown in bar:
            shown.close()


@contextmanager
def tensorboard_log(
    run: LocalRun, folder: RunFolder | None
) -> Iterator[Callable[[Snapshot], object]]:
    """Yield a callback that writes each snapshot to TensorBoard's event files in a run's folder.

    Without a folder the callback does nothing. A failed write, for example on a full disk or where
    another folder has the place of the run's, ends the log with a warning; training continues.
    """
    if folder is None:
        yield lambda _snapshot: None
        return
    from ganview.export.tensorboard_log import EventLog
    from ganview.files.run_files import EVENTS

    log: EventLog | None = None
    shown, failed = -1, False

    def attempt(work: Callable[[], None]) -> None:
        nonlocal failed
        if failed:
            return
        try:
            folder.check_in_place()
            work()
        except (OSError, WriteError) as error:
            failed = True
            reason = getattr(error, "strerror", None) or str(error).removesuffix(".")
            print_message(f"TensorBoard logging stopped: {reason}.")

    def quiet_about_full_disks(failure: threading.ExceptHookArgs) -> None:
        # TensorBoard's own thread raises first; the next call to the log raises the same again.
        of_tensorboard = failure.thread is not None and not failure.thread.name.startswith(
            "ganview"
        )
        if not (of_tensorboard and isinstance(failure.exc_value, OSError)):
            before(failure)

    def write(snapshot: Snapshot) -> None:
        nonlocal log, shown
        log = log or EventLog(folder.path / EVENTS)
        log.follow(run.history.view())
        if snapshot.samples is not None and snapshot.step >= 1.2 * shown + 1:
            log.picture(snapshot.samples.atlas, snapshot.step)
            shown = snapshot.step

    before, threading.excepthook = threading.excepthook, quiet_about_full_disks
    try:
        yield lambda snapshot: attempt(lambda: write(snapshot))
    finally:
        if log is not None:
            attempt(log.close)
        threading.excepthook = before


def train_until_end(
    run: LocalRun,
    stop: StopAt,
    interrupted: threading.Event,
    *,
    quiet: bool,
    votes: bool,
    seen: Callable[[Snapshot], object] = lambda _snapshot: None,
) -> Snapshot | None:
    """Train and show progress until the run has finished, failed or been interrupted.

    Parameters
    ----------
    quiet : bool
        Show no progress bar and no notes, only errors and warnings.
    votes : bool
        Under torchrun: wait until the run pauses by itself, at the step that all processes
        agree on.
    seen : callable
        Called with each snapshot.

    Returns
    -------
    Snapshot or None
        The last one.
    """
    from ganview.runtime.channels import Resume
    from ganview.runtime.messages import RunState

    ends = {RunState.FINISHED, RunState.FAILED}
    unit = "s" if stop.steps is None else "steps"
    total = stop.seconds if stop.steps is None else stop.steps
    form = f"{{percentage:3.0f}}%|{{bar}}| {{n:,.0f}}/{{total:,.0f}} {unit}{{postfix}}"
    last: Snapshot | None = None
    told: set[str] = set()
    with progress_bar(total=total or 0, unit=unit, quiet=quiet, form=form) as bar:
        while run.alive:
            if interrupted.is_set() and not votes:
                break
            snapshot = run.snapshots.wait(POLL_SECONDS)
            if snapshot is None:
                continue
            first, last = last is None, snapshot
            seen(snapshot)
            done = snapshot.elapsed if stop.steps is None else float(snapshot.step)
            bar.set_postfix_str(
                f"step {snapshot.step:,}, {snapshot.images_per_second:,.0f} images/s", refresh=False
            )
            bar.update(min(done, bar.total) - bar.n)
            news = {snapshot.unsaved, "" if quiet else snapshot.note} - {""}
            for sentence in sorted(news - told):
                bar.clear()
                print_message(sentence)
            told = news
            if first and (snapshot.progress or 0) >= 1:
                # `LocalRun.resume` would train past the stop condition
                print_message("This run has reached that already: give more --seconds or --steps.")
                break
            if snapshot.state in ends:
                break
            if first:
                run.send(Resume())
            elif interrupted.is_set() and snapshot.state is RunState.PAUSED:
                break
    return last


def tell_error(last: Snapshot | None, folder: RunFolder | None) -> None:
    """Print what ended a run, if an error did; its traceback goes into the folder, still locked."""
    if last is None or last.error is None:
        return
    print_message(last.error)
    if last.details and folder is not None:
        from ganview.files.run_files import ERROR

        try:
            folder.check_in_place()
            write_bytes(folder.path / ERROR, last.details.encode())
            print_message(f"The details are in {folder.path / ERROR}.")
        except WriteError as error:
            print_message(str(error))


def finished(last: Snapshot | None) -> bool:
    """Return whether a run has come to its stop condition."""
    from ganview.runtime.messages import RunState

    return last is not None and last.state is RunState.FINISHED


def tell_quality(run: LocalRun, interrupted: threading.Event) -> None:
    """Print the last quality measurement, after waiting for the one under way, if any."""
    until = time.monotonic() + QUALITY_SECONDS
    while not run.quality.is_complete(POLL_SECONDS):
        if interrupted.is_set() or time.monotonic() > until:
            break
    looks = run.quality.looks()
    if not looks:
        return  # too short a run, or no judge for its data
    found = looks[-1]
    read = "" if math.isnan(found.accuracy) else f", class accuracy {found.accuracy:.1%}"
    print_message(
        f"judge-FD@{found.judge} of {found.samples:,} samples at step {found.step:,}: "
        f"{found.frechet:.3g}{read} (real pictures: {found.frechet_real:.3g}, "
        f"{found.accuracy_real:.1%})."
    )


def report_end(
    folder: RunFolder | None,
    last: Snapshot | None,
    final: Snapshot | None,
    *,
    interrupted: bool,
    quiet: bool,
) -> int:
    """Print how a run ended.

    Parameters
    ----------
    folder : RunFolder or None
        Where it is saved; None if another process does that.
    last : Snapshot or None
        The last one before the run was stopped.
    final : Snapshot or None
        The last one after it was stopped.
    interrupted : bool
        Whether the user wanted to stop.
    quiet : bool
        Print only errors, warnings and where the run is.

    Returns
    -------
    int
        The exit status.
    """
    if last is not None and last.error is not None:
        return 1  # `tell_error` has said so
    done = 130 if interrupted and not finished(last) else 0
    if folder is None:
        return done
    if final is None:
        print_message("Ended before the first step: nothing was learned.")
        return done or 1
    saved = saved_steps(folder)
    if final.unsaved or saved != {"checkpoint": final.step, "model": final.step}:
        print_message(final.unsaved or final.note or "The last steps could not be saved.")
        kept = " and ".join(f"a {part} of step {step:,}" for part, step in saved.items())
        print_message(f"{folder.path} holds {kept or 'nothing to go on from'}.")
        return 1
    if not quiet:
        print_message(
            f"Trained {counted(final.step, 'step')}, {counted(final.images_seen, 'image')}, in "
            f"{final.elapsed:,.1f} s. The run is in {folder.path}."
        )
    print_answer(str(folder.path))
    return done


def saved_steps(folder: RunFolder) -> dict[str, int]:
    """Return the steps of the checkpoint and of the model in a run's folder, if they are there."""
    from ganview.files.model_file import read_model_header
    from ganview.files.run_files import MODEL

    saved = {}
    with suppress(UserError):
        saved["checkpoint"] = folder.checkpoint_step()
    with suppress(UserError, KeyError):
        saved["model"] = read_model_header(folder.path / MODEL).info["step"]
    return saved
