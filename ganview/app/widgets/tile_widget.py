"""The base of widgets made of tiles: which tile is pointed at, has the focus, and is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.theme import Theme, font
from ganview.app.widgets.text import show_tooltip
from ganview.export.palette import Tokens
from ganview.plain_text import printable

LONGEST_CAPTION = 200  # characters
CAPTION_GAP = 3  # pixels that a caption stays within its tile, beside the gap of tiles
FRAME = 2  # width of the line around a tile


class TileWidget(QWidget):
    """Follows pointer and keyboard over tiles, and says both aloud to a screen reader.

    Who inherits it says where the tiles are and paints them, then the frames above them.
    """

    spoken_role = QAccessible.Role.Graphic

    tile_hovered = Signal(int)  # index of the tile under the pointer, -1 when it left
    tile_activated = Signal(int)  # index of a tile that was clicked, or confirmed with Enter
    current_changed = Signal(int)  # index of the keyboard's tile after a key or a click

    def __init__(self) -> None:
        super().__init__()
        self.selected = self._hovered = -1  # the chosen tile, -1 for none
        self.current = 0  # the keyboard's tile
        self.placeholder = ""  # what is said while there is nothing
        self._tile_text: Callable[[int], str] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    def tile_rect(self, tile: int) -> QRectF:
        """Return where a tile is drawn, in logical pixels of the widget."""
        raise NotImplementedError

    def tile_at(self, where: QPoint | QPointF) -> int:
        """Return the index of the tile at a point of the widget, -1 beside them."""
        raise NotImplementedError

    def set_selected(self, tile: int) -> None:
        """Frame one tile as the chosen one; -1 for none."""
        if tile != self.selected:
            self.selected = tile
            self.update()

    def only_look(self) -> None:
        """Let neither keyboard nor pointer stop at tiles that do nothing when they are chosen."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_placeholder(self, text: str) -> None:
        """Say what will be here while there is nothing."""
        self.placeholder = text
        self.update()

    def set_tile_text(self, text_of: Callable[[int], str] | None) -> None:
        """Set what is said about a tile, as a tooltip and to a screen reader."""
        self._tile_text = text_of

    # -- painting ---------------------------------------------------------------------------

    def _paint_frames(
        self,
        painter: QPainter,
        tokens: Tokens,
        rect_of: Callable[[int], QRectF],
        *,
        count: int,
        keyboard: bool,
    ) -> None:
        """Frame the tiles that are chosen and pointed at, and the keyboard's if asked."""
        # Of two colours 9 : 1 apart, one is 3 : 1 or more from whatever picture is below them.
        light = (tokens.card, 1)
        frames = [(self.selected, 0, [(tokens.accent, FRAME), light])]
        frames.append((self._hovered, 0, [(tokens.text, FRAME), light]))
        if keyboard:  # within the others, which it would hide
            inset = FRAME + 1 if self.current in (self.selected, self._hovered) else 0
            lines = [(tokens.discriminator, FRAME), light, (tokens.text, 1)]
            frames.append((self.current, inset, lines))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for tile, inset, lines in frames:
            for colour, width in lines if 0 <= tile < count else []:
                pen = QPen(QColor(colour), width)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                middle = inset + width / 2
                painter.drawRect(rect_of(tile).adjusted(middle, middle, -middle, -middle))
                inset += width

    # -- pointer and keyboard ---------------------------------------------------------------

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the hovered tile."""
        self._hover(-1)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """Answer a request for a tooltip with the tile's own text."""
        if isinstance(event, QHelpEvent) and self._tile_text is not None:
            tile = self.tile_at(event.pos())
            if tile >= 0:
                area = self.tile_rect(tile).toAlignedRect()
                below = self.mapToGlobal(area.bottomLeft())
                show_tooltip(below, self._tile_text(tile), self, area)
                return True
        return super().event(event)

    def _hover(self, tile: int) -> None:
        if tile == self._hovered:
            return
        self._hovered = tile
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if tile >= 0 else Qt.CursorShape.ArrowCursor
        )
        self.update()
        self.tile_hovered.emit(tile)

    def _go_to(self, tile: int) -> None:
        """Let the keyboard's tile be another one."""
        self.current = tile
        if self._tile_text is not None:
            self.setAccessibleDescription(self._tile_text(tile))
        self.update()
        self.current_changed.emit(tile)


def paint_captions(
    painter: QPainter, tokens: Tokens, captions: Iterable[tuple[str, QRectF, bool]], lift: float
) -> None:
    """Write lines above tiles, cut to their width.

    Parameters
    ----------
    captions
        (text, tile, strong): a strong one stands out.
    lift
        From the top of a line to the top of its tile, in logical pixels.
    """
    small = font("small")
    metrics = QFontMetrics(small)
    painter.setFont(small)
    lines = list(captions)
    widths = [(text, int(tile.width()) - CAPTION_GAP) for text, tile, _ in lines]
    texts = cut_apart(widths, metrics)
    for text, (_, tile, strong) in zip(texts, lines, strict=True):
        painter.setPen(QColor(tokens.text if strong else tokens.muted))
        box = QRectF(tile.x(), tile.y() - lift, tile.width(), metrics.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def cut_apart(texts: Sequence[tuple[str, int]], metrics: QFontMetrics) -> list[str]:
    """Cut texts to their widths in pixels: at the end, or where they begin alike, at the beginning.

    Names as "sign 1", "sign 2" differ in what would be cut.
    """
    ways = [
        [metrics.elidedText(printable(text, LONGEST_CAPTION), mode, width) for text, width in texts]
        for mode in (Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideLeft)
    ]
    return max(ways, key=lambda cut: len(set(cut)))  # the first of equals
