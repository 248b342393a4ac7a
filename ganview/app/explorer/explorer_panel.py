"""The explorer: a picture, controls for its noise and class, and the same noise in every class."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ganview.app.controllers.actions import Actions
from ganview.app.explorer.explorer_state import ExplorerState
from ganview.app.explorer.picture_requester import (
    DIVERSITIES,
    PictureRequester,
    Pictures,
    Pixels,
)
from ganview.app.explorer.pin_keeper import PinKeeper
from ganview.app.explorer.pins import MOST, Pins
from ganview.app.explorer.rarity_label import RarityLabel
from ganview.app.explorer.services import ExplorerServices
from ganview.app.explorer.sliders_tab import SlidersTab
from ganview.app.explorer.state_text import StateText
from ganview.app.explorer.tab import Context
from ganview.app.explorer.tabs import PAGES, LazyTabs
from ganview.app.latent_point import PSI_MAX, Floats, LatentPoint, LatentSpace, Part
from ganview.app.theme import HAIR, MEDIUM, font
from ganview.app.widgets.buttons import ActionButton, IconButton
from ganview.app.widgets.class_picker import ANY, ClassPicker, PickerRoom
from ganview.app.widgets.gestures import add_keys, debounce, reach_before
from ganview.app.widgets.layouts import column_layout, fill_layout, row_layout
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.scrolled_strip import ScrolledStrip
from ganview.app.widgets.text import ElidedLabel, TextLabel, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.glossary import explain
from ganview.runtime.messages import RenderedImages

#: Parts of the panel's height and width that the big picture may take.
PICTURE_HEIGHT, PICTURE_WIDTH = 0.4, 0.38
#: Width below which the head has no room for words: the model's name is the one that counts.
NARROW = 590
#: … and part of that width that the big picture may take: ten classes stand in line beside it.
NARROW_PICTURE = 0.26
STRIP_GAP, STRIP_ZOOM = 2, 12
CONTROL_GAP = HAIR + 2
#: How long a sentence stays before the time of drawing is shown again, in milliseconds: some, and
#: some for each letter.
SAID_MS, LETTER_MS = 3000, 50
#: Keys on the picture: the same noise one moment earlier or later.
MOMENT_KEYS = {"earlier": ("Up", "PgUp"), "later": ("Down", "PgDown")}
#: How long the time of drawing stays before it is exchanged.
TIME_MS = 300


class Explorer(Panel):
    """Shows where an `ExplorerState` stands, and moves it; the panel keeps nothing of its own."""

    painted = Signal(int)  # the stamp of the request whose picture has just been painted

    def __init__(self, state: ExplorerState, services: ExplorerServices, actions: Actions) -> None:
        super().__init__("Explorer of")
        self.state = state
        self.requester = PictureRequester(state, services.request, self)
        self._context = Context(state, self.requester, services, self.say)
        self.state_text = StateText(self._context, self)
        self._keeper = PinKeeper(self._context, self)
        self._actions = actions
        self._tile = (28, 28)
        # runs for as long as what is said stays
        self._said = debounce(self, self._show_time)
        self.picture_view = PictureView()  # the big picture
        self._picker = ClassPicker(state.space.class_names)
        self._picker_room = PickerRoom(self._picker)
        self._strip_name = TextLabel("", "muted", size="small")
        self.strip_view = TileStrip(gap=STRIP_GAP, maximum=STRIP_ZOOM)  # of all classes, or of ψ
        self._strip_room = ScrolledStrip(self.strip_view)
        self._psi = ValueSlider(0.0, PSI_MAX, rest=1.0)
        self._psi_number = TextLabel("")
        self._sentence = ElidedLabel("", "muted", size="small")
        self._rarity = RarityLabel(self._context)
        self._status = TextLabel("", "muted", size="small")
        set_tooltip(self._status, "What was done last, else how long the picture took to draw")
        self._named = [
            ActionButton(actions[name], drawing)
            for name, drawing in (("random", "random"), ("zero_all", "zero"))
        ]
        self._undo = IconButton("undo", "Undo", actions["undo"].toolTip())
        self._pin = IconButton("pin", "Pin this place", actions["pin"].toolTip())
        self._redo = IconButton("redo", "Redo", actions["redo"].toolTip())
        self.sliders = SlidersTab(self._context)
        self.tabs = LazyTabs(self._context, self.sliders, PAGES)
        self._lay_out()
        self._connect()
        self._moved(Part.SPACE)

    # -- from outside -----------------------------------------------------------------------

    def add_source_picker(self, picker: QWidget) -> None:
        """Put what chooses the generator into the head of a panel that is in its window."""
        self.header.insertWidget(2, picker, 100)
        reach_before(self._named[0], picker)

    def set_space(self, space: LatentSpace) -> None:
        """Explore another generator, or the same one after it learned on."""
        self.state.adopt(space, self._context.services.source())
        self.requester.start()
        self.tabs.catch_up()

    def take(self, rendered: RenderedImages) -> None:
        """Take in an answer of the renderer."""
        if rendered.lane == PictureRequester.LANE:
            self.requester.take(rendered)
        else:
            self.tabs.take(rendered)

    def explore(self, z: Floats, class_index: int | None) -> None:
        """Go to given noise (D,) and class, as after a click on a sample; ψ becomes 1."""
        weights = self.state.place.weights
        if class_index is not None:
            weights = self.state.one_hot(class_index)
        self.state.move(LatentPoint(z=z, weights=weights))

    def travel(self, points: list[LatentPoint]) -> None:
        """Pin points behind the others, and travel from one to the next."""
        if self._keeper.follows:
            self._pin_way(points)
        else:  # another source, with pins of its own
            once = Qt.ConnectionType.SingleShotConnection
            self.requester.arrived.connect(lambda _pictures: self._pin_way(points), once)

    def _pin_way(self, points: list[LatentPoint]) -> None:
        from ganview.app.explorer.pins_tab import PinsTab

        if len(self.pins) + len(points) > MOST:
            self.say(f"There is room for {MOST} pins: remove some first.")
            return
        first = len(self.pins)
        for point in points:
            self.pins.add(point, None)
        tab = self.tabs.open(PinsTab)
        assert isinstance(tab, PinsTab)
        tab.travel(first)

    def find_picture(self, picture: Path | Pixels) -> None:
        """Look for a picture in the noise: a file, or uint8 (H, W, 4)."""
        from ganview.app.explorer.draw_tab import DrawTab

        tab = self.tabs.open(DrawTab)
        assert isinstance(tab, DrawTab)
        if isinstance(picture, Path):
            tab.open(picture)
        else:
            tab.look_for(picture)

    def say(self, sentence: str) -> None:
        """Write a sentence at the right below the picture, for as long as it takes to read."""
        self._status.setText(sentence)
        self._said.start(SAID_MS + LETTER_MS * len(sentence))

    def map_inputs(self) -> tuple[Floats, Floats | None, float] | None:
        """Return noise (N, D), class weights (L, K) and ψ of the map, None where there is none."""
        from ganview.app.explorer.map_tab import MapTab

        tab = self.tabs.tab(MapTab)
        return tab.inputs() if isinstance(tab, MapTab) else None

    @property
    def pins(self) -> Pins:
        """The places that were pinned."""
        return self._context.pins

    @property
    def pictures(self) -> Pictures | None:
        """What is on show, for export."""
        return self.requester.latest

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._title.setMinimumWidth(1)  # it leaves before the window is too narrow for it
        for button in self._named:
            self.header.addWidget(button)
        fill_layout(self.header, self._pin, self._undo, self._redo)
        top = row_layout(
            (self.picture_view, 0, Qt.AlignmentFlag.AlignTop), (self._controls(), 1), gap=MEDIUM
        )
        self.body.addLayout(top)
        words = QHBoxLayout()
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        fill_layout(words, (self._sentence, 1), self._rarity, self._status)
        fill_layout(self.body, words, (self.tabs, 1))
        self.picture_view.setAccessibleName("The picture")
        self.picture_view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.picture_view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.picture_view.set_placeholder("Loading the generator…")

    def _controls(self) -> QVBoxLayout:
        name = TextLabel("Diversity ψ")
        set_tooltip(name, explain("diversity"))
        name.setBuddy(self._psi)
        row = row_layout(name, (self._psi, 1), self._psi_number)
        column = column_layout(
            self._picker_room, self._strip_name, (self._strip_room, 1), row, 0, gap=CONTROL_GAP
        )
        self.strip_view.set_tile_text(self._tile_text)
        self._psi.setAccessibleName("Diversity ψ")
        set_tooltip(
            self._psi,
            f"{explain('diversity')} At 0 all noise gives one picture. Double-click or Home: 1.",
        )
        self._psi_number.setFont(font("number"))
        self._psi_number.setMinimumWidth(32)
        self._psi_number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return column

    # -- wiring -----------------------------------------------------------------------------

    def _connect(self) -> None:
        state = self.state
        state.watch(self._moved)
        self.requester.arrived.connect(self._show_pictures)
        self.requester.arrived.connect(
            lambda _pictures: self._keeper.follow()
        )  # the picture is first
        self.requester.failed.connect(self.say)
        self._picker.chosen.connect(self._choose)
        self.strip_view.tile_activated.connect(self._choose_tile)
        self._psi.moved.connect(state.set_psi)
        self.picture_view.painted.connect(self.painted)
        self._undo.clicked.connect(state.undo)
        self._redo.clicked.connect(state.redo)
        self._pin.clicked.connect(self._context.pin)
        self._actions.triggered.connect(self._act)
        for digit in range(10):
            shortcut = QShortcut(QKeySequence(f"Alt+{digit}"), self)
            shortcut.activated.connect(lambda digit=digit: self._choose(digit))
        for name, keys in MOMENT_KEYS.items():
            add_keys(self.picture_view, keys, self._actions[name].trigger)
        for index in range(self.tabs.count()):
            shortcut = QShortcut(QKeySequence(f"Ctrl+Shift+{index + 1}"), self)
            shortcut.activated.connect(lambda index=index: self._choose_tab(index))

    def _choose_tab(self, index: int) -> None:
        self.tabs.setCurrentIndex(index)
        self.tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)  # its tools come next

    def _act(self, name: str) -> None:
        state = self.state
        handlers = {
            "undo": state.undo,
            "redo": state.redo,
            "random": state.randomise,
            "zero_all": state.reset,
            "mirror_all": state.mirror,
            "any_class": state.choose_any,
            "pin": self._context.pin,
            "copy_state": self.state_text.copy,
        }
        if name in handlers:
            handlers[name]()

    def _choose_tile(self, tile: int) -> None:
        if self.state.space.classes:
            self._choose(tile)
        else:
            self.state.set_psi(DIVERSITIES[tile])

    def _choose(self, class_index: int) -> None:
        if class_index == ANY:
            self.state.choose_any()
        elif class_index < self.state.space.classes:
            self.state.choose_class(class_index)

    # -- showing ----------------------------------------------------------------------------

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self._show_space()
        if parts & (Part.CLASS | Part.DIVERSITY | Part.SPACE):
            self._show_place()
        self._undo.setEnabled(self.state.can_undo)
        self._redo.setEnabled(self.state.can_redo)

    def _show_space(self) -> None:
        names = self.state.space.class_names
        self._picker.set_names(names)
        of = "every class" if names else "each diversity ψ"
        self._strip_name.setText(f"Same z, {of}")
        self.strip_view.setAccessibleName(f"The same noise, {of}")
        about = "with each class: how y alone" if names else "times each ψ: how diversity"
        set_tooltip(self._strip_name, f"The picture's noise {about} changes x.")
        captions = names or [f"{psi:g}" for psi in DIVERSITIES]
        self.strip_view.set_captions(captions)
        self.strip_view.expect(len(captions))
        self._strip_room.fit(len(captions))
        self._fit()

    def _show_place(self) -> None:
        place = self.state.place
        chosen = ANY if place.class_is_random else (None if place.mixed else place.label)
        self._picker.show_choice(chosen)
        self._picker_room.follow()
        self.strip_view.set_selected(_tile_of(place))
        self._psi.set_number(place.psi)
        self._psi_number.setText(f"{place.psi:.2f}")
        sentence = self._class_sentence(place)
        clause = sentence.partition(";")[0].partition(". ")[0]
        self._sentence.setText(sentence, clause, clause.partition(":")[0])
        self._sentence.about = explain("p(x|y)" if sentence.startswith("p(x|y") else "p(x)")

    def _class_sentence(self, place: LatentPoint) -> str:
        names = self.state.space.class_names
        if place.label is None:
            return "p(x): this generator was trained without classes; z alone decides."
        name = names[place.label]
        if place.class_is_random:
            return f"p(x): y is drawn from the training set's class frequencies; this time {name}."
        if place.mixed:
            return f"A mixture of classes, mostly {name}. D was never trained on mixtures."
        return f"p(x|y={name}): y is fixed at {name}; z decides how it looks."

    def _show_pictures(self, pictures: Pictures) -> None:
        reshaped = pictures.picture.shape[:2] != self._tile
        if reshaped:
            self._tile = (pictures.picture.shape[0], pictures.picture.shape[1])
            self._fit()
        self.picture_view.set_picture(pictures.picture, pictures.stamp)
        self.strip_view.set_images(pictures.strip)
        if reshaped:
            self._strip_room.fit(len(pictures.strip))
        # A label that changes with every picture has the whole panel laid out each time.
        if not self._said.isActive():
            self._show_time()

    def _show_time(self) -> None:
        """Say how long the newest picture took, where nothing else is to be read."""
        pictures = self.requester.latest
        text = "" if pictures is None else f"{1000 * pictures.seconds:.1f} ms"
        if text != self._status.text():
            self._status.setText(text)
            self._said.start(TIME_MS)

    def _tile_text(self, tile: int) -> str:
        names = self.state.space.class_names
        if not names and 0 <= tile < len(DIVERSITIES):
            return f"Diversity ψ {DIVERSITIES[tile]:g} with the same noise z; click to choose it"
        if not 0 <= tile < len(names):
            return ""
        return f"Class {names[tile]} with the same noise z; click to choose it"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the picture the whole zoom that leaves the tabs their room."""
        narrow = self.width() < NARROW
        self._title.setVisible(not narrow)
        for button in self._named:
            button.set_compact(narrow)
        height, width = self._tile
        self._strip_name.setVisible(not narrow)
        share = NARROW_PICTURE if narrow else PICTURE_WIDTH
        room = min(self.height() * PICTURE_HEIGHT, self.width() * share)
        zoom = max(1, int(room // max(height, width)))
        self.picture_view.set_zoom(zoom)
        # It may be squeezed for as long as it takes to fit anew: a fixed size would keep the
        # window from being made smaller.
        self.picture_view.setMinimumSize(2 * width, 2 * height)
        self.picture_view.setMaximumSize(width * zoom, height * zoom)
        # Beside it there is a line of the strip in any case.
        taken = self._psi.sizeHint().height() + self.strip_view.height_of(1) + 3 * CONTROL_GAP
        self._picker_room.set_room(height * zoom - taken)


def _tile_of(place: LatentPoint) -> int:
    """Return the tile of the strip that a place is, -1 for none."""
    if place.label is None:
        return DIVERSITIES.index(place.psi) if place.psi in DIVERSITIES else -1
    return -1 if place.mixed else place.label
