"""What the window is about: the run in focus, the models at hand, and the one that is explored.

No widgets and no threads: panels listen to it, and a test asks it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid, Snapshot
    from ganview.runtime.opening import Opened
    from ganview.runtime.run_view import RunView


class AppModel(QObject):
    """The values that the window shows; those who change them call its methods.

    Attributes
    ----------
    run
        The run in focus, whose curves are shown: the one that trains here, else the one that was
        only looked at; None before there is any.
    opened
        The model that was opened last, or ships.
    live_model
        The generator of the run that trains here; None before its first snapshot.
    follows_run
        Whether the explorer draws with that one, and not with the one that was opened.
    explored_changed
        The explorer is to draw with another model, or with the same after it learned on.
    sources_changed
        The models at hand, or the explored one, are others now.
    samples_changed
        A `SampleGrid` to show.
    cursor
        A step of the run in focus, None for its live edge. What is shown is the newest moment that
        was kept and is not after it.
    cursor_changed
        The cursor stands elsewhere.
    run_changed
        Another run is in focus, or none; the cursor is at its live edge.
    """

    explored_changed = Signal()
    sources_changed = Signal()
    samples_changed = Signal(object)
    run_changed = Signal()
    cursor_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: RunView | None = None
        self.cursor: int | None = None
        self.opened: Opened | None = None
        self.live_model: Model | None = None
        self.follows_run = False
        self._trains_here = False
        self._samples_are_live = False

    @property
    def model(self) -> Model | None:
        """The model that is explored."""
        if self.follows_run:
            return self.live_model
        return self.opened.model if self.opened is not None else None

    @property
    def explored_run(self) -> Path | None:
        """The folder of the run that the explored model is of; None for a model without one."""
        if self.follows_run:
            return self.run.folder if self.run is not None else None
        return self.opened.run_folder if self.opened is not None else None

    @property
    def samples_model(self) -> Model | None:
        """The model that the sample grid is drawn by."""
        if self._samples_are_live:
            return self.live_model
        return self.opened.model if self.opened is not None else None

    @property
    def run_folder(self) -> Path | None:
        """The folder of the run in focus, else of the run that the explored model is of."""
        folder = self.run.folder if self.run is not None else None
        return folder or self.explored_run

    @property
    def run_model(self) -> Model | None:
        """The newest generator of the run in focus."""
        if self._trains_here:
            return self.live_model
        return self.opened.model if self.opened is not None else None

    def explore(self, *, live: bool) -> None:
        """Explore the generator of the run that trains, or the model that was opened."""
        if live is not self.follows_run:
            self.follows_run = live
            self.explored_changed.emit()
            self.sources_changed.emit()

    def open(self, opened: Opened, run: RunView | None = None) -> None:
        """Explore a model that was opened; ``run`` comes into focus if none trains here."""
        self.opened, self.follows_run = opened, False
        if not self._trains_here and run is not self.run:
            self._focus(run)
        self.explored_changed.emit()
        self.sources_changed.emit()

    def set_cursor(self, step: int | None) -> None:
        """Look at another step of the run in focus; None is its live edge."""
        if step != self.cursor:
            self.cursor = step
            self.cursor_changed.emit()

    def _focus(self, run: RunView | None) -> None:
        self.run = run
        self.set_cursor(None)
        self.run_changed.emit()

    def begin(self, run: RunView) -> None:
        """Bring a run that trains here into focus; its generator is explored once there is one."""
        self._trains_here = True
        self.live_model, self.follows_run = None, True
        self._focus(run)

    def follow(self, snapshot: Snapshot) -> None:
        """Take over samples and generator of the run that trains here, once it has drawn any."""
        model, samples = snapshot.model, snapshot.samples
        if model is None or samples is None:
            return
        if model is not self.live_model:
            first, self.live_model = self.live_model is None, model
            if self.follows_run:
                self.explored_changed.emit()
            if first:
                self.sources_changed.emit()
        self._samples_are_live = True
        self.samples_changed.emit(samples)

    def show_samples(self, opened: Opened, samples: SampleGrid) -> None:
        """Show samples of a model that was opened, unless it was left or a run shows its own."""
        if not self._trains_here and opened is self.opened:
            self._samples_are_live = False
            self.samples_changed.emit(samples)
