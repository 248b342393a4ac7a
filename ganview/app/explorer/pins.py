"""Places that were pinned: kept by name, in an order, to come back to and to travel between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from ganview.app.explorer.explorer_state import Watched
from ganview.app.latent_point import Floats, LatentPoint, LatentSpace

MOST = 64  # pins; a strip of more is no strip


@dataclass(frozen=True, eq=False)
class Pin:
    """A place with a name."""

    name: str  # what it is called: A, B, C … until it is renamed
    place: LatentPoint  # where it is
    # What it looks like, uint8 (H, W) or (H, W, 3); None until it is drawn.
    thumb: NDArray[np.uint8] | None = None


class Pins(Watched[[]]):
    """An ordered list of pins that can be watched."""

    def __init__(self) -> None:
        super().__init__()
        self._pins: list[Pin] = []
        self._removed: list[tuple[int, Pin]] = []

    def __len__(self) -> int:
        return len(self._pins)

    def __iter__(self) -> Iterator[Pin]:
        return iter(self._pins)

    def __getitem__(self, index: int) -> Pin:
        return self._pins[index]

    @property
    def full(self) -> bool:
        """Whether there is no room for another."""
        return len(self._pins) >= MOST

    @property
    def removed(self) -> Pin | None:
        """The pin that was taken away last and can be put back."""
        return self._removed[-1][1] if self._removed and not self.full else None

    def add(self, place: LatentPoint, thumb: NDArray[np.uint8] | None) -> Pin:
        """Pin a place under the next free letter; of `MOST` pins, the last one makes room."""
        pin = Pin(self._free_name(), place, thumb)
        self._pins = [*self._pins[: MOST - 1], pin]
        self._tell()
        return pin

    def replace(self, pins: list[Pin]) -> None:
        """Exchange all pins."""
        self._removed.clear()
        self._pins = pins[:MOST]
        self._tell()

    def remove(self, index: int) -> None:
        """Take a pin away."""
        self._removed.append((index, self._pins.pop(index)))
        self._tell()

    def put_back(self) -> None:
        """Put the pin back that was taken away last, where it was."""
        if self.removed is not None:
            self._pins.insert(*self._removed.pop())
            self._tell()

    def rename(self, index: int, name: str) -> None:
        """Call a pin something else; an empty name changes nothing."""
        name = " ".join(name.split())[:24]
        if name:
            self._pins[index] = replace(self._pins[index], name=name)
            self._tell()

    def place(self, index: int, place: LatentPoint, thumb: NDArray[np.uint8] | None) -> None:
        """Let a pin mean another place."""
        self._pins[index] = replace(self._pins[index], place=place, thumb=thumb)
        self._tell()

    def move(self, source: int, target: int) -> None:
        """Put a pin where another one is; those between move up."""
        self._pins.insert(target, self._pins.pop(source))
        self._tell()

    def show(self, thumbs: NDArray[np.uint8]) -> None:
        """Exchange what the pins look like, (N, H, W[, 3])."""
        if len(thumbs) == len(self._pins):
            pairs = zip(self._pins, thumbs, strict=True)
            self._pins = [replace(pin, thumb=thumb) for pin, thumb in pairs]
            self._tell()

    def keep_fitting(self, space: LatentSpace) -> int:
        """Drop the pins of another space; return how many were dropped."""
        fitting = [
            pin
            for pin in self._pins
            if (pin.place.z.size, pin.place.weights.size) == (space.z_dim, space.classes)
        ]
        dropped = len(self._pins) - len(fitting)
        if dropped:
            self._removed.clear()
            self._pins = fitting
            self._tell()
        return dropped

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """Return noise (N, D), class weights (N, K) and ψ (N,) of all pins, at least one."""
        return (
            np.stack([pin.place.z for pin in self._pins]),
            np.stack([pin.place.weights for pin in self._pins]),
            np.array([pin.place.psi for pin in self._pins], np.float32),
        )

    def _free_name(self) -> str:
        taken = {pin.name for pin in self._pins}
        for turn in ("", *"23456789"):
            for letter in ascii_uppercase:
                if letter + turn not in taken:
                    return letter + turn
        return "pin"
