"""A desktop for one test: an X server, a window manager, a hand and an eye."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageGrab

TOOLS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool"}
SCREEN = "1400x960x24"
PATIENCE = 150.0  # seconds; a busy machine may need many of them
LOOK = 0.1  # seconds between two looks
TRIES = 5  # of telling xdotool something: a window may be redrawn or framed just then

Pixels = NDArray[np.uint8]


def demand_tools() -> None:
    """Fail, rather than skip, where the desktop can't be made."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        pytest.fail(f"install what this test needs: sudo apt-get install {' '.join(missing)}")


class Desk:
    """An X server of its own with the real program on it."""

    def __init__(self, home: Path) -> None:
        demand_tools()
        self.home = home
        self._processes: list[subprocess.Popen[bytes]] = []
        self.program: subprocess.Popen[bytes] | None = None
        self._window = ""
        self._log = home / "program.log"
        self.display = self._start_server()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QT_", "WAYLAND"))},
            "DISPLAY": self.display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            # A bus that Qt launches would stay when the program has ended.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        self._start("openbox", "--sm-disable")

    def _start_server(self) -> str:
        read, write = os.pipe()
        self._start(
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            SCREEN,
            "-nolisten",
            "tcp",
            pass_fds=(write,),
            env=dict(os.environ),
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        return f":{number}"

    def _start(self, *command: str, pass_fds: tuple[int, ...] = (), env: object = None) -> None:
        self._processes.append(
            subprocess.Popen(
                command,
                env=env or self.environment,
                pass_fds=pass_fds,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    # ---- the program -----------------------------------------------------------------------

    def open(self, *arguments: str) -> None:
        """Start ganview and wait for its window."""
        with self._log.open("wb") as log:
            self.program = subprocess.Popen(
                [sys.executable, "-m", "ganview", *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.until(self._has_window_manager, "no window manager came")
        self.until(lambda: bool(self.windows("^ganview$")), "no window came")
        self._window = self.windows("^ganview$")[0]
        self.tell("windowactivate", "--sync", self._window)
        self.tell("windowsize", "--sync", self._window, "1280", "800")

    def leave(self) -> int:
        """Wait for the program to end, and return its exit status."""
        assert self.program is not None
        status = self.program.wait(PATIENCE)
        with pytest.raises(ProcessLookupError):
            os.killpg(self.program.pid, 0)  # nobody of its process group is left
        return status

    @property
    def log(self) -> str:
        """What the program wrote to its terminal."""
        return self._log.read_text(errors="replace")

    def windows(self, title: str = ".*") -> list[str]:
        """Return the windows of the program that can be seen, those with such a title."""
        assert self.program is not None
        pid = str(self.program.pid)
        found = subprocess.run(
            ["xdotool", "search", "--all", "--onlyvisible", "--pid", pid, "--name", title],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split()

    # ---- hand and eye ----------------------------------------------------------------------

    def tell(self, *command: str) -> str:
        """Run xdotool, again if it fails; the test fails with what the program said."""
        said = ""
        for _ in range(TRIES):
            try:
                done = subprocess.run(
                    ["xdotool", *command],
                    env=self.environment,
                    capture_output=True,
                    text=True,
                    check=True,
                    timeout=60,
                )
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                said = f"{error}: {error.stderr!r}"
                self._demand_life()
                time.sleep(LOOK)
            else:
                return done.stdout
        pytest.fail(f"{said}; its windows: {self.windows()}; the program said: {self.log}")

    def key(self, *keys: str) -> None:
        """Press keys."""
        self.tell("key", "--clearmodifiers", *keys)

    def click(self, x: float, y: float) -> None:
        """Click at a place in the window."""
        self.move(x, y)
        self.tell("click", "1")

    def move(self, x: float, y: float) -> None:
        """Move the pointer to a place in the window."""
        left, top = self._corner()
        self.tell("mousemove", str(round(left + x)), str(round(top + y)))

    def drag(self, begin: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
        """Drag from one place in the window to another."""
        self.move(*begin)
        self.tell("mousedown", "1")
        for step in range(1, steps + 1):
            share = step / steps
            self.move(*(a + share * (b - a) for a, b in zip(begin, end, strict=True)))
            time.sleep(0.02)
        self.tell("mouseup", "1")

    def look(self) -> Pixels:
        """Return the pixels of the window, (800, 1280, 3)."""
        left, top = self._corner()
        screen = ImageGrab.grab(xdisplay=self.display).convert("RGB")
        return np.asarray(screen.crop((left, top, left + 1280, top + 800)))

    def _corner(self) -> tuple[int, int]:
        told = self.tell("getwindowgeometry", "--shell", self._window)
        values = dict(line.split("=") for line in told.split() if "=" in line)
        return int(values["X"]), int(values["Y"])

    def until(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Look again and again until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self._demand_life()
            if time.monotonic() > deadline:
                pytest.fail(f"{otherwise}; the program said: {self.log}")
            time.sleep(LOOK)

    def _has_window_manager(self) -> bool:
        """Tell whether windows can be activated yet: the program may be sooner than openbox."""
        asked = subprocess.run(
            ["xdotool", "get_desktop"], env=self.environment, capture_output=True, check=False
        )
        return asked.returncode == 0

    def _demand_life(self) -> None:
        if self.program is not None and self.program.poll() is not None:
            status = self.program.returncode
            pytest.fail(f"the program ended with {status} and said: {self.log}")

    # ---- tidying up ------------------------------------------------------------------------

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        programs = [self.program] if self.program is not None else []
        for process in [*programs, *reversed(self._processes)]:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def has_colour(pixels: Pixels, colour: str, tolerance: int = 6) -> NDArray[np.bool_]:
    """Return where pixels (H, W, 3) are of a colour given as ``#rrggbb``."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return (np.abs(pixels.astype(int) - wanted) <= tolerance).all(axis=2)
