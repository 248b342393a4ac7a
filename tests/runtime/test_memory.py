"""Memory that a step frees is there for the next one."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys, threading
if sys.argv[1] == "keep":
    from ganview.runtime.memory import keep_memory
    assert keep_memory()

def faults_of_a_thread():
    for again in range(21):
        if again == 1:
            before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        blocks = [bytes(size) for size in range(100_000, 2_000_000, 50_000)]
        del blocks
    print(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

thread = threading.Thread(target=faults_of_a_thread)
thread.start()
thread.join()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_large_blocks_are_not_given_back() -> None:
    def faults(how: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", FAULTS, how], check=True, capture_output=True, text=True
        )
        return int(done.stdout)

    assert faults("keep") < faults("plain") / 10


HELD = """
from pathlib import Path
from ganview.runtime.memory import give_back_memory, keep_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

assert keep_memory()
blocks = [bytearray(b"x") * 2**21 for _ in range(100)]
above = bytearray(5000)  # stays, so that what is below it can't be cut off the heap
before = resident()
del blocks
held = resident()
assert give_back_memory()
print(before, held, resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_freed_memory_is_given_back_when_that_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True)
    before, held, after = (int(word) for word in done.stdout.split())
    assert held > before - 50 * 2**20
    assert after < before - 150 * 2**20
