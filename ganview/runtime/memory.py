"""Keeps memory that the process will soon need again, and gives back the rest when told to."""

from __future__ import annotations

import ctypes
import platform

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # of mallopt, by the numbers of malloc.h
KEPT = 256 * 2**20  # bytes; more than a training step frees


def keep_memory() -> bool:
    """Let freed memory stay with the process; returns whether this system has a say in that.

    A training step frees what the next one asks for again. glibc gives large blocks back to the
    system at once and gets them zeroed anew, page by page: 2,000 to 9,000 page faults a step and
    15 to 20 % of its time. One arena, since those of other threads give back whatever is asked of
    them. To be called before threads start. Systems with another library do without.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    wishes = ((ARENA_MAX, 1), (MMAP_THRESHOLD, KEPT), (TRIM_THRESHOLD, KEPT))
    granted = [libc.mallopt(wish, value) == 1 for wish, value in wishes]
    return all(granted)


def give_back_memory() -> bool:
    """Let the system have the memory that was freed; returns whether anything went back.

    `keep_memory` keeps it for the next step of training. A map, a search or a whole set is not
    asked for again soon: after a tour of the explorer's tools a third of the process, 300 MB, was
    free memory between what is in use. Takes 10 to 30 ms then and 1 ms when there is little, in
    which other threads can't allocate; what they want again comes back page by page.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0)) == 1)
