"""Drives the window without a screen: trains, moves through the noise, and keeps screenshots.

`make screenshots` makes the pictures of the README with it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from math import pi, sin
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ganview.app.controllers.app_controller import AppController
from ganview.app.controllers.settings import Settings
from ganview.app.exports.picture_sheet import Tiles, write_sheet
from ganview.app.pages.pages import PAGES
from ganview.app.theme import Theme
from ganview.app.window.main_window import MainWindow
from ganview.app.window.startup import make_application
from ganview.errors import UserError
from ganview.files.atomic import atomic_path, write_bytes, write_errors
from ganview.runtime.messages import RunState, StopAt

SIZES = ((1280, 800), (1920, 1080))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
START_SECONDS = 180.0  # for loading torch and the data on a slow disk
WALK_SECONDS = 4.0
WALK_DIMENSIONS = 4
PAGE_SECONDS = 4.0  # for what a page shows once it is opened
FRAMES, FRAME_WIDTH = 24, 800  # of the moving picture
FIRST_FRAMES = 2.0  # power by which its frames lie closer at first, where most is seen to change


def main(out: str | Path, seconds: float = 60.0) -> int:
    """Drive the real window unseen and leave in a folder what it showed.

    Parameters
    ----------
    out
        Folder for the results; made if it isn't there.

    Returns
    -------
    int
        0 when all went well.

    Raises
    ------
    UserError
        The folder can't be written, or the program didn't get as far as it should.
    """
    folder = Path(out).expanduser().resolve()
    with write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="ganview-demo-") as scratch:
        Demo(folder, seconds, Path(scratch)).play()
    _print_line(f"{folder} holds:")
    for path in sorted(folder.iterdir()):
        _print_line(f"  {path.name}")
    return 0


class Demo:
    """One performance."""

    def __init__(self, folder: Path, seconds: float, scratch: Path) -> None:
        self._folder, self._seconds = folder, seconds
        self._app = make_application()
        settings = Settings(scratch / "window.json")
        settings.stop_kind = "minutes"
        settings.stop_minutes = max(1, round(seconds / 60))
        settings.folder = str(folder)
        self._controller = AppController(runs=scratch / "runs")
        self._window = MainWindow(settings, self._controller)
        self._errors: list[str] = []
        self._frames: list[NDArray[np.uint8]] = []
        self._controller.failed.connect(lambda sentence, _details: self._errors.append(sentence))

    def play(self) -> None:
        """Do everything, from opening the window to closing it."""
        try:
            self._open()
            self._shoot("idle")
            self._train()
            self._keep()
        finally:
            self._close()
        if self._errors:
            raise UserError(self._errors[0])

    # ---- acts ------------------------------------------------------------------------------

    def _open(self) -> None:
        window = self._window
        window.first_painted.connect(lambda: self._controller.start())
        window.show()
        _print_line("Loading…")
        self._until(
            lambda: window.plots.plots is not None and window.explorer.pictures is not None,
            START_SECONDS,
            "The generator did not load.",
        )

    def _train(self) -> None:
        training, window = self._controller.training, self._window
        window.commands["train"].trigger()
        self._until(
            lambda: training.state is RunState.TRAINING, START_SECONDS, "No training began."
        )
        training.set_stop(StopAt(seconds=self._seconds))
        _print_line(f"Training for {self._seconds:g} s…")
        half = 0.5 * self._seconds
        for frame in range(FRAMES):
            due = half * (frame / (FRAMES - 1)) ** FIRST_FRAMES
            self._until(partial(self._has_trained, due), 20 * self._seconds + 60)
            self._frames.append(_pixels(self._window))
        self._walk()
        self._shoot("training")
        self._open_pages()
        self._until(
            lambda: training.state is RunState.FINISHED,
            20 * self._seconds + 60,
            "Training did not finish.",
        )

    def _walk(self) -> None:
        """Move a few sliders, as a user would, and keep what it saw on a sheet."""
        explorer, frames = self._window.explorer, []
        state, begin = explorer.state, time.monotonic()
        start = state.place.z.copy()
        while (now := time.monotonic() - begin) < WALK_SECONDS:
            for number in range(WALK_DIMENSIONS):
                turn = 2 * pi * (now / WALK_SECONDS + number / WALK_DIMENSIONS)
                state.set_dimension(number, float(start[number]) + 1.5 * sin(turn), gesture=self)
            self._pump(0.016)
            if explorer.pictures is not None:
                frames.append(explorer.pictures.picture)
        if len(frames) >= 2:
            chosen = np.linspace(0, len(frames) - 1, 20).astype(int)
            tiles = Tiles("", "", np.stack([frames[index] for index in chosen]), 10)
            write_sheet(self._folder / "walk.png", tiles, 3)

    def _keep(self) -> None:
        """Leave samples, curves and the model."""
        files, window = self._window.files, self._window
        self._pump(0.3)
        self._shoot("trained")
        for tiles, name, zoom in (
            (files.grid(), "samples.png", 2),
            (files.strip(), "strip.png", 4),
            (files.picture(), "picture.png", 10),
        ):
            if tiles is not None:
                write_sheet(self._folder / name, tiles, zoom)
        self._controller.save(self._folder / "model.safetensors")
        self._until(lambda: not self._controller.bridge.busy, 60)
        self._write_curves(self._folder / "curves.csv")
        if window.plots.plots is not None:
            _grab(window.plots, self._folder / "curves.png")
        self._write_moving_picture(self._folder / "learning.gif")

    def _write_moving_picture(self, path: Path) -> None:
        """Write the window while the run learns."""
        from ganview.export.animation import Timing, write_animation

        write_animation(path, self._frames, Timing(rate=4.0, seconds=FRAMES / 4.0))

    def _open_pages(self) -> None:
        """Take each page of the window, when it has shown what it computes."""
        pages, bridge = self._window.pages, self._controller.bridge
        for entry in PAGES:
            pages.open(entry.name)
            self._pump(PAGE_SECONDS)
            self._until(lambda: not bridge.busy, START_SECONDS)
            _grab(self._window, self._folder / f"page-{entry.name}.png")
        pages.open(PAGES[0].name)

    def _write_curves(self, path: Path) -> None:
        from ganview.export.plot import csv_text

        history = self._controller.training.history
        if history is not None:
            write_bytes(path, csv_text(history.view()).encode())

    def _close(self) -> None:
        window, closed = self._window, []
        self._controller.closed.connect(lambda: closed.append(True))
        window.close()
        self._until(lambda: bool(closed), 60, "A thread did not end.")
        window.deleteLater()
        self._pump(0.05)

    # ---- stage machinery -------------------------------------------------------------------

    def _shoot(self, name: str) -> None:
        """Take the window in all schemes and sizes."""
        for width, height in SIZES:
            self._window.resize(width, height)
            for scheme in SCHEMES:
                Theme.current().set_scheme(scheme)
                self._pump(0.4)
                path = self._folder / f"{name}-{scheme}-{width}x{height}.png"
                _grab(self._window, path)
        Theme.current().set_scheme("light")
        self._window.resize(*SIZES[0])
        self._pump(0.2)

    def _has_trained(self, seconds: float) -> bool:
        last = self._controller.training.last
        return last is not None and last.elapsed >= seconds

    def _until(
        self, condition: Callable[[], bool], timeout: float, otherwise: str = "It took too long."
    ) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise UserError(self._errors[0] if self._errors else otherwise)
            self._pump(0.02)

    def _pump(self, seconds: float) -> None:
        """Let the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(max(1, round(1000 * seconds)), loop.quit)
        loop.exec()


def _pixels(widget: QWidget) -> NDArray[np.uint8]:
    """Return what a widget shows, made smaller: (H, W, 3)."""
    smooth = Qt.TransformationMode.SmoothTransformation
    small = widget.grab().toImage().scaledToWidth(FRAME_WIDTH, smooth)
    image = small.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), -1, 3).copy()


def _grab(widget: QWidget, path: Path) -> None:
    """Write what a widget shows as PNG."""
    with atomic_path(path) as temporary:
        if not widget.grab().save(str(temporary), "PNG"):
            raise OSError("Qt could not write the picture")


def _print_line(line: str) -> None:
    sys.stderr.write(line + "\n")
