"""Where the explorer stands: noise, class and diversity, with undo, and the watchers of its moves.

Plain Python and numpy: no Qt, no torch. The panel's widgets read this state, change it through its
methods, and watch it; nothing else holds a second copy of z.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, ParamSpec

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ganview.app.latent_point import Floats, LatentPoint, LatentSpace, Part
from ganview.errors import UserError

#: How many steps back undo remembers.
UNDO_DEPTH = 500

P = ParamSpec("P")


@dataclass(frozen=True)
class _Visit:
    """Where a source was left, to come back to."""

    space: LatentSpace
    place: LatentPoint
    back: deque[LatentPoint]
    forward: list[LatentPoint]
    locked: NDArray[np.bool_]


class Watched(Generic[P]):
    """What calls its watchers, with what changed, after each change."""

    def __init__(self) -> None:
        self._watchers: list[Callable[P, object]] = []

    def watch(self, watcher: Callable[P, object], *, first: bool = False) -> None:
        """Call ``watcher`` after each change, in the order of coming; one ``first`` before all."""
        self._watchers.insert(0 if first else len(self._watchers), watcher)

    def _tell(self, *changed: P.args, **named: P.kwargs) -> None:
        for watcher in tuple(self._watchers):
            watcher(*changed, **named)


class ExplorerState(Watched[[Part]]):
    """The explorer's place in its space, its undo history and its locked dimensions.

    Every change is one call; a call that changes nothing tells nobody and leaves no undo step.
    Changes that carry the same ``gesture`` as the one before them extend its undo step, so that a
    drag, however many moves it has, is undone at once.
    """

    def __init__(
        self, space: LatentSpace, *, seed: int | None = None, start: LatentPoint | None = None
    ) -> None:
        super().__init__()
        self._random = np.random.default_rng(seed)
        self._space = space
        self._back: deque[LatentPoint] = deque(maxlen=UNDO_DEPTH)
        self._forward: list[LatentPoint] = []
        self._gesture: object = None
        self._locked = np.zeros(space.z_dim, bool)
        self._place = self._first_place(space) if start is None else start
        self._source = ""
        self._visits: dict[str, _Visit] = {}  # to the sources that were left

    # -- reading ----------------------------------------------------------------------------

    @property
    def space(self) -> LatentSpace:
        """What the generator at hand accepts."""
        return self._space

    @property
    def place(self) -> LatentPoint:
        """The present place."""
        return self._place

    @property
    def z(self) -> Floats:
        """The noise, float32 (D,), read-only, in standard deviations, before ψ."""
        return self._place.z

    @property
    def noise(self) -> Floats:
        """The noise that the picture is made from, (D,): z times ψ."""
        return self._place.effective_z()

    @property
    def label(self) -> int | None:
        """The class of the picture (of a mix, the greatest), or None without classes."""
        return self._place.label

    @property
    def locked(self) -> NDArray[np.bool_]:
        """Which dimensions Random, nearby and reset leave alone, bool (D,), a copy."""
        return self._locked.copy()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._back)

    @property
    def can_redo(self) -> bool:
        """Whether there is a taken-back step to repeat."""
        return bool(self._forward)

    # -- moving -----------------------------------------------------------------------------

    def move(self, place: LatentPoint, gesture: object = None) -> bool:
        """Go to ``place``; return whether that was anywhere else.

        Raises
        ------
        UserError
            When the place is of another space: other noise size or number of classes.
        """
        if place.z.shape != (self._space.z_dim,) or place.weights.shape != (self._space.classes,):
            raise UserError(
                f"This place has {place.z.size} noise dimensions and {place.weights.size} classes; "
                f"the model has {self._space.z_dim} and {self._space.classes}."
            )
        parts = place.parts_unlike(self._place)
        if not parts:
            return False
        if gesture is None or gesture is not self._gesture:
            self._back.append(self._place)
            self._gesture = gesture
        self._forward.clear()
        self._place = place
        self._tell(parts)
        return True

    def set_z(self, z: ArrayLike, gesture: object = None) -> bool:
        """Set all the noise, (D,)."""
        return self.move(replace(self._place, z=np.asarray(z, np.float32)), gesture)

    def set_dimension(self, index: int, value: float, gesture: object = None) -> bool:
        """Set one dimension of the noise; a locked one can be set too, by its own slider."""
        z = self._place.z.copy()
        z[index] = value
        return self.set_z(z, gesture)

    def mirror(self, index: int | None = None) -> bool:
        """Change the sign of one dimension, or of all that are not locked."""
        z = self._place.z.copy()
        chosen = ~self._locked if index is None else np.arange(z.size) == index
        z[chosen] = 0.0 - z[chosen]
        return self.set_z(z)

    def reset(self, index: int | None = None, gesture: object = None) -> bool:
        """Set one dimension to zero, or all that are not locked."""
        if index is not None:
            return self.set_dimension(index, 0.0, gesture)
        return self.set_z(np.where(self._locked, self._place.z, np.float32(0)), gesture)

    def randomise(self) -> bool:
        """Draw new Gaussian noise where it is not locked, and with *any* a new class too."""
        drawn = self._random.standard_normal(self._space.z_dim, np.float32)
        weights = self._draw_class() if self._place.class_is_random else self._place.weights
        z = np.where(self._locked, self._place.z, drawn)
        return self.move(replace(self._place, z=z, weights=weights))

    def nearby(self, count: int, distance: float) -> Floats:
        """Return ``count`` draws a small step from here, float32 (count, D), locked ones kept.

        Each mixes the present noise with fresh noise, √(1−d²)·z + d·e, which keeps Gaussian
        noise Gaussian for any distance d between 0 (the same) and 1 (unrelated).
        """
        fresh = self._random.standard_normal((count, self._space.z_dim), np.float32)
        keep = np.float32(np.sqrt(max(0.0, 1.0 - distance**2)))
        moved = keep * self._place.z + np.float32(distance) * fresh
        return np.where(self._locked, self._place.z, moved).astype(np.float32)

    def choose_class(self, label: int) -> bool:
        """Show one class."""
        return self.move(replace(self._place, weights=self.one_hot(label), class_is_random=False))

    def choose_any(self) -> bool:
        """Show a class drawn from the training set's frequencies; drawn again at each Random."""
        if not self._space.classes:
            return False
        return self.move(replace(self._place, weights=self._draw_class(), class_is_random=True))

    def mix(self, weights: Sequence[float] | Floats, gesture: object = None) -> bool:
        """Show a mixture of classes, given non-negative weights (K,) that are scaled to sum 1."""
        shares = np.clip(np.asarray(weights, np.float64), 0.0, None)
        if not (shares.sum() > 0):
            return False
        scaled = (shares / shares.sum()).astype(np.float32)
        return self.move(replace(self._place, weights=scaled, class_is_random=False), gesture)

    def set_psi(self, psi: float, gesture: object = None) -> bool:
        """Set the diversity ψ, 0 to 1.5."""
        return self.move(replace(self._place, psi=psi), gesture)

    # -- undo -------------------------------------------------------------------------------

    def undo(self) -> bool:
        """Take the last step back."""
        return self._step(self._back, self._forward)

    def redo(self) -> bool:
        """Repeat the last step taken back."""
        return self._step(self._forward, self._back)

    def _step(
        self,
        source: deque[LatentPoint] | list[LatentPoint],
        target: deque[LatentPoint] | list[LatentPoint],
    ) -> bool:
        while source:
            place = source.pop()
            parts = place.parts_unlike(self._place)
            if parts:  # a drag that came back to where it began is no step
                target.append(self._place)
                self._place = place
                self._gesture = None
                self._tell(parts)
                return True
        return False

    # -- locks ------------------------------------------------------------------------------

    def lock(self, index: int, locked: bool) -> None:
        """Keep one dimension from being moved by Random, nearby, mirror-all and reset-all."""
        if bool(self._locked[index]) != locked:
            self._locked[index] = locked
            self._tell(Part.LOCKS)

    # -- another generator ------------------------------------------------------------------

    def adopt(self, space: LatentSpace, source: str = "") -> None:
        """Take the space of another generator.

        A source that was explored before gets its place, undo and locks back. One that was not
        begins at the present place, as far as that fits: the noise stays when its size does, the
        class when the classes do. A model of the same source that fits keeps undo, too.
        """
        left, self._source = self._source, source
        if source != left:
            self._visits[left] = _Visit(
                self._space, self._place, self._back, self._forward, self._locked
            )
            visit = self._visits.pop(source, None)
            if visit is not None and visit.space == space:
                self._return_to(visit)
                return
            self._back, self._forward = deque(maxlen=UNDO_DEPTH), []
            self._locked = self._locked.copy()
            self._gesture = None
            self._tell(Part(0))  # there is nothing to undo now
        if space == self._space:
            return
        old, self._space = self._place, space
        first = self._first_place(space)
        fits_z = old.z.size == space.z_dim
        fits_y = old.weights.size == space.classes
        self._place = LatentPoint(
            z=old.z if fits_z else first.z,
            weights=old.weights if fits_y else first.weights,
            class_is_random=old.class_is_random and space.classes > 0,
            psi=old.psi,
        )
        if not (fits_z and fits_y):
            self._back.clear()
            self._forward.clear()
        if not fits_z:
            self._locked = np.zeros(space.z_dim, bool)
        self._gesture = None
        self._tell(Part.SPACE | Part.PLACE | Part.LOCKS)

    def _return_to(self, visit: _Visit) -> None:
        """Go on where a source was left."""
        self._space, self._place = visit.space, visit.place
        self._back, self._forward, self._locked = visit.back, visit.forward, visit.locked
        self._gesture = None
        self._tell(Part.SPACE | Part.PLACE | Part.LOCKS)

    def one_hot(self, label: int) -> Floats:
        """Return the weights of one class, float32 (K,)."""
        weights = np.zeros(self._space.classes, np.float32)
        weights[label] = 1.0
        return weights

    def _draw_class(self) -> Floats:
        return self.one_hot(int(self._random.choice(self._space.classes, p=self._space.shares())))

    def _first_place(self, space: LatentSpace) -> LatentPoint:
        z = self._random.standard_normal(space.z_dim, np.float32)
        weights = np.zeros(space.classes, np.float32)
        weights[:1] = 1.0
        return LatentPoint(z=z, weights=weights)
