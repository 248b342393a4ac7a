"""The classes of the chosen data, a line each: name, numbers, and pictures as they are learned."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import name_text, tooltip_text, visible_text
from ganview.glossary import explain

if TYPE_CHECKING:
    from ganview.data.scan import ClassScan

GAP, ZOOM_TO = 4, 40  # pixels between thumbnails, and how large they are made at least
MARGIN, MOST = 4, 2000  # pixels beside them in a cell, and of a line that is not in one
NAME, COUNT, TESTS, PICTURES = range(4)
HEADINGS = ("Class", "Pictures", "Held out", "As they are learned")
#: What the headings mean, which stand in the glossary but for one.
ABOUT = {NAME: "class", COUNT: "real picture", TESTS: "held-out pictures"}
AS_LEARNED = "The first pictures of the class, as the networks will see them: size, colour, ground."
Index = QModelIndex | QPersistentModelIndex


class ClassTable(QAbstractTableModel):
    """The classes of a scan, a line each; pictures are made when they are seen.

    Parameters
    ----------
    rename
        Gives the class of a line another name, and returns whether it may have it.
    """

    def __init__(self, parent: QObject, rename: Callable[[int, str], bool]) -> None:
        super().__init__(parent)
        self._rename = rename
        self._classes: tuple[ClassScan, ...] = ()

    def show_classes(self, classes: tuple[ClassScan, ...]) -> None:
        """Replace all lines."""
        self.beginResetModel()
        self._classes = classes
        self.endResetModel()

    def picture_size(self) -> QSize:
        """Return the size of the first line's pictures."""
        return self.strip(0, MOST).size() if self._classes else QSize(ZOOM_TO, ZOOM_TO)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._classes)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return HEADINGS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text(explain(ABOUT[section]) if section in ABOUT else AS_LEARNED)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one, column = self._classes[index.row()], index.column()
        if role == Qt.ItemDataRole.DecorationRole and column == PICTURES:
            return self.strip(index.row(), MOST)
        if role == Qt.ItemDataRole.EditRole and column == NAME:
            return one.name
        if role == Qt.ItemDataRole.AccessibleTextRole and column == PICTURES:
            return f"{len(one.thumbnails)} pictures of {name_text(one.name)}"
        if role == Qt.ItemDataRole.DisplayRole:
            shown = (visible_text(one.name) or "no classes", f"{one.count:,}", f"{one.unseen:,}")
            return shown[column] if column < PICTURES else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        named = index.column() == NAME and bool(self._classes[index.row()].name)
        return usual | Qt.ItemFlag.ItemIsEditable if named else usual

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        return self._rename(index.row(), str(value).strip())

    def strip(self, row: int, room: int) -> QPixmap:
        """Return as many pictures of a line beside each other as ``room``, in pixels, holds."""
        pictures = [to_qimage(picture) for picture in self._classes[row].thumbnails]
        height, width = pictures[0].height(), pictures[0].width()
        zoom = max(1, -(-ZOOM_TO // height))
        step = zoom * width + GAP
        pictures = pictures[: max(1, (room + GAP) // step)]
        strip = QPixmap(len(pictures) * step - GAP, zoom * height)
        strip.fill(Qt.GlobalColor.transparent)
        with QPainter(strip) as painter:
            for number, picture in enumerate(pictures):
                painter.drawImage(QRect(number * step, 0, zoom * width, zoom * height), picture)
        return strip


class WholePictures(QStyledItemDelegate):
    """Paints of each line's pictures those that its cell has room for."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        strip = self._table.strip(index.row(), option.rect.width() - 2 * MARGIN)
        option.icon, option.decorationSize = QIcon(strip), strip.size()
