"""The explorer's tabs; all but the first are imported and built when they are first opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QTabWidget, QVBoxLayout, QWidget

from ganview.app.explorer.tab import Context, Tab
from ganview.runtime.messages import RenderedImages

if TYPE_CHECKING:
    from ganview.app.explorer.tab import Tab


@dataclass(frozen=True)
class Page:
    """A tab that need not be imported yet: the window is on the screen before most of them are.

    Parameters
    ----------
    title
        What the tab is called.
    module, kind
        Its module in this package, and its class there.
    tip
        One sentence on what it is for.
    """

    title: str
    module: str
    kind: str
    tip: str

    def load(self) -> type[Tab]:
        """Return the tab's class. It makes no QObject, so that any thread may ask."""
        module = import_module(f"ganview.app.explorer.{self.module}")
        return cast("type[Tab]", getattr(module, self.kind))

    def holds(self, kind: type[Tab]) -> bool:
        """Tell whether a class is that of this tab."""
        return kind.__name__ == self.kind


PAGES = (
    Page("Sliders", "sliders_tab", "SlidersTab", "One slider for each dimension of the noise z"),
    Page(
        "Directions",
        "directions_tab",
        "DirectionsTab",
        "Sliders with a meaning: slant, thickness, width, and the network's own directions",
    ),
    Page("Mix", "mix_tab", "MixTab", "Mix classes: a y between a 3 and an 8"),
    Page(
        "Nearby",
        "nearby_tab",
        "NearbyTab",
        "Nine pictures a small step from here: click the one you like, and again",
    ),
    Page(
        "Pins",
        "pins_tab",
        "PinsTab",
        "Pin points, add and subtract them, and animate a path through them",
    ),
    Page(
        "Map",
        "map_tab",
        "MapTab",
        "A plane through the latent space: point at a picture, click to go there",
    ),
    Page(
        "Draw",
        "draw_tab",
        "DrawTab",
        "Draw or drop a picture, find its latent point, and explore from there",
    ),
    Page(
        "Check",
        "check_tab",
        "CheckTab",
        "Is the picture a copy of a training image, and does D take it for real?",
    ),
    Page(
        "Compare",
        "compare_tab",
        "CompareTab",
        "Two models, or two steps of one run, with the same z and y",
    ),
)
"""In order; the first is there from the start."""


def import_tabs() -> None:
    """Import all of them, so that none has to be waited for at its first look."""
    for page in PAGES:
        page.load()


class LazyTabs(QTabWidget):
    """Tabs of which only the one in view works.

    Parameters
    ----------
    context
        What each tab is given.
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
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self.tabBar().setAccessibleName("Tools of the explorer")
        self._boxes: list[QVBoxLayout] = []
        for index, page in enumerate(self._pages):
            leaf = QWidget()
            box = QVBoxLayout(leaf)
            box.setContentsMargins(0, 0, 0, 0)
            self._boxes.append(box)
            self.addTab(leaf, page.title)
            self.setTabToolTip(index, page.tip)
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

    def _index(self, kind: type[Tab]) -> int:
        return next(index for index, page in enumerate(self._pages) if page.holds(kind))

    def _show(self, index: int) -> None:
        self._active.set_in_view(False)
        self._active = self._built(index)
        self._active.set_in_view(True)

    def _built(self, index: int) -> Tab:
        if index not in self._tabs:
            self._tabs[index] = self._pages[index].load()(self._context)
            self._boxes[index].addWidget(_scrolling(self._tabs[index]))
        return self._tabs[index]


def _scrolling(tab: Tab) -> QScrollArea:
    """Let a tab be scrolled where the window is too small for it, instead of widening that."""
    area = QScrollArea()
    # What is in it has the keyboard, and scrolls into view when it gets it: a stop at the page
    # itself would be one that nothing shows.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(tab)
    area.viewport().setAutoFillBackground(False)
    tab.setAutoFillBackground(False)
    return area
