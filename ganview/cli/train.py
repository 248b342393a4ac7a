"""``ganview train``: a run without a window, by the session that the window uses."""

from __future__ import annotations

import argparse
import signal
import threading
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.cli.kinds import count, positive_number
from ganview.cli.output import answer, progress_bar, say
from ganview.cli.settings import add_settings, chosen_config, given_settings, preset_list
from ganview.errors import UserError
from ganview.files.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganview.cli.kinds import Commands
    from ganview.data.dataset import Dataset
    from ganview.files.run_folder import RunFolder
    from ganview.runtime.messages import Snapshot, StopAt
    from ganview.runtime.session import Session

DEFAULT_SECONDS = 60.0
POLL_SECONDS = 0.1
SNAPSHOT_SECONDS = 1.0  # nobody watches the pictures: only trouble is looked for in them
DIGITS = "digits"

EPILOG = """\
Training stops after --seconds or --steps, both counted from the start of the run and in training
alone, or when interrupted (Ctrl-C); what was learned is saved in either case. A run folder is a
MODEL for 'ganview sample' and for the window.

examples:
  ganview train                                     a minute of digits, saved in runs/
  ganview train --seconds 600 --preset best --out runs/best
  ganview train --resume runs/best --seconds 1200   go on for another ten minutes
  ganview train --data photos/ --image-size 48      a folder of pictures, one sub-folder a class
  ganview train --no-conditional --steps 20000      without classes
"""


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "train",
        help="train a GAN",
        description="Train a GAN and keep the run in a folder.",
        epilog=f"{preset_list()}\n\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds",
        type=positive_number,
        metavar="S",
        help=f"stop after so many seconds of training (default: {DEFAULT_SECONDS:g})",
    )
    length.add_argument("--steps", type=count, metavar="N", help="stop after so many steps")
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--out", type=Path, metavar="RUN", help="folder for the run (default: a new one in runs/)"
    )
    place.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run, bit for bit")
    parser.add_argument(
        "--checkpoint-seconds",
        type=positive_number,
        default=30.0,
        metavar="S",
        help="save so often (default: 30)",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    data = parser.add_argument_group("data")
    data.add_argument(
        "--data",
        metavar="D",
        help="'digits', a folder of pictures or an IDX file (default: digits)",
    )
    data.add_argument(
        "--image-size", type=count, metavar="N", help="pixels a side for folders, 28 to 64"
    )
    data.add_argument(
        "--colour",
        action=argparse.BooleanOptionalAction,
        help="colour or grey for folders (default: as the pictures are)",
    )
    add_settings(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train until the end, or until interrupted.

    Raises
    ------
    UserError
        Settings, data or folder can't be used.
    """
    from ganview.runtime.messages import StopAt

    if options.resume is not None:
        folder, dataset = _resumed(options)
        stop = StopAt(options.steps, options.seconds)
    else:
        folder, dataset = _begun(options)
        both = options.steps is None and options.seconds is None
        stop = StopAt(options.steps, DEFAULT_SECONDS if both else options.seconds)
    with folder:
        return _train(folder, dataset, stop, options)


def _begun(options: argparse.Namespace) -> tuple[RunFolder, Dataset]:
    from ganview.files.run_folder import RunFolder

    config = chosen_config(options)
    source = options.data or DIGITS
    dataset = _open_data(source, options)
    if config.conditional and dataset.labels is None:
        if "conditional" in given_settings(options):
            raise UserError(f"The data '{source}' has no classes: leave --conditional out.")
        say(f"The data '{source}' has no classes: training without.")
        config = config.with_(conditional=False)
    path = options.out or Path("runs") / datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    name = source if source == DIGITS else str(Path(source).resolve())
    return RunFolder.create(path, config, data=name, data_sha256=dataset.sha256), dataset


def _resumed(options: argparse.Namespace) -> tuple[RunFolder, Dataset]:
    from ganview.files.run_folder import RunFolder

    if options.steps is None and options.seconds is None:
        raise UserError("--resume needs --seconds or --steps, counted from the start of the run.")
    if options.preset or given_settings(options):
        raise UserError("--resume goes on with the settings of the run: give it no others.")
    folder = RunFolder.open(options.resume)
    try:
        folder.checkpoint_step()
        if folder.info.data != DIGITS and not options.data:
            # a path in somebody's file is never followed
            raise UserError(
                f"This run learned from other data: name it with --data '{folder.info.data}'."
            )
        dataset = _open_data(options.data or DIGITS, options)
        if dataset.sha256 != folder.info.data_sha256:
            raise UserError("This run learned from other data, or read it at another size.")
    except BaseException:
        folder.close()
        raise
    return folder, dataset


def _open_data(source: str, options: argparse.Namespace) -> Dataset:
    from ganview.data.open import open_dataset

    bar: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not bar:
            bar.append(progress_bar(total=total, unit="picture", quiet=options.quiet))
        bar[0].update(done - bar[0].n)

    try:
        return open_dataset(
            source, side=options.image_size, colour=options.colour, progress=progress
        )
    finally:
        for shown in bar:
            shown.close()


def _train(folder: RunFolder, dataset: Dataset, stop: StopAt, options: argparse.Namespace) -> int:
    from ganview.runtime.session import Session

    with _signals() as interrupted:
        session = Session(
            folder.info.config,
            dataset,
            run=folder,
            resume=options.resume is not None,
            stop=stop,
            snapshot_interval=SNAPSHOT_SECONDS,
            checkpoint_interval=options.checkpoint_seconds,
        )
        with session:
            last = _watch(session, stop, interrupted, quiet=options.quiet)
            if interrupted.is_set():
                say("Interrupted: saving what was learned.")
    return _report(folder, last, session.snapshots.take() or last, interrupted.is_set())


@contextmanager
def _signals() -> Iterator[threading.Event]:
    """Set an event at SIGINT and SIGTERM, instead of what they do otherwise."""
    event = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: event.set()) for number in numbers}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(
    session: Session, stop: StopAt, interrupted: threading.Event, *, quiet: bool
) -> Snapshot | None:
    """Train and show how far it is, until the session has finished, failed or been interrupted."""
    from ganview.runtime.messages import SessionState

    counts_steps = stop.steps is not None
    unit = "steps" if counts_steps else "s"
    form = f"{{percentage:3.0f}}%|{{bar}}| {{n:,.0f}}/{{total:,.0f}} {unit}{{postfix}}"
    total = stop.steps if stop.steps is not None else stop.seconds
    last: Snapshot | None = None
    told = ""
    with progress_bar(total=total or 0, unit=unit, quiet=quiet, form=form) as bar:
        while not interrupted.wait(POLL_SECONDS) and session.alive:
            snapshot = session.snapshots.take()
            if snapshot is None:
                continue
            begun, last = last is not None, snapshot
            if not begun and snapshot.error is None:
                if (snapshot.progress or 0) >= 1:  # a session that is told to goes on past its end
                    say("This run has come so far already: give it more --seconds or --steps.")
                    break
                session.resume()
            done = float(snapshot.step) if counts_steps else snapshot.elapsed
            bar.set_postfix_str(
                f"step {snapshot.step:,}, {snapshot.images_per_second:,.0f} images/s", refresh=False
            )
            bar.update(min(done, bar.total) - bar.n)
            if snapshot.note and snapshot.note != told:
                told = snapshot.note
                bar.clear()
                say(told)
            if snapshot.state in (SessionState.FINISHED, SessionState.FAILED):
                break
    return last


def _report(
    folder: RunFolder, last: Snapshot | None, final: Snapshot | None, was_interrupted: bool
) -> int:
    """Say how it ended; returns the exit status."""
    if last is not None and last.error is not None:
        say(last.error)
        if last.details:
            path = folder.path / "error.txt"
            write_bytes(path, last.details.encode())
            say(f"The details are in {path}.")
        return 1
    if final is None:
        say("Ended before the first step: nothing was learned.")
        return 130 if was_interrupted else 1
    if not folder.has_checkpoint() or folder.checkpoint_step() < final.step:
        say(final.note or "What was learned last could not be saved.")
        return 1
    say(
        f"Trained {final.step:,} steps, {final.images_seen:,} images, in {final.elapsed:,.1f} s. "
        f"The run is in {folder.path}."
    )
    answer(str(folder.path))
    return 130 if was_interrupted else 0
