"""One line above the panels for errors and offers; it does not block the program."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QSizePolicy

from ganview.app.icons import icon, pixmap
from ganview.app.theme import SMALL, Theme
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import row_layout
from ganview.app.widgets.text import TextLabel, set_tooltip

log = logging.getLogger("ganview")


@dataclass(frozen=True)
class Offer:
    """Something that may be done."""

    sentence: str  # what it is about
    verb: str  # what its button says
    # accept, dismiss: called when the button is pressed, and when the offer is closed
    accept: Callable[[], object]
    dismiss: Callable[[], object]


class MessageBar(QFrame):
    """Shows a sentence until it is closed or replaced; never takes the focus.

    An offer that another sentence covers returns when that sentence is closed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageBar")
        self._details = ""
        self._number = 0
        self._kind = "error"
        self._sign = TextLabel()
        self._text = TextLabel(wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._copy = push_button(
            "Copy details", "Copy technical details to the clipboard.", self._copy_details
        )
        self._offer: Offer | None = None
        self._next: Callable[[], object] = lambda: None
        self._accept = push_button(do=self._take_offer)
        self._accept.setProperty("primary", True)
        self._close = push_button(do=self._close_message)
        self._close.setProperty("flat", True)
        self._close.setIconSize(QSize(16, 16))
        row_layout(
            self._sign,
            (self._text, 1),
            self._copy,
            self._accept,
            self._close,
            margins=(SMALL + 4, 4, 4, 4),
            inside=self,
        )
        self.hide()
        Theme.current().changed.connect(self._tint)
        self._tint()

    @property
    def text(self) -> str:
        """The sentence on show, empty when there is none."""
        return "" if self.isHidden() else self._text.text()

    def show_error(self, sentence: str, details: str = "") -> int:
        """Show what went wrong; `details` can be copied but are not read out, and go to the log.

        Returns the number of the message, for `withdraw`.
        """
        if details:
            log.error("%s\n%s", sentence, details)
        return self._show("error", sentence, details)

    def show_note(self, sentence: str) -> int:
        """Show something worth knowing that is no error; returns its number, for `withdraw`."""
        return self._show("note", sentence, "")

    def show_done(self, sentence: str, verb: str, act: Callable[[], object]) -> None:
        """Say what was done, with a button for a likely next action; an offer is kept."""
        self._next = act
        self._show("done", sentence, "")
        self._accept.setText(verb)

    def offer(self, offer: Offer) -> None:
        """Show something that may be done, until it is taken, closed or withdrawn."""
        self._offer = offer
        self._show("offer", offer.sentence, "")

    def clear(self) -> None:
        """Show nothing any more; an offer is withdrawn, which is not to dismiss it."""
        self._offer = None
        self.hide()

    def withdraw(self, number: int) -> None:
        """Close a message if it is still on show; an offer, or another message, stays."""
        if number == self._number and self._kind != "offer" and not self.isHidden():
            self._close_message()

    def _show(self, kind: str, sentence: str, details: str) -> int:
        self._number += 1
        self._kind, self._details = kind, details
        self._text.setText(sentence)
        self.setAccessibleName(self._text.text())
        self._copy.setVisible(bool(details))
        offered = kind == "offer" and self._offer is not None
        self._accept.setVisible(offered or kind == "done")
        self._accept.setProperty("primary", offered)
        self._accept.style().unpolish(self._accept)
        self._accept.style().polish(self._accept)
        if offered and self._offer is not None:
            self._accept.setText(self._offer.verb)
        closing = "Dismiss this offer" if offered else "Close this message"
        self._close.setAccessibleName(closing)
        set_tooltip(self._close, closing)
        self._tint()
        self.show()
        return self._number

    def _take_offer(self) -> None:
        if self._kind == "done":
            self._next()
            self._close_message()
            return
        offer = self._offer
        self.clear()
        if offer is not None:
            offer.accept()

    def _close_message(self) -> None:
        offer = self._offer
        if offer is None:
            self.hide()
        elif self._kind == "offer":
            self.clear()
            offer.dismiss()
        else:
            self.offer(offer)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._text.text()}\n\n{self._details}")

    def _tint(self) -> None:
        tokens = Theme.current().tokens
        colour = tokens.error if self._kind == "error" else tokens.discriminator
        name = "alert" if self._kind == "error" else "info"
        self._sign.setPixmap(pixmap(name, colour, 20, self.devicePixelRatioF()))
        self._close.setIcon(icon("close", tokens.muted))
        self.setStyleSheet(
            f"#messageBar {{ background: {tokens.card}; border: 1px solid {colour};"
            " border-radius: 8px; }"
        )
