"""Two processes with half a batch each do what one does with all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from ganview.errors import UserError
from ganview.gan.config import TrainConfig
from ganview.gan.replicas import Replicas
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import state_of

CONFIG = TrainConfig(batch_size=8, z_dim=8, threads=1)
STEPS = 3
OBJECTIVES = ("rpgan-r1r2", "wgan-gp")  # with the one pass, and without


def train(config: TrainConfig, replicas: Replicas) -> Trainer:
    generator = torch.Generator().manual_seed(1)
    images = torch.randint(256, (64, 1, 28, 28), generator=generator, dtype=torch.uint8)
    labels = torch.randint(3, (64,), generator=generator)
    trainer = Trainer(config, images, labels, ("a", "b", "c"), replicas)
    for _ in range(STEPS):
        trainer.step()
    return trainer


def work(rank: int, meeting: str, results: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
    for objective in OBJECTIVES:
        trainer = train(CONFIG.with_(objective=objective), Replicas(rank, 2))
        torch.save(state_of(trainer)[0], Path(results) / f"{objective}-{rank}.pt")
    dist.destroy_process_group()


def test_two_processes_equal_one(tmp_path: Path) -> None:
    context = mp.spawn(work, (str(tmp_path / "meeting"), str(tmp_path)), nprocs=2, join=False)
    alone = {
        name: state_of(train(CONFIG.with_(objective=name), Replicas()))[0] for name in OBJECTIVES
    }
    while not context.join():
        pass
    for objective, state in alone.items():
        files = [tmp_path / f"{objective}-{rank}.pt" for rank in range(2)]
        first, second = (torch.load(file, weights_only=True) for file in files)
        for name, value in state.items():
            assert torch.equal(first[name], second[name]), (objective, name)
            # Adam turns the rounding error of a tiny gradient into one of a step's size in a
            # weight: the mean over a tensor must still agree
            if name.startswith(("generator", "discriminator", "ema")):
                gap = (first[name] - value).abs().mean()
                assert gap < 1e-5, (objective, name, gap)


def test_a_batch_that_cannot_be_shared_is_refused() -> None:
    with pytest.raises(UserError, match="multiple of 3"):
        train(CONFIG, Replicas(0, 3))
