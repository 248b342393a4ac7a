"""The tab of pins: places to come back to, arithmetic between them, and the path through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QPushButton,
    QWidget,
)

from ganview.app.controllers.ranker import Asked, Ranker
from ganview.app.explorer.path import Player, place_at
from ganview.app.explorer.pins import Pin
from ganview.app.explorer.tab import Context, Tab
from ganview.app.formatting import rarity_of
from ganview.app.latent_point import LatentPoint, Part
from ganview.app.theme import MEDIUM, SMALL, font
from ganview.app.widgets.buttons import IconButton, push_button
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.layouts import column_layout, fill_layout, row_layout
from ganview.app.widgets.text import TextLabel, button_text, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.plain_text import counted
from ganview.runtime.messages import RenderedImages

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Ranked

REST_MS = 700  # pins that change with a generator that learns are ranked this often
FASTEST = 3.0
HINT = "Click goes there, drag reorders, right-click for more."
EMPTY = "Pin this point, go elsewhere, and pin that: then travel from one picture to the other."


class PinsTab(Tab):
    """Pins as a strip; a click goes to one, dragging reorders them."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.pins = context.pins
        self.strip = TileStrip(gap=6, maximum=3, movable=True)
        self.player = Player(self._length, self)
        self._lane = self.lane("thumbnails", self._show_thumbs)
        self._preview_lane = self.lane("preview", self._show_sum)
        self._sum: LatentPoint | None = None
        self._names: tuple[str, ...] = ()
        self._ranked: Ranked | None = None  # how rare the pins are, in their order
        self._ranker = Ranker(context.services.run, REST_MS, self._ask_ranks, self)
        self._pin = push_button(
            "Pin this point", "Save the current z, y and ψ under the next letter (P)"
        )
        self._put_back = push_button(
            tip="Put the pin back that was removed last, where it was",
            name="Put the removed pin back",
        )
        begin = push_button("Pin this point", "Pin where the explorer stands (P)", context.pin)
        self._none = EmptyState("path", EMPTY, begin)
        self._terms = [ComboBox() for _ in range(3)]
        self._chosen: set[QComboBox] = set()
        self._sum_view = TileStrip(maximum=2)
        self._go = QPushButton("Go there")
        self._play = IconButton("play", "Play", "Travel along the pins, or stop")
        self._where = ValueSlider(0.0, 1.0, step=0.05)
        self._speed = ValueSlider(-FASTEST, FASTEST, rest=0.0)
        self._speed_number = TextLabel("")
        self._loop = QCheckBox("Loop")
        self._arc = QCheckBox("On arcs")
        self._below = QWidget()
        self._lay_out()
        self._connect()
        self._show_names(())
        self._show_pins()
        self._show_speed()

    def activate(self) -> None:
        """Draw the pins with the present model."""
        self._draw_pins()
        self._work_out()

    def _draw_pins(self) -> None:
        if len(self.pins):
            z, weights, psi = self.pins.arrays()
            self._lane.ask(z * psi[:, None], weights if weights.shape[1] else None)

    def set_in_view(self, in_view: bool) -> None:
        """Stop the player while the tab is hidden."""
        super().set_in_view(in_view)
        if not in_view:
            self.player.stop()

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.strip.setAccessibleName("Pins")
        self.strip.set_tile_text(self._tile_text)
        hint = self._hint = TextLabel(HINT, "muted", size="small")
        for pointed in (self.strip.tile_hovered, self.strip.current_changed):
            pointed.connect(lambda at: hint.setText(self._tile_text(at) if at >= 0 else HINT))
        top = row_layout(self._pin, (hint, 1), self._put_back)
        column_layout(self._path_row(), self._sum_row(), inside=self._below)
        column_layout(
            top,
            (self._none, 1),
            (self.strip, 1),
            self._below,
            margins=(0, SMALL, 0, 0),
            inside=self,
        )

    def _path_row(self) -> QHBoxLayout:
        self._where.setAccessibleName("Place on the path")
        set_tooltip(self._where, "Where on the path through the pins, in their order")
        self._speed.setAccessibleName("Speed")
        set_tooltip(self._speed, "Pins a second; to the left of the middle it runs backwards")
        self._speed.setFixedWidth(110)
        self._speed_number.setFont(font("number"))
        self._speed_number.setMinimumWidth(56)
        self._loop.setChecked(True)
        set_tooltip(self._loop, "Go on from the last pin to the first")
        self._arc.setChecked(True)
        set_tooltip(
            self._arc,
            "Interpolate noise on arcs (slerp), which stay where Gaussian noise is; otherwise on "
            "straight lines (lerp), which cut through the middle",
        )
        return row_layout(
            TextLabel("Path"),
            self._play,
            (self._where, 1),
            self._speed,
            self._speed_number,
            self._loop,
            self._arc,
        )

    def _sum_row(self) -> QHBoxLayout:
        row = row_layout(TextLabel("Sum"))
        for sign, term in zip(("", "−", "+"), self._terms, strict=True):
            if sign:
                row.addWidget(TextLabel(sign))
            term.setMinimumWidth(64)
            term.setAccessibleName(f"Pin to {'subtract' if sign == '−' else 'add'}")
            set_tooltip(term, "Latent arithmetic: z of the first, less the second, plus the third")
            row.addWidget(term)
        row.addWidget(TextLabel("="))
        self._sum_view.setFixedSize(56, 56)
        self._sum_view.only_look()
        self._sum_view.setAccessibleName("The sum")
        row.addWidget(self._sum_view)
        set_tooltip(self._go, "Go to the sum; it keeps the class of the first pin")
        fill_layout(row, self._go, 1)
        row.setContentsMargins(0, 0, MEDIUM, 0)
        return row

    def _connect(self) -> None:
        self._pin.clicked.connect(self.context.pin)
        self._put_back.clicked.connect(self.pins.put_back)
        self.strip.tile_activated.connect(self._go_to)
        self.strip.moved.connect(self.pins.move)
        self.strip.removal_asked.connect(self.pins.remove)
        self.strip.menu_asked.connect(self._open_menu)
        self._play.clicked.connect(self._toggle)
        self._where.moved.connect(self._scrub)
        self._speed.moved.connect(self._set_speed)
        self._loop.toggled.connect(self._set_loop)
        self._arc.toggled.connect(lambda _on: self._scrub(self.player.at, None))
        self.player.ticked.connect(self._travel)
        self.player.playing_changed.connect(self._show_playing)
        self._go.clicked.connect(self._go_to_sum)
        for term in self._terms:
            term.activated.connect(lambda _index, term=term: self._choose_term(term))
        self._ranker.ranked.connect(self._show_ranks)
        self.pins.watch(self._show_pins)
        self.context.state.watch(self._moved)

    # -- pins -------------------------------------------------------------------------------

    def _show_pins(self) -> None:
        thumbs = [pin.thumb for pin in self.pins]
        self._none.setVisible(not thumbs)
        for widget in (self._pin, self._hint):
            widget.setVisible(bool(thumbs))
        self.strip.setVisible(bool(thumbs))
        self._below.setVisible(bool(thumbs))
        shapes = {None if thumb is None else thumb.shape for thumb in thumbs}
        if thumbs and None not in shapes and len(shapes) == 1:
            self.strip.set_images(np.stack([thumb for thumb in thumbs if thumb is not None]))
        else:
            self.strip.set_images(None)
            self.strip.expect(len(self.pins))
        self._ranker.follow()
        names = tuple(pin.name for pin in self.pins)
        if names != self._names:  # a model that learns on changes the thumbnails alone
            self._names = names
            self._show_names(names)
        removed = self.pins.removed
        self._put_back.setVisible(removed is not None)
        self._put_back.setText(button_text(f"Put {removed.name} back") if removed else "")
        if self.in_view:
            self._work_out()
            if None in shapes:  # pinned before its picture was there, or loaded from a file
                self._draw_pins()

    def _show_names(self, names: tuple[str, ...]) -> None:
        self._ranked = None
        self.strip.set_captions(names)
        self._below.setEnabled(len(names) >= 2)
        for index, term in enumerate(self._terms):
            chosen = term.currentText() if term in self._chosen else ""
            term.clear()
            term.addItems(names)
            again = names.index(chosen) if chosen in names else min(index, len(names) - 1)
            term.setCurrentIndex(again)
        self.player.at = min(self.player.at, max(0.0, self._length()))
        self._show_where()

    def _show_thumbs(self, rendered: RenderedImages) -> None:
        if rendered.complete:
            self.pins.show(rendered.images)

    def _ask_ranks(self) -> Asked | None:
        model, images = self.context.services.model(), self.strip.images
        if model is None or images is None or not self.in_view:
            return None
        return model, images, [None if p.place.mixed else p.place.label for p in self.pins]

    def _show_ranks(self, ranked: Ranked | None) -> None:
        fits = ranked is not None and len(ranked.ranks) == len(self.pins)
        self._ranked = ranked if fits else None

    def _tile_text(self, index: int) -> str:
        if not 0 <= index < len(self.pins):
            return EMPTY
        pin = self.pins[index]
        names = self.context.state.space.class_names
        what = "a mixture" if pin.place.mixed else ""
        if names and pin.place.label is not None and not what:
            what = f"class {names[pin.place.label]}"
        said = [f"Pin {pin.name}", *([what] if what else []), f"ψ {pin.place.psi:.2f}"]
        if self._ranked is not None:
            said.append(rarity_of(self._ranked, index))
        return ", ".join(said)

    def _go_to(self, index: int) -> None:
        if 0 <= index < len(self.pins):
            self.player.stop()
            self.player.at = float(index)
            self._show_where()
            self.context.state.move(self.pins[index].place)

    def _open_menu(self, index: int, where: QPoint) -> None:
        pins, state = self.pins, self.context.state
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go there\tEnter", lambda: self._go_to(index))
        menu.addAction("Rename…", lambda: self._rename(index))
        menu.addAction(
            "Move the pin to the present picture",
            lambda: pins.place(index, state.place, self.context.picture()),
        )
        menu.addSeparator()
        menu.addAction("Remove\tDel", lambda: pins.remove(index))
        menu.popup(where)

    def _rename(self, index: int) -> None:
        dialog, pin = QInputDialog(self), self.pins[index]
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Rename pin")
        dialog.setLabelText("Name")
        dialog.setTextValue(pin.name)
        dialog.textValueSelected.connect(lambda name: self._take_name(pin, name))
        dialog.open()

    def _take_name(self, pin: Pin, name: str) -> None:
        """Rename a pin, wherever it stands by now; pins may have been moved or removed."""
        for index, known in enumerate(self.pins):
            if known.place is pin.place:
                self.pins.rename(index, name)
                return

    # -- path -------------------------------------------------------------------------------

    def _length(self) -> float:
        count = len(self.pins)
        return float(count if self._loop.isChecked() and count > 1 else count - 1)

    def _toggle(self) -> None:
        if self.player.playing:
            self.player.stop()
        else:
            self.player.play()

    def _set_speed(self, speed: float, _gesture: object) -> None:
        self.player.speed = speed
        self._show_speed()

    def _show_speed(self) -> None:
        self._speed.set_number(self.player.speed)
        self._speed_number.setText(f"{self.player.speed:+.2f}/s".replace("-", "−"))

    def _set_loop(self, closed: bool) -> None:
        self.player.closed = closed
        self._show_where()

    def _scrub(self, at: float, gesture: object) -> None:
        self.player.at = at
        if len(self.pins) > 1:
            self._travel(at, gesture)

    def _travel(self, at: float, gesture: object) -> None:
        place = place_at(
            self.pins, at, closed=self._loop.isChecked(), spherical=self._arc.isChecked()
        )
        self.context.state.move(place, gesture)
        self._show_where()

    def travel(self, first: int) -> None:
        """Travel from a pin to the last."""
        self._loop.setChecked(False)
        self.player.at = float(first)
        self._show_where()
        self.player.play()

    def _show_where(self) -> None:
        self._where.set_range(0.0, max(1.0, self._length()))
        self._where.set_number(self.player.at)
        self._frame_pin()

    def _frame_pin(self) -> None:
        """Frame the pin that the explorer stands at, if it stands at one."""
        place = self.context.state.place
        at = (
            index for index, pin in enumerate(self.pins) if pin.place.parts_unlike(place) == Part(0)
        )
        self.strip.set_selected(next(at, -1))

    def _show_playing(self, playing: bool) -> None:
        self._play.set_drawing("pause" if playing else "play")

    # -- sum --------------------------------------------------------------------------------

    def _choose_term(self, term: QComboBox) -> None:
        self._chosen.add(term)
        self._work_out()

    def _work_out(self) -> None:
        """Ask for the picture of A − B + C."""
        chosen = [term.currentIndex() for term in self._terms]
        self._sum = None
        if len(self.pins) < 2 or min(chosen) < 0:
            self._sum_view.set_images(None)
            return
        from ganview.gan.latent import arithmetic

        a, b, c = (self.pins[index].place for index in chosen)
        self._sum = LatentPoint(z=arithmetic(a.z, b.z, c.z), weights=a.weights, psi=a.psi)
        self._preview_lane.ask_at(self._sum, self._sum.z[None])

    def _show_sum(self, rendered: RenderedImages) -> None:
        self._sum_view.set_images(rendered.images[:1])

    def _go_to_sum(self) -> None:
        if self._sum is not None:
            self.context.state.move(self._sum)

    # -- the state --------------------------------------------------------------------------

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            dropped = self.pins.keep_fitting(self.context.state.space)
            if dropped:
                self.context.say(f"Put away: {counted(dropped, 'pin')} of another model.")
        if self.in_view and parts & Part.PLACE:
            self._frame_pin()
