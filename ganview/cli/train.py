"""``ganview train`` trains a GAN without a window, as the window does."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.cli.argument_types import Commands, positive_number, whole_number
from ganview.cli.data_options import add_data_options, given_source
from ganview.cli.output import print_message
from ganview.cli.settings import (
    add_settings,
    choice_lists,
    chosen_config,
    given_settings,
    preset_list,
)
from ganview.cli.train_progress import (
    catch_signals,
    finished,
    reading_progress,
    report_end,
    tell_error,
    tell_quality,
    tensorboard_log,
    train_until_end,
)
from ganview.data.named_sets import OnProgress
from ganview.data.source import DataSource, source_labels
from ganview.errors import UserError
from ganview.plain_text import printable

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.gan.trainer import Trainer
    from ganview.runtime.distributed import ReadOnlyStore
    from ganview.runtime.run_setup import RunSetup

DEFAULT_SECONDS = 60.0
MAX_NAME = 60  # characters of a file's name in a message
SNAPSHOT_SECONDS = 1.0  # nobody sees the samples: they are only checked for mode collapse
NEVER = 1e9  # seconds: of several processes, only the first one's pictures are looked at

EPILOG = """\
Training stops after --seconds or --steps, both counted from the start of the run and in training
alone, or when interrupted (Ctrl-C); the run is saved in either case. A run folder can be given as
MODEL to 'ganview sample' and to the window. What can't be saved ends in exit status 1.

examples:
  ganview train                                     a minute of digits, saved in runs/
  ganview train --seconds 600 --preset best --out runs/best
  ganview train --resume runs/best --seconds 1200   ten more minutes
  ganview train --from conditional --data mine/     teach a model your own digits: folders 0 to 9
  ganview train --data photos/ --image-size 48      a folder of pictures, one sub-folder a class
  ganview train --tensorboard --out runs/tb         then: tensorboard --logdir runs
  ganview train --no-conditional --steps 20000      without classes
  ganview train --branch runs/a --at 1700 --gamma 0.1 --steps 5000
                                                    go on from step 1,700 with another γ
  ganview train --hold-out 5000 --out runs/a        keep 5,000 digits for 'eval --held-out'
  torchrun --nproc-per-node 4 -m ganview train --batch-size 64 --threads 1
                                                    one model on four processes
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "train",
        help="train a GAN",
        description="Train a GAN and keep the run in a folder.",
        epilog=f"{preset_list()}\n\n{choice_lists()}\n\n{EPILOG}",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds",
        type=positive_number,
        metavar="S",
        help=f"stop after S seconds of training (default: {DEFAULT_SECONDS:g})",
    )
    length.add_argument("--steps", type=whole_number, metavar="N", help="stop after N steps")
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--out", type=Path, metavar="RUN", help="folder for the run (default: a new one in runs/)"
    )
    place.add_argument("--resume", type=Path, metavar="RUN", help="continue a run, bit for bit")
    parser.add_argument(
        "--branch",
        type=Path,
        metavar="RUN",
        help="a new run that goes on from a step of RUN (--at), with other settings if you wish",
    )
    parser.add_argument(
        "--at",
        type=whole_number,
        metavar="STEP",
        help="the step to branch at (default: the newest)",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="MODEL",
        help="start from the weights and final settings of a model (fine-tuning)",
    )
    parser.add_argument(
        "--checkpoint-seconds",
        type=positive_number,
        default=30.0,
        metavar="S",
        help="seconds between two checkpoints (default: 30)",
    )
    parser.add_argument(
        "--quality",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="measure quality during training, in under 3 %% of its time; for other data than the "
        "digits, a judge is trained first",
    )
    parser.add_argument(
        "--tensorboard",
        action="store_true",
        help="also write TensorBoard event files into the run; needs: pip install "
        "'ganview[tensorboard]'",
    )
    parser.add_argument("--quiet", action="store_true", help="print only errors and warnings")
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="D", help=f"{source_labels()} (default: digits)")
    add_data_options(data)
    add_settings(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train until the end, or until interrupted; under torchrun as one of several processes."""
    from ganview.files.run_folder import RunFolder
    from ganview.gan.device import choose_device
    from ganview.gan.replicas import (
        SINGLE_PROCESS,
        join_replicas,
        launched_by_torchrun,
        leave_replicas,
    )
    from ganview.runtime.channels import Pause, RunOptions
    from ganview.runtime.distributed import DistributedTrainer, threads_per_process
    from ganview.runtime.local_run import LocalRun
    from ganview.runtime.messages import StopAt

    seconds: float | None = options.seconds
    if seconds is None and options.steps is None and not (options.resume or options.branch):
        seconds = DEFAULT_SECONDS
    stop = StopAt(options.steps, seconds)
    if options.tensorboard:
        from ganview.export.tensorboard_log import import_tensorboard

        import_tensorboard()
    distributed = launched_by_torchrun()
    first = not distributed or os.environ["RANK"] == "0"
    options.quiet = options.quiet or not first
    setup = set_up_run(options)
    for note in setup.notes if first else ():
        print_message(note)
    if setup.source.is_path and first:
        tell_data(setup, quiet=options.quiet)
    replicas = SINGLE_PROCESS
    if distributed:
        config = setup.config.with_(threads=setup.config.threads or threads_per_process())
        setup = replace(setup, config=config)
        replicas = join_replicas(choose_device(config.device))
    with catch_signals() as interrupted, closing(_open_store(setup, options.out, first)) as store:

        def agree() -> None:
            interrupted.set()
            local_run.send(Pause())  # obeyed before the next step, in every process

        def make_trainer(config: TrainConfig, dataset: Dataset) -> Trainer:
            return DistributedTrainer(config, dataset, replicas, interrupted.is_set, agree)

        local_run = LocalRun(
            setup.config,
            setup.dataset,
            RunOptions(
                store=store,
                resume=setup.goes_on,
                stop=stop,
                snapshot_interval=SNAPSHOT_SECONDS if first else NEVER,
                checkpoint_interval=options.checkpoint_seconds,
                make_trainer=make_trainer if distributed else None,
                model=setup.model,
                measures=options.quality and first,
            ),
        )
        folder = store if isinstance(store, RunFolder) else None
        with local_run:
            with tensorboard_log(local_run, folder if options.tensorboard else None) as seen:
                last = train_until_end(
                    local_run, stop, interrupted, quiet=options.quiet, votes=distributed, seen=seen
                )
            tell_error(last, folder)
            if finished(last):
                if not options.quiet:
                    tell_quality(local_run, interrupted)
            elif interrupted.is_set() and first:
                print_message("Interrupted: saving what was learned.")
        final = local_run.snapshots.take() or last
        status = report_end(
            folder, last, final, interrupted=interrupted.is_set(), quiet=options.quiet
        )
    if distributed and status != 1:  # after an error the others have ended
        leave_replicas()
    return status


def tell_data(setup: RunSetup, *, quiet: bool) -> None:
    """Say what was read, and what is left out."""
    from ganview.data.scan import Scan

    scan = Scan.of(setup.source, setup.dataset)
    if not quiet:
        print_message(f"Learning from {scan.summary}.")
    for line in (*setup.dataset.reading.notes, *scan.warnings) if not quiet else ():
        print_message(line)
    for reason, names in scan.reasons.items():
        few = ", ".join(printable(name, MAX_NAME) for name in names[:3])
        more = ", …" if len(names) > 3 else ""
        print_message(f"Left out, {reason}: {len(names):,} ({few}{more}).")


def set_up_run(options: argparse.Namespace) -> RunSetup:
    """Return the run that the command line asks for, with its data read and everything checked.

    Raises
    ------
    UserError
        Settings or data can't be used.
    """
    from ganview.data.source import DIGITS
    from ganview.files.open_model import open_model
    from ganview.gan.warm_start import settings_of
    from ganview.runtime.run_setup import set_up_new_run, set_up_resumed_run

    source = given_source(options, options.data)
    settings = given_settings(options)
    with reading_progress(quiet=options.quiet) as progress:
        if options.resume is not None:
            if options.steps is None and options.seconds is None:
                raise UserError(
                    "--resume needs --seconds or --steps, counted from the start of the run."
                )
            given = [("preset", options.preset), ("from", options.start)]
            others = [*(name for name, value in given if value), *settings]
            if others:
                named = ", ".join(f"--{name.replace('_', '-')}" for name in others)
                raise UserError(
                    f"--resume goes on with the settings of the run: leave out {named}, "
                    "or give the run a branch with --branch."
                )
            return set_up_resumed_run(options.resume, source, progress=progress)
        if options.branch is not None:
            return _set_up_branch(options, source, settings, progress)
        model = None
        if options.start is None:
            config = chosen_config(options)
        elif options.preset:
            raise UserError("--from starts with the settings of that model: leave --preset out.")
        else:
            model = open_model(options.start)
            config = settings_of(model).with_(**settings)
        return set_up_new_run(
            config,
            source or DIGITS,
            model=model,
            needs_classes="conditional" in settings and config.conditional,
            progress=progress,
        )


def _set_up_branch(
    options: argparse.Namespace,
    source: DataSource | None,
    settings: dict[str, Any],
    progress: OnProgress | None,
) -> RunSetup:
    from ganview.gan.replicas import launched_by_torchrun
    from ganview.runtime.branch import set_up_branch

    if options.steps is None and options.seconds is None:
        raise UserError("--branch needs --seconds or --steps, counted from the start of its past.")
    if options.preset or options.start:
        raise UserError("--branch goes on with the settings of its run: name those that differ.")
    if launched_by_torchrun():
        raise UserError("A branch begins in one process: go on with --resume under torchrun.")
    step = sys.maxsize if options.at is None else options.at
    return set_up_branch(options.branch, step, settings, source, progress=progress)


def _open_store(setup: RunSetup, path: Path | None, first: bool) -> RunFolder | ReadOnlyStore:
    """Open the run's folder for writing, or, where another process does that, for reading."""
    from ganview.files.atomic import WriteError
    from ganview.files.run_files import default_runs_folder
    from ganview.files.run_folder import RunFolder
    from ganview.runtime.distributed import ReadOnlyStore
    from ganview.runtime.run_list import remember_run
    from ganview.runtime.run_setup import new_run_path

    if not first:
        resumed = setup.resumed
        return ReadOnlyStore(RunFolder.open(resumed, write=False) if resumed else None)
    if setup.resumed is None and path is None:
        path = new_run_path(Path("runs"))
    folder = setup.with_folder(path).folder
    assert folder is not None
    with suppress(WriteError):  # of the list of runs, which training doesn't depend on
        remember_run(default_runs_folder(), folder.path)
    return folder
