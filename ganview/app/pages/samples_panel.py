"""The live grid: one column a class, one row a noise, as large as whole zooms allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy

from ganview.app.formatting import rarity_text
from ganview.app.theme import font
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import row_layout
from ganview.app.widgets.panel import Panel
from ganview.app.widgets.picture_view import SMALLEST, PictureView
from ganview.app.widgets.text import ElidedLabel, TextLabel, set_tooltip
from ganview.gan.objectives import OBJECTIVES
from ganview.runtime.messages import SampleGrid

GAP = 2
FEWEST_ROWS = 2
SORT_TIP = (
    "Sort the samples of each class by how rare they are among real pictures; those that don't fit "
    "below are the rarest. While a run learns, the order is found anew every few seconds."
)
OTHERS_TIP = "Show the next classes; after the last come the first ones again."
HINT = "Point at a picture to see what D thinks of it; click to explore it."


class SamplesPanel(Panel):
    """Shows a `SampleGrid`; as many of its rows as fit at the zoom that fills the width."""

    # (noise (D,), class or None) of a tile that was clicked or confirmed with Enter.
    chosen = Signal(object, object)
    # Other tiles than before: `width_at` and `height_within` answer differently now.
    needs_changed = Signal()
    # Whether the most typical pictures are to stand first: see `show_ranks`.
    sorting_asked = Signal(bool)
    others_asked = Signal()  # the next classes are to be shown, of more than have room

    def __init__(self) -> None:
        super().__init__("")
        self.setAccessibleName("Samples")
        self.sheet: SampleGrid | None = None  # what is on show, with the rows that don't fit
        self._rows, self._columns, self._tile = 8, 10, (28, 28)  # until there is a sheet
        self._pointed = -1
        self._order: NDArray[np.int64] | None = None  # which sample each tile shows
        self._ranked: tuple[SampleGrid, NDArray[np.float32]] | None = None
        self._how = self._when = ""
        self.view = PictureView(6, 10, gap=GAP)  # the picture itself
        self.view.setMinimumSize(160, 60)
        self.view.set_headings([" "])
        self.view.set_fading()
        self.view.set_alignment(Qt.AlignmentFlag.AlignTop)
        self.view.set_tile_text(self._tile_text)
        self.view.setAccessibleName("Grid of samples")
        self._hint = ElidedLabel(HINT, "muted", size="small")
        self.body.addWidget(self.view, 1)
        self._title = TextLabel("Samples", size="small")
        self._sort = QCheckBox("Most typical first")
        self._sort.setFont(font("small"))
        set_tooltip(self._sort, SORT_TIP)
        self._sort.toggled.connect(self.sorting_asked)
        self._others = push_button("", OTHERS_TIP, self.others_asked)
        self._others.setProperty("flat", True)
        self._others.setFont(font("small"))
        self._others.setStyleSheet("QPushButton { padding: 0 4px; min-height: 18px; }")  # a line
        self._others.hide()
        below = row_layout(self._title, (self._hint, 1), self._others, self._sort)
        self.body.addLayout(below)
        # it makes do with any height, so that the page need not scroll below a banner that wraps
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.view.tile_hovered.connect(self._point_at)
        self.view.current_changed.connect(self._point_at)
        self.view.tile_activated.connect(self._choose)

    def set_title(self, title: str, subtitle: str = "", *, live: bool = False) -> None:
        """Say what the samples are of, how they are set, and whether D learns on meanwhile."""
        self._title.setText(title)
        self._how, self._when = subtitle, ", said when this was drawn" if live else ""
        self._point_at(self._pointed)

    def show_sheet(self, sheet: SampleGrid) -> None:
        """Replace what is shown."""
        self.sheet = sheet
        self.view.set_headings(sheet.class_names or [" "])
        shape = (sheet.rows, sheet.columns, sheet.tile)
        if shape != (self._rows, self._columns, self._tile):
            self._rows, self._columns, self._tile = shape
            self._order = None
            self.needs_changed.emit()
        self._show_rows()
        self._point_at(self._pointed)

    def tell_classes(self, count: int, *, others: bool) -> None:
        """Say which of ``count`` classes are on show, where not all of them are.

        Parameters
        ----------
        others
            Whether the others can be shown.
        """
        sheet = self.sheet
        part = sheet is not None and bool(sheet.class_names) and sheet.columns < count
        self._others.setVisible(part)
        self._others.setEnabled(others)
        if sheet is not None and part:
            first = sheet.first_class
            self._others.setText(f"Classes {first + 1} to {first + sheet.columns} of {count} ›")

    @property
    def sorted(self) -> bool:
        """Whether the most typical pictures are to stand first."""
        return self._sort.isChecked()

    def show_ranks(self, sheet: SampleGrid, ranks: NDArray[np.float32] | None) -> None:
        """Put the most typical first, of each class by itself; None brings back the order of noise.

        Later sheets keep the order: no picture moves but when others are the most typical ones.

        Parameters
        ----------
        sheet
            What was ranked.
        ranks
            float32 (rows * columns,), 0 to 1.
        """
        self._order, self._ranked = None, None
        if ranks is None:
            self._sort.setChecked(False)
        elif (sheet.rows, sheet.columns) == (self._rows, self._columns):
            self._order, self._ranked = most_usual_first(sheet, ranks), (sheet, ranks)
        self._show_rows()
        self._point_at(self._pointed)

    # ---- room ------------------------------------------------------------------------------

    def zoom_within(self, width: float) -> int:
        """Return the largest whole zoom, at least 1, at which the grid fits into a width."""
        room = width - self._frame.width() - GAP * (self._columns - 1)
        return max(1, int(room // (self._columns * self._tile[1])))

    def width_at(self, zoom: int) -> int:
        """Return how wide the card is with the grid at a zoom, in logical pixels."""
        grid = self._columns * (self._tile[1] * zoom + GAP) - GAP
        return grid + self._frame.width()

    def height_within(self, zoom: int, height: float) -> int:
        """Return how high the card is with as many whole rows as fit into a height.

        Where not even `FEWEST_ROWS` do, they are smaller.
        """
        frame = self._frame.height() - GAP
        while zoom > 1 and frame + FEWEST_ROWS * (self._tile[0] * zoom + GAP) > height:
            zoom -= 1
        row = self._tile[0] * zoom + GAP
        rows = max(FEWEST_ROWS, min(self._rows, int((height - frame) // row)))
        return frame + rows * row

    def least_height_within(self, width: float) -> int:
        """Return how high the card is with `FEWEST_ROWS` that fill a width."""
        row = self._tile[0] * self.zoom_within(width) + GAP
        return self._frame.height() - GAP + FEWEST_ROWS * row

    @property
    def _frame(self) -> QSize:
        """What surrounds the tiles: margins, names of the columns, hint."""
        margins, below = self.body.contentsMargins(), (self._hint, self._sort, self._others)
        return QSize(
            margins.left() + margins.right() + 2,
            margins.top()
            + margins.bottom()
            + 2
            + max(one.sizeHint().height() for one in below if not one.isHidden())
            + self.body.spacing()
            + self.view.heading_height(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_rows()

    def _show_rows(self) -> None:
        rows = self._fitting_rows()
        self.view.set_grid(rows, self._columns)
        sheet = self.sheet
        if sheet is not None:
            shown = sheet
            if self._order is not None:
                moved = sheet.tiles()[self._order].reshape(sheet.images.shape)
                shown = replace(sheet, images=moved)
            self.view.set_picture(shown.atlas[: rows * sheet.tile[0]])

    def _fitting_rows(self) -> int:
        """Return how many rows fit below each other at the zoom that fills the width."""
        ratio = self.view.devicePixelRatioF()
        height, width = self._tile
        across = self.view.width() - GAP * (self._columns - 1)
        zoom: float = int(across * ratio // (self._columns * width))
        zoom = zoom or max(SMALLEST, across * ratio / (self._columns * width))
        room = self.view.height() - self.view.heading_height() + GAP
        return min(self._rows, max(FEWEST_ROWS, int(room // (height * zoom / ratio + GAP))))

    # ---- one tile --------------------------------------------------------------------------

    def _place(self, tile: int) -> tuple[int, int]:
        assert self.sheet is not None
        if self._order is not None and tile < len(self._order):
            tile = int(self._order[tile])
        return divmod(tile, self.sheet.columns)

    def _tile_text(self, tile: int) -> str:
        sheet = self.sheet
        hint = f"{self._how}. {HINT}" if self._how else HINT
        if sheet is None or tile < 0:
            return hint
        row, column = self._place(tile)
        if row >= sheet.rows:
            return hint
        at = row * sheet.columns + column
        text = f"Noise {at + 1}"
        if sheet.class_names:
            text = f"Noise {row + 1}, class {sheet.class_names[column]}"
        if self._ranked is not None and self._ranked[0] is sheet:
            rank = float(self._ranked[1][at])
            name = sheet.class_names[column : column + 1]
            text = f"{text}, {rarity_text(rank, name, 0)}"
        if sheet.beliefs is None:
            return text
        answer = OBJECTIVES[sheet.objective].describe_answer(float(sheet.beliefs[row, column]))
        return f"{text}: {answer}{self._when}"

    def _point_at(self, tile: int) -> None:
        self._pointed = tile
        shorter = () if tile >= 0 else (HINT, "Click a picture to explore it.")
        self._hint.setText(self._tile_text(tile), *shorter)

    def _choose(self, tile: int) -> None:
        if self.sheet is not None:
            row, column = self._place(tile)
            self.chosen.emit(self.sheet.tile_z(row, column), self.sheet.tile_class(column))


def most_usual_first(sheet: SampleGrid, ranks: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return which sample (rows * columns,) each tile shows: by rarity, of each class by itself."""
    if not sheet.class_names:
        return ranks.argsort(kind="stable")
    down = ranks.reshape(sheet.rows, sheet.columns).argsort(axis=0, kind="stable")
    order: NDArray[np.int64] = (down * sheet.columns + np.arange(sheet.columns)).ravel()
    return order
