"""The table of the page Runs: its rows, their order and their painting."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ganview.app.formatting import duration, number_text, setting_text
from ganview.app.theme import HAIR, SMALL, Theme, font
from ganview.app.widgets.text import name_text, tooltip_text
from ganview.files.run_summary import RunSummary
from ganview.gan.config import SETTINGS
from ganview.glossary import explain

Index = QModelIndex | QPersistentModelIndex

HEADINGS = ("Newest samples", "Run", "Steps", "Time", "judge-FD", "State")
PICTURE, NAME, STEPS, TIME, DISTANCE, STATE = range(len(HEADINGS))
#: What the headings mean.
ABOUT = {
    PICTURE: "The samples that were drawn last.",
    NAME: explain("run"),
    STEPS: explain("step"),
    TIME: "How long it has trained, without pauses.",
    DISTANCE: explain("judge-FD"),
    STATE: "Whether it trains, rests, or has ended, and how.",
}
NUMBERS = (STEPS, TIME, DISTANCE)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
PICTURE_SIZE = QSize(132, 44)
#: The widest texts for which there is room, the most wanted first, and pixels around them.
WIDEST = {DISTANCE: "99.99", STATE: "finished, here", STEPS: "999,999", TIME: "99:99:99"}
AROUND = 14
LEAST_NAME = 190  # pixels of the column of names: what it learned from and the preset stand there
ROW_HEIGHT = 56
SORT_ROLE = Qt.ItemDataRole.UserRole
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1


class RunTableModel(QAbstractTableModel):
    """The runs, one a row; names can be changed in place.

    Attributes
    ----------
    picture_wanted
        The `RunSummary` of a row that came into view without its picture.
    renamed
        (`RunSummary`, new name): the user wrote another name.
    """

    picture_wanted = Signal(object)
    renamed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[RunSummary] = []
        self._pictures: dict[tuple[Path, int], QImage | None] = {}
        self._here: tuple[Path | None, str] = (None, "")

    def show_runs(self, runs: list[RunSummary], here: tuple[Path | None, str]) -> None:
        """Show other rows; ``here`` is the folder of the run of this window, and what it does."""
        same = [run.path for run in runs] == [run.path for run in self.runs]
        if not same:
            self.beginResetModel()
        self.runs, self._here = runs, here
        if not same:
            self.endResetModel()
        elif runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, STATE))

    def set_pictures(self, pictures: Iterable[tuple[RunSummary, QImage | None]]) -> None:
        """Show pictures that were wanted."""
        for run, picture in pictures:
            self._pictures[run.path, run.step] = picture
        if self.runs:
            self.dataChanged.emit(self.index(0, PICTURE), self.index(len(self.runs) - 1, PICTURE))

    def state_text(self, run: RunSummary) -> str:
        """Return what a run does now."""
        return self._here[1] if run.path == self._here[0] else run.state

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(ABOUT[section])
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if section == PICTURE else HEADINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section in NUMBERS else LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == NAME and self.runs[index.row()].can_be_named:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = 0) -> Any:
        run, column = self.runs[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(run, column)
            case Qt.ItemDataRole.EditRole if column == NAME:
                return run.name
            case Qt.ItemDataRole.DecorationRole if column == PICTURE:
                return self._picture(run)
            case Qt.ItemDataRole.TextAlignmentRole if column in NUMBERS:
                return RIGHT
            case Qt.ItemDataRole.ToolTipRole if column in (NAME, STATE):
                return tooltip_text(run.why or str(run.path))
            case Qt.ItemDataRole.AccessibleTextRole if column == PICTURE:
                return f"Newest samples of {name_text(run.name)}"
        if role == SORT_ROLE:
            return self._rank(run, column)
        return run_details(run) if role == DETAIL_ROLE else None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        run, name = self.runs[index.row()], str(value).strip()
        if role != Qt.ItemDataRole.EditRole or name == run.name:
            return False
        self.renamed.emit(run, name)
        return True

    def _text(self, run: RunSummary, column: int) -> str:
        match column:
            case 1:
                return name_text(run.name)
            case 2:
                return f"{run.step:,}" if run.step else "–"
            case 3:
                return duration(run.seconds)
            case 4:
                return "–" if isnan(run.distance) else number_text(run.distance)
            case 5:
                return self.state_text(run)
        return ""

    def _rank(self, run: RunSummary, column: int) -> Any:
        """Return what a column is sorted by: unknown values come last."""
        known = (run.created, run.name.lower(), run.step, run.seconds, run.distance)
        value = (*known, self.state_text(run))[column]
        return float("inf") if value != value else value

    def _picture(self, run: RunSummary) -> QImage | None:
        key = run.path, run.step
        if key not in self._pictures:
            older = [picture for (path, _), picture in self._pictures.items() if path == run.path]
            self._pictures[key] = older[-1] if older else None
            self.picture_wanted.emit(run)
        return self._pictures[key]


class RunFilter(QSortFilterProxyModel):
    """Sorts the rows, and leaves out those in which a word that is searched does not occur."""

    def __init__(self, model: RunTableModel) -> None:
        super().__init__()
        self._model = model
        self._words: list[str] = []
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)
        self.setDynamicSortFilter(True)

    def search(self, text: str) -> None:
        """Show the rows that hold every word of a text."""
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        run = self._model.runs[row]
        where = " ".join(
            (run.name, run.note, run.data, run_details(run), self._model.state_text(run))
        ).lower()
        return all(word in where for word in self._words)

    def run_at(self, index: Index) -> RunSummary:
        """Return the run of a row on show."""
        return self._model.runs[self.mapToSource(index).row()]


def run_details(run: RunSummary) -> str:
    """Return data, preset, what differs from it, and the parent of a branch, in one line."""
    changes = run.changes.items()
    changed = [f"{SETTINGS[name].label}: {setting_text(value)}" for name, value in changes]
    parent = run.parent
    branch = f"branch of {name_text(parent.name)}, step {parent.step:,}" if parent else ""
    parts = [name_text(run.data_label), run.preset, *changed, branch]
    return "  ·  ".join(part for part in parts if part) or run.why


class RunDelegate(QStyledItemDelegate):
    """Paints a run's picture, and its name above what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.column() not in (PICTURE, NAME):
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text, option.icon = "", type(option.icon)()
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        room = option.rect.adjusted(HAIR, HAIR, -HAIR, -HAIR)
        if index.column() == PICTURE:
            self._paint_picture(painter, room, index.data(Qt.ItemDataRole.DecorationRole))
        else:
            self._paint_name(painter, option, index)

    def _paint_picture(self, painter: QPainter, room: QRect, picture: QImage | None) -> None:
        if picture is None:
            return
        size = picture.size().scaled(PICTURE_SIZE, Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(room.topLeft(), size)
        target.moveTop(room.top() + (room.height() - size.height()) // 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, picture)
        painter.restore()

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = Theme.current().tokens
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        colours = (tokens.on_accent,) * 2 if chosen else (tokens.text, tokens.muted)
        fonts = font("heading"), font("small")
        texts = index.data(), index.data(DETAIL_ROLE)
        room = option.rect.adjusted(SMALL, HAIR, -HAIR, -HAIR)
        half = room.height() // 2
        painter.save()
        for number, (text, typeface, colour) in enumerate(zip(texts, fonts, colours, strict=True)):
            painter.setFont(typeface)
            painter.setPen(colour)
            line = QRect(room.left(), room.top() + number * half, room.width(), half)
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, line.width()
            )
            painter.drawText(
                line, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown
            )
        painter.restore()


class RunTable(QTableView):
    """The table itself: rows are chosen, and sorted by a click on a heading."""

    def __init__(self, rows: RunFilter) -> None:
        super().__init__()
        self.setModel(rows)
        self.setItemDelegate(RunDelegate(self))
        self.setAccessibleName("Runs")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setFrameShape(self.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(PICTURE, PICTURE_SIZE.width() + SMALL)
        self.setSortingEnabled(True)
        self.sortByColumn(PICTURE, Qt.SortOrder.DescendingOrder)  # by age

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what is said below the list, too, where names would have no room."""
        head, metrics = self.horizontalHeader(), self.fontMetrics()
        room = self.width() - self.columnWidth(PICTURE) - LEAST_NAME
        for column, text in WIDEST.items():
            self.showColumn(column)
            width = max(head.sectionSizeHint(column), metrics.horizontalAdvance(text) + AROUND)
            self.setColumnWidth(column, width)
            room -= width
            self.setColumnHidden(column, room < 0 and column != DISTANCE)
        super().resizeEvent(event)

    def rename(self) -> None:
        """Let the user write another name into the row that is chosen."""
        for index in self.selectionModel().selectedRows(NAME)[:1]:
            self.setCurrentIndex(index)
            self.edit(index)
