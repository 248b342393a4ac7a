"""The explorer's place as a line of text on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from ganview.app.explorer.tab import Context
from ganview.app.explorer.workshop import Newest
from ganview.app.place import Place

if TYPE_CHECKING:
    from ganview.gan.model import Model


class StateText(QObject):
    """Copies a place with its model's name; `Laboratory.open_state` reads it."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        run, complain = context.workshop.run, context.workshop.complain
        self._copying = Newest(run, "copying the state", self._put, complain)

    def copy(self) -> None:
        """Put the present place on the clipboard."""
        model, place = self._context.workshop.model(), self._context.state.place
        if model is not None:
            self._copying.order(lambda _progress, _cancelled: text_of(model, place))

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._context.say("The state is on the clipboard.")


def text_of(model: Model, place: Place) -> str:
    """Write a place of a model as text."""
    from ganview.export.state import write_state

    return write_state(model, place.z, place.weights, drawn=place.drawn, psi=place.psi)
