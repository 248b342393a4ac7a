"""The banner for trouble with a run: the finding, its reason and a remedy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from ganview.app.icons import pixmap
from ganview.app.theme import HAIR, SMALL, Theme
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.text import TextLabel
from ganview.gan.config import TrainConfig
from ganview.runtime.health import Finding
from ganview.runtime.remedies import Remedy, find_remedy


class TroubleBanner(QFrame):
    """Shows findings and their remedy; hidden while nothing is wrong."""

    # A run with other settings is wanted; the argument is the changes, by name of the setting.
    mend_asked = Signal(object)
    changed = Signal()  # it says something else, or nothing any more

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("troubleBanner")
        self._remedy: Remedy | None = None
        self._asked: tuple[str, TrainConfig] | None = None  # what was found, in which run
        self._sign = TextLabel()
        self._found, self._reason = (
            TextLabel(size="heading", wrap=True),
            TextLabel("", "muted", wrap=True),
        )
        self._mend = push_button(
            "Mend in a new run",
            "Train a new network with these changes; this run is kept.",
            self._ask,
        )
        words = column_layout(self._found, self._reason, gap=HAIR)
        row_layout(
            (self._sign, 0, Qt.AlignmentFlag.AlignTop),
            (words, 1),
            (self._mend, 0, Qt.AlignmentFlag.AlignTop),
            margins=(SMALL + 4, SMALL, SMALL + 4, SMALL),
            inside=self,
        )
        self.hide()
        Theme.current().changed.connect(self._tint)
        self._tint()

    @property
    def text(self) -> str:
        """What is said, nothing while it is hidden."""
        return "" if self.isHidden() else f"{self._found.text()} {self._reason.text()}"

    def show_findings(self, findings: Sequence[Finding], config: TrainConfig) -> None:
        """Show what was found in a run with these settings."""
        found = " ".join(finding.sentence for finding in findings)
        asked = found, config
        if findings and asked == self._asked and not self.isHidden():
            return
        self._asked = asked
        self._remedy = find_remedy(findings, config)
        if self._remedy is None:
            if not self.isHidden():
                self.hide()
                self.changed.emit()
            return
        self._found.setText(found)
        self._reason.setText(self._remedy.sentence)
        self.setAccessibleName(found)
        self.show()
        self.changed.emit()

    def _ask(self) -> None:
        if self._remedy is not None:
            self.mend_asked.emit(self._remedy.changes)

    def _tint(self) -> None:
        tokens = Theme.current().tokens
        self._sign.setPixmap(pixmap("alert", tokens.error, 20, self.devicePixelRatioF()))
        self.setStyleSheet(
            f"#troubleBanner {{ background: {tokens.card}; border: 1px solid {tokens.error};"
            " border-radius: 8px; }"
        )
