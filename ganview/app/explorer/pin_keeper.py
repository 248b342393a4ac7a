"""Keeps the pins of each model between starts, in a file of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganview.app.explorer.pins import Pin
from ganview.app.explorer.tab import Context
from ganview.app.latent_point import PSI_MAX, LatentPoint, Part
from ganview.errors import UserError
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model


@dataclass(frozen=True)
class Kept:
    """What was found of a model's pins."""

    path: Path  # where they are kept
    pins: list[Pin] | None = None  # the pins; None when none were ever kept
    note: str = ""  # a sentence about a file that was set aside, or nothing


class PinKeeper(QObject):
    """Shows the pins of the source that is explored, and saves them whenever they change.

    Every source has pins of its own. The file of a model is named by its weights, that of a run by
    the run, so that the pins of a generator that learns on stay with it.
    """

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        services = context.services
        self._source: str | None = None
        self._path: Path | None = None
        self._saved: list[tuple[str, LatentPoint]] = []
        self._left: dict[str, tuple[Path | None, list[Pin]]] = {}  # pins of sources that were left
        self._loading = LatestJob(services.run, "loading the pins", self._show, services.complain)
        self._saving = LatestJob(
            services.run, "keeping the pins", lambda _: None, services.complain
        )
        context.pins.watch(self._save)
        context.state.watch(self._put_away)

    @property
    def follows(self) -> bool:
        """Whether the pins of the source that is explored are on show."""
        return self._context.services.source() == self._source

    def follow(self) -> None:
        """Show the pins of another source, from memory or from its file."""
        services, pins = self._context.services, self._context.pins
        model, run, folder = services.model(), services.run_folder(), services.pins_folder
        source = services.source()
        if model is None or source == self._source:
            return
        self._leave()
        path, there = self._left.pop(source, (None, []))
        self._source, self._path = source, None
        self._loading.cancel()
        self._saved = [(pin.name, pin.place) for pin in there]
        pins.replace(there)
        self._path = path
        if path is None and folder is not None:
            self._loading.order(lambda: find_pins(folder, model, run))

    def _put_away(self, parts: Part) -> None:
        """Leave the pins of a source before those that don't fit the next one are dropped."""
        if parts & Part.SPACE and not self.follows:
            self._leave()

    def _leave(self) -> None:
        if self._source is not None:
            self._left[self._source] = self._path, list(self._context.pins)
        self._source = self._path = None

    def _show(self, kept: Kept) -> None:
        pins = self._context.pins
        self._path = kept.path
        if kept.note:
            self._context.services.complain(kept.note)
        found = kept.pins or []
        self._saved = [(pin.name, pin.place) for pin in found]
        pins.replace([*found, *pins])  # one may have been pinned meanwhile
        pins.keep_fitting(self._context.state.space)

    def _save(self) -> None:
        pins = [(pin.name, pin.place) for pin in self._context.pins]
        path = self._path
        if path is None or _same(pins, self._saved):  # new thumbnails alone are nothing to keep
            return
        self._saved = pins

        def work() -> None:
            from ganview.files.pin_file import save_pins
            from ganview.gan.explore.state_string import State

            save_pins(
                path,
                [
                    (name, State(place.z, place.weights, place.class_is_random, place.psi))
                    for name, place in pins
                ],
            )

        self._saving.order(work)


def find_pins(folder: Path, model: Model, run: Path | None) -> Kept:
    """Return what is kept of the pins of a model, or of a run; for background threads."""
    from hashlib import sha256

    from ganview.export.state import short_model_hash
    from ganview.files.pin_file import load_pins

    name = short_model_hash(model)
    if run is not None:
        name = f"run-{sha256(str(run.resolve()).encode()).hexdigest()[:16]}"
    path = folder / f"{name}.json"
    if not path.exists():
        return Kept(path)
    try:
        states = load_pins(path, model.spec.z_dim, model.spec.classes)
    except UserError as error:
        aside = path.with_name(f"{path.name}.unreadable")
        path.replace(aside)
        return Kept(path, note=f"{error} It is set aside as {aside.name}; no pins were loaded.")
    return Kept(
        path,
        [
            Pin(name, LatentPoint(state.z, state.weights, state.drawn, min(state.psi, PSI_MAX)))
            for name, state in states
        ],
    )


def _same(first: list[tuple[str, LatentPoint]], second: list[tuple[str, LatentPoint]]) -> bool:
    return len(first) == len(second) and all(
        a[0] == b[0] and a[1] is b[1] for a, b in zip(first, second, strict=True)
    )
