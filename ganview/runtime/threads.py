"""Sets a thread up for torch: how many processors it uses, its priority, no denormal numbers.

`torch.set_num_threads` speaks for the calling thread alone, but a thread that has never asked takes
over the newest number that any thread has set, at its first operation: without asking first, a
number is lost (pytorch#37259). Threads of OpenMP inherit priority and denormal mode from the thread
that starts them, so both are set before the first operation.
"""

from __future__ import annotations

import os
import sys
import threading

import torch

NICER = 5  # steps of niceness by which training gives way to the window


def prepare_thread(count: int, *, give_way: bool = False) -> None:
    """Set this thread up for torch: processors, no denormals, and lower priority if asked.

    Denormal numbers slow convolutions down some 40 times (pytorch#21734). Priority is lowered on
    Linux only, the one system where it belongs to a single thread.
    """
    if give_way and sys.platform == "linux":
        me = threading.get_native_id()
        niceness = min(19, os.getpriority(os.PRIO_PROCESS, me) + NICER)
        os.setpriority(os.PRIO_PROCESS, me, niceness)
    torch.set_flush_denormal(True)
    use_threads(count)


def use_threads(count: int) -> None:
    """Let torch use ``count`` processors for what this thread does, and only for that."""
    torch.get_num_threads()  # takes over the inherited number now, not on top of ours
    torch.set_num_threads(count)
    if count > 1:  # make one the newest number again, for threads that never ask
        asker = threading.Thread(target=torch.set_num_threads, args=(1,))
        asker.start()
        asker.join()


def usable_cores() -> int:
    """Return how many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # Linux: a container may leave us fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
