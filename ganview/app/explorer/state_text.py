"""The explorer's place as a line of text on the clipboard, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from ganview.app.explorer.tab import Context
from ganview.app.explorer.workshop import Newest
from ganview.app.explorer_state import Place

if TYPE_CHECKING:
    from ganview.gan.judge import Classifier
    from ganview.gan.model import Model


class StateText(QObject):
    """Copies a place with its model's name, and goes to one that is pasted."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        run, complain = context.workshop.run, context.workshop.complain
        self._copying = Newest(run, "copying the state", self._put, complain)
        self._pasting = Newest(run, "reading the state", self._go, complain)

    def copy(self) -> None:
        """Put the present place on the clipboard."""
        model, place = self._context.workshop.model(), self._context.state.place
        if model is not None:
            self._copying.order(lambda _progress, _cancelled: text_of(model, place))

    def paste(self) -> None:
        """Go to the place on the clipboard; what is none is said, and nothing moves."""
        self.read(QGuiApplication.clipboard().text())

    def read(self, text: str) -> None:
        """Go to the place that a text says."""
        model = self._context.workshop.model()
        if model is not None:
            self._pasting.order(lambda _progress, _cancelled: place_of(model, text))

    def _go(self, place: Place) -> None:
        self._context.state.move(place)

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._context.say("The state is on the clipboard.")


def text_of(model: Model, place: Place) -> str:
    """Write a place of a model as text."""
    from ganview.gan.state_string import State, encode

    return encode(State(place.z, place.weights, place.drawn, place.psi, name_of(model)))


def place_of(model: Model, text: str) -> Place:
    """Read a place of a model from text.

    Raises
    ------
    UserError
        The text is not a state, or one of another model.
    """
    from ganview.gan.state_string import check_fits, decode

    state = decode(text)
    check_fits(state, model.spec.z_dim, model.spec.classes, name_of(model))
    return Place(state.z, state.weights, state.drawn, state.psi)


def name_of(model: Model) -> str:
    """Return eight hexadecimal digits that name a model's generator."""
    from ganview.gan.judge import fingerprint

    # Any network has weights to take the fingerprint of.
    return fingerprint(cast("Classifier", cast("Any", model.generator)))
