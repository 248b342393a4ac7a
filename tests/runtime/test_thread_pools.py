from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys, threading
from ganview.runtime.thread_pools import limit_thread_pools
if sys.argv[1] == "limited":
    limit_thread_pools()
import torch
from ganview.data.digits import load_digits
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer
from ganview.runtime.threads import prepare_thread

def threads():
    return len(os.listdir("/proc/self/task"))

def computes(count):
    def work():
        prepare_thread(count)
        few = slice(0, 2000)
        Trainer(TrainConfig(), digits.images[few], digits.labels[few], digits.class_names).step()
        found.append(threads())
        done.wait()
    thread = threading.Thread(target=work)
    thread.start()
    return thread

found, done = [], threading.Event()
digits = load_digits()
torch.randn(1000, 1000) @ torch.randn(1000, 1000)
print(threads())
workers = [computes(1), computes(1), computes(2)]
while len(found) < len(workers):
    done.wait(0.01)
torch.randn(1000, 1000) @ torch.randn(1000, 1000)
print(threads())
done.set()
"""


def counted(mode: str) -> list[int]:
    """Threads of a process: once its main thread has computed, and with three workers besides."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, mode], capture_output=True, text=True, check=True
    )
    return [int(line) for line in run.stdout.split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_only_a_trainer_that_asks_has_a_pool() -> None:
    # the main thread; then also two workers of one thread and one that trains with two
    assert counted("limited") == [1, 1 + 1 + 1 + 2]
