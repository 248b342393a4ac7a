"""The rows behind the slider list: what each dimension's slider shows, and how it is painted.

Five hundred sliders with a number box each would be some three thousand widgets. Here a row is a
line in a Qt model, painted when it is visible, with one editor opened where it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAccessible, QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ganview.app.explorer_state import BOUND, REACH
from ganview.app.theme import HAIR, SMALL, Theme, Tokens, font

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 23
HANDLE = 7
MINUS = "−"


def spoken(value: float) -> str:
    """Write a number of σ with two decimals and a true minus, as wide as its negative."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", MINUS)


@dataclass(frozen=True)
class RowLayout:
    """Where the parts of a row are, in pixels of the view.

    Attributes
    ----------
    label, effect, track, number, lock
        Rectangles from left to right. The track's usable length runs from −3 to +3 σ.
    """

    label: QRect
    effect: QRect
    track: QRect
    number: QRect
    lock: QRect

    @classmethod
    def of(cls, row: QRect, label_width: int, number_width: int, *, effects: bool) -> RowLayout:
        """Divide a row; the bar of the measured effect takes room only when there is one."""
        label = QRect(row.left() + SMALL, row.top(), label_width, row.height())
        bar = QRect(label.right() + 1 + SMALL, row.top(), 28 if effects else 0, row.height())
        lock = QRect(row.right() - HAIR - 18, row.top(), 20, row.height())
        number = QRect(lock.left() - HAIR - number_width, row.top(), number_width, row.height())
        left = bar.right() + 1 + SMALL + HANDLE
        right = number.left() - SMALL - HAIR - HANDLE
        track = QRect(left, row.top(), max(20, right - left), row.height())
        return cls(label, bar, track, number.adjusted(0, 2, 0, -2), lock)

    def value_at(self, x: float) -> float:
        """Return the value in σ under a horizontal position, held to ±3."""
        share = (x - self.track.left()) / self.track.width()
        return min(max((2 * share - 1) * REACH, -REACH), REACH)

    def position_of(self, value: float) -> float:
        """Return the horizontal position of a value, held to the ends of the track."""
        share = (min(max(value, -REACH), REACH) / REACH + 1) / 2
        return self.track.left() + share * self.track.width()


class LatentModel(QAbstractListModel):
    """One row a dimension that is shown, in the order they are shown.

    Attributes
    ----------
    edited
        (dimension, value) that was typed into a row's number box.
    stale
        (first, last) row that is to be painted again. Qt's own ``dataChanged`` has a list view
        paint all that is visible, some ten times the work of the one row that a drag changes;
        it is emitted only for a screen reader.
    """

    edited = Signal(int, float)
    stale = Signal(int, int)

    def __init__(self, z_dim: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.z: NDArray[np.float32] = np.zeros(z_dim, np.float32)
        self.locked: NDArray[np.bool_] = np.zeros(z_dim, bool)
        self.effects: NDArray[np.float32] | None = None
        self.names: tuple[str, ...] = ()
        self._rows = np.arange(z_dim)
        self._row_of = np.arange(z_dim)

    # -- what Qt asks -----------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        dimension = self.dimension(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(dimension)
        if role == Qt.ItemDataRole.EditRole:
            return float(self.z[dimension])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.describe(dimension)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not isinstance(value, (int, float)):
            return False
        self.edited.emit(self.dimension(index.row()), float(value))
        return True

    # -- what is shown ----------------------------------------------------------------------

    def dimension(self, row: int) -> int:
        """Return which dimension a row shows."""
        return int(self._rows[row])

    def row_of(self, dimension: int) -> int:
        """Return the row that shows a dimension, -1 when it is filtered away."""
        return int(self._row_of[dimension]) if 0 <= dimension < len(self._row_of) else -1

    def name(self, dimension: int) -> str:
        """Return what the row is called: z1, z2, … unless names were given."""
        return self.names[dimension] if self.names else f"z{dimension + 1}"

    def describe(self, dimension: int) -> str:
        """Say a row in words, for a screen reader and the tooltip's first line."""
        text = f"{self.name(dimension)}, {spoken(float(self.z[dimension]))} sigma"
        if self.effects is not None and (most := float(self.effects.max())) > 0:
            text += f", effect {100 * float(self.effects[dimension]) / most:.0f} percent"
        return text + (", locked" if self.locked[dimension] else "")

    def set_z(self, z: ArrayLike) -> None:
        """Show other values, (D,); only the rows that changed are painted again."""
        new = np.asarray(z, np.float32)
        changed = np.flatnonzero(new != self.z)
        self.z = new
        rows = self._row_of[changed]
        self._repaint(rows[rows >= 0])

    def set_locked(self, locked: ArrayLike) -> None:
        """Show which dimensions are locked, (D,)."""
        self.locked = np.asarray(locked, bool)
        self._repaint(np.arange(len(self._rows)))

    def set_effects(self, effects: ArrayLike | None) -> None:
        """Show the measured effect a σ, (D,) and not negative; None when it isn't known."""
        self.effects = None if effects is None else np.asarray(effects, np.float32)
        self._repaint(np.arange(len(self._rows)))

    def set_rows(self, dimensions: ArrayLike) -> None:
        """Show these dimensions in this order."""
        rows = np.asarray(dimensions, int)
        if np.array_equal(rows, self._rows):
            return
        self.beginResetModel()
        self._rows = rows
        self._row_of = np.full(len(self.z), -1)
        self._row_of[rows] = np.arange(len(rows))
        self.endResetModel()

    def set_space(self, z: ArrayLike, names: tuple[str, ...] = ()) -> None:
        """Start over with another number of dimensions."""
        self.beginResetModel()
        self.z = np.asarray(z, np.float32)
        self.names = names
        self.locked = np.zeros(len(self.z), bool)
        self.effects = None
        self._rows = np.arange(len(self.z))
        self._row_of = np.arange(len(self.z))
        self.endResetModel()

    def _repaint(self, rows: NDArray[np.intp]) -> None:
        if not len(rows):
            return
        first, last = int(rows.min()), int(rows.max())
        self.stale.emit(first, last)
        if QAccessible.isActive():
            self.dataChanged.emit(self.index(first), self.index(last))


class NumberBox(QLineEdit):
    """The number box of a row, in σ; takes a comma or a true minus as well.

    Attributes
    ----------
    value_typed
        The number, each time the text is one.
    """

    value_typed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(8)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(font("number"))
        self.setStyleSheet("QLineEdit { padding: 0 2px; min-height: 0; border-radius: 4px; }")
        self.textEdited.connect(lambda _text: self._tell())

    def show_value(self, value: float) -> None:
        """Show a number, chosen whole so that typing replaces it."""
        self.setText(spoken(value))
        self.selectAll()

    def begin_with(self, text: str) -> None:
        """Go on from the first character that was typed on the row."""
        self.setText(text)
        self._tell()

    def value(self) -> float | None:
        """Return the number in the box, held to ±10, or None when it isn't one."""
        try:
            value = float(self.text().replace(",", ".").replace(MINUS, "-"))
        except ValueError:
            return None
        return min(max(value, -BOUND), BOUND) if isfinite(value) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 0.05, Qt.Key.Key_Down: -0.05}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        value = self.value() or 0.0
        self.show_value(round(value + step, 2))
        self._tell()

    def _tell(self) -> None:
        value = self.value()
        if value is not None:
            self.value_typed.emit(value)


class LatentDelegate(QStyledItemDelegate):
    """Paints a row, and opens its number box."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.focused = False
        self.lockable = True
        self._label_width = 0
        self._number_width = 0
        self._body, self._number = font("small"), font("number")

    def measure(self, model: LatentModel) -> None:
        """Find the column widths from the texts that the rows will show."""
        self._body, self._number = font("small"), font("number")
        metrics = QFontMetrics(self._body)
        names = model.names or (f"z{max(len(model.z), 10)}",)
        self._label_width = max(metrics.horizontalAdvance(name) for name in names) + 2
        widest = QFontMetrics(self._number).horizontalAdvance(f"{MINUS}00.00")
        self._number_width = widest + SMALL

    def layout_of(self, row: QRect, model: LatentModel) -> RowLayout:
        """Return where the parts of a row are."""
        return RowLayout.of(
            row, self._label_width, self._number_width, effects=model.effects is not None
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(240, ROW_HEIGHT)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        box = NumberBox(parent)
        model = _model(index)
        box.setAccessibleName(f"{model.name(model.dimension(index.row()))} in sigma")
        box.show_value(float(model.z[model.dimension(index.row())]))
        # Typing shows its picture at once, like dragging.
        box.value_typed.connect(lambda _value: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Leave the text alone: it is the person's, who may have typed half a number."""

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        if isinstance(editor, NumberBox) and (value := editor.value()) is not None:
            _model(index).setData(index, value)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(self.layout_of(option.rect, _model(index)).number)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = _model(index)
        dimension = model.dimension(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        tokens = Theme.current().tokens
        parts = self.layout_of(rect, model)
        locked = bool(model.locked[dimension])
        hovered = index.row() == self.hovered_row
        current = self.focused and bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if hovered or current:
            _paint_ground(painter, rect, tokens, focus=current)
        painter.setFont(self._body)
        painter.setPen(QColor(tokens.text if hovered or current else tokens.muted))
        painter.drawText(
            parts.label,
            int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
            model.name(dimension),
        )
        if model.effects is not None:
            _paint_effect(painter, parts.effect, model.effects, dimension, tokens)
        value = float(model.z[dimension])
        _paint_track(painter, parts, value, tokens, locked=locked, raised=hovered or current)
        painter.setFont(self._number)
        _paint_number(painter, parts.number, value, tokens, locked=locked)
        if locked or (hovered and self.lockable):
            _paint_lock(
                painter, parts.lock, QColor(tokens.text if locked else tokens.muted), locked
            )
        painter.restore()


def _model(index: Index) -> LatentModel:
    model = index.model()
    if not isinstance(model, LatentModel):
        raise TypeError("the rows are painted from a LatentModel")
    return model


def _paint_ground(painter: QPainter, rect: QRect, tokens: Tokens, *, focus: bool) -> None:
    inside = QRectF(rect).adjusted(1, 1, -1, -1)
    painter.setPen(QPen(QColor(tokens.discriminator), 1.5) if focus else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.sunken if focus else tokens.hover))
    painter.drawRoundedRect(inside, 5, 5)


def _paint_effect(
    painter: QPainter, rect: QRect, effects: NDArray[np.float32], dimension: int, tokens: Tokens
) -> None:
    most = float(effects.max())
    share = float(effects[dimension]) / most if most > 0 else 0.0
    middle = rect.center().y() + 0.5
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.line))
    painter.drawRoundedRect(QRectF(rect.left(), middle - 2, rect.width(), 4), 2, 2)
    painter.setBrush(QColor(tokens.generator))
    painter.drawRoundedRect(QRectF(rect.left(), middle - 2, max(2, rect.width() * share), 4), 2, 2)


def _paint_track(
    painter: QPainter, parts: RowLayout, value: float, tokens: Tokens, *, locked: bool, raised: bool
) -> None:
    middle = parts.track.center().y() + 0.5
    zero, here = parts.position_of(0), parts.position_of(value)
    line = QColor(tokens.line)
    for sigma in range(-3, 4):
        reach = 6 if sigma == 0 else 4
        x = int(parts.position_of(sigma))
        painter.fillRect(QRectF(x, middle - reach, 1, 2 * reach), line)
    painter.fillRect(QRectF(parts.track.left(), middle - 1.5, parts.track.width(), 3), line)
    strong = QColor(tokens.disabled if locked else tokens.generator)
    painter.fillRect(QRectF(min(zero, here), middle - 1.5, abs(here - zero), 3), strong)
    painter.setPen(QPen(strong, 2))
    painter.setBrush(strong if raised else QColor(tokens.card))
    if abs(value) <= REACH:
        painter.drawEllipse(QPointF(here, middle), HANDLE - 1, HANDLE - 1)
    else:  # an arrow head: the value lies outside the slider's reach
        side = 1.0 if value > 0 else -1.0
        back = here - side * (HANDLE - 2)
        painter.drawPolygon(
            [
                QPointF(back, middle - HANDLE + 1),
                QPointF(here + side * HANDLE, middle),
                QPointF(back, middle + HANDLE - 1),
            ]
        )


def _paint_number(
    painter: QPainter, rect: QRect, value: float, tokens: Tokens, *, locked: bool
) -> None:
    painter.setPen(QPen(QColor(tokens.line), 1))
    painter.setBrush(QColor(tokens.card))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(QColor(tokens.muted if locked else tokens.text))
    painter.drawText(
        rect.adjusted(0, 0, -HAIR, 0),
        int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
        spoken(value),
    )


def _paint_lock(painter: QPainter, rect: QRect, colour: QColor, locked: bool) -> None:
    centre = QRectF(rect).center()
    body = QRectF(centre.x() - 4.5, centre.y() - 0.5, 9, 7)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lift = 0.0 if locked else -1.5
    painter.drawArc(QRectF(centre.x() - 3, body.top() - 5 + lift, 6, 8), 0, 180 * 16)
    painter.drawLine(
        QPointF(centre.x() - 3, body.top() - 1 + lift), QPointF(centre.x() - 3, body.top())
    )
    if locked:
        painter.drawLine(
            QPointF(centre.x() + 3, body.top() - 1), QPointF(centre.x() + 3, body.top())
        )
        painter.setBrush(colour)
    painter.drawRoundedRect(body, 1.5, 1.5)
