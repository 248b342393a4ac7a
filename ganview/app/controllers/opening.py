"""Opens what was saved: model files and runs, exported pictures, places copied as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganview.app.latent_point import BOUND, LatentPoint
from ganview.runtime import opening

if TYPE_CHECKING:
    from ganview.app.controllers.bridge import Bridge
    from ganview.gan.explore.state_string import State
    from ganview.gan.model import Model
    from ganview.runtime.opening import Opened
    from ganview.runtime.run_view import FolderRun

CLIPPED = (
    f"This picture was drawn from noise beyond ±{BOUND:.0f} σ, further than the explorer goes: "
    "it shows the nearest point, a different picture."
)


class Opening(QObject):
    """Reads in a thread, and tells what was found; what can't be read changes nothing.

    Parameters
    ----------
    model
        Returns the explorer's model, which a picture or a state may be of.
    """

    # An `Opened` for the explorer, and the `FolderRun` that it is the model of, or None.
    opened = Signal(object, object)
    # said, failed: a sentence for the status bar; (sentence, details) of what went wrong
    said = Signal(str)
    failed = Signal(str, str)
    succeeded = Signal()  # something was opened
    # The path of a picture, and the model that it names and that is nowhere.
    model_missing = Signal(object, str)

    def __init__(
        self, bridge: Bridge, runs: Path, model: Callable[[], Model | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge, self._runs, self._model = bridge, runs, model

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open one after another, the first one last, so that it is in focus in the end."""
        if paths:
            self.open(paths[-1], lambda: self.open_all(paths[:-1]))

    def open(self, path: Path, then: Callable[[], object] = lambda: None) -> None:
        """Open a model file or run folder; a bad one changes nothing. ``then`` comes after it."""
        self.said.emit(f"Opening {path.name}…")

        def show(found: tuple[Opened, FolderRun | None]) -> None:
            self.succeeded.emit()
            self.opened.emit(*found)
            then()

        def fail(sentence: str, details: str) -> None:
            self.failed.emit(sentence, details)
            then()

        self._bridge.run_short_job(
            lambda: opening.open_with_run(path, self._runs), f"opening {path.name}", show, fail
        )

    def drop_picture(
        self, path: Path, go: Callable[[LatentPoint], object], plain: Callable[[], object]
    ) -> None:
        """Open an exported picture as `open_picture` does; with any other, ``plain`` is called."""

        def open_it(carries: bool) -> None:
            if carries:
                self.open_picture(path, go)
            else:
                self.succeeded.emit()
                self.said.emit("")  # what was said of another picture is no longer so
                plain()

        self._bridge.run_job(
            lambda: opening.carries_recipe(path), f"opening {path.name}", open_it, self.failed.emit
        )

    def open_state(
        self, text: str, go: Callable[[LatentPoint], object], *, learned_on: bool = False
    ) -> None:
        """Open the model of a state that was copied as text, and ``go`` there.

        With ``learned_on`` it is a place of the explorer's model, copied at an earlier step.
        """
        since = "; the generator has learned on since" if learned_on else ""
        model = self._model()

        def show(found: tuple[Opened | None, State]) -> None:
            self._show_found(*found, go, f"Exploring the copied state{since}.")

        self._bridge.run_job(
            lambda: opening.open_state(text, model, learned_on=learned_on),
            "reading the state",
            show,
            self.failed.emit,
        )

    def _show_found(
        self,
        opened: Opened | None,
        state: State,
        go: Callable[[LatentPoint], object],
        sentence: str,
    ) -> None:
        """Explore a state with its model; None where that is explored already."""
        self.succeeded.emit()
        if opened is not None:
            self.opened.emit(opened, None)
        go(LatentPoint.of_state(state))
        self.said.emit(sentence if LatentPoint.can_hold(state) else CLIPPED)

    def open_picture(
        self, path: Path, go: Callable[[LatentPoint], object], model_file: Path | None = None
    ) -> None:
        """Open the model of an exported picture, and ``go`` where its first tile was drawn.

        Besides the models at hand, a file that may hold it is looked at, and the runs of the user.
        """
        model, runs = self._model(), self._runs

        def show(found: tuple[Opened | None, State] | opening.Missing) -> None:
            if isinstance(found, opening.Missing):
                self.said.emit("")
                self.model_missing.emit(path, found.model)
                return
            self._show_found(*found, go, f"Exploring where {path.name} was drawn.")

        self._bridge.run_job(
            lambda: opening.open_picture(
                path, model, opening.candidate_model_files(runs, model_file)
            ),
            f"opening {path.name}",
            show,
            self.failed.emit,
        )
