"""The explorer: a picture, its noise and class under the hand, the same noise in every class."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
)

from ganview.app.actions import Actions
from ganview.app.explorer.desk import PictureDesk, Pictures, Request
from ganview.app.explorer.sliders_tab import SlidersTab
from ganview.app.explorer.tiles import Pixels, side_by_side
from ganview.app.explorer_state import PSI_MAX, ExplorerState, Part, Place, Space
from ganview.app.theme import MEDIUM, SMALL, font
from ganview.app.widgets.action_button import ActionButton
from ganview.app.widgets.card import Card, label
from ganview.app.widgets.class_picker import ANY, ClassPicker
from ganview.app.widgets.icon_button import IconButton
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.value_slider import ValueSlider
from ganview.runtime.messages import Rendered

STRIP_GAP = 2
#: More classes than this go on a second line of the strip.
STRIP_COLUMNS = 20
STRIP_ZOOM = 3
#: Part of the panel's height that the big picture may take.
PICTURE_SHARE = 0.34


class Explorer(Card):
    """Shows where an `ExplorerState` stands, and moves it.

    Parameters
    ----------
    state
        The state; the panel shows it and changes it, and keeps nothing of its own.
    request
        How pictures are asked for, `Renderer.request`.
    actions
        The window's actions; the panel answers those of the menu Explore.

    Attributes
    ----------
    painted
        The stamp of the request whose picture has just been painted.
    """

    painted = Signal(int)

    def __init__(self, state: ExplorerState, request: Request, actions: Actions) -> None:
        super().__init__("Explorer")
        self.state = state
        self.desk = PictureDesk(state, request, self)
        self._actions = actions
        self._tile = (28, 28)
        self._picture = PictureView()
        self._strip = PictureView(1, max(1, state.space.classes), gap=STRIP_GAP)
        self._picker = ClassPicker(state.space.class_names)
        self._sentence = label("", "muted")
        self._psi = ValueSlider(0.0, PSI_MAX, rest=1.0)
        self._psi_number = label("")
        self._status = label("", "muted")
        self.tabs = QTabWidget()
        self.sliders = SlidersTab(state)
        self._undo = IconButton("undo", "Undo", actions["undo"].toolTip())
        self._redo = IconButton("redo", "Redo", actions["redo"].toolTip())
        self._strip_name = label("Same z, every class", "muted")
        self._lay_out()
        self._connect()
        self._show_space()
        self._show_place()

    # -- from outside -----------------------------------------------------------------------

    def set_space(self, space: Space) -> None:
        """Explore another generator, or the same one after it learned on."""
        self.state.adopt(space)
        self.desk.start()

    def take(self, rendered: Rendered) -> None:
        """Take in an answer of the renderer."""
        if rendered.lane == PictureDesk.LANE:
            self.desk.take(rendered)

    def explore(self, z: object, class_index: int | None) -> None:
        """Go to given noise (D,) and class, as after a click on a sample; ψ becomes 1."""
        weights = self.state.place.weights
        if class_index is not None:
            weights = self.state.one_hot(class_index)
        self.state.move(Place(z=z, weights=weights))  # type: ignore[arg-type]

    @property
    def pictures(self) -> Pictures | None:
        """What is on show, for export."""
        return self.desk.latest

    @property
    def picture_view(self) -> PictureView:
        """The big picture."""
        return self._picture

    @property
    def strip_view(self) -> PictureView:
        """The strip of all classes."""
        return self._strip

    # -- laying out -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for name, drawing in (("random", "random"), ("zero_all", "zero")):
            self.header.addWidget(ActionButton(self._actions[name], drawing))
        self.header.addWidget(self._undo)
        self.header.addWidget(self._redo)
        top = QHBoxLayout()
        top.setSpacing(MEDIUM)
        top.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self._controls(), 1)
        self.body.addLayout(top)
        self._strip_name.setFont(font("small"))
        self.body.addWidget(self._strip_name)
        self.body.addWidget(self._strip)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.sliders, "Sliders")
        self.body.addWidget(self.tabs, 1)
        self._picture.setAccessibleName("The picture")
        self._picture.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._picture.set_placeholder("Loading the generator…")
        self._strip.setAccessibleName("The same noise in every class")
        self._strip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._strip.set_alignment(Qt.AlignmentFlag.AlignLeft)
        self._strip.set_tile_text(self._tile_text)

    def _controls(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SMALL)
        column.addWidget(self._picker)
        self._sentence.setWordWrap(True)
        self._sentence.setFont(font("small"))
        column.addWidget(self._sentence)
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        name = label("Diversity ψ")
        name.setBuddy(self._psi)
        row.addWidget(name)
        row.addWidget(self._psi, 1)
        self._psi.setAccessibleName("Diversity ψ")
        self._psi.setToolTip(
            "The generator is given ψ·z: below 1 pictures become more typical and alike, above 1 "
            "more unusual, at 0 all noise gives the same picture. Double-click or Home: 1."
        )
        self._psi_number.setFont(font("number"))
        self._psi_number.setMinimumWidth(32)
        self._psi_number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._psi_number)
        column.addLayout(row)
        self._status.setFont(font("small"))
        column.addWidget(self._status)
        column.addStretch(1)
        return column

    # -- wiring -----------------------------------------------------------------------------

    def _connect(self) -> None:
        state = self.state
        state.watch(self._moved)
        self.desk.arrived.connect(self._show_pictures)
        self.desk.failed.connect(self._show_failure)
        self._picker.chosen.connect(self._choose)
        self._strip.tile_activated.connect(self._choose)
        self._psi.moved.connect(state.set_psi)
        self._picture.painted.connect(self.painted)
        self._undo.clicked.connect(state.undo)
        self._redo.clicked.connect(state.redo)
        self._actions.triggered.connect(self._act)
        for digit in range(10):
            shortcut = QShortcut(QKeySequence(f"Alt+{digit}"), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda digit=digit: self._choose(digit))

    def _act(self, name: str) -> None:
        state = self.state
        deeds = {
            "undo": state.undo,
            "redo": state.redo,
            "random": state.randomise,
            "zero_all": state.reset,
            "mirror_all": state.mirror,
            "any_class": state.choose_any,
        }
        if name in deeds:
            deeds[name]()

    def _choose(self, class_index: int) -> None:
        if class_index == ANY:
            self.state.choose_any()
        elif class_index < self.state.space.classes:
            self.state.choose_class(class_index)

    # -- showing ----------------------------------------------------------------------------

    def _moved(self, parts: Part) -> None:
        if parts & Part.SPACE:
            self._show_space()
        if parts & Part.PLACE:
            self._show_place()

    def _show_space(self) -> None:
        names = self.state.space.class_names
        self._picker.set_names(names)
        self._strip.setVisible(bool(names))
        self._strip_name.setVisible(bool(names))
        if names:
            columns = min(len(names), STRIP_COLUMNS)
            self._strip.set_headings(names if columns == len(names) else ())

    def _show_place(self) -> None:
        place = self.state.place
        chosen = ANY if place.drawn else (None if place.mixed else place.label)
        self._picker.show_choice(chosen)
        self._strip.set_selected(-1 if place.mixed or place.label is None else place.label)
        self._psi.set_number(place.psi)
        self._psi_number.setText(f"{place.psi:.2f}")
        self._sentence.setText(self._class_sentence(place))
        self._undo.setEnabled(self.state.can_undo)
        self._redo.setEnabled(self.state.can_redo)

    def _class_sentence(self, place: Place) -> str:
        names = self.state.space.class_names
        if place.label is None:
            return "p(x): this generator was trained without classes; the noise alone decides."
        name = names[place.label]
        if place.drawn:
            return (
                "p(x): the class is drawn by its share of the training pictures, again at each "
                f"Random. This time: {name}."
            )
        if place.mixed:
            return f"A mixture of classes, mostly {name}."
        return f"p(x|y={name}): y is held at {name}; the noise decides how it is written."

    def _show_pictures(self, pictures: Pictures) -> None:
        if pictures.picture.shape[:2] != self._tile:
            self._tile = (pictures.picture.shape[0], pictures.picture.shape[1])
            self._fit()
        self._picture.set_picture(pictures.picture, pictures.stamp)
        if pictures.strip is not None:
            self._show_strip(pictures.strip)
        self._status.setText(f"drawn in {1000 * pictures.seconds:.1f} ms")

    def _show_strip(self, strip: Pixels) -> None:
        columns = min(len(strip), STRIP_COLUMNS)
        self._strip.set_grid(-(-len(strip) // columns), columns)
        self._strip.set_picture(side_by_side(strip, columns))

    def _show_failure(self, sentence: str) -> None:
        self._status.setText(sentence)

    def _tile_text(self, tile: int) -> str:
        names = self.state.space.class_names
        return f"class {names[tile]}, the same z" if 0 <= tile < len(names) else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the picture and the strip the whole zooms that leave the sliders their room."""
        height, width = self._tile
        room = min(self.height() * PICTURE_SHARE, self.width() * 0.42)
        zoom = max(1, int(room // max(height, width)))
        self._picture.set_zoom(zoom)
        self._picture.setFixedSize(width * zoom, height * zoom)
        count = max(1, self.state.space.classes)
        columns = min(count, STRIP_COLUMNS)
        rows = -(-count // columns)
        margins = self.body.contentsMargins()
        across = self.width() - margins.left() - margins.right() - STRIP_GAP * (columns - 1)
        zoom = min(max(1, across // (columns * width)), STRIP_ZOOM)
        self._strip.set_zoom(zoom)
        gaps = STRIP_GAP * (rows - 1)
        self._strip.setFixedHeight(rows * height * zoom + gaps + self._strip.heading_height())
