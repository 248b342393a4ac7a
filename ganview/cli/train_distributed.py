"""``torchrun … -m ganview train``: one model on several processes."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from ganview.cli.output import print_message
from ganview.cli.train_begin import begin, go_on
from ganview.cli.train_progress import report, signals, watch
from ganview.gan.replicas import join_replicas, leave_replicas
from ganview.gan.trainer import choose_device
from ganview.runtime.distributed import DistributedTrainer, ReadOnlyStore
from ganview.runtime.session import Session
from ganview.runtime.threads import usable_processors

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.config import TrainConfig
    from ganview.runtime.messages import StopAt

SNAPSHOT_SECONDS = 1.0
NEVER = 1e9  # seconds: only the first process looks at pictures


def train_distributed(options: argparse.Namespace, stop: StopAt) -> int:
    """Train as one of several processes, of which the first one writes; returns the exit status.

    Raises
    ------
    UserError
        Settings, data or folder can't be used.
    """
    device = choose_device(getattr(options, "device", "auto"))
    if device.type == "cuda":
        import torch

        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    replicas = join_replicas(device)
    first = replicas.rank == 0
    options.quiet = options.quiet or not first
    # Trials of thread counts would be steps that the other processes do not take.
    threads = max(1, usable_processors() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    resume = options.resume is not None
    beginning = (go_on if resume else begin)(options, threads=threads, keeps=first)
    config, dataset, folder, model = beginning
    with signals() as interrupted:

        def agreed() -> None:
            interrupted.set()
            session.pause()  # obeyed before the next step, in every process

        def make_trainer(config: TrainConfig, dataset: Dataset) -> DistributedTrainer:
            return DistributedTrainer(config, dataset, replicas, interrupted.is_set, agreed)

        session = Session(
            config,
            dataset,
            run=folder if first and folder is not None else ReadOnlyStore(folder),
            resume=resume,
            stop=stop,
            snapshot_interval=SNAPSHOT_SECONDS if first else NEVER,
            checkpoint_interval=options.checkpoint_seconds,
            make_trainer=make_trainer,
            model=model,
        )
        with session:
            last = watch(session, stop, interrupted, quiet=options.quiet, votes=True)
            if interrupted.is_set() and first:
                print_message("Interrupted: saving what was learned.")
        final = session.snapshots.take() or last
        status = report(
            folder if first else None,
            last,
            final,
            interrupted=interrupted.is_set(),
            quiet=options.quiet,
        )
    if status != 1:  # after an error there is nobody to part from
        leave_replicas()
    return status
