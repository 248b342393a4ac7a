"""Sliders over directions of the noise: how far each has been moved from where it began."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganview.app.explorer.explorer_state import UNDO_DEPTH, ExplorerState
from ganview.app.latent_point import Floats
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.gan.explore.directions import Direction
    from ganview.gan.model import Model
    from ganview.runtime.jobs import Work

#: A bent direction is followed anew from a point at most this many σ away: dragging costs less.
FAR = 0.75
COUNT = 10
#: Models whose named directions are kept on the disk.
KEPT = 24


class DirectionAmounts:
    """How far along each direction the present place is.

    A move along a direction changes z for good; the amounts remember how far it went, so that a
    slider can take it back. They are zero wherever the explorer gets to by another way, and come
    back with undo.
    """

    def __init__(self, state: ExplorerState) -> None:
        self._state = state
        self.directions: list[Direction] = []
        self.amounts: Floats = np.zeros(0, np.float32)
        self._known: OrderedDict[bytes, Floats] = OrderedDict()
        self._gesture: object = None
        self._anchor: tuple[int, float, Floats] | None = None

    def set_directions(self, directions: list[Direction]) -> None:
        """Travel along other directions, from here on; those that were there keep their amounts."""
        before = {id(direction): at for at, direction in enumerate(self.directions)}
        at = np.array([before.get(id(direction), -1) for direction in directions], np.int64)
        self.directions, self._anchor = directions, None
        kept = at >= 0
        if not kept.any():  # those of another model
            self._known.clear()
            self.amounts = np.zeros(len(at), np.float32)
            return
        for key, amounts in self._known.items():
            self._known[key] = np.where(kept, amounts[at], np.float32(0))
        self.amounts = np.where(kept, self.amounts[at], np.float32(0))

    def move(self, index: int, amount: float, gesture: object) -> None:
        """Bring one direction's slider to an amount, in σ."""
        start = self._anchor
        if start is None or gesture is None or gesture is not self._gesture or start[0] != index:
            start = (index, float(self.amounts[index]), self._state.z)
            self._gesture = gesture
            self._remember(self._state.z, self.amounts)
        weights = self._state.place.weights
        mix = weights if weights.size else None
        z = self.directions[index].apply(start[2], np.float32(amount - start[1]), mix)
        amounts = self.amounts.copy()
        amounts[index] = amount
        place_z = np.asarray(z, np.float32)
        self._anchor = (index, amount, place_z) if abs(amount - start[1]) > FAR else start
        self._remember(place_z, amounts)
        self._state.set_z(place_z, gesture)

    def arrive(self) -> bool:
        """Take note of where the state is now; return whether the amounts are others."""
        known = self._known.get(self._state.z.tobytes())
        amounts = np.zeros(len(self.directions), np.float32) if known is None else known
        changed = not np.array_equal(amounts, self.amounts)
        self.amounts = amounts
        if known is None:
            self._anchor = None
        return changed

    def along(self, index: int, stops: tuple[int, ...]) -> Work:
        """Return work that finds the noise (N, D) with one slider at each stop."""
        direction, z = self.directions[index], self._state.z
        weights = self._state.place.weights
        mix = weights if weights.size else None
        amounts = np.array(stops, np.float32) - self.amounts[index]

        def work() -> NDArray[np.float32]:
            return direction.apply(np.repeat(z[None], len(amounts), axis=0), amounts, mix)

        return work

    def _remember(self, z: Floats, amounts: Floats) -> None:
        self._known[z.tobytes()] = amounts
        while len(self._known) > 4 * UNDO_DEPTH:
            self._known.popitem(last=False)


def unsupervised_directions(model: Model) -> list[Direction]:
    """Return the directions that the network itself prefers; quick, for background threads."""
    from ganview.gan.explore.directions import principal_directions, sefa_directions

    return [*principal_directions(model, COUNT), *sefa_directions(model, COUNT)]


def load_kept_directions(model: Model, folder: Path | None) -> list[Direction] | None:
    """Return the named directions that were fitted to a model before; None if none were kept."""
    from ganview.files.directions_file import load_directions

    if folder is None:
        return None
    try:
        return list(load_directions(_kept_at(model, folder), model.spec))
    except UserError:  # not there, or not what it should be: they are fitted again
        return None


def fit_named_directions(
    model: Model, folder: Path | None, progress: Any, cancelled: Any
) -> list[Direction]:
    """Return the directions that a person names, and keep them; for background threads."""
    from ganview.files.evaluators import evaluators_for
    from ganview.gan.explore.attribute_samples import scorer_of
    from ganview.gan.explore.named_directions import named_directions

    evaluators = evaluators_for(model.info.get("dataset_sha256"))
    judge, examiner = map(scorer_of, evaluators) if evaluators is not None else (None, None)
    found = named_directions(
        model, judge=judge, examiner=examiner, progress=progress, cancelled=cancelled
    )
    if folder is not None and found:
        _save_fitted(found, _kept_at(model, folder))
    return found


def _kept_at(model: Model, folder: Path) -> Path:
    from ganview.export.state import short_model_hash

    return folder / f"{short_model_hash(model)}.safetensors"


def _save_fitted(found: list[Direction], path: Path) -> None:
    """Keep directions for the next time; those of long ago make room."""
    from ganview.files.atomic import WriteError
    from ganview.files.directions_file import save_directions
    from ganview.gan.explore.named_directions import NamedDirection

    named = [direction for direction in found if isinstance(direction, NamedDirection)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_directions(path, named)
        files = sorted(path.parent.glob("*.safetensors"), key=lambda file: file.stat().st_mtime)
        for old in files[:-KEPT]:
            old.unlink()
    except (WriteError, OSError):
        return  # nothing is lost but the time to fit them again


def quality_text(direction: Direction) -> str:
    """Return a sentence on how well a direction does what its name says."""
    quality = direction.quality
    if direction.kind != "named":
        where = (
            "pictures in G's early layers" if direction.kind == "principal" else "G's first layer"
        )
        share = 100 * quality.get("share", 0)
        return f"{direction.name}: {share:.1f} % of the variance of {where} lies this way."
    others = quality.get("others", {})
    worst = max(others, key=lambda name: others[name]) if others else ""
    sure = quality["rank_correlation"]
    parts = [f"{direction.name} grows with the slider (rank correlation {sure:.2f})"]
    if quality.get("class_held") is not None:
        parts.append(f"{100 * quality['class_held']:.0f} % keep their class up to ±2 σ")
    if worst:
        share = others[worst] / quality["own"] if quality["own"] else float("nan")
        parts.append(f"{worst} changes {100 * share:.0f} % as much, all else less")
    return "; ".join(parts) + "."
