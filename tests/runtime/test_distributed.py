"""Deciding together, tried with one process that is all there is."""

from __future__ import annotations

import threading

import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.files.moment_info import Moment
from ganview.gan.config import TrainConfig
from ganview.gan.replicas import SINGLE_PROCESS, Replicas, launched_by_torchrun
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
    assert stats.step_seconds > 0
    assert stats._replace(step_seconds=0) == alone.step()._replace(step_seconds=0)


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


def test_each_process_trains_on_its_own_gpu(monkeypatch):
    chosen = []
    monkeypatch.setenv("LOCAL_RANK", "3")
    monkeypatch.setattr("ganview.runtime.distributed.choose_device", torch.device)
    monkeypatch.setattr(
        "torch.cuda.set_device", lambda index: chosen.append((threading.current_thread(), index))
    )
    monkeypatch.setattr("ganview.gan.trainer.Trainer.__init__", lambda *_: None)

    def train() -> None:
        config = CONFIG.with_(device="cuda")
        DistributedTrainer(config, dataset(), SINGLE_PROCESS, lambda: False, lambda: None)

    trainer_thread = threading.Thread(target=train)
    trainer_thread.start()
    trainer_thread.join()
    assert chosen == [(trainer_thread, 3)]


@pytest.mark.parametrize("size", ["2", "many"])
def test_a_cluster_that_tells_no_more_than_a_size_is_no_torchrun(monkeypatch, size):
    for name in ("RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORLD_SIZE", size)
    assert not launched_by_torchrun()


def test_a_read_only_store_reads_and_does_not_write():
    class Store:
        closed = False

        def load_checkpoint(self):
            return {}, {"step": 1}

        def metrics(self):
            return {"step": torch.ones(1).numpy()}

        def close(self):
            self.closed = True

    store = Store()
    reader = ReadOnlyStore(store)
    reader.save_checkpoint({}, {})
    reader.append_metrics([])
    reader.save_moment(Moment(1, 1.0, None, None))
    reader.save_model(None)
    assert reader.load_checkpoint() == ({}, {"step": 1})
    assert reader.metrics()["step"].tolist() == [1]
    reader.close()
    assert store.closed


def test_a_new_run_has_nothing_to_go_on_from():
    reader = ReadOnlyStore()
    assert reader.metrics() == {}
    reader.close()
    with pytest.raises(ValueError, match="no checkpoint"):
        reader.load_checkpoint()
