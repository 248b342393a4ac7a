"""Starts and ends the threads, and brings what they find into the `AppModel`.

No widgets here: panels are wired to its methods and signals by the main window.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ganview.app.controllers.app_model import AppModel, Source
from ganview.app.controllers.bridge import Bridge
from ganview.app.controllers.moment_loader import MomentLoader
from ganview.app.controllers.opening import Opening
from ganview.app.controllers.run_follower import RunFollower
from ganview.app.controllers.training import ROWS, Training
from ganview.app.latent_point import LatentSpace
from ganview.files.run_files import default_runs_folder
from ganview.runtime import opening

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.messages import SampleGrid
    from ganview.runtime.opening import Opened
    from ganview.runtime.preload import Preload
    from ganview.runtime.renderer import Renderer
    from ganview.runtime.run_view import RunView

CLOSING_MS = 20


class AppController(QObject):
    """Owns the renderer, the training and the pool of jobs, from the start to the end.

    Parameters
    ----------
    runs
        Where the folders of runs go; by default among the user's data.
    """

    ready = Signal(object)  # torch is loaded and the first model, an `Opened`, is in the explorer
    plots_ready = Signal()  # pyqtgraph is loaded
    loaded = Signal()  # all else that comes after the first picture is loaded, too
    # The explorer is to draw again; the argument is the `LatentSpace` of its generator.
    generator_changed = Signal(object)
    # said, failed: a sentence for the status bar; (sentence, details) of what went wrong
    said = Signal(str)
    failed = Signal(str, str)
    # refused, withdrawn: what failed last was work with files; it is of no interest any more: the
    # next went well
    refused = Signal()
    withdrawn = Signal()
    exported = Signal(str, str)  # a file was written: a sentence that says so, and its folder
    closed = Signal()  # all threads have ended

    def __init__(self, runs: Path | None = None) -> None:
        super().__init__()
        self.app_model = AppModel(self)
        self.bridge = Bridge(self)
        runs = runs or default_runs_folder()
        self.training = Training(self.bridge, runs, self)
        self.moments = MomentLoader(self.app_model, self.bridge.run_short_job, self.said.emit)
        self._follower = RunFollower(self.app_model, self.bridge.run_job, self.said.emit)
        self.opening = Opening(self.bridge, runs, lambda: self.app_model.model, self)
        self._renderer: Renderer | None = None
        self._source = ""  # that is explored
        self._calls: list[Callable[[], None]] = []
        self._closing = QTimer(self, interval=CLOSING_MS)
        self._closing.timeout.connect(self._finish_closing)
        self.bridge.rendered.connect(self._picture_came)
        self.app_model.explored_changed.connect(self._use_model)
        self.app_model.sources_changed.connect(lambda: self._after_the_picture(self._draw_samples))
        self.app_model.sources_changed.connect(self._leave_source)
        self.app_model.wanted.connect(self._open_shipped)
        self.training.began.connect(self.app_model.begin)
        self.training.changed.connect(self.app_model.follow)
        self.training.said.connect(self.said)
        self.training.failed.connect(self.failed)
        self.opening.opened.connect(self.show_opened)
        self.opening.said.connect(self.said)
        self.opening.failed.connect(self.refuse)
        self.opening.succeeded.connect(self.withdrawn)

    # ---- starting and closing --------------------------------------------------------------

    def start(self, model: str | None = None, preload: Preload | None = None) -> None:
        """Load torch, with what of it is loaded already, and the first model."""
        self.bridge.start()
        self.bridge.run_job(
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
        self.app_model.offer(
            *(Source(f"model {label}", label, "Models") for label in opening.SHIPPED.values())
        )
        self.ready.emit(opened)
        self._after_the_picture(self._load_the_rest)

    def _load_the_rest(self) -> None:
        self.bridge.run_job(
            _import_later, "loading the plots", self._plots_imported, self.failed.emit
        )

    def _plots_imported(self, _value: object) -> None:
        self.plots_ready.emit()
        self.bridge.when_at_rest(self._warm_up)

    def _warm_up(self) -> None:
        self.bridge.run_job(
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
        self._follower.stop()
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

    def save(self, path: Path) -> None:
        """Save the explorer's model."""
        model = self.app_model.model
        if model is not None:
            self.bridge.run_job(
                lambda: opening.write_model(path, model),
                f"saving {path.name}",
                lambda _value: self.tell_done(f"Saved as {path}."),
                self.refuse,
            )

    def tell_done(self, sentence: str) -> None:
        """Say that file work is done."""
        self.withdrawn.emit()
        self.said.emit(sentence)

    def tell_exported(self, path: str) -> None:
        """Say that a file was exported."""
        what, folder = Path(path), str(Path(path).parent)
        # A set of several files has other names than the one that was asked for.
        sentence = f"Exported {path}." if what.exists() else f"Exported to {folder}."
        self.tell_done(sentence)
        self.exported.emit(sentence, folder)

    def refuse(self, sentence: str, details: str) -> None:
        """Say what went wrong in work with files."""
        self.said.emit("")
        self.failed.emit(sentence, details)
        self.refused.emit()

    def show_opened(self, opened: Opened, run: RunView | None = None) -> None:
        """Explore a model that was opened, of a run that is only looked at or of none."""
        self.app_model.open(opened, run)
        self.said.emit(opened.note)

    def _leave_source(self) -> None:
        """Take back what was said of the source that was explored before."""
        if self.app_model.source != self._source:
            self._source = self.app_model.source
            self.said.emit("")

    def _draw_samples(self) -> None:
        """Draw samples with the explorer's model where no run shows its own."""
        app_model = self.app_model
        model = app_model.model

        def wanted() -> bool:
            run = app_model.run
            has_own = run is not None and (run is app_model.trained or _has_samples(run))
            return model is app_model.model and not has_own

        def show(samples: SampleGrid) -> None:
            if wanted():
                app_model.show_samples(samples, model)

        if model is not None and wanted():
            self.bridge.run_job(
                lambda: _draw_grid(model), "drawing samples", show, self.failed.emit
            )

    def _open_shipped(self, key: str) -> None:
        """Open a model that ships and was chosen among the sources."""
        name = next(name for name, label in opening.SHIPPED.items() if key == f"model {label}")
        self.bridge.run_job(
            lambda: opening.open_shipped(name),
            f"opening the {name} model",
            self.show_opened,
            self.refuse,
        )

    def _after_the_picture(self, call: Callable[[], None]) -> None:
        """Do something when the explorer's picture is painted, at once if none is asked for.

        Python runs one thread at a time, so that the picture would wait for whatever else it did.
        """
        if self._renderer is not None and self._renderer.busy():
            self._calls.append(call)
        else:
            call()

    def _picture_came(self, _rendered: object) -> None:
        if self._calls:
            QTimer.singleShot(0, self._do_calls)  # it is painted first

    def _do_calls(self) -> None:
        calls, self._calls = self._calls, []
        for call in calls:
            if not self._closing.isActive():
                call()

    def _use_model(self) -> None:
        model = self.app_model.model
        if model is not None and self._renderer is not None:
            self._renderer.set_model(model)
            self.generator_changed.emit(LatentSpace.of_model(model.spec))


def _has_samples(run: RunView) -> bool:
    return any(info.has_samples for info in run.moments())


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
