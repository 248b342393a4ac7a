"""How the panels share the window."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSplitter, QWidget

from ganview.app.pages.pages import Pages
from ganview.app.pages.samples_panel import SamplesPanel
from ganview.app.plots.plots_row import LEAST_HEIGHT, PlotsRow
from ganview.app.theme import SMALL
from ganview.app.widgets.layouts import column_layout

GAP = SMALL + 4
#: Height of the window's inside from which on every page is large enough above the plots.
TALL = 1000
#: Height of pages and plots below which only one of the two is shown.
LOW = 445
#: Width that pages and plots have at least: the names of all plots fit.
LEAST_LEFT = 392
#: … and the explorer: the names of all tools fit.
LEAST_RIGHT = 470
#: Part of the width that the grid may take.
GRID_SHARE = 0.52
#: … and a page that needs more.
PAGE_SHARE = 0.56
#: Part of the height that the plots have at least, and at most for the sake of their least height.
PLOTS_SHARE, MOST_SHARE = 0.34, 0.48


class _Room(QSplitter):
    """A splitter that says when it has another size.

    It has one too when the row above grows, of which the layout around it hears nothing.
    """

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class Layout(QWidget):
    """Training bar above, pages over plots on the left, the explorer on the right.

    As long as nobody has moved a divider, the left side is as wide as the grid at the largest
    whole zoom that leaves the explorer its half, and the samples are as high as whole rows are.
    """

    space_pressed = Signal()  # space was pressed where no control has the focus

    def __init__(
        self,
        training_bar: QWidget,
        messages: QWidget,
        pages: Pages,
        samples: SamplesPanel,
        plots: PlotsRow,
        explorer: QWidget,
    ) -> None:
        super().__init__()
        self._pages, self._samples, self._plots = pages, samples, plots
        self._explorer = explorer
        self._left = QSplitter(Qt.Orientation.Vertical)
        self._left.addWidget(pages)
        self._left.addWidget(plots)
        self._whole = _Room(Qt.Orientation.Horizontal)
        self._whole.addWidget(self._left)
        self._whole.addWidget(explorer)
        self._moved = self._low = False
        for splitter in (self._left, self._whole):
            splitter.setHandleWidth(GAP)
            splitter.setChildrenCollapsible(False)
            splitter.splitterMoved.connect(self._by_hand)
        self._whole.setStretchFactor(1, 1)
        samples.needs_changed.connect(self._balance)
        pages.needs_changed.connect(self._balance)
        pages.turned.connect(self._turn)
        plots.folded_changed.connect(self._give_room)
        pages.tabBarClicked.connect(self._show_page)
        self._whole.resized.connect(self._adapt)
        self._column = column_layout(
            training_bar,
            messages,
            (self._whole, 1),
            gap=GAP,
            margins=(GAP, SMALL, GAP, SMALL),
            inside=self,
        )

    def add_below(self, widget: QWidget) -> None:
        """Put a widget across the bottom, as the time line is."""
        self._column.addWidget(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key that the control with the focus has no use for.

        Enter presses a button as Space does; Space alone is told where nothing has the focus.
        """
        held = QApplication.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(held, QAbstractButton):
            held.click()
        elif enter and isinstance(held, QComboBox):
            held.showPopup()
        elif event.key() == Qt.Key.Key_Space and held is self:
            self.space_pressed.emit()
        else:
            super().keyPressEvent(event)

    def enlarge_plots(self, large: bool) -> None:
        """Leave the plots all the room between training bar and time line, or take it back."""
        self._pages.setVisible(not large)
        self._explorer.setVisible(not large)

    def restore(self, state: QByteArray) -> None:
        """Put the dividers where they were when `state` was saved."""
        if state.isEmpty():
            return
        half = state.indexOf(b"|")
        across = QByteArray.fromBase64(state.left(half))
        down = QByteArray.fromBase64(state.mid(half + 1))
        self._moved = self._whole.restoreState(across) and self._left.restoreState(down)

    def state(self) -> QByteArray:
        """Return where the dividers are, empty unless somebody moved them."""
        if not self._moved:
            return QByteArray()
        return self._whole.saveState().toBase64() + b"|" + self._left.saveState().toBase64()

    def _balance(self) -> None:
        if self._moved:
            return
        width, height = self._whole.width() - GAP, self._whole.height() - GAP
        zoom = self._samples.zoom_within(GRID_SHARE * width)
        spare = min(round(PAGE_SHARE * width), width - LEAST_RIGHT)
        wished = min(self._pages.page.least_width, spare)
        left = max(self._samples.width_at(zoom), wished, LEAST_LEFT)
        self._whole.setSizes([left, width - left])
        most = height - min(max(PLOTS_SHARE * height, LEAST_HEIGHT), MOST_SHARE * height)
        top = round(most)
        bar = self._pages.tabBar().sizeHint().height() + 4  # and the frame below it
        if self._pages.name == "samples":
            top = bar + self._samples.height_within(zoom, most - bar)
        if self._plots.folded:
            top = height - self._plots.bar_height
        else:
            top = max(
                top, min(bar + self._pages.page.least_height, height - self._plots.bar_height)
            )
        self._left.setSizes([top, height - top])

    def _adapt(self) -> None:
        """Make do with another size of the window."""
        low = self._whole.height() < LOW
        if low is not self._low:
            self._low = low
            self._turn(self._pages.name)
        else:
            self._balance()

    def _turn(self, name: str) -> None:
        """Let another page have the room of the plots where there is little; Samples has them."""
        self._plots.set_folded(self._low or (name != "samples" and self.height() < TALL))
        self._pages.set_folded(False)
        self._balance()

    def _show_page(self) -> None:
        """Show the page that was clicked, if the plots have its room."""
        if self._low:
            self._plots.set_folded(True)

    def _give_room(self) -> None:
        """Let the page have the room of folded plots, wherever the divider is."""
        height = self._left.height() - GAP
        bar = self._plots.bar_height
        self._pages.set_folded(self._low and not self._plots.folded)
        if self._plots.folded:
            self._left.setSizes([height - bar, bar])
        elif self._moved:
            self._left.setSizes([round((1 - MOST_SHARE) * height), round(MOST_SHARE * height)])
        else:
            self._balance()

    def _by_hand(self) -> None:
        self._moved = True
