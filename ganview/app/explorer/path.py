"""Travelling between pins: where a path is at a time, and the clock that plays it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ganview.app.explorer.pins import Pins
from ganview.app.latent_point import LatentPoint

FRAME_MS = 16


def place_at(pins: Pins, at: float, *, closed: bool, spherical: bool) -> LatentPoint:
    """Return the place at a time on the path through all pins.

    Parameters
    ----------
    pins
        The key frames, at least one.
    at
        0 is the first pin, 1 the second, 1.5 half-way to the third.
    closed
        Whether the path goes on from the last pin to the first.
    spherical
        Whether noise travels on arcs, which keeps it as far out as Gaussian noise is.
    """
    from ganview.gan.latent import interpolate_frames

    z, weights, psi = pins.arrays()
    return LatentPoint(
        z=interpolate_frames(z, [at], closed=closed, spherical=spherical)[0],
        weights=interpolate_frames(weights, [at], closed=closed, spherical=False)[0],
        psi=float(interpolate_frames(psi[:, None], [at], closed=closed, spherical=False)[0, 0]),
    )


class Player(QObject):
    """A clock that runs along a path at a signed speed.

    Parameters
    ----------
    length
        Returns how long the path is, in pins.
    """

    # (at, gesture): it went on; all of one playing carries one gesture.
    ticked = Signal(float, object)
    playing_changed = Signal(bool)  # whether it runs now

    def __init__(self, length: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.at = 0.0  # where it is, in pins
        self.speed = 0.5  # pins a second; negative runs backwards
        self.closed = True  # whether the end is the beginning
        self._length = length
        self._gesture: object = None
        self._last = 0.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=FRAME_MS)
        self._timer.timeout.connect(lambda: self.advance(time.monotonic() - self._last))

    @property
    def playing(self) -> bool:
        """Whether it runs."""
        return self._timer.isActive()

    def play(self) -> None:
        """Run; from the other end when it stands at the one that it runs towards."""
        if self.playing or self._length() <= 0:
            return
        if not self.closed:
            end = self._length() if self.speed > 0 else 0.0
            if abs(self.at - end) < 1e-6:
                self.at = self._length() - end
        self._gesture, self._last = object(), time.monotonic()
        self._timer.start()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stand still."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def advance(self, seconds: float) -> None:
        """Go on by some seconds of the path."""
        self._last += seconds
        length = self._length()
        if length <= 0:
            self.stop()
            return
        at = self.at + self.speed * seconds
        if self.closed:
            self.at = at % length
        else:
            self.at = float(np.clip(at, 0.0, length))
        self.ticked.emit(self.at, self._gesture)
        if not self.closed and self.at != at:
            self.stop()
