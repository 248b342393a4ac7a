"""How the process holds memory that it will soon want again."""

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
