"""The explorer's tabs; all but the first are built when they are first looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QScrollArea, QTabWidget, QVBoxLayout, QWidget

from ganview.app.explorer.tab import Context, Tab
from ganview.runtime.messages import Rendered


class LazyTabs(QTabWidget):
    """Tabs of which only the one in view works.

    Parameters
    ----------
    context
        What each tab is given.
    first
        The tab that is there from the start.
    others
        The classes of the others, in order.
    """

    def __init__(self, context: Context, first: Tab, others: Sequence[type[Tab]]) -> None:
        super().__init__()
        self._context = context
        self._kinds: list[type[Tab]] = [type(first), *others]
        self._tabs: dict[int, Tab] = {0: first}
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self._boxes: list[QVBoxLayout] = []
        for index, kind in enumerate(self._kinds):
            page = QWidget()
            box = QVBoxLayout(page)
            box.setContentsMargins(0, 0, 0, 0)
            self._boxes.append(box)
            self.addTab(page, kind.TITLE)
            self.setTabToolTip(index, kind.TIP)
        self._boxes[0].addWidget(first)
        self._active = first
        first.set_in_view(True)
        self.currentChanged.connect(self._show)

    @property
    def active(self) -> Tab:
        """The tab in view."""
        return self._active

    def tab(self, kind: type[Tab]) -> Tab:
        """Return the tab of a class, built if it was not."""
        return self._built(self._kinds.index(kind))

    def open(self, kind: type[Tab]) -> Tab:
        """Bring the tab of a class into view and return it."""
        self.setCurrentIndex(self._kinds.index(kind))
        return self.active

    def catch_up(self) -> None:
        """Let the tab in view catch up with a changed model."""
        self.active.activate()

    def take(self, rendered: Rendered) -> None:
        """Hand an answer of the renderer to the tab in view."""
        self.active.take(rendered)

    def _show(self, index: int) -> None:
        self._active.set_in_view(False)
        self._active = self._built(index)
        self._active.set_in_view(True)

    def _built(self, index: int) -> Tab:
        if index not in self._tabs:
            self._tabs[index] = self._kinds[index](self._context)
            self._boxes[index].addWidget(_scrolling(self._tabs[index]))
        return self._tabs[index]


def _scrolling(tab: Tab) -> QScrollArea:
    """Let a tab be scrolled where the window is too small for it, instead of widening that."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(tab)
    area.viewport().setAutoFillBackground(False)
    tab.setAutoFillBackground(False)
    return area
