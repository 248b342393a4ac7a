"""What the window is about: the run in focus, a cursor in its past, and what is explored.

No widgets and no threads: panels listen to it, and a test asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganview.app.latent_point import LatentPoint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.files.moment_info import MomentInfo
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid, Snapshot
    from ganview.runtime.opening import Opened
    from ganview.runtime.run_view import RunView

MOST_RUNS = 20  # that are remembered as sources


@dataclass(frozen=True)
class Source:
    """Something that the explorer may draw with."""

    key: str  # what it is known by: each source has a place, pins and undo of its own
    label: str  # what it is called
    group: str  # what kind of source it is


class AppModel(QObject):
    """The values that the window shows; those who change them call its methods.

    Attributes
    ----------
    run
        The run in focus, which the left side shows; None before there is any.
    trained
        The run that trains here, in focus or not; None before there is any.
    cursor
        A step of the run in focus, None for its live edge. What is shown is the newest moment that
        was kept and is not after it.
    source
        Key of the source that the explorer draws with; empty before there is any.
    opened
        The model that belongs to no run at hand and was opened or chosen last.
    samples, samples_model, samples_step
        The `SampleGrid` on show, what drew it, and at which step of the run; None where that is
        not known.
    picture
        What the explorer shows, as (`LatentPoint`, uint8 (H, W[, 3])); None before the first.
    """

    # The explorer is to draw with another model, or with the same after it learned on.
    explored_changed = Signal()
    sources_changed = Signal()  # the sources have changed, or the one that is explored
    samples_changed = Signal(object)  # a `SampleGrid` to show
    run_changed = Signal()  # another run is in focus, or none; the cursor is at its live edge
    run_grew = Signal()  # the run in focus may have more numbers and moments now
    cursor_changed = Signal()  # the cursor stands elsewhere
    wanted = Signal(str)  # key of a source that is to be opened first
    picture_shown = Signal(object)  # the explorer shows another picture, the argument

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: RunView | None = None
        self.trained: RunView | None = None
        self.cursor: int | None = None
        self.source = ""
        self.picture: tuple[LatentPoint, NDArray[np.uint8]] | None = None
        self.opened: Opened | None = None
        self.samples: SampleGrid | None = None
        self.samples_model: Model | None = None
        self.samples_step: int | None = None
        self._runs: dict[str, RunView] = {}
        self._edges: dict[str, Model] = {}  # the newest generator of each run, by its key
        self._models: dict[str, Opened] = {}
        self._offered: dict[str, Source] = {}
        self._moment_model: Model | None = None
        self._live: tuple[SampleGrid, int] | None = None  # newest of the run that trains here

    # ---- what is explored --------------------------------------------------------------------

    @property
    def follows_run(self) -> bool:
        """Whether the explorer draws with the run in focus, at the cursor."""
        return self.run is not None and self.source == run_key(self.run)

    @property
    def learns_on(self) -> bool:
        """Whether the explorer's model is one of many of a run: it learns on, or is scrubbed."""
        return self.follows_run and (self.run is self.trained or self.cursor is not None)

    @property
    def model(self) -> Model | None:
        """The model that is explored; until that of a moment is read, the one before it."""
        if self.follows_run:
            return self._moment_model or self.run_model
        return self.opened.model if self.opened is not None else None

    @property
    def run_model(self) -> Model | None:
        """The newest generator of the run in focus, None before there is any."""
        return self._edges.get(run_key(self.run)) if self.run is not None else None

    @property
    def explored_run(self) -> Path | None:
        """The folder of the run that the explored model is of; None for a model without one."""
        if self.follows_run:
            return self.run.folder if self.run is not None else None
        return self.opened.run_folder if self.opened is not None else None

    @property
    def run_folder(self) -> Path | None:
        """The folder of the run in focus, else of the run that the explored model is of."""
        folder = self.run.folder if self.run is not None else None
        return folder or self.explored_run

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that the explorer can draw with at once."""
        runs = [
            Source(key, run.folder.name if run.folder else "A run that isn't saved", "Runs")
            for key, run in self._runs.items()
            if run is not self.trained and key in self._edges
        ]
        if self.trained is not None and run_key(self.trained) in self._edges:
            runs.insert(0, Source(run_key(self.trained), "In training", "Training"))
        models = [Source(key, opened.label, "Models") for key, opened in self._models.items()]
        offered = [source for key, source in self._offered.items() if key not in self._models]
        return (*runs, *models, *offered)

    def offer(self, *sources: Source) -> None:
        """Add sources that can be opened."""
        self._offered.update((source.key, source) for source in sources)
        self.sources_changed.emit()

    def show_picture(self, place: LatentPoint, picture: NDArray[np.uint8]) -> None:
        """Tell what the explorer shows."""
        self.picture = place, picture
        self.picture_shown.emit(self.picture)

    def choose(self, key: str) -> bool:
        """Explore another source, and focus it where it is a run; False for an unknown one."""
        if key in self._offered and key not in self._models:
            self.wanted.emit(key)
            return True
        if key not in self._runs and key not in self._models:
            return False
        if key != self.source:
            self.source = key
            self.opened = self._models.get(key, self.opened)
            if key in self._runs and self._runs[key] is not self.run:
                self._focus(self._runs[key])
            self._tell_source()
        return True

    def explore_run(self) -> None:
        """Explore the run in focus."""
        if self.run is not None:
            self.choose(run_key(self.run))

    def open(self, opened: Opened, run: RunView | None = None) -> None:
        """Explore a model that was opened; with its run, that comes into focus."""
        if run is None:
            self.opened = opened
            self.source = model_key(opened)
            self._models[self.source] = opened
        else:
            self.source = run_key(run)
            if self.trained is not None and self.source == run_key(self.trained):
                run = self.trained  # it knows more of itself than its folder does
            else:
                self._edges[self.source] = opened.model
            self._focus(run)
        self._tell_source()

    def _tell_source(self) -> None:
        self.explored_changed.emit()
        self.sources_changed.emit()

    # ---- the run in focus --------------------------------------------------------------------

    @property
    def moment(self) -> MomentInfo | None:
        """The moment at the cursor, None at the live edge or where none was kept so early."""
        if self.run is None or self.cursor is None:
            return None
        earlier = [info for info in self.run.moments() if info.step <= self.cursor]
        return earlier[-1] if earlier else None

    def set_cursor(self, step: int | None) -> None:
        """Look at another step of the run in focus; None is its live edge."""
        if step == self.cursor:
            return
        self.cursor = step
        if step is None and self._moment_model is not None:
            self._moment_model = None
            if self.follows_run:
                self.explored_changed.emit()
        self.cursor_changed.emit()
        self._show_live()

    def begin(self, run: RunView) -> None:
        """Bring a run that trains here into focus; its generator is explored once there is one."""
        self.trained, self._live = run, None
        self.source = run_key(run)
        self._edges.pop(self.source, None)
        self._focus(run)

    def _focus(self, run: RunView) -> None:
        self._runs.pop(run_key(run), None)
        self._runs[run_key(run)] = run
        for key in [key for key, known in self._runs.items() if known is not self.trained]:
            if len(self._runs) > MOST_RUNS:
                del self._runs[key]
                self._edges.pop(key, None)
        self.run = run
        self._moment_model = None
        self.set_cursor(None)
        self.run_changed.emit()
        self._show_live()

    def follow(self, snapshot: Snapshot) -> None:
        """Take over samples and generator of the run that trains here, once it has drawn any."""
        run, model, samples = self.trained, snapshot.model, snapshot.samples
        if run is None:
            return
        if model is not None and samples is not None:
            key = run_key(run)
            before = self._edges.get(key)
            self._edges[key], self._live = model, (samples, snapshot.step)
            if model is not before and run is self.run and self.cursor is None and self.follows_run:
                self.explored_changed.emit()
            if before is None:
                self.sources_changed.emit()
            self._show_live()
        if run is self.run:
            self.run_grew.emit()

    def grow(self, run: RunView, model: Model | None) -> None:
        """Note that a run in a folder has grown, by a newer generator, too, if there is one."""
        if model is not None:
            self._edges[run_key(run)] = model
        if run is self.run:
            if model is not None and self.cursor is None and self.follows_run:
                self.explored_changed.emit()
            self.run_grew.emit()

    def _show_live(self) -> None:
        if self.cursor is None and self._live is not None and self.run is self.trained:
            samples, step = self._live
            self.show_samples(samples, self.run_model, step)

    def show_samples(
        self, samples: SampleGrid, model: Model | None, step: int | None = None
    ) -> None:
        """Show samples; the model that drew them and its step, as far as they are known."""
        self.samples, self.samples_model, self.samples_step = samples, model, step
        self.samples_changed.emit(samples)

    def show_moment_model(self, model: Model) -> None:
        """Explore the generator of the moment at the cursor."""
        if model is not self._moment_model and self.cursor is not None:
            self._moment_model = model
            if self.follows_run:
                self.explored_changed.emit()


def run_key(run: RunView) -> str:
    """Return what a run is known by; a run that isn't saved gives way to the next such one."""
    return f"run {run.folder.absolute()}" if run.folder is not None else "run"


def model_key(opened: Opened) -> str:
    """Return what an opened model is known by."""
    return f"model {opened.path or opened.label}"
