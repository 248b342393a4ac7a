"""What can be explored, and a point of it: plain values that everybody may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganview.plain_text import printable

if TYPE_CHECKING:
    from ganview.gan.explore.state_string import State
    from ganview.gan.model import ModelSpec

Floats = NDArray[np.float32]

#: How far a slider reaches, in standard deviations of the noise.
REACH = 3.0
#: How far a typed number or an arithmetic result may go; beyond lies nothing but saturation.
BOUND = 10.0
#: The range of the diversity ψ that the window offers.
PSI_MAX = 1.5

LONGEST_NAME = 64  # characters of a class's name


class Part(Flag):
    """What moved, for watchers that only care for some of it."""

    NOISE = auto()
    CLASS = auto()
    DIVERSITY = auto()
    LOCKS = auto()
    SPACE = auto()
    PLACE = NOISE | CLASS | DIVERSITY


@dataclass(frozen=True)
class LatentSpace:
    """What the generator at hand accepts."""

    z_dim: int  # number of noise dimensions, at least 1
    # One name a class, as it can be shown; empty when the generator knows no classes.
    class_names: tuple[str, ...] = ()
    # Share of each class in the training set; equal shares when empty.
    prior: tuple[float, ...] = ()

    @property
    def classes(self) -> int:
        """Number of classes, 0 when the generator knows none."""
        return len(self.class_names)

    @classmethod
    def of_model(cls, spec: ModelSpec) -> LatentSpace:
        """Return what a generator accepts."""
        names = tuple(printable(name, LONGEST_NAME) for name in spec.class_names)
        return cls(spec.z_dim, names, spec.class_prior)

    def shares(self) -> NDArray[np.float64]:
        """Return the class frequencies, (K,), summing to 1."""
        shares = np.asarray(self.prior, np.float64)
        if shares.shape != (self.classes,) or not (shares.sum() > 0):
            shares = np.ones(self.classes)
        return shares / shares.sum()


@dataclass(frozen=True, eq=False)
class LatentPoint:
    """One point that a picture can be made from. Its arrays are read-only."""

    z: Floats  # noise in standard deviations, float32 (D,), before the diversity ψ is applied
    # Class weights, float32 (K,), summing to 1; one of them is 1 unless classes are mixed; (0,)
    # when there are no classes.
    weights: Floats
    # Whether the class is *any*: drawn from the training set's class frequencies.
    class_is_random: bool = False
    psi: float = 1.0  # diversity ψ, the factor on z; 1 leaves the noise as it is

    def __post_init__(self) -> None:
        z = np.nan_to_num(np.array(self.z, np.float32), nan=0.0, posinf=BOUND, neginf=-BOUND)
        object.__setattr__(self, "z", _frozen(np.clip(z, -BOUND, BOUND)))
        object.__setattr__(self, "weights", _frozen(np.array(self.weights, np.float32)))
        object.__setattr__(self, "psi", float(np.clip(self.psi, 0.0, PSI_MAX)))

    @classmethod
    def of_state(cls, state: State) -> LatentPoint:
        """Return the place of a state; a ψ beyond the window's range becomes part of z."""
        if state.psi > PSI_MAX:
            return cls(state.z * state.psi, state.weights, state.drawn)
        return cls(state.z, state.weights, state.drawn, state.psi)

    @staticmethod
    def can_hold(state: State) -> bool:
        """Tell whether a state lies within `BOUND`; one beyond is drawn at the nearest point."""
        factor = state.psi if state.psi > PSI_MAX else 1.0
        return bool(np.abs(state.z * factor).max(initial=0.0) <= BOUND)

    @property
    def label(self) -> int | None:
        """The class with the greatest weight, or None without classes."""
        return int(self.weights.argmax()) if self.weights.size else None

    @property
    def mixed(self) -> bool:
        """Whether more than one class has a share in the picture."""
        return int(np.count_nonzero(self.weights)) > 1

    def effective_z(self) -> Floats:
        """Return the noise that the generator sees, ψ·z, float32 (D,)."""
        return self.z * np.float32(self.psi)

    def parts_unlike(self, other: LatentPoint) -> Part:
        """Return what differs between the two places; an empty flag when nothing does."""
        parts = Part(0)
        if not np.array_equal(self.z, other.z):
            parts |= Part.NOISE
        if self.class_is_random != other.class_is_random or not np.array_equal(
            self.weights, other.weights
        ):
            parts |= Part.CLASS
        if self.psi != other.psi:
            parts |= Part.DIVERSITY
        return parts


def _frozen(array: Floats) -> Floats:
    array = np.ascontiguousarray(array, np.float32)
    array.setflags(write=False)
    return array
