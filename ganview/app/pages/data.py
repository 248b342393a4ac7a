"""The page Data: what the next run learns from, class by class, and what is left out of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ganview.app.pages.class_table import COUNT, NAME, PICTURES, TESTS, ClassTable, WholePictures
from ganview.app.pages.page import Page, PageContext
from ganview.app.theme import SMALL
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.flow_layout import FlowRow
from ganview.app.widgets.layouts import ScrollRoom, column_layout, fill_layout, row_layout
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.text import ElidedLabel, TextLabel, name_text, set_tooltip, visible_text
from ganview.data.named_sets import NAMED_SETS
from ganview.data.source import PICTURE_OPTIONS
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.scan import Scan

TABLE_HEIGHT, LIST_HEIGHT = 170, 84  # pixels of the two lists, at least
WIDEST_NAME = 160  # pixels, unless the user makes the column wider
MOST_LISTED = 500  # names of a reason
LEAST_BAR = 48  # pixels of the progress: the page must not be wider while data is read
#: What can be chosen, and how it is called.
SIDES = {None: "auto"} | {side: f"{side} px" for side in (28, 32, 48, 64, 96, 128)}
FITS = {"crop": "cropped", "pad": "padded", "squash": "squashed"}
COLOURS = {None: "auto", False: "grey", True: "colour"}
GROUNDS = {None: "auto", "white": "white", "black": "black", "grey": "grey"}


class TwoLists(QSplitter):
    """The two lists, which ask for as little as they can do with: the options stay in view."""

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()


class DataPage(Page):
    """Shows the scan of the data that was chosen, and lets it be read another way."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._choice = context.training.data
        self._shown: Scan | None = None
        self.panel = Panel("Data")
        self.table, self._classes = QTableView(), ClassTable(self, self.rename)
        self.left_out = QTreeWidget()
        self._summary, self._notes = ElidedLabel(), TextLabel("", wrap=True, size="small")
        self._refusal = TextLabel("", "error", wrap=True)
        self._bar, self._stop = QProgressBar(), QPushButton("Cancel")
        self.train = push_button(
            "Train",
            "Begin a new run that learns from this data.",
            lambda: self.context.trigger("new_run"),
        )
        self._side = ComboBox("Size", "Pixels a side; smaller ones learn faster.", SIDES)
        self._fit = ComboBox("Shape", "What becomes of pictures that are not square.", FITS)
        self._colour = ComboBox("Colour", "Grey pictures learn faster.", COLOURS)
        self._ground = ComboBox(
            "Ground", "Behind what is transparent, and beside padded pictures.", GROUNDS
        )
        self._everything = QCheckBox("Doubtful ones, too")
        self._turned = QCheckBox("On their side")
        self._options = FlowRow()
        self._fill_options()
        self._lay_out()
        self._choice.changed.connect(self._catch_up)
        self._choice.progressed.connect(self._show_progress)

    def refresh(self) -> None:
        """Read the data if nobody has yet, and show it."""
        self._choice.read()
        self._catch_up()

    def rename(self, row: int, name: str) -> bool:
        """Give a class another name; what is refused is said, and changes nothing."""
        try:
            self._choice.rename(row, name)
        except UserError as error:
            self.context.complain(str(error))
            return False
        return True

    # ---- making it -------------------------------------------------------------------------

    def _fill_options(self) -> None:
        flow = self._options.lines
        for box in (self._side, self._fit, self._colour, self._ground):
            box.setMinimumContentsLength(12)
            box.activated.connect(self._read_again)
            pair, label = QWidget(), TextLabel(box.accessibleName(), "muted")
            row_layout(label, box, margins=(0, 0, SMALL, 0), inside=pair)
            flow.addWidget(pair)
        set_tooltip(
            self._everything, "Learn tiny, very long, one-coloured and repeated pictures, too."
        )
        self._everything.clicked.connect(self._read_again)
        set_tooltip(self._turned, "Turn pictures over their diagonal, as EMNIST needs it.")
        self._turned.clicked.connect(self._read_again)
        flow.addWidget(self._everything)
        flow.addWidget(self._turned)

    def _lay_out(self) -> None:
        self.table.setModel(self._classes)
        self.table.setItemDelegateForColumn(PICTURES, WholePictures(self._classes))
        self.table.setAccessibleName("Classes of the data")
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        across = self.table.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setStretchLastSection(True)
        across.setDefaultSectionSize(WIDEST_NAME // 2)  # until there is something to go by
        self.table.setColumnHidden(TESTS, True)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.left_out.setHeaderLabels(["Left out", "Number"])
        self.left_out.setAccessibleName("What is left out, by reason")
        self.left_out.itemExpanded.connect(self._list_names)
        self.left_out.header().setStretchLastSection(False)
        self.left_out.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.train.setProperty("primary", True)
        self._stop.clicked.connect(self._choice.cancel)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setMinimumWidth(LEAST_BAR)
        self._bar.setAccessibleName("Part of the data that is read")
        for widget in (self._bar, self._stop, self.train):
            self.panel.header.addWidget(widget)
        both = TwoLists(Qt.Orientation.Vertical)
        both.addWidget(self.table)
        both.addWidget(self.left_out)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 1)
        both.setChildrenCollapsible(False)
        self.table.setMinimumHeight(TABLE_HEIGHT)
        self.left_out.setMinimumHeight(LIST_HEIGHT)
        inside = QWidget()  # scrolled where the room is small
        lines = column_layout(
            self._summary, self._refusal, self._notes, margins=(0, 0, SMALL, 0), inside=inside
        )
        fill_layout(lines, (both, 1), self._options)
        area = ScrollRoom(inside)
        area.setMinimumHeight(TABLE_HEIGHT + LIST_HEIGHT)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.panel.body.addWidget(area, 1)
        column_layout(self.panel, inside=self)

    # ---- what is shown ---------------------------------------------------------------------

    def _catch_up(self) -> None:
        choice, scan = self._choice, self._choice.scan
        reading = choice.is_reading
        self._bar.setVisible(reading)
        self._stop.setVisible(reading)
        self.train.setVisible(not reading)
        self.train.setEnabled(scan is not None)
        title = name_text(choice.source.title)
        self.panel.set_title(f"The next run learns: {title}")
        self._refusal.setText(choice.error)
        self._refusal.setVisible(bool(choice.error))
        self.table.setVisible(not choice.error)
        if scan is None:
            self._summary.setText("Reading…" if reading else "")
            self._notes.setText("")
        else:
            self._summary.setText(scan.summary)
            count = sum(map(len, scan.reasons.values()))
            self.train.setText("Train without them" if count else "Train")
            self.left_out.setHeaderLabels([f"Left out: {count:,}", "Number"])
            self._notes.setText(
                "\n".join([*scan.dataset.reading.notes, *(f"⚠ {said}" for said in scan.warnings)])
            )
        self._summary.setVisible(bool(self._summary.text()))
        self._notes.setVisible(bool(self._notes.text()))
        if scan is not self._shown:
            self._shown = scan
            self._show_scan(scan)
        if not reading:
            self._show_options(scan)

    def _show_scan(self, scan: Scan | None) -> None:
        self._classes.show_classes(() if scan is None else scan.classes)
        size = self._classes.picture_size()
        self.table.verticalHeader().setDefaultSectionSize(size.height() + SMALL)
        self.table.setIconSize(size)
        for column in (NAME, COUNT, TESTS):
            self.table.resizeColumnToContents(column)
        self.table.setColumnWidth(NAME, min(WIDEST_NAME, self.table.columnWidth(NAME)))
        self.table.setColumnHidden(TESTS, scan is None or scan.dataset.unseen is None)
        self.left_out.clear()
        reasons = {} if scan is None else scan.reasons
        for reason, names in reasons.items():
            top = QTreeWidgetItem([reason, f"{len(names):,}"])
            top.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.left_out.addTopLevelItem(top)
        self.left_out.setVisible(bool(reasons))

    def _list_names(self, top: QTreeWidgetItem) -> None:
        """List what is left out for a reason, which may be much, once somebody wants to see it."""
        if self._shown is None or top.childCount():
            return
        names = self._shown.reasons[top.text(0)]
        more = len(names) - MOST_LISTED
        shown = names[:MOST_LISTED] + ([f"… and {more:,} more"] if more > 0 else [])
        top.addChildren([QTreeWidgetItem([visible_text(name)]) for name in shown])

    def _show_options(self, scan: Scan | None) -> None:
        """Show how the data is read, and with a scan what was found out about that."""
        source = self._choice.source
        options = source.kind.options
        self._options.setVisible(bool(options) and (scan is not None or bool(self._choice.error)))
        for box, value in (
            (self._side, source.image_size),
            (self._fit, source.fit),
            (self._colour, source.colour),
            (self._ground, source.ground),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        for widget in (self._fit, self._ground, self._everything):
            widget.setEnabled(set(PICTURE_OPTIONS) <= set(options))
        self._everything.setChecked(source.everything)
        self._turned.setVisible("transposed" in options)
        self._turned.setChecked(source.lies_on_its_side)
        if scan is None:
            return
        found = scan.dataset.reading.preparation
        if found is not None:
            self._ground.setItemText(0, f"auto: {found.ground}")
        channels, height, _ = scan.dataset.shape
        self._side.setItemText(0, f"auto: {height} px" if not source.image_size else "auto")
        if source.colour is None:
            self._colour.setItemText(0, f"auto: {'colour' if channels == 3 else 'grey'}")

    def _show_progress(self, done: int, total: int) -> None:
        self._bar.setValue(1000 * done // max(1, total))
        fetched = f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB fetched…"
        is_fetched = self._choice.source.name in NAMED_SETS
        self._summary.setText(fetched if is_fetched else f"{done:,} of {total:,} read…")

    def _read_again(self) -> None:
        known = self._choice.source.kind.options
        chosen = {
            "image_size": self._side.currentData(),
            "colour": self._colour.currentData(),
            "fit": self._fit.currentData(),
            "ground": self._ground.currentData(),
            "everything": self._everything.isChecked(),
        }
        usual = replace(self._choice.source, transposed=None).lies_on_its_side
        turned = self._turned.isChecked()
        chosen["transposed"] = None if turned == usual else turned
        given = {key: value for key, value in chosen.items() if key in known}
        source = replace(self._choice.source, class_names=(), **given)
        if source != self._choice.source:
            self._choice.choose(source)
