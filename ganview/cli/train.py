"""``ganview train``: a run without a window, by the session that the window uses."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.cli.argument_types import positive_number, whole_number
from ganview.cli.output import print_message
from ganview.cli.settings import add_settings, choice_lists, preset_list
from ganview.cli.train_begin import begin, go_on
from ganview.cli.train_progress import following, report, signals, tell_quality, watch

if TYPE_CHECKING:
    from ganview.cli.argument_types import Commands
    from ganview.runtime.messages import StopAt

DEFAULT_SECONDS = 60.0
SNAPSHOT_SECONDS = 1.0  # nobody watches the pictures: only trouble is looked for in them

EPILOG = """\
Training stops after --seconds or --steps, both counted from the start of the run and in training
alone, or when interrupted (Ctrl-C); what was learned is saved in either case. A run folder is a
MODEL for 'ganview sample' and for the window.

examples:
  ganview train                                     a minute of digits, saved in runs/
  ganview train --seconds 600 --preset best --out runs/best
  ganview train --resume runs/best --seconds 1200   go on for another ten minutes
  ganview train --from conditional --data mine/     teach a model your own digits: folders 0 to 9
  ganview train --data photos/ --image-size 48      a folder of pictures, one sub-folder a class
  ganview train --tensorboard --out runs/tb         then: tensorboard --logdir runs
  ganview train --no-conditional --steps 20000      without classes
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
        help=f"stop after so many seconds of training (default: {DEFAULT_SECONDS:g})",
    )
    length.add_argument("--steps", type=whole_number, metavar="N", help="stop after so many steps")
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--out", type=Path, metavar="RUN", help="folder for the run (default: a new one in runs/)"
    )
    place.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run, bit for bit")
    parser.add_argument(
        "--from",
        dest="start",
        metavar="MODEL",
        help="begin with the weights of a model and the settings that it ended with",
    )
    parser.add_argument(
        "--checkpoint-seconds",
        type=positive_number,
        default=30.0,
        metavar="S",
        help="save so often (default: 30)",
    )
    parser.add_argument(
        "--quality",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="measure quality along the way, in under 3 %% of the time; for digits (default: yes)",
    )
    parser.add_argument(
        "--tensorboard",
        action="store_true",
        help="write event files into the run, too; needs the extra: pip install "
        "'ganview[tensorboard]'",
    )
    parser.add_argument("--quiet", action="store_true", help="say only what goes wrong")
    data = parser.add_argument_group("data")
    data.add_argument(
        "--data",
        metavar="D",
        help="'digits', a folder of pictures or an IDX file (default: digits)",
    )
    data.add_argument(
        "--image-size", type=whole_number, metavar="N", help="pixels a side for folders, 28 to 64"
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
    from ganview.gan.replicas import launched_by_torchrun
    from ganview.runtime.messages import StopAt

    seconds: float | None = options.seconds
    if seconds is None and options.steps is None and options.resume is None:
        seconds = DEFAULT_SECONDS
    stop = StopAt(options.steps, seconds)
    if launched_by_torchrun():
        from ganview.cli.train_distributed import train_distributed

        return train_distributed(options, stop)
    return train_alone(options, stop)


def train_alone(options: argparse.Namespace, stop: StopAt) -> int:
    """Train in this process; returns the exit status."""
    from ganview.runtime.messages import SessionState
    from ganview.runtime.session import Session

    if options.tensorboard:
        from ganview.export.events import need_tensorboard

        need_tensorboard()  # before anything is begun
    resume = options.resume is not None
    config, dataset, folder, model = (go_on if resume else begin)(options, threads=0, keeps=True)
    assert folder is not None
    with folder, signals() as interrupted:
        session = Session(
            config,
            dataset,
            run=folder,
            resume=resume,
            stop=stop,
            snapshot_interval=SNAPSHOT_SECONDS,
            checkpoint_interval=options.checkpoint_seconds,
            model=model,
            measures=options.quality,
        )
        with session:
            with following(session, folder, wanted=options.tensorboard) as seen:
                last = watch(
                    session, stop, interrupted, quiet=options.quiet, votes=False, seen=seen
                )
            if interrupted.is_set():
                print_message("Interrupted: saving what was learned.")
            elif last is not None and last.state is SessionState.FINISHED and not options.quiet:
                tell_quality(session, last)
        final = session.snapshots.take() or last
        return report(folder, last, final, interrupted=interrupted.is_set(), quiet=options.quiet)
