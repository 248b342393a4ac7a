"""The pages of the left side; each is imported and built when it is first shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ganview.app.icons import icon
from ganview.app.pages.page import Page, PageContext
from ganview.app.theme import Theme
from ganview.app.widgets.gestures import reach_after
from ganview.app.widgets.layouts import ScrollRoom, column_layout
from ganview.app.widgets.tab_bar import TabBar
from ganview.app.widgets.text import set_tooltip


@dataclass(frozen=True)
class PageEntry:
    """A page that need not be imported yet."""

    name: str  # what the settings remember it by
    title: str  # what it is called
    icon: str  # name in `ganview.app.icons`
    # Its module in this package, which has its class: that of the page Step is `StepPage`.
    module: str
    tip: str  # one sentence on what it shows

    def load(self) -> type[Page]:
        """Return the page's class. It makes no QObject, so that any thread may ask."""
        module = import_module(f"ganview.app.pages.{self.module}")
        return cast("type[Page]", getattr(module, f"{self.title}Page"))


#: In the order Samples, Step, Landscape, Runs, Data. A page is one entry here.
PAGES = (
    PageEntry(
        "samples",
        "Samples",
        "grid",
        "samples",
        "Pictures of the generator: one column a class, one row a noise.",
    ),
    PageEntry(
        "step", "Step", "step", "step.page", "One step of training, slowly, with its real numbers."
    ),
    PageEntry(
        "landscape",
        "Landscape",
        "hills",
        "landscape",
        "What is common and what is rare, among real pictures and generated ones.",
    ),
    PageEntry(
        "runs",
        "Runs",
        "runs",
        "runs",
        "Every run on this computer: open it, go on with it, name it, compare it.",
    ),
    PageEntry(
        "data",
        "Data",
        "folder",
        "data",
        "What the next run learns from, and what is left out of it.",
    ),
)

QWIDGETSIZE_MAX = 2**24 - 1  # Qt's word for no limit
AROUND = 64  # logical pixels of a tab beside its name: drawing, padding, gap


class Pages(QTabWidget):
    """The bar of the pages, and the one in view."""

    needs_changed = Signal()  # the `least_height` of a page is another
    turned = Signal(str)  # another page is in view; the argument is its name

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = replace(context, open_page=self.open)
        self._built: dict[int, Page] = {}
        self._boxes: list[QVBoxLayout] = []
        self.setTabBar(TabBar("Pages of the run"))
        self.setAccessibleName("Pages of the run")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._alarms: set[int] = set()  # pages with a sign at their tab
        # Actions that choose a page, for a menu, with the shortcuts Ctrl+1, Ctrl+2 and so on.
        self.choices: list[QAction] = []
        group = QActionGroup(self)
        for number, entry in enumerate(PAGES, 1):
            leaf = QWidget()
            self._boxes.append(column_layout(inside=leaf))
            self.addTab(leaf, entry.title)
            action = QAction(entry.title, self, checkable=True)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            self.setTabToolTip(number - 1, f"{entry.tip}  ({keys})")
            set_tooltip(action, f"{entry.tip}  ({keys})")
            action.triggered.connect(lambda _=False, name=entry.name: self._choose(name))
            group.addAction(action)
            self.choices.append(action)
        self.currentChanged.connect(self._turn)
        Theme.current().changed.connect(self._tint)
        model = context.app_model
        for changed in (model.run_changed, model.cursor_changed, model.samples_changed):
            changed.connect(self.refresh)
        self._tint()
        self._turn(0)

    @property
    def name(self) -> str:
        """Name of the page in view."""
        return PAGES[self.currentIndex()].name

    @property
    def page(self) -> Page:
        """The page in view."""
        return self.page_of(self.name)

    def page_of(self, name: str) -> Page:
        """Return the page of a name, built if it was not."""
        index = next(index for index, entry in enumerate(PAGES) if entry.name == name)
        if index not in self._built:
            page = self._built[index] = PAGES[index].load()(self._context)
            self._boxes[index].addWidget(ScrollRoom(page))
            reach_after(self.tabBar(), page)
            page.needs_changed.connect(self.needs_changed)
            page.alarmed.connect(lambda wrong, index=index: self._alarm(index, wrong))
        return self._built[index]

    def open(self, name: str) -> None:
        """Bring a page into view; a name that is not known does nothing."""
        for index, entry in enumerate(PAGES):
            if entry.name == name:
                self.setCurrentIndex(index)

    def refresh(self) -> None:
        """Let the page in view catch up."""
        self.page.refresh()

    def _choose(self, name: str) -> None:
        self.open(name)
        self.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)  # the page is one Tab away

    def set_folded(self, folded: bool) -> None:
        """Show the bar alone, or the page below it too."""
        self.setMaximumHeight(self.tabBar().sizeHint().height() if folded else QWIDGETSIZE_MAX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_tabs()

    def _name_tabs(self) -> None:
        """Write all names where there is room for them, else only that of the page in view."""
        metrics = self.tabBar().fontMetrics()
        whole = sum(metrics.horizontalAdvance(entry.title) + AROUND for entry in PAGES)
        for index, entry in enumerate(PAGES):
            shown = whole <= self.width() or index == self.currentIndex()
            if self.tabText(index) != (entry.title if shown else ""):
                self.setTabText(index, entry.title if shown else "")

    def _turn(self, index: int) -> None:
        self.choices[index].setChecked(True)
        self._name_tabs()
        self.refresh()
        self.turned.emit(PAGES[index].name)

    def _alarm(self, index: int, wrong: bool) -> None:
        if wrong is not (index in self._alarms):
            self._alarms ^= {index}
            self._tint()

    def _tint(self) -> None:
        tokens = Theme.current().tokens
        for index, entry in enumerate(PAGES):
            wrong = index in self._alarms
            drawing = icon("alert", tokens.error) if wrong else icon(entry.icon, tokens.text)
            self.setTabIcon(index, drawing)
            self.tabBar().setAccessibleTabName(
                index, f"{entry.title}, something is wrong" if wrong else entry.title
            )
