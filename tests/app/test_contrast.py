"""Contrast as the eye gets it: measured on what each control paints, in both schemes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from ganview.app.theme import Scheme, Theme

from .conftest import Stage
from .test_keyboard import DIALOGUES, begin, in_another, named, views

TEXT, MARK = 4.5, 3.0  # contrast at least, as WCAG 2.2 asks in 1.4.3 and 1.4.11
RATIO = 2  # pixels to a logical pixel: a stroke has some that are not mixed with the ground
ROUNDING = 0.05
FIELDS = (QComboBox, QLineEdit, QAbstractSpinBox)

Luminance = NDArray[np.float64]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_stand_out(stage: Stage, scheme: Scheme) -> None:
    begin(stage)
    theme = Theme.current()
    before = theme.scheme
    theme.set_scheme(scheme)
    found = set()
    try:
        for name, root in roots(stage):
            for _ in range(3):
                QApplication.processEvents()
            found |= {f"{name}: {fault}" for fault in faint(root, luminance(root.window()))}
    finally:
        theme.set_scheme(before)
    assert found == set(), "\n".join(sorted(found))


def roots(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield the name of each page, tab and dialogue, in view, and what is to be looked through."""
    for view in views(stage):
        yield view, stage.window.panels
    for name in DIALOGUES:
        stage.trigger(name)
        stage.until(lambda: any(it.isVisible() for it in stage.window.findChildren(QDialog)))
        dialogue = next(it for it in stage.window.findChildren(QDialog) if it.isVisible())
        yield name, dialogue
        dialogue.close()


def luminance(window: QWidget, part: QRect | None = None) -> Luminance:
    """Return the relative luminance of each pixel of a window or a part, (H, W), as WCAG has it."""
    part = window.rect() if part is None else part & window.rect()
    image = QImage(part.size() * RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    window.render(image, QPoint(), QRegion(part))
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    table = np.arange(256) / 255
    linear = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    return linear[rows[..., :3]] @ np.array([0.0722, 0.7152, 0.2126])  # blue, green, red


def faint(root: QWidget, seen: Luminance) -> Iterator[str]:
    """Name what has too little contrast, with the contrast that it has."""
    for widget in root.findChildren(QWidget):
        if not (widget.isVisible() and widget.isEnabled()) or in_another(widget):
            continue
        if widget.visibleRegion().boundingRect() != widget.rect():
            continue  # scrolled out of view, or below something
        where = QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())
        for name, rect, least in parts(widget, where):
            within = seen[spans(rect)]
            if within.size > 64 and (there := contrast(within)) < least - ROUNDING:
                yield f"{name}: {there:.2f}"
        if isinstance(widget, FIELDS) and (edge := edge_contrast(where, seen)) < MARK - ROUNDING:
            yield f"edge of {named(widget)}: {edge:.2f}"


def parts(widget: QWidget, where: QRect) -> Iterator[tuple[str, QRect, float]]:
    """Yield name, place and least contrast of what is to be seen of a widget."""
    inner = where.adjusted(3, 3, -3, -3)  # without the edge
    if isinstance(widget, QTabBar):
        for index in range(widget.count()):
            rect = widget.tabRect(index).translated(where.topLeft()).adjusted(2, 2, -2, -5)
            yield f"tab {widget.tabText(index)}", rect.intersected(where), TEXT
    elif isinstance(widget, QLabel) and widget.text():
        yield f"text {widget.text()!r}", where, TEXT
    elif isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
        text = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        if text or isinstance(widget, QAbstractButton):
            yield named(widget), inner, TEXT if text else MARK
    elif isinstance(widget, QAbstractSlider):
        yield named(widget), where, MARK
    if isinstance(widget, QCheckBox):
        side = min(24, where.height())
        yield (
            f"box of {named(widget)}",
            QRect(where.topLeft(), where.size()).intersected(
                QRect(where.left(), where.top(), side, where.height())
            ),
            MARK,
        )


def spans(rect: QRect) -> tuple[slice, slice]:
    """Return the rows and columns of the pixels of a rectangle in logical pixels."""
    top, left = max(0, rect.top()) * RATIO, max(0, rect.left()) * RATIO
    return slice(top, (rect.bottom() + 1) * RATIO), slice(left, (rect.right() + 1) * RATIO)


def contrast(within: Luminance) -> float:
    """Return the contrast of the strongest pixels with the commonest, the ground."""
    values, counts = np.unique(within.round(4), return_counts=True)
    ground = values[counts.argmax()]
    return float(max(ratio(ground, values[0]), ratio(ground, values[-1])))


def edge_contrast(where: QRect, seen: Luminance) -> float:
    """Return the contrast of a field's left edge with what lies left of it."""
    row, left = where.center().y() * RATIO, where.left() * RATIO
    return max(ratio(seen[row, left - 4], seen[row, left + shift]) for shift in range(-1, 4))


def ratio(one: float, other: float) -> float:
    low, high = sorted((float(one), float(other)))
    return (high + 0.05) / (low + 0.05)
