"""Watching a run of ``ganview train`` from outside its thread: progress, signals, the end."""

from __future__ import annotations

import math
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ganview.cli.output import print_answer, print_message, progress_bar
from ganview.files.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganview.files.run_folder import RunFolder
    from ganview.runtime.messages import Snapshot, StopAt
    from ganview.runtime.session import Session

POLL_SECONDS = 0.1
QUALITY_SECONDS = 30.0  # that the end of a run waits for the last look at its quality


@contextmanager
def signals() -> Iterator[threading.Event]:
    """Set an event at SIGINT, SIGTERM and SIGHUP, instead of what they do otherwise."""
    event = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: event.set()) for number in numbers}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def following(
    session: Session, folder: RunFolder, *, wanted: bool
) -> Iterator[Callable[[Snapshot], object]]:
    """Give what writes each snapshot to TensorBoard's event files beside a run, or does nothing."""
    if not wanted:
        yield lambda _snapshot: None
        return
    from ganview.export.events import EVENTS, EventLog

    log, shown = EventLog(folder.path / EVENTS), -1

    def write(snapshot: Snapshot) -> None:
        nonlocal shown
        log.follow(session.history.view(), session.history.generation)
        if snapshot.model_version and snapshot.step >= 1.2 * shown + 1:
            log.picture(snapshot.atlas, snapshot.step)
            shown = snapshot.step

    try:
        yield write
    finally:
        log.close()


def watch(
    session: Session,
    stop: StopAt,
    interrupted: threading.Event,
    *,
    quiet: bool,
    votes: bool,
    seen: Callable[[Snapshot], object] = lambda _snapshot: None,
) -> Snapshot | None:
    """Train and show how far it is, until the session has finished, failed or been interrupted.

    Parameters
    ----------
    session : Session
        Not yet training.
    stop : StopAt
        When it will have finished.
    interrupted : Event
        Set when the user wants to stop.
    quiet : bool
        True shows no progress, and says only what went wrong.
    votes : bool
        Whether an interrupted session pauses by itself, at the step that all processes agree on.
    seen : callable
        Told of each snapshot.

    Returns
    -------
    Snapshot or None
        The last one that was seen.
    """
    from ganview.runtime.messages import SessionState

    ends = {SessionState.FINISHED, SessionState.FAILED}
    unit = "s" if stop.steps is None else "steps"
    total = stop.seconds if stop.steps is None else stop.steps
    form = f"{{percentage:3.0f}}%|{{bar}}| {{n:,.0f}}/{{total:,.0f}} {unit}{{postfix}}"
    last: Snapshot | None = None
    told: set[str] = set()
    with progress_bar(total=total or 0, unit=unit, quiet=quiet, form=form) as bar:
        while session.alive:
            if interrupted.is_set() and not votes:
                break
            snapshot = session.snapshots.wait(POLL_SECONDS)
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
                # a session that is told to train goes on past its end
                print_message(
                    "This run has come so far already: give it more --seconds or --steps."
                )
                break
            if snapshot.state in ends:
                break
            if first:
                session.resume()
            elif interrupted.is_set() and snapshot.state is SessionState.PAUSED:
                break
    return last


def tell_quality(session: Session, last: Snapshot) -> None:
    """Wait for the last look at the run's quality, if there have been any, and say it."""
    looks = session.quality.looks()
    if not looks:
        return  # too short a run, or no judge for its data
    found = session.quality.wait(last.step, QUALITY_SECONDS) or looks[-1]
    read = "" if math.isnan(found.accuracy) else f", {found.accuracy:.1%} read as asked"
    print_message(
        f"judge-FD@{found.judge} of {found.samples:,} samples at step {found.step:,}: "
        f"{found.frechet:.3g}{read} (real digits: {found.frechet_real:.3g}, "
        f"{found.accuracy_real:.1%})."
    )


def report(
    folder: RunFolder | None,
    last: Snapshot | None,
    final: Snapshot | None,
    *,
    interrupted: bool,
    quiet: bool,
) -> int:
    """Say how a run ended.

    Parameters
    ----------
    folder : RunFolder or None
        Where it was kept; None where another process does that.
    last : Snapshot or None
        The last one before the session was stopped.
    final : Snapshot or None
        The last one of all.
    interrupted : bool
        Whether the user wanted to stop.
    quiet : bool
        True says only what went wrong, and where the run is.

    Returns
    -------
    int
        The exit status.
    """
    if last is not None and last.error is not None:
        print_message(last.error)
        if last.details and folder is not None:
            path = folder.path / "error.txt"
            write_bytes(path, last.details.encode())
            print_message(f"The details are in {path}.")
        return 1
    done = 130 if interrupted else 0
    if folder is None:
        return done
    if final is None:
        print_message("Ended before the first step: nothing was learned.")
        return done or 1
    if not folder.has_checkpoint() or folder.checkpoint_step() < final.step:
        print_message(final.note or "What was learned last could not be saved.")
        return 1
    if not quiet:
        print_message(
            f"Trained {final.step:,} steps, {final.images_seen:,} images, in "
            f"{final.elapsed:,.1f} s. The run is in {folder.path}."
        )
    print_answer(str(folder.path))
    return done
