"""The controls of the page Landscape around its fields, and what it says below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QWidget

from ganview.app.pages.landscape_numbers import LandscapeNumbers
from ganview.app.pages.landscape_words import HINT, PURPOSE
from ganview.app.theme import SMALL, font
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.flow_layout import FlowRow
from ganview.app.widgets.landscape_view import LandscapeView
from ganview.app.widgets.layouts import column_layout, fill_layout, row_layout
from ganview.app.widgets.panel import HEADER_HEIGHT, Panel
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel, set_item_tooltip, set_tooltip
from ganview.app.widgets.value_slider import ValueSlider
from ganview.export.landscape_pane import Pane
from ganview.runtime.landscape_panes import Showing

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Numbers

PSI_MAX = 1.5
HILLS, FLAT, NUMBERS = range(3)  # the forms, in the order of their list
THUMB = 56  # pixels
PSI_WIDTH = 84  # with it the buttons beside it fit in one line of a window 1280 pixels wide
MODES = {
    "both": ("Real | generated", "Both, side by side, seen from the same side"),
    "real": ("Real", "The training set's own pictures"),
    "generated": ("Generated", "What the generator draws"),
    "kept": ("Kept | now", "What is generated now, kept, beside a later moment or another run"),
    "difference": ("Difference", "Hills where it draws too many, pits where it draws too few"),
}
PSI_TIP = (
    "The generated pictures are drawn with ψ·z: below 1 they move to the middle of the hills and "
    "the rare ones at the edges are lost. Double-click or Home: 1."
)
USUAL_TIP = "Open the most typical of the generated pictures in the explorer"
RAREST_TIP = "Open the rarest of the generated pictures in the explorer"
RARER_TIP = "Open the generated picture that is most like the explorer's, but rarer"

DRAW_TIP = (
    "Drag a line over the map: the generated pictures along it are pinned, and the explorer "
    "travels from one to the next. With the keyboard, arrows move the cursor (with Shift over "
    "hills), Enter sets a point, and this button ends the line."
)


class LandscapePanel(Panel):
    """The fields, what chooses among them, and the words below.

    Attributes
    ----------
    view, numbers
        The fields, and what was counted.
    chosen
        Another class or diversity was chosen, which other pictures have to be drawn for.
    painted_otherwise
        The same pictures are to be shown in another way.
    kept
        What is generated now is to be kept beside what comes.
    wanted
        A button was pressed: "usual", "rarest" or "rarer".
    answered
        The button that stands in place of a landscape was pressed.
    """

    chosen = Signal()
    painted_otherwise = Signal()
    kept = Signal()
    wanted = Signal(str)
    answered = Signal()

    def __init__(self) -> None:
        super().__init__("")
        self.setAccessibleName("Landscape")
        self.view, self.numbers = LandscapeView(), LandscapeNumbers()
        self._classes, self._mode, self._form = ComboBox(), ComboBox(), ComboBox()
        self._psi = ValueSlider(0.0, PSI_MAX, rest=1.0)
        self._psi_number = TextLabel("1.00")
        self._verdict = TextLabel("")
        self._hint = TextLabel(HINT, "muted")
        self._real, self._fake = PictureView(), PictureView()
        self._answer = push_button("", "", self.answered)
        self._none = EmptyState("hills", "", self._answer)
        self.body.addWidget(self._choices())
        self.view.setAccessibleName("Landscape")
        self._stack = QStackedWidget()
        for part in (self.view, self.numbers, self._none):
            self._stack.addWidget(part)
        self.say_none("Drawing the landscape…")
        fill_layout(self.body, (self._stack, 1), self._buttons(), self._words())

    # -- what is chosen ------------------------------------------------------------------------

    @property
    def showing(self) -> Showing:
        """What of the landscape is shown."""
        within = self._classes.currentIndex() > 0
        return Showing(self._mode.currentData(), self._classes.currentData(), within)

    @property
    def psi(self) -> float:
        """Diversity of the generated pictures."""
        return self._psi.number()

    @property
    def counts(self) -> bool:
        """Whether numbers are shown in place of a map."""
        return self._form.currentIndex() == NUMBERS

    def choose(self, *, label: int | None = None, mode: str = "both", form: int = HILLS) -> None:
        """Show the map of all or that within a class; some pictures; hills, flat or in numbers."""
        self._classes.setCurrentIndex(0 if label is None else label + 1)
        self._mode.setCurrentIndex(list(MODES).index(mode))
        self._form.setCurrentIndex(form)
        self._choose_form(form)
        self.chosen.emit()

    def offer_classes(self, names: tuple[str, ...]) -> None:
        """Offer the maps of these classes; the one that was shown stays."""
        with QSignalBlocker(self._classes):
            index = self._classes.currentIndex()
            self._classes.clear()
            self._classes.addItem("p(x): all", None)
            if not names:
                self._classes.addItem("By rarity", None)
            for label, name in enumerate(names):
                self._classes.addItem(f"p(x|y={name})", label)
            self._classes.setCurrentIndex(max(0, min(index, self._classes.count() - 1)))

    # -- what is said ----------------------------------------------------------------------------

    def say_missing(self, text: str, otherwise: str) -> None:
        """Warn of what is missing, or say that nothing is."""
        self._verdict.setProperty("role", "error" if text else "muted")
        self._verdict.style().polish(self._verdict)
        self._verdict.setText(f"⚠ {text}" if text else otherwise)

    def say(self, text: str) -> None:
        """Say what is under the pointer, or was done."""
        self._hint.setText(text)

    def stop_drawing(self) -> None:
        """Let the user turn the hills and click again."""
        self._draw.setChecked(False)

    def say_none(self, sentence: str, answer: str = "") -> None:
        """Say what a landscape is for and why there is none, above a button with an answer."""
        self.view.set_panes(())
        self._none.words.setText(f"{PURPOSE}\n\n{sentence}")
        self._answer.setText(answer)
        self._answer.setVisible(bool(answer))
        self._stack.setCurrentWidget(self._none)
        self.show_nearest(None, None)
        self.say_missing("", "")
        self.say("")

    def show_panes(self, panes: tuple[Pane, ...]) -> None:
        """Show fields, unless numbers were chosen."""
        if not self.view.panes:
            self.say(HINT)
        self.view.set_panes(panes)
        self._stack.setCurrentIndex(int(self.counts))

    def show_numbers(self, numbers: Numbers, names: tuple[str, ...]) -> None:
        """Show what was counted, unless fields were chosen."""
        self.numbers.show_numbers(numbers, names)
        self._stack.setCurrentIndex(int(self.counts))

    def show_nearest(self, real: NDArray[np.uint8] | None, fake: NDArray[np.uint8] | None) -> None:
        """Show the real and the generated picture that are nearest to the pointer."""
        for view, picture in ((self._real, real), (self._fake, fake)):
            view.set_picture(picture)
            view.setVisible(picture is not None)

    # -- laying out ------------------------------------------------------------------------------

    def _choices(self) -> FlowRow:
        row = FlowRow(SMALL)  # where there is little room, the page has two lines of them
        heading = TextLabel("Landscape", "heading")
        heading.setFont(font("heading"))
        heading.setMinimumHeight(HEADER_HEIGHT)
        row.lines.addWidget(heading)
        names = ("All classes or one", "Whose pictures", "Hills or flat map")
        for box, name in zip((self._classes, self._mode, self._form), names, strict=True):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            row.lines.addWidget(box)
        short = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._classes.setSizeAdjustPolicy(short)  # names may be long
        self._classes.setMinimumContentsLength(8)
        for mode, (title, tip) in MODES.items():
            self._mode.addItem(title, mode)
            set_item_tooltip(self._mode, self._mode.count() - 1, tip)
        self._form.addItems(["Hills", "Flat map", "Numbers"])
        self.offer_classes(())
        self._classes.activated.connect(lambda _index: self._choose_class())
        self._mode.activated.connect(lambda _index: self._choose_mode())
        self._form.activated.connect(self._choose_form)
        return row

    def _choose_class(self) -> None:
        self.view.look(self.view.camera.zoomed(0))
        self.chosen.emit()

    def _choose_mode(self) -> None:
        if self._mode.currentData() == "kept":
            self.kept.emit()
        self.painted_otherwise.emit()

    def _choose_form(self, index: int) -> None:
        self.view.set_flat(index == 1)
        if self._stack.currentWidget() is not self._none:
            self._stack.setCurrentIndex(int(self.counts))
        self._mode.setEnabled(index != NUMBERS)
        self.painted_otherwise.emit()

    def _buttons(self) -> FlowRow:
        name = TextLabel("Diversity ψ")
        name.setBuddy(self._psi)
        self._psi.setAccessibleName("Diversity ψ of the landscape")
        set_tooltip(self._psi, PSI_TIP)
        self._psi_number.setFont(font("number"))
        self._psi.moved.connect(self._choose_psi)
        self._psi.setFixedWidth(PSI_WIDTH)
        row, diversity = FlowRow(SMALL), QWidget()
        row_layout(name, self._psi, self._psi_number, inside=diversity)
        row.lines.addWidget(diversity)
        self._draw = push_button("Path", DRAW_TIP, name="Draw a path")
        self._draw.setCheckable(True)
        self._draw.toggled.connect(self.view.set_drawing)
        row.lines.addWidget(self._draw)
        for want, text, tip in (
            ("usual", "Most typical", USUAL_TIP),
            ("rarest", "Rarest", RAREST_TIP),
            ("rarer", "Like this, but rarer", RARER_TIP),
        ):
            button = push_button(text, tip, lambda _=False, want=want: self.wanted.emit(want))
            row.lines.addWidget(button)
        return row

    def _choose_psi(self, psi: float, _gesture: object) -> None:
        self._psi_number.setText(f"{psi:.2f}")
        self.chosen.emit()

    def _words(self) -> QHBoxLayout:
        for thumb, what in (
            (self._real, "Nearest real picture"),
            (self._fake, "Nearest generated picture"),
        ):
            thumb.setFixedSize(THUMB, THUMB)
            thumb.setAccessibleName(what)
            set_tooltip(thumb, what)
        for label in (self._verdict, self._hint):
            label.setFont(font("small"))
            label.setWordWrap(True)
        said = column_layout(self._verdict, self._hint)
        return row_layout(self._real, self._fake, (said, 1))
