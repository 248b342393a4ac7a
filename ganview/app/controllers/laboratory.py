"""What the window works on: the explorer's models, the renderer, the run and their threads.

No widgets here: panels are wired to its methods and signals by the main window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from PySide6.QtCore import QObject, QTimer, Signal

from ganview.app.controllers.bridge import Bridge
from ganview.app.controllers.opening import Opening
from ganview.app.controllers.training import ROWS, Training
from ganview.app.latent_point import LatentSpace
from ganview.runtime import opening

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid, Snapshot
    from ganview.runtime.opening import Opened
    from ganview.runtime.preload import Preload
    from ganview.runtime.renderer import Renderer

CLOSING_MS = 20


class Source(Enum):
    """Where the explorer's generator comes from."""

    OPENED = "opened"  # the one that ships, or a file
    LIVE = "live"  # the averaged generator of the run


@dataclass(frozen=True)
class Choice:
    """An entry of the source selector."""

    source: Source
    label: str


class Laboratory(QObject):
    """Owns the renderer, the models and the training, and keeps them in step.

    Parameters
    ----------
    parent
        The owner.
    runs
        Where the folders of runs go; by default among the user's data.

    Attributes
    ----------
    bridge, training, opening
        The way to the threads, the run, and what opens files.
    ready
        torch is loaded and the first model, an `Opened`, is in the explorer.
    plots_ready
        pyqtgraph is loaded.
    loaded
        So is all else that comes after the first picture.
    generator_changed
        The explorer is to draw again; the argument is the `LatentSpace` of its generator.
    sources_changed
        The entries of the source selector, or the chosen one, are others now.
    sheet_changed
        A `SampleGrid`.
    said, failed
        A sentence for the status bar; (sentence, details) of what went wrong.
    withdrawn
        The sentence of a failure with files that is of no interest any more: the next went well.
    closed
        All threads have ended.
    """

    ready = Signal(object)
    plots_ready = Signal()
    loaded = Signal()
    generator_changed = Signal(object)
    sources_changed = Signal()
    sheet_changed = Signal(object)
    said = Signal(str)
    failed = Signal(str, str)
    withdrawn = Signal(str)
    closed = Signal()

    def __init__(self, parent: QObject | None = None, runs: Path | None = None) -> None:
        super().__init__(parent)
        self.bridge = Bridge(self)
        runs = runs or user_data_path("ganview", appauthor=False) / "runs"
        self.training = Training(self.bridge, runs, self)
        self.opening = Opening(self.bridge, runs, lambda: self.model, self)
        self._renderer: Renderer | None = None
        self._opened: Opened | None = None
        self._refusal = ""
        self._live: Model | None = None
        self._source = Source.OPENED
        self._sheet_is_live = False
        self._deeds: list[Callable[[], None]] = []
        self._closing = QTimer(self)
        self._closing.setInterval(CLOSING_MS)
        self._closing.timeout.connect(self._finish_closing)
        self.bridge.rendered.connect(self._picture_came)
        self.training.began.connect(self._run_began)
        self.training.changed.connect(self._show_run)
        self.training.said.connect(self.said)
        self.training.failed.connect(self.failed)
        self.opening.opened.connect(self.show_opened)
        self.opening.said.connect(self.said)
        self.opening.failed.connect(self._refuse)
        self.opening.succeeded.connect(self._withdraw)

    # ---- starting and closing --------------------------------------------------------------

    def start(self, model: str | None = None, preload: Preload | None = None) -> None:
        """Load torch, with what of it is loaded already, and the first model."""
        self.bridge.start()
        self.bridge.run(
            lambda: opening.open_first(model, preload),
            "starting",
            self._first_opened,
            self.failed.emit,
        )

    def _first_opened(self, opened: Opened) -> None:
        from ganview.runtime.renderer import Renderer

        self._renderer = Renderer(announce=self.bridge.ring)
        self.bridge.attach_renderer(self._renderer)
        self.show_opened(opened)
        self.ready.emit(opened)
        self._after_the_picture(self._load_the_rest)

    def _load_the_rest(self) -> None:
        self.bridge.run(_import_later, "loading the plots", self._plots_imported, self.failed.emit)

    def _plots_imported(self, _value: object) -> None:
        self.plots_ready.emit()
        self.bridge.when_at_rest(self._warm_up)

    def _warm_up(self) -> None:
        self.bridge.run(
            opening.warm_up_training,
            "loading the digits",
            lambda _value: self.loaded.emit(),
            self.failed.emit,
        )

    def close(self) -> None:
        """End all threads, saving the run; `closed` follows when they have."""
        if self._closing.isActive():
            return
        self.training.stop()
        self.bridge.cancel_jobs()
        if self._renderer is not None:
            self._renderer.stop()
        self._closing.start()

    def _finish_closing(self) -> None:
        renderer = self._renderer
        if self.training.is_saving or self.bridge.busy:
            return
        if renderer is not None and not renderer.join(0):
            return
        self._closing.stop()
        self.bridge.stop()
        self.bridge.attach_renderer(None)
        self._renderer = None
        self.closed.emit()

    # ---- models ----------------------------------------------------------------------------

    @property
    def model(self) -> Model | None:
        """The explorer's model."""
        if self._source is Source.LIVE:
            return self._live
        return self._opened.model if self._opened is not None else None

    @property
    def explored_run(self) -> Path | None:
        """The folder of the run that the explorer's model is of; None for a model without one."""
        if self._source is Source.LIVE:
            return self.training.folder
        return self._opened.run_folder if self._opened is not None else None

    @property
    def sheet_model(self) -> Model | None:
        """The model that the sample grid is drawn by, as new as it is known here."""
        if self._sheet_is_live:
            return self._live
        return self._opened.model if self._opened is not None else None

    @property
    def run_folder(self) -> Path | None:
        """Folder of the run on show: the one in training, else that of the opened model."""
        if self.training.folder is not None:
            return self.training.folder
        path = self._opened.path if self._opened is not None else None
        is_run = path is not None and (path.parent / "config.json").is_file()
        return path.parent if path is not None and is_run else None

    @property
    def source(self) -> Source:
        """Where the explorer's generator comes from."""
        return self._source

    @property
    def choices(self) -> list[Choice]:
        """The models that the explorer can be switched to."""
        choices = []
        if self._opened is not None:
            choices.append(Choice(Source.OPENED, self._opened.label))
        if self._live is not None:
            choices.append(Choice(Source.LIVE, "The network in training"))
        return choices

    def choose(self, source: Source) -> None:
        """Let the explorer draw with another of the models at hand."""
        if source is not self._source:
            self._source = source
            self._use_model()
            self.sources_changed.emit()

    def save(self, path: Path) -> None:
        """Save the explorer's model."""
        model = self.model
        if model is not None:
            self.run_job(
                lambda: opening.write_model(path, model), f"saving {path.name}", f"Saved as {path}."
            )

    def run_job(self, work: Callable[[], Any], name: str, done: str) -> None:
        """Do file work in a thread, and say when it is done or what went wrong."""
        self.bridge.run(
            work,
            name,
            lambda _value: self.tell_done(done),
            self._refuse,
        )

    def tell_done(self, sentence: str) -> None:
        """Say that file work is done."""
        self._withdraw()
        self.said.emit(sentence)

    def _refuse(self, sentence: str, details: str) -> None:
        self._refusal = sentence
        self.said.emit("")
        self.failed.emit(sentence, details)

    def _withdraw(self) -> None:
        self.withdrawn.emit(self._refusal)

    def show_opened(self, opened: Opened) -> None:
        """Let the explorer draw with a model that was opened, and the grid unless a run has it."""
        self._opened = opened
        self._source = Source.OPENED
        self._use_model()
        self._after_the_picture(lambda: self._draw_sheet_of(opened))
        self.sources_changed.emit()
        self.said.emit(opened.note or f"Exploring: {opened.label}.")

    def _draw_sheet_of(self, opened: Opened) -> None:
        """Draw the grid of an opened model, unless a run shows its own."""
        if self.training.exists or self._opened is not opened:
            return

        def show(sheet: SampleGrid) -> None:
            if not self.training.exists and self._opened is opened:
                self._sheet_is_live = False
                self.sheet_changed.emit(sheet)

        self.bridge.run(
            lambda: _draw_grid(opened.model),
            "drawing samples",
            show,
            self.failed.emit,
        )

    def _after_the_picture(self, deed: Callable[[], None]) -> None:
        """Do something when the explorer's picture is painted, at once if none is asked for.

        Python runs one thread at a time, so that the picture would wait for whatever else it did.
        """
        if self._renderer is not None and self._renderer.busy():
            self._deeds.append(deed)
        else:
            deed()

    def _picture_came(self, _rendered: object) -> None:
        if self._deeds:
            QTimer.singleShot(0, self._do_deeds)  # it is painted first

    def _do_deeds(self) -> None:
        handlers, self._deeds = self._deeds, []
        for deed in handlers:
            if not self._closing.isActive():
                deed()

    def _use_model(self) -> None:
        model = self.model
        if model is not None and self._renderer is not None:
            self._renderer.set_model(model)
            self.generator_changed.emit(LatentSpace.of_model(model.spec))

    # ---- the live generator ----------------------------------------------------------------

    def _run_began(self, _config: object) -> None:
        """Let the explorer follow the run as soon as it has a generator."""
        self._live = None
        self._source = Source.LIVE

    def _show_run(self, snapshot: Snapshot) -> None:
        """Show samples and generator of the run; before its first drawing there are none."""
        model, samples = snapshot.model, snapshot.samples
        if model is None or samples is None:
            return
        if model is not self._live:
            first, self._live = self._live is None, model
            if self._source is Source.LIVE:
                self._use_model()
            if first:
                self.sources_changed.emit()
        self._sheet_is_live = True
        self.sheet_changed.emit(samples)


def _draw_grid(model: Model) -> SampleGrid:
    from ganview.runtime.sample_grid import GridSampler

    return GridSampler(model.spec, ROWS).draw(model)


def _import_later() -> None:
    """Import what is needed after the first picture: pyqtgraph, other tabs, the rest of torch.

    None of it makes a QObject meanwhile, so that any thread may do it.
    """
    import pyqtgraph  # noqa: F401

    from ganview.app.explorer.tabs import import_tabs
    from ganview.runtime.preload import complete_torch

    import_tabs()
    complete_torch()
