"""How a row of the slider list is painted, and how its number box opens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ganview.app.latent_point import REACH
from ganview.app.theme import HAIR, SMALL, Theme, font
from ganview.app.widgets.latent_model import Index, LatentModel
from ganview.app.widgets.latent_rows import HANDLE, MINUS, ROW_HEIGHT, RowLayout, sigma_text
from ganview.app.widgets.number_box import NumberBox
from ganview.export.palette import Tokens


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
    painter.setBrush(QColor(tokens.accent))
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
    strong = QColor(tokens.disabled if locked else tokens.accent)
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
        sigma_text(value),
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
