"""One step as a picture: noise to image to answer to cost, and the gradient's way back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganview.app.pages.step import flow_painting as draw
from ganview.app.pages.step.beats import BEATS, LAST
from ganview.app.pages.step.flow_parts import PARTS, lay_out_flow
from ganview.app.theme import Theme, font
from ganview.app.widgets.text import name_text, show_tooltip
from ganview.export.palette import Tokens
from ganview.gan.players import Players
from ganview.gan.step_trace import StepTrace

#: Parts that come of another part's place.
INSIDE = ("told", "after", "change")


class FlowView(QWidget):
    """Paints one row of a trace up to a beat."""

    spoken_role = QAccessible.Role.Graphic

    pointed = Signal(str)  # name of the part under the pointer or the keyboard, empty for none
    chosen = Signal(str)  # name of the part that was clicked, or confirmed with Enter

    def __init__(self) -> None:
        super().__init__()
        self._trace: StepTrace | None = None
        self._row, self.beat = 0, LAST
        self._pulse = 1.0  # of the frame around what this beat is about, 0 to 1
        self._images: draw.RowPictures | None = None
        self._scale: draw.AnswerScale | None = None
        self._still: QPixmap | None = None  # all that does not pulse
        self._parts: dict[str, QRectF] = {}
        self._hovered = self._current = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The step as a picture")
        Theme.current().changed.connect(self._forget)

    def _forget(self) -> None:
        self._still = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 240)  # the rest of the page is its, but a taller wish would scroll

    def minimumSizeHint(self) -> QSize:
        return QSize(380, 210)

    # ---- what is shown -------------------------------------------------------------------------

    def show_trace(self, trace: StepTrace | None, row: int) -> None:
        """Show a row of a trace, or the empty flow."""
        if trace is self._trace and row == self._row:
            return
        old = None if self._trace is None else self._trace.x.shape[2:]
        self._trace, self._row = trace, row
        self._images = self._scale = None
        if trace is not None:
            self._images = draw.pictures_of(trace, row)
            self._scale = draw.AnswerScale.of(trace)
            if trace.x.shape[2:] != old:
                self._arrange()
        self._forget()

    def show_beat(self, beat: int, pulse: float = 1.0) -> None:
        """Show the flow up to a beat; its own parts are framed, the stronger the larger `pulse`."""
        if beat != self.beat:
            self.beat, self._pulse = beat, pulse
            self._forget()
        elif pulse != self._pulse:
            self._pulse = pulse
            for name in BEATS[beat].parts:
                self.update(self._parts[name].adjusted(-5, -5, 5, 5).toAlignedRect())

    def part_rect(self, name: str) -> QRectF:
        """Return where a part is."""
        return self._parts[name]

    def _arrange(self) -> None:
        picture = (28, 28) if self._trace is None else self._trace.x.shape[2:4]
        line = QFontMetricsF(font("small")).height()
        size = QSizeF(self.width(), self.height())
        self._parts = lay_out_flow(
            size, (int(picture[0]), int(picture[1])), line, self.devicePixelRatioF()
        )

    def resizeEvent(self, _event: QEvent) -> None:
        self._arrange()
        self._forget()

    # ---- painting ------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, ratio = Theme.current().tokens, self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            self._paint_still(self._still, tokens)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._still)
        self._paint_turn(painter, tokens)
        self._paint_focus(painter, tokens)
        painter.end()

    def _paint_still(self, ground: QPixmap, tokens: Tokens) -> None:
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = {part for beat in BEATS[: self.beat + 1] for part in beat.parts}
        self._paint_networks(painter, tokens)
        self._paint_captions(painter, tokens)
        if self._trace is not None and self._images is not None:
            for name, image in vars(self._images).items():
                box = self._noise_box() if name == "z" else self._parts[name]
                if name in shown and self._applies(name):
                    draw.paint_picture(painter, image, box, QColor(self._edge(tokens, name)))
                else:
                    self._paint_hole(painter, tokens, box)
            self._paint_numbers(painter, tokens, self._trace, shown)
        else:
            for name in ("z", "x", "x_hat", *INSIDE):
                self._paint_hole(painter, tokens, self._parts[name])
        self._paint_arrows(painter, tokens, shown)
        painter.end()

    def _applies(self, name: str) -> bool:
        """Tell whether a part is filled in a step of these players."""
        assert self._trace is not None
        return name != "told" or Players.G in self._trace.players

    def _edge(self, tokens: Tokens, name: str) -> str:
        edges = {"x": tokens.real, "x_hat": tokens.fake, "after": tokens.fake}
        return edges.get(name, tokens.line)

    def _noise_box(self) -> QRectF:
        """Return the box of the noise, cut to a whole number of cells."""
        box = self._parts["z"]
        if self._images is None or not self._images.z.width():
            return box
        image = self._images.z
        cell = int(box.width() // image.width()) or box.width() / image.width()
        return QRectF(box.x(), box.y(), cell * image.width(), cell * image.height())

    def _paint_hole(self, painter: QPainter, tokens: Tokens, box: QRectF) -> None:
        painter.setPen(QPen(QColor(tokens.line), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRect(box)

    def _paint_networks(self, painter: QPainter, tokens: Tokens) -> None:
        draw.paint_network(painter, self._parts["G"], ("G", "θ"), tokens.generator)
        draw.paint_network(painter, self._parts["D"], ("D", "φ"), tokens.discriminator)

    def _paint_captions(self, painter: QPainter, tokens: Tokens) -> None:
        line = QFontMetricsF(font("small")).height()
        captions = {
            "z": ("z", tokens.text),
            "x_hat": ("x̂", tokens.fake),
            "x": ("x", tokens.real),
            "told": ("−∂L/∂x̂", tokens.generator),
            "after": ("x̂′", tokens.fake),
            "change": ("x̂′ − x̂", tokens.muted),
        }
        for name, (text, colour) in captions.items():
            box = self._parts[name]
            wide = QRectF(box.x(), box.y() - line, max(box.width(), 3 * line), line)
            draw.paint_text(painter, text, wide, colour)

    def _paint_numbers(
        self, painter: QPainter, tokens: Tokens, trace: StepTrace, shown: set[str]
    ) -> None:
        row, scale = self._row, self._scale
        assert scale is not None
        if "y" in shown and trace.y is not None:
            name = name_text(trace.class_name(row))
            draw.paint_text(painter, f"y  {name}", self._parts["y"], tokens.text)
        answers = (
            ("said", ("x", "real"), ("x̂", "fake")),
            ("said_after", ("x new D", "real_after"), ("x̂ new D", "fake_after")),
            ("said_again", ("x̂′ new D", "fake_again")),
        )
        for part, *lines in answers:
            if part not in shown:
                continue
            box = self._parts[part]
            high = box.height() / len(lines)
            for i, (name, key) in enumerate(lines):
                looks = draw.looks(tokens, key.split("_")[0])
                place = QRectF(box.x(), box.y() + i * high, box.width(), high)
                draw.paint_answer(
                    painter, place, name, float(scale.numbers[key][row]), scale, looks
                )
        for part, who in (("cost_d", "discriminator"), ("cost_g", "generator")):
            words = self._cost_lines(part, trace) if part in shown else ("", "")
            draw.paint_cost(painter, self._parts[part], words, draw.looks(tokens, who))
        for part, who, layers, ends in (
            ("layers_g", "generator", trace.layers_g, ("z", "x̂")),
            ("layers_d", "discriminator", trace.layers_d, ("picture", "ŷ")),
        ):
            if part in shown:
                title = f"{who[0].upper()}   ■ gradient   □ update"
                draw.paint_layers(
                    painter, self._parts[part], title, layers, ends, draw.looks(tokens, who)
                )

    def _cost_lines(self, part: str, trace: StepTrace) -> tuple[str, str]:
        """Return a player's cost in words, of this pair and of the batch."""
        row, count = self._row, len(trace.before.all_real)
        if part == "cost_d":
            pair, cost, terms = trace.formula_d(row), trace.pair_cost_d[row], trace.costs_d
        else:
            pair, cost, terms = trace.formula_g(row), trace.pair_cost_g[row], trace.costs_g
        return draw.cost_lines(part[-1].upper(), pair, float(cost), terms, count)

    def _paint_arrows(self, painter: QPainter, tokens: Tokens, shown: set[str]) -> None:
        parts = self._parts
        z, g, x_hat, x = self._noise_box(), parts["G"], parts["x_hat"], parts["x"]
        d, said = parts["D"], parts["said"]
        level = x_hat.center().y()
        ways = (
            ("x_hat", QPointF(z.right() + 4, level), QPointF(g.left() - 3, level),
             tokens.generator),
            ("x_hat", QPointF(g.right() + 4, level), QPointF(x_hat.left() - 4, level),
             tokens.generator),
            ("said", QPointF(x_hat.right() + 4, level), QPointF(d.left() - 3, level), tokens.fake),
            ("said", QPointF(x.right() + 4, x.center().y()), QPointF(d.left() - 3, x.center().y()),
             tokens.real),
            ("said", QPointF(d.right() + 4, d.center().y()),
             QPointF(said.left() - 6, d.center().y()), tokens.discriminator),
        )  # fmt: skip
        for part, start, end, colour in ways:
            draw.paint_arrow(painter, start, end, colour if part in shown else tokens.line)
        if "told" in shown and self._trace is not None and self._applies("told"):
            told, layers = parts["told"], parts["layers_g"]
            height = told.center().y()
            end = QPointF(layers.right() + 1, height)
            draw.paint_arrow(
                painter, QPointF(told.left() - 1, height), end, tokens.generator, back=True
            )

    def _paint_turn(self, painter: QPainter, tokens: Tokens) -> None:
        """Frame what this beat is about in the colour of whose turn it is."""
        if self._trace is None:
            return
        beat = BEATS[self.beat]
        colour = QColor(tokens.actor(beat.actor) if beat.actor else tokens.accent)
        colour.setAlphaF(0.25 + 0.75 * self._pulse)
        painter.setPen(QPen(colour, 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for name in beat.parts:
            if name != "y":
                box = self._noise_box() if name == "z" else self._parts[name]
                painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 4, 4)

    def _paint_focus(self, painter: QPainter, tokens: Tokens) -> None:
        for name, width in ((self._hovered, 1.0), (self._current if self.hasFocus() else "", 2.0)):
            if name:
                painter.setPen(QPen(QColor(tokens.accent), width, Qt.PenStyle.DotLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self._parts[name].adjusted(-4, -4, 4, 4), 6, 6)

    # ---- pointer and keyboard ------------------------------------------------------------------

    def part_at(self, where: QPointF) -> str:
        """Return the name of the part at a point, empty beside them."""
        for name in PARTS:
            if self._parts[name].contains(where):
                return name
        return ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        name = self.part_at(event.position())
        if name != self._hovered:
            self._hovered = name
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor
            )
            self.pointed.emit(name)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = ""
        self.pointed.emit("")
        self.update()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._current and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._go_to(next(iter(PARTS)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(self._hovered)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        name = self.part_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and name:
            self.chosen.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {
            Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in turns:
            names = list(PARTS)
            here = names.index(self._current) if self._current else -1 if turns[key] > 0 else 0
            self._go_to(names[(here + turns[key]) % len(names)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def _go_to(self, name: str) -> None:
        self._current = name
        self.setAccessibleDescription(self.describe(name))
        self.pointed.emit(name)
        self.update()

    def describe(self, name: str) -> str:
        """Return what a part is, in a sentence or two."""
        part = PARTS[name]
        shown = {part for beat in BEATS[: self.beat + 1] for part in beat.parts}
        here = ""
        if name in ("cost_d", "cost_g") and self._trace is not None and name in shown:
            here = "; ".join(self._cost_lines(name, self._trace)) + ". "  # where there is no room
        return f"{part.title}. {here}{part.about} Click or Enter: {part.link}."

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            where = QPointF(event.pos())
            name = self.part_at(where)
            if name:
                area = self._parts[name].toAlignedRect()
                text = self._layer_text(name, where) or self.describe(name)
                show_tooltip(event.globalPos(), text, self, area)
            return True
        return super().event(event)

    def _layer_text(self, name: str, where: QPointF) -> str:
        """Return the numbers of the layer under the pointer."""
        if self._trace is None or name not in ("layers_g", "layers_d"):
            return ""
        layers = self._trace.layers_g if name == "layers_g" else self._trace.layers_d
        line = QFontMetricsF(font("small")).height()
        columns = draw.layer_columns(self._parts[name], len(layers), line)
        for layer, column in zip(layers, columns, strict=True):
            if column.contains(where):
                return draw.layer_text(layer)
        return ""
