"""What a widget that paints itself is to a screen reader: to Qt each of them is a mere filler."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


def tell_roles() -> None:
    """Let widgets be what the attribute ``spoken_role`` of their class says, where it has one."""
    QAccessible.installFactory(_describe)


def _describe(_class_name: str, described: QObject) -> QAccessibleInterface | None:
    role = getattr(type(described), "spoken_role", None)
    if role is None or not isinstance(described, QWidget):
        return None  # Qt knows what it is
    return QAccessibleWidget(described, role)
