"""The default trainer against a plain loop around the same networks and the same objective.

``python tests/bench/bench_loop.py [--rounds 5] [--steps 40]``. The plain loop is what one writes
first: a one-process ``DataLoader`` over scaled pictures, ``torch.optim.Adam``, gradient penalties
by ``create_graph``, a pass of its own for G, networks as torch lays them out. Both take turns in
one process with the same number of threads, so that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from ganview.data.digits import load_digits
from ganview.gan.aux_classifier import WEIGHT_IN_D
from ganview.gan.config import TrainConfig
from ganview.gan.networks.build import build_discriminator, build_generator
from ganview.gan.objectives import relativistic_d, relativistic_g
from ganview.gan.penalties import zero_centred_penalty
from ganview.gan.trainer import Trainer
from ganview.runtime.memory import keep_memory
from ganview.runtime.threads import fastest, prepare_thread, usable_processors

EMA_BETA = 0.999


class PlainLoop:
    """The same game, written without looking at what it costs."""

    def __init__(self, config: TrainConfig, trainer: Trainer) -> None:
        self.config = config
        self.g = build_generator(trainer.spec)
        self.d = build_discriminator(trainer.spec)
        self.names = nn.Linear(self.d.head.in_features, trainer.spec.classes)
        self.ema = copy.deepcopy(self.g)
        rate, betas = config.learning_rate, (config.beta1, config.beta2)
        of_d = [*self.d.parameters(), *self.names.parameters()]
        self.adam_d = torch.optim.Adam(of_d, config.d_lr_ratio * rate, betas)
        self.adam_g = torch.optim.Adam(self.g.parameters(), rate, betas)
        scaled = trainer.images.float() / 127.5 - 1
        assert trainer.labels is not None
        data = TensorDataset(scaled, trainer.labels)
        self.loader = DataLoader(data, config.batch_size, shuffle=True, drop_last=True)
        self.batches = self.endless()

    def endless(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Go through the data again and again."""
        while True:
            yield from self.loader

    def step(self) -> None:
        """Update D, then G, each with a batch of its own, then the average."""
        config, cost = self.config, nn.functional.cross_entropy
        x, y = next(self.batches)
        x_hat = self.g(torch.randn(len(x), config.z_dim), y).detach()
        x.requires_grad_()
        x_hat.requires_grad_()
        h = self.d.features(x)
        real, fake = self.d.project(h, y), self.d(x_hat, y)
        penalty = zero_centred_penalty(real, x, config.gamma)
        penalty = penalty + zero_centred_penalty(fake, x_hat, config.gamma)
        loss = relativistic_d(real, fake) + penalty + WEIGHT_IN_D * cost(self.names(h), y)
        self.adam_d.zero_grad()
        loss.backward()
        self.adam_d.step()

        x, y = next(self.batches)
        h = self.d.features(self.g(torch.randn(len(x), config.z_dim), y))
        loss = relativistic_g(self.d(x, y).detach(), self.d.project(h, y))
        loss = loss + config.aux_weight_g * cost(self.names(h), y)
        self.adam_g.zero_grad()
        loss.backward()
        self.adam_g.step()
        with torch.no_grad():
            for mean, weight in zip(self.ema.parameters(), self.g.parameters(), strict=True):
                mean.mul_(EMA_BETA).add_(weight, alpha=1 - EMA_BETA)


def clocked(step: Callable[[], object], steps: int) -> tuple[float, float]:
    """Return wall and processor seconds of some steps."""
    began, used = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    return time.perf_counter() - began, time.process_time() - used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--threads", type=int, default=0, help="0: measured")
    options = parser.parse_args()
    keep_memory()
    prepare_thread(options.threads or 1)
    digits, config = load_digits("train"), TrainConfig()
    trainer = Trainer(config, digits.images, digits.labels, digits.class_names)
    if not options.threads:
        fastest(trainer.step, usable_processors())
    plain = PlainLoop(config, trainer)
    for step in (trainer.step, plain.step):
        clocked(step, 5)
    wall, processor = [], []
    for _ in range(options.rounds):
        ours = clocked(trainer.step, options.steps)
        theirs = clocked(plain.step, options.steps)
        wall.append(theirs[0] / ours[0])
        processor.append(theirs[1] / ours[1])
    found = {
        "threads": torch.get_num_threads(),
        "batch_size": config.batch_size,
        "images_per_second": round(config.batch_size * options.steps / ours[0]),
        "images_over_plain_loop": statistics.median(wall),
        "images_over_plain_loop_by_processor_seconds": statistics.median(processor),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
