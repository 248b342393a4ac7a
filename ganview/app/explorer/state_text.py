"""The explorer's place as a line of text on the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from ganview.app.explorer.tab import Context
from ganview.app.latent_point import LatentPoint
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from ganview.gan.model import Model


class StateText(QObject):
    """Copies a place with its model's name; `Opening.open_state` reads it."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._copied: dict[str, Path] = {}  # from a generator that learns on, and its run
        run, complain = context.services.run, context.services.complain
        self._copying = LatestJob(run, "copying the state", self._put, complain)

    def copy(self) -> None:
        """Put the present place on the clipboard."""
        model, place = self._context.services.model(), self._context.state.place
        if model is not None:
            self._copying.order(lambda: text_of(model, place))

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.remember(text)
        self._context.say("The state is on the clipboard.")

    def remember(self, text: str) -> None:
        """Know a text again that was copied while the generator learns on."""
        run = self._run_in_training()
        if run is not None:
            self._copied[text] = run

    def learned_on(self, text: str) -> bool:
        """Tell whether a text was copied from the run that is explored while it learns on.

        The generator has other weights, and so another name, at each step; its places stay.
        """
        run = self._copied.get("".join(text.split()))
        return run is not None and run == self._run_in_training()

    def _run_in_training(self) -> Path | None:
        services = self._context.services
        return services.run_folder() if services.live() else None


def text_of(model: Model, place: LatentPoint) -> str:
    """Write a place of a model as text."""
    from ganview.export.state import write_state

    return write_state(model, place.z, place.weights, drawn=place.class_is_random, psi=place.psi)
