"""The program's own line icons, drawn on a grid of 24 and tinted with the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_PATHS: dict[str, str] = {
    "play": '<path d="M7 4.5v15l12-7.5z" fill="{c}"/>',
    "pause": '<path d="M8 5v14M16 5v14" stroke-width="3.2"/>',
    "step": '<path d="M5 5v14l9-7z" fill="{c}"/><path d="M18.5 5v14"/>',
    "earlier": '<path d="M19 5v14l-9-7z" fill="{c}"/><path d="M5.5 5v14"/>',
    "live": '<circle cx="12" cy="12" r="7.5"/><circle cx="12" cy="12" r="3" fill="{c}"/>',
    "keep": '<path d="M6.5 20.5v-16h10.5l-2.5 3.8 2.5 3.8h-10.5"/>',
    "branch": '<circle cx="6.5" cy="5.5" r="2"/><circle cx="6.5" cy="18.5" r="2"/>'
    '<circle cx="17.5" cy="8.5" r="2"/><path d="M6.5 7.5v9m11-6c0 4-11 2-11 5"/>',
    "reset": '<path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5"/><path d="M4 4.2v4.6h4.6"/>',
    "open": '<path d="M3.5 18.5v-13h6l2 2.5h9v10.5z"/>',
    "save": '<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5"/><path d="M4.5 15.5v4h15v-4"/>',
    "picture": '<rect x="4" y="4" width="16" height="16" rx="2"/>'
    '<circle cx="9" cy="9.5" r="1.6"/><path d="M4.5 17.5l5-4.5 3.5 3 3-2.5 3.5 3"/>',
    "strip": '<rect x="3" y="8.5" width="18" height="7" rx="1.2"/><path d="M9 8.5v7m6-7v7"/>',
    "grid": '<rect x="4" y="4" width="16" height="16" rx="1.5"/>'
    '<path d="M4 9.3h16M4 14.7h16M9.3 4v16M14.7 4v16"/>',
    "hills": '<path d="M3 19c3 0 4-10 6.5-10S12.5 16 14 16s1.5-4 3-4 2 7 4 7z"/>',
    "copy": '<rect x="8.5" y="8.5" width="11" height="11" rx="1.8"/>'
    '<path d="M15.5 8.5v-4h-11v11h4"/>',
    "random": '<rect x="4" y="4" width="16" height="16" rx="3"/>'
    '<g fill="{c}" stroke="none"><circle cx="8.6" cy="8.6" r="1.5"/>'
    '<circle cx="15.4" cy="15.4" r="1.5"/><circle cx="15.4" cy="8.6" r="1.5"/>'
    '<circle cx="8.6" cy="15.4" r="1.5"/></g>',
    "undo": '<path d="M8.5 5L4.5 9l4 4"/><path d="M5 9h9a5 5 0 0 1 0 10h-4"/>',
    "redo": '<path d="M15.5 5l4 4-4 4"/><path d="M19 9h-9a5 5 0 0 0 0 10h4"/>',
    "zero": '<circle cx="12" cy="12" r="3"/><path d="M12 3.5V9m0 6v5.5M3.5 12H9m6 0h5.5"/>',
    "mirror": '<path d="M12 4v16" stroke-dasharray="2.5 2.5"/>'
    '<path d="M8.5 7.5v9L3.5 16.5z" fill="{c}"/><path d="M15.5 7.5v9l5 0z"/>',
    "pin": '<path d="M9 4h6l-1 6 3.5 3.5h-11L10 10z"/><path d="M12 13.5V20"/>',
    "runs": '<rect x="4" y="4.5" width="5" height="5" rx="1"/><path d="M12 7h8"/>'
    '<rect x="4" y="14.5" width="5" height="5" rx="1"/><path d="M12 17h8"/>',
    "sort": '<path d="M4.5 6.5h15M4.5 12h10M4.5 17.5h5"/>',
    "filter": '<path d="M4 5h16l-6 7.5v6l-4-2v-4z"/>',
    "keyboard": '<rect x="3" y="6" width="18" height="12" rx="2"/>'
    '<path d="M7 10h.01M10.5 10h.01M14 10h.01M17 10h.01M8 14h8"/>',
    "draw": '<path d="M4.5 19.5l1-4L16 5l3 3L8.5 18.5z"/><path d="M14 7l3 3"/>',
    "close": '<path d="M6.5 6.5l11 11m0-11l-11 11"/>',
    "alert": '<path d="M12 4L21 19.5H3z"/><path d="M12 10v4.2M12 16.8v.1"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "contrast": '<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="{c}"/>',
    "settings": '<path d="M4 7.5h9m4 0h3M4 16.5h3m4 0h9"/>'
    '<circle cx="15" cy="7.5" r="2"/><circle cx="9" cy="16.5" r="2"/>',
    "folder": '<path d="M3.5 18.5v-13h6l2 2.5h9v10.5z"/>',
    "power": '<path d="M12 3.5v8"/><path d="M7 6.8a7.5 7.5 0 1 0 10 0"/>',
    "compare": '<rect x="2.5" y="4" width="8" height="8" rx="1.2"/>'
    '<rect x="13.5" y="4" width="8" height="8" rx="1.2"/>'
    '<path d="M6.5 12v3.5h11V12M12 15.5V20" stroke-dasharray="2 1.6"/>',
    "path": '<rect x="2.5" y="12.5" width="6.5" height="6.5" rx="1"/>'
    '<rect x="15" y="5" width="6.5" height="6.5" rx="1"/>'
    '<path d="M9 15.8c4.5 0 5-7.5 6-7.5" stroke-dasharray="2 1.6"/>',
    "fold": '<path d="M5 9l7 7 7-7"/>',
    "unfold": '<path d="M5 15l7-7 7 7"/>',
    "logo": '<rect x="3.5" y="3.5" width="17" height="17" rx="4"/>'
    '<path d="M15.8 9.2a4.6 4.6 0 1 0 .4 5v-2h-3.4" stroke-width="2"/>',
}

NAMES = tuple(_PATHS)


def svg(name: str, colour: str) -> bytes:
    """Return the drawing called `name` as an SVG document in `colour`."""
    body = _PATHS[name].replace("{c}", colour)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
        f'stroke="{colour}" stroke-width="1.8" stroke-linecap="round" '
        f'stroke-linejoin="round">{body}</svg>'
    ).encode()


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return a drawing as a picture of `size` logical pixels at a pixel `ratio`."""
    result = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    QSvgRenderer(QByteArray(svg(name, colour))).render(
        painter, QRectF(0, 0, result.width(), result.height())
    )
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """Return a tinted icon, with a paler drawing for what can't be used."""
    result = QIcon()
    for ratio in (1.0, 2.0):
        result.addPixmap(pixmap(name, colour, 20, ratio))
        if disabled:
            result.addPixmap(pixmap(name, disabled, 20, ratio), QIcon.Mode.Disabled)
    return result
