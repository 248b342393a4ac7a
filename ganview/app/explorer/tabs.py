"""The explorer's tabs; all but the first are imported and built when they are first opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ganview.app.explorer.tab import Context, Tab
from ganview.app.theme import HAIR, Theme, font
from ganview.app.widgets.gestures import reach_after
from ganview.app.widgets.layouts import ScrollRoom, column_layout
from ganview.app.widgets.tab_bar import TabBar
from ganview.app.widgets.text import TextLabel
from ganview.runtime.messages import RenderedImages

#: Where the text of a tab begins, in logical pixels from its left.
INSET, TIGHT = 10, 4
#: Height from which on there is room for a sentence above each tab.
ROOMY = 240
#: Width from which on there is room around the names of all tabs.
WIDE = 560


@dataclass(frozen=True)
class Page:
    """A tab that need not be imported yet: the window is on the screen before most of them are."""

    # What it is one of: ways to shape a picture, to travel between pictures, to test the model.
    group: str
    title: str  # what the tab is called; "Mix" is the class `MixTab` in the module `mix_tab`
    tip: str  # one sentence on what to do there; it stands above the tab

    def load(self) -> type[Tab]:
        """Return the tab's class. It makes no QObject, so that any thread may ask."""
        module = import_module(f"ganview.app.explorer.{self.title.lower()}_tab")
        return cast("type[Tab]", getattr(module, f"{self.title}Tab"))

    def holds(self, kind: type[Tab]) -> bool:
        """Tell whether a class is that of this tab."""
        return kind.__name__ == f"{self.title}Tab"


SHAPE, TRAVEL, TEST = "Shape", "Travel", "Test"

PAGES = (
    Page(SHAPE, "Sliders", "Drag a slider: each is one number of z."),
    Page(
        SHAPE,
        "Directions",
        "Drag a slider: each is a direction of z that changes one thing in the picture.",
    ),
    Page(SHAPE, "Mix", "Drag the point: y becomes a mixture of classes."),
    Page(
        SHAPE, "Nearby", "Click the picture that you like best, and nine others appear around it."
    ),
    Page(
        TRAVEL,
        "Pins",
        "Press P to pin this point: two pins make a path, three a sum such as A − B + C.",
    ),
    Page(TRAVEL, "Map", "Point at a picture of this plane through z, and click to go there."),
    Page(
        TEST,
        "Draw",
        "Draw or drop a picture, and see its noise found; then choose another class for it.",
    ),
    Page(
        TEST, "Check", "Read below whether the picture is a copy, and whether D takes it for real."
    ),
    Page(
        TEST, "Compare", "Keep this generator, train on, and see both draw from the same z and y."
    ),
)
"""In order; the first is there from the start."""


def import_tabs() -> None:
    """Import all of them, so that none has to be waited for at its first look."""
    for page in PAGES:
        page.load()


class GroupedTabBar(TabBar):
    """A tab bar that writes the name of a group of tabs above the first of them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._groups: dict[int, str] = {}
        self.setProperty("grouped", True)

    def set_groups(self, groups: Sequence[str]) -> None:
        """Name the group of each tab."""
        firsts = {group: groups.index(group) for group in groups}
        self._groups = {index: group for group, index in firsts.items()}
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = Theme.current().tokens
        painter = QPainter(self)
        painter.setFont(font("small"))
        for index, group in self._groups.items():
            first = self.tabRect(index)
            if index:
                painter.fillRect(first.left() - 1, 2, 1, first.bottom() - 6, QColor(tokens.line))
            painter.setPen(QColor(tokens.muted))
            inset = TIGHT if self.property("tight") else INSET
            painter.drawText(first.left() + inset, painter.fontMetrics().ascent(), group)
        painter.end()


class LazyTabs(QTabWidget):
    """Tabs; only the one in view does work.

    Parameters
    ----------
    first
        The tab that is there from the start.
    pages
        What there is, in order, with that tab at the head.
    """

    def __init__(self, context: Context, first: Tab, pages: Sequence[Page]) -> None:
        super().__init__()
        self._context = context
        self._pages = tuple(pages)
        self._tabs: dict[int, Tab] = {0: first}
        self._bar = GroupedTabBar("Tools of the explorer")
        self.setTabBar(self._bar)
        self.setAccessibleName(self._bar.accessibleName())
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self._boxes: list[QVBoxLayout] = []
        self._leads: list[TextLabel] = []
        for index, page in enumerate(self._pages):
            leaf = QWidget()
            lead = TextLabel(page.tip, "muted", size="small")
            box = column_layout(lead, gap=0, margins=(0, HAIR, 0, 0), inside=leaf)
            self._leads.append(lead)
            self._boxes.append(box)
            self.addTab(leaf, page.title)
            self.setTabToolTip(index, f"{page.group}: {page.tip}")
        self._bar.set_groups([page.group for page in self._pages])
        self._boxes[0].addWidget(first)
        self.active = first  # the tab in view
        first.set_in_view(True)
        self.currentChanged.connect(self._show)

    def tab(self, kind: type[Tab]) -> Tab:
        """Return the tab of a class, built if it was not."""
        return self._built(self._index(kind))

    def open(self, kind: type[Tab]) -> Tab:
        """Bring the tab of a class into view and return it."""
        self.setCurrentIndex(self._index(kind))
        return self.active

    def catch_up(self) -> None:
        """Let the tab in view catch up with a changed model."""
        self.active.activate()

    def take(self, rendered: RenderedImages) -> None:
        """Hand an answer of the renderer to the tab in view."""
        self.active.take(rendered)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the sentences to the tooltips, and the names together, where room is little."""
        super().resizeEvent(event)
        self._bar.set_tight(self.width() < WIDE)
        roomy = self.height() >= ROOMY
        for lead, box in zip(self._leads, self._boxes, strict=True):
            lead.setVisible(roomy)
            box.setContentsMargins(0, HAIR if roomy else 0, 0, 0)

    def _index(self, kind: type[Tab]) -> int:
        return next(index for index, page in enumerate(self._pages) if page.holds(kind))

    def _show(self, index: int) -> None:
        self.active.set_in_view(False)
        self.active = self._built(index)
        self.active.set_in_view(True)

    def _built(self, index: int) -> Tab:
        if index not in self._tabs:
            self._tabs[index] = self._pages[index].load()(self._context)
            self._boxes[index].addWidget(ScrollRoom(self._tabs[index]))
            reach_after(self._bar, self._tabs[index])
        return self._tabs[index]
