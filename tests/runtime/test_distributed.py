"""Deciding together, tried with one process that is all there is."""

from __future__ import annotations

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.gan.config import TrainConfig
from ganview.gan.replicas import SINGLE_PROCESS, Replicas
from ganview.runtime.distributed import DistributedTrainer, ReadOnlyStore


def dataset() -> Dataset:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (16, 1, 28, 28), generator=generator, dtype=torch.uint8)
    return Dataset("noise", images, torch.arange(16) % 2, ("a", "b"), "")


CONFIG = TrainConfig(architecture="mlp", batch_size=4, z_dim=4, threads=1)


class Slower(Replicas):
    """Stands for two processes, of which the other took twice as long and wants what we want."""

    def average(self, values):
        if values.shape == (2,):
            return values * torch.tensor([1.5, 1.0], dtype=values.dtype)
        return values


def test_the_time_of_a_step_is_that_of_all():
    trainer = DistributedTrainer(CONFIG, dataset(), Slower(), lambda: False, lambda: None)
    alone = DistributedTrainer(CONFIG, dataset(), SINGLE_PROCESS, lambda: False, lambda: None)
    stats = trainer.step()
    assert stats.seconds > 0
    assert stats._replace(seconds=0) == alone.step()._replace(seconds=0)


def test_a_wish_to_stop_is_granted_after_the_step():
    wish, agreed = [False], []
    trainer = DistributedTrainer(
        CONFIG,
        dataset(),
        SINGLE_PROCESS,
        lambda: wish[0],
        lambda: agreed.append(trainer.step_count),
    )
    trainer.step()
    assert agreed == []
    wish[0] = True
    trainer.step()
    assert agreed == [2]


def test_an_onlooker_reads_and_does_not_write():
    class Store:
        closed = False

        def load_checkpoint(self):
            return {}, {"step": 1}

        def metrics(self):
            return {"step": torch.ones(1).numpy()}

        def close(self):
            self.closed = True

    store = Store()
    onlooker = ReadOnlyStore(store)
    onlooker.save_checkpoint({}, {})
    onlooker.append_metrics([])
    onlooker.save_sample(None, 1)
    onlooker.save_snapshot(None, 1)
    onlooker.save_model(None)
    assert onlooker.load_checkpoint() == ({}, {"step": 1})
    assert onlooker.metrics()["step"].tolist() == [1]
    onlooker.close()
    assert store.closed


def test_a_new_run_has_nothing_to_go_on_from():
    onlooker = ReadOnlyStore()
    assert onlooker.metrics() == {}
    onlooker.close()
    with pytest.raises(ValueError, match="no checkpoint"):
        onlooker.load_checkpoint()
