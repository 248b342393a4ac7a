"""Loads torch sooner: its library while Python is busy elsewhere, its meta kernels afterwards.

Some 0.35 s of an import of torch is the system's own work on one large library. Python holds its
lock (the GIL) over it, so that nothing else of it can run; a foreign function is called without.

A third of what then remains, 0.5 s, teaches the meta device (tensors without data, for compilers
and exporters) every operation of torch. No picture needs that, so it comes after the first one.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from ganview.gan.torch_private import META_REGISTRATIONS, allow_generators

# In this order, and the first for all to see, as torch itself does.
_LIBRARIES = (("libtorch_global_deps.so", True), ("libtorch_cpu.so", False))


class Preload:
    """A thread that loads torch's library; importing torch afterwards finds it there.

    Importing torch before `join` is right too, but waits for the thread with Python's lock held.
    Where a library can't be found or loaded nothing is done: the import will say what is wrong.
    Linux only: elsewhere it does nothing.
    """

    def __init__(self) -> None:
        self._thread = threading.Thread(target=_load, name="ganview-preload")

    def start(self) -> None:
        """Begin, if there is anything to load."""
        if sys.platform == "linux" and "torch" not in sys.modules:
            self._thread.start()

    def join(self) -> None:
        """Wait until the library is there."""
        if self._thread.ident is not None:
            self._thread.join()


def libraries() -> list[Path]:
    """Return the files that are loaded, of those that there are; empty without torch."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "lib"
    return [path for name, _ in _LIBRARIES if (path := folder / name).is_file()]


def _load() -> None:
    # As a function of the C library, not as ctypes.CDLL(path), which keeps Python's lock.
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for_all = dict(_LIBRARIES)
    for path in libraries():
        dlopen(os.fsencode(path), os.RTLD_NOW | (os.RTLD_GLOBAL if for_all[path.name] else 0))


def import_torch() -> None:
    """Import torch without what it teaches its meta device, which the next import of that brings.

    To be called where torch is imported first; in a process that has torch it does nothing.
    """
    if "torch" in sys.modules:
        return
    empty = sys.modules[META_REGISTRATIONS] = ModuleType(META_REGISTRATIONS)
    try:
        torch = import_module("torch")
    finally:
        if sys.modules.get(META_REGISTRATIONS) is empty:
            del sys.modules[META_REGISTRATIONS]
    name = META_REGISTRATIONS.rpartition(".")[2]
    if vars(torch).get(name) is empty:
        delattr(torch, name)
    allow_generators()


def load_before_qt() -> None:
    """Import torch where it can't be loaded any more once Qt is.

    On Windows, torch 2.9 and later fails with WinError 127 on shm.dll after Qt's libraries. It has
    never been tried there: the order is what is known to work (pytorch#169429).
    """
    if sys.platform == "win32":
        import_torch()


def complete_torch() -> None:
    """Import what `import_torch` left out."""
    if find_spec(META_REGISTRATIONS) is not None:
        import_module(META_REGISTRATIONS)
