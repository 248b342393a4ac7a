"""Run the benchmarks beside this file, one after the other, and print one JSON object.

``make bench``, or ``python -m tests.bench [NAME…]``: ``bench_runtime.py`` is called ``runtime``.
Each benchmark is a program that prints a JSON object; the key ``machine`` says where it ran.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent


def benchmarks() -> dict[str, Path]:
    """Return the benchmarks that there are, by name."""
    return {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}


def processor() -> str:
    """Return the processor's own name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def machine() -> dict[str, object]:
    """Describe what the figures hold for."""
    packages = ("torch", "numpy", "PySide6-Essentials")
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in packages},
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def main() -> int:
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(known)}")
    names = parser.parse_args().names or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(known)}")
    found: dict[str, object] = {"machine": machine()}
    failed = False
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, known[name]],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        if done.returncode:
            failed = True
        else:
            found[name] = json.loads(done.stdout)
    print(json.dumps(found, indent=2))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
