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
