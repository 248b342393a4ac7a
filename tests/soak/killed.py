"""The process that `test_kill` kills: trains in a run folder and says how far it is."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import torch

from ganview.data.dataset import Dataset
from ganview.files.run_files import is_run_folder
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.runtime.channels import Resume, RunOptions
from ganview.runtime.local_run import LocalRun

CONFIG = TrainConfig(architecture="mlp", size="small", z_dim=8, batch_size=16, threads=1)
INTERVAL = 1.0  # seconds of training between two checkpoints


def digits() -> Dataset:
    """Make a few hundred pictures of noise: nothing here is about learning."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (400, 1, 28, 28), dtype=torch.uint8, generator=generator)
    names = tuple(str(digit) for digit in range(10))
    return Dataset("noise", images, torch.arange(400) % 10, names, "0" * 64)


def train(path: Path, told: Connection) -> None:
    """Begin or go on, and tell (step, seconds of training) with every snapshot until killed."""
    resume = is_run_folder(path)
    folder = RunFolder.open(path) if resume else RunFolder.create(path, CONFIG)
    resume = resume and folder.has_checkpoint()
    with LocalRun(
        CONFIG,
        digits(),
        RunOptions(
            rows=2,
            store=folder,
            resume=resume,
            snapshot_interval=0.02,
            checkpoint_interval=INTERVAL,
        ),
    ) as session:
        snapshot = session.snapshots.wait(60)
        assert snapshot is not None
        told.send((snapshot.step, snapshot.elapsed, snapshot.error))  # where it begins
        session.send(Resume())
        while (snapshot := session.snapshots.wait(60)) is not None:
            told.send((snapshot.step, snapshot.elapsed, snapshot.error))
