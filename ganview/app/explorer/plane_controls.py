"""The controls that choose the plane of noise shown by the map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ganview.app.explorer.latent_plane import (
    Plane,
    plane_of_dimensions,
    plane_of_directions,
    plane_of_pins,
)
from ganview.app.explorer.pins import Pins
from ganview.app.explorer.tab import Way
from ganview.app.latent_point import REACH, Floats
from ganview.app.theme import SMALL
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.layouts import column_layout, fill_layout
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.text import TextLabel, set_tooltip

NUMBERS, DIRECTIONS, PINS = "numbers", "directions", "pins"
KINDS = {NUMBERS: "Two numbers of z", DIRECTIONS: "Two directions", PINS: "Through three pins"}


class PlaneControls(QWidget):
    """Chooses two numbers of z, two directions or three pins, which span the map."""

    changed = Signal()  # another plane was chosen

    def __init__(self) -> None:
        super().__init__()
        self._chosen = False
        self._kind = ComboBox(
            "Plane of the map", "Which flat piece of the noise is mapped; it goes through z", KINDS
        )
        self._numbers = (SpinBox(0, 99), SpinBox(0, 99))
        self._ways = (ComboBox(), ComboBox())
        self._axes = QWidget()
        self._lay_out()
        self._kind.activated.connect(lambda _index: self._choose())
        for spin in self._numbers:
            spin.valueChanged.connect(lambda _value: self._choose_numbers())
        for combo in self._ways:
            combo.activated.connect(lambda _index: self.changed.emit())
        self._show_axes()

    @property
    def kind(self) -> str:
        """What the plane is made of: `NUMBERS`, `DIRECTIONS` or `PINS`."""
        kind: str = self._kind.currentData()
        return kind

    def choose(self, kind: str) -> None:
        """Make the plane of something else."""
        self._kind.setCurrentIndex(self._kind.findData(kind))
        self._choose()

    def begin(self, z_dim: int) -> None:
        """Offer the noise dimensions of a generator."""
        self._chosen = False
        self._set_numbers(1, 2, z_dim)

    def suggest(self, dims: Sequence[int]) -> None:
        """Take the two numbers that change the picture most, until the person chooses others."""
        if not self._chosen and len(dims) > 1:
            self._set_numbers(dims[0] + 1, dims[1] + 1, self._numbers[0].maximum())

    def offer_directions(self, directions: Sequence[Way]) -> None:
        """Let these directions be chosen from."""
        names = [way.name for way in directions]
        for start, combo in enumerate(self._ways):
            if [combo.itemText(i) for i in range(combo.count())] != names:
                combo.clear()
                combo.addItems(names)
                combo.setCurrentIndex(min(start, len(names) - 1))

    def plane(self, z: Floats, pins: Pins, directions: Sequence[Way]) -> Plane | None:
        """Return the plane through z, or through three pins; None while there is none."""
        if self.kind == NUMBERS:
            first, second = (spin.value() - 1 for spin in self._numbers)
            return plane_of_dimensions(z, first, second, REACH)
        if self.kind == PINS:
            if len(pins) < 3:
                return None
            three = [pins[index] for index in range(3)]
            names = (f"{three[0].name} to {three[1].name}", f"towards {three[2].name}")
            return plane_of_pins([pin.place for pin in three], names)
        first, second = (combo.currentIndex() for combo in self._ways)
        if min(first, second) < 0 or max(first, second) >= len(directions):
            return None
        right, up = directions[first], directions[second]
        return plane_of_directions(z, right.vector, up.vector, REACH, (right.name, up.name))

    def _lay_out(self) -> None:
        # One that expands, or the column would be no wider than the picture under the pointer.
        self._kind.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        axes = QHBoxLayout(self._axes)
        axes.setContentsMargins(0, 0, 0, 0)
        axes.setSpacing(SMALL)
        for arrow, way, spin, combo in zip(
            "→↑", ("to the right", "upwards"), self._numbers, self._ways, strict=True
        ):
            spin.setPrefix("z")
            spin.setAccessibleName(f"Number of z that grows {way}")
            set_tooltip(spin, f"The number of z that grows {way}, from −3 to +3 σ")
            combo.setAccessibleName(f"Direction that grows {way}")
            set_tooltip(combo, f"The direction that grows {way}; the tab Directions finds them")
            fill_layout(axes, TextLabel(arrow), (spin, 1), (combo, 1))
        column_layout(self._kind, self._axes, inside=self)

    def _choose(self) -> None:
        self._show_axes()
        self.changed.emit()

    def _choose_numbers(self) -> None:
        self._chosen = True
        self.changed.emit()

    def _show_axes(self) -> None:
        for spin in self._numbers:
            spin.setVisible(self.kind == NUMBERS)
        for combo in self._ways:
            combo.setVisible(self.kind == DIRECTIONS)
        self._axes.setVisible(self.kind != PINS)  # a plane through pins has nothing to choose

    def _set_numbers(self, first: int, second: int, most: int) -> None:
        for spin, value in zip(self._numbers, (first, second), strict=True):
            with QSignalBlocker(spin):
                spin.setRange(1, most)
                spin.setValue(value)
