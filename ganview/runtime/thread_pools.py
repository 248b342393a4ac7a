"""Keeps every library from making a pool of threads of its own, so that only the trainer has one.

libgomp counts the threads of all pools of a process. Once there are more of them than processors,
a thread that waits for the others goes to sleep after 100 turns of its loop instead of 300,000, and
a training step on two processors takes longer than on one: measured on two, 21 ms with one thread,
35 ms with two threads beside a second pool, 14.6 ms without it.
"""

from __future__ import annotations

import os

#: What OpenMP (torch), OpenBLAS and MKL (numpy) and Accelerate (macOS) read when they are loaded.
_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def limit_thread_pools() -> None:
    """Let every thread compute alone unless it asks for more (`ganview.runtime.threads`).

    Must be called before numpy or torch is imported. Only programs of our own call it: a library
    does not change how its host computes.
    """
    for variable in _VARIABLES:
        os.environ[variable] = "1"
