"""The tab to draw on: it finds your handwriting in the noise, to explore from there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QProgressBar, QWidget

from ganview.app.explorer.handwriting import (
    PictureMatch,
    from_qimage,
    have_light_ground,
    invert_picture,
    normalised,
    read_file,
    to_bytes,
)
from ganview.app.explorer.tab import Context, Tab
from ganview.app.formatting import with_article
from ganview.app.latent_point import Floats, LatentPoint, Part
from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.app_dialog import ask_file
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.ink_pad import THICK, THIN, USUAL, InkPad
from ganview.app.widgets.layouts import ScrollRoom, column_layout, row_layout
from ganview.app.widgets.qt_images import PICTURES
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.runtime.jobs import LatestJob
from ganview.runtime.mailbox import Latest

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.gan.model import Model

#: Milliseconds between two looks at how far the search is, and of rest before it begins.
LOOK, REST = 50, 350
YOURS, FOUND, LEFT = "yours", "found", "difference"
#: Largest zoom of the tiles, and the room that is kept below and beside them.
LARGEST, BELOW, BESIDE = 6, 125, 110
ROOMY = 170  # height from which there is room for tools below the pad
EMPTY = "The noise that gives your drawing is found."
OF_CLASSES = "The noise that gives your drawing is found; then the same hand draws any other class."
HINT = "Draw here, or drop a picture"


class DrawTab(Tab):
    """A pad to draw on, and the generator's nearest picture beside it."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.pad = InkPad()
        self.tiles = TileStrip(gap=SMALL, maximum=LARGEST)
        self._pen = ValueSlider(THIN, THICK, rest=USUAL, step=2)
        self._wipe, self._paste = (
            push_button("Clear", "Clear the pad (Delete)"),
            push_button("Paste", "Take a picture from the clipboard"),
        )
        self._open = push_button(
            "Open…", "Take a picture from a file; any size, light on dark or the reverse"
        )
        self._again, self._stop = (
            push_button(
                "Search again", "Search for the same picture again, from other starting points"
            ),
            push_button("Stop", "Stop, and keep the best match so far"),
        )
        self._bar = QProgressBar()
        example = push_button("Draw an example", "Let the program draw a 2", self.pad.draw_example)
        self._tools = QWidget()
        self._empty = EmptyState("draw", EMPTY, example)
        self._verdict = TextLabel("", "muted", size="small", wrap=True)
        self._class = ComboBox(
            "Class to look in", "Search in every class, or in one: a 4 drawn as a 9"
        )
        self._wanted: Floats | None = None
        self._searched: tuple[Model, bool] | None = None
        self._seed = 0
        self._tile = (28, 28)
        self._live: Latest[PictureMatch] = Latest()
        self._gesture: object = None
        self._set_by_us: LatentPoint | None = None
        run = context.services.run
        self._reading = LatestJob(run, "reading the picture", self._take_picture, self._refuse)
        self._searching = LatestJob(
            run, "looking for it", self._finish, self._refuse, self._progress
        )
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self._show_live)
        self._rest = debounce(self, self._read_pad, REST)
        self._lay_out()
        self._connect()
        self._show_space()

    def activate(self) -> None:
        """Say so where what is on show was found in another generator than the present one."""
        self._follow_ground()
        model, live = self.context.services.model(), self.context.services.live()
        if self._searched is None or self._searching.busy:
            return
        found_in, was_live = self._searched
        # One that learns on is another at each step; that much is known of it.
        if live != was_live or not (live or model is found_in):
            self._searched = None
            self._verdict.setText("This was found in another generator. Search again in this one.")

    def _follow_ground(self) -> None:
        """Give an empty pad the ground of the generator's pictures, once there are some."""
        pictures, model = self.context.requester.latest, self.context.services.model()
        if self.pad.empty and pictures is not None and pictures.model is model:
            self.pad.set_ground(is_white=have_light_ground(pictures.strip))

    def set_in_view(self, in_view: bool) -> None:
        """Look no further when nobody watches."""
        super().set_in_view(in_view)
        if not in_view:
            self._leave_off()

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.tiles.expect(3)
        self.tiles.set_captions((YOURS, FOUND, LEFT))
        self.tiles.only_look()
        self.tiles.setAccessibleName("Yours, what was found, and the difference")
        self._pen.setAccessibleName("Width of the pen")
        set_tooltip(self._pen, "Width of the pen")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Part of the search that is done")
        row_layout(self._wipe, self._paste, self._open, inside=self._tools)
        pen = row_layout(TextLabel("Pen"), (self._pen, 1), self._class)
        search = column_layout(self._again, self._stop, self._bar, 1)
        found = row_layout((self.tiles, 1), search)
        beside = QWidget()
        self._right = column_layout(
            (self._empty, 1), found, self._verdict, 0, pen, self._tools, inside=beside
        )
        # The pad is whole in view, however little room there is for what is beside it.
        self._left = column_layout((self.pad, 1))
        parts = (self._left, 2), (ScrollRoom(beside), 3)
        row_layout(*parts, gap=MEDIUM, margins=(0, SMALL, 0, 0), inside=self)

    def resizeEvent(self, event: object) -> None:
        column = self._left if self.height() >= ROOMY else self._right
        if column.indexOf(self._tools) < 0:
            for each in (self._left, self._right):
                each.removeWidget(self._tools)
            column.addWidget(self._tools)
        height, width = self._tile
        across = int((0.6 * self.width() - BESIDE - 4 * SMALL) / 3 // width)
        down = int((self.height() - BELOW) // height)
        zoom = max(1, min(across, down, LARGEST))
        self.tiles.setFixedHeight(self.tiles.height_of(zoom))

    def _connect(self) -> None:
        self.pad.drawn.connect(self._rest.start)
        self.pad.dropped.connect(self.open)
        self._pen.moved.connect(self._set_pen)
        self._wipe.clicked.connect(self.pad.clear)
        self._paste.clicked.connect(self.paste)
        self._open.clicked.connect(self._choose_file)
        self._again.clicked.connect(self._look_again)
        self._class.activated.connect(lambda _index: self._find())
        self._stop.clicked.connect(self._leave_off)
        self.context.state.watch(self._moved)
        self.context.requester.arrived.connect(lambda _pictures: self._follow_ground())

    def _set_pen(self, width: float, _gesture: object) -> None:
        self.pad.width_of_pen = round(width)

    # -- what is looked for -----------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Look for a picture in a file; a bad one changes nothing."""
        self._read(lambda model: read_file(path, model))

    def paste(self) -> None:
        """Look for the picture on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        image: QImage = clipboard.image()
        if image.isNull():
            self._refuse("There is no picture on the clipboard.")
            return
        self.look_for(from_qimage(image))

    def look_for(self, pixels: NDArray[np.uint8]) -> None:
        """Look for a picture, uint8 (H, W, 4)."""
        self._read(lambda _model: pixels)

    def _choose_file(self) -> None:
        endings = " ".join(f"*{ending}" for ending in PICTURES)
        kinds = f"Pictures ({endings});;All files (*)"
        ask_file(self, "Find a picture", self.open, kinds=kinds)

    def _read_pad(self) -> None:
        if self.pad.empty:
            self._leave_off()
            self._forget()
            return
        ink = self.pad.ink()
        self._read(lambda _model: ink)

    def _read(self, source: Callable[[Model], NDArray[np.uint8]]) -> None:
        model = self.context.services.model()
        if model is None:
            return

        def work() -> Floats:
            return normalised(model, source(model))

        self._reading.order(work)

    def _take_picture(self, wanted: Floats) -> None:
        self._wanted, self._seed = wanted, 0
        self._find()

    def _refuse(self, sentence: str) -> None:
        self._look.stop()
        self._show_idle()
        self._verdict.setText(sentence)

    # -- the search -------------------------------------------------------------------------

    def _find(self) -> None:
        model, wanted = self.context.services.model(), self._wanted
        if model is None or wanted is None:
            return
        live: Latest[PictureMatch] = Latest()
        self._live = live
        self._searched = (model, self.context.services.live())
        self._gesture = object()
        self._set_by_us = self.context.state.place
        self._show_tiles(None)
        self._verdict.setText("Looking for it in the noise…")
        self._bar.setValue(0)
        self._bar.show()
        self._stop.show()
        self._again.hide()
        self._look.start()

        label_wanted, seed = self._class.currentData(), self._seed

        def work(progress: Any, should_stop: Any) -> PictureMatch:
            return invert_picture(
                model, wanted, label_wanted, seed, live.put, progress, should_stop
            )

        self._searching.order(work, overtake=True)

    def _look_again(self) -> None:
        self._seed += 1
        self._find()

    def _progress(self, fraction: float, _text: str) -> None:
        self._bar.setValue(round(1000 * fraction))

    def _show_live(self) -> None:
        found = self._live.take()
        if found is not None:
            self._show_found(found)

    def _finish(self, found: PictureMatch) -> None:
        self._look.stop()
        self._show_idle()
        self._show_found(found)
        self._verdict.setText(found.sentence)

    def _leave_off(self) -> None:
        if self._searching.busy:
            self._show_live()
            self._verdict.setText("Stopped. Showing the best match so far.")
        self._searching.cancel()
        self._look.stop()
        self._show_idle()

    def _show_idle(self) -> None:
        self._bar.hide()
        self._stop.hide()
        there = self._wanted is not None  # before that, captions would stand over nothing
        self._empty.setVisible(not there)
        self.tiles.setVisible(there)
        self._again.setVisible(there)
        self._again.setEnabled(there)

    def _show_found(self, found: PictureMatch) -> None:
        self._show_tiles(found)
        # Until the person goes somewhere else, the explorer goes along with the search.
        if self.context.state.place is self._set_by_us:
            self._set_by_us = found.place
            self.context.state.move(found.place, self._gesture)

    def _show_tiles(self, found: PictureMatch | None) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        yours = to_bytes(wanted)
        self._tile = (yours.shape[0], yours.shape[1])
        blank = np.zeros_like(yours)
        images: list[NDArray[np.uint8]] = [yours, blank, blank]
        if found is not None:
            images = [yours, found.picture, found.left_over]
        self.tiles.set_images(np.stack(images))
        self.tiles.show()
        self._empty.hide()

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self._leave_off()
            self._show_space()

    def _show_space(self) -> None:
        names = self.context.state.space.class_names
        classes = {index: f"as {with_article(name)}" for index, name in enumerate(names)}
        self._class.offer({None: "in any class"} | classes)
        self._class.setVisible(bool(names))
        self._empty.words.setText(OF_CLASSES if names else EMPTY)
        self.pad.set_hint(HINT)
        self._forget()

    def _forget(self) -> None:
        """Look for nothing any more; the class to look in stays."""
        self._wanted = self._searched = None
        self._verdict.setText("")
        self.tiles.set_images(None)
        self.tiles.expect(3)
        self._show_idle()
