"""The landscape in plain numbers: histograms, regions that are missing, how many pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from ganview.app.theme import SMALL
from ganview.app.widgets.histogram_view import HistogramView
from ganview.app.widgets.layouts import fill_layout
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.app.widgets.tile_strip import TileStrip

if TYPE_CHECKING:
    from ganview.gan.explore.distribution import Birthdays
    from ganview.runtime.landscapes import Numbers

ACROSS = 3  # histograms beside each other
MOST_SHOWN = 24  # pictures of what is missing
MOST_NAMED = 12  # letters of names that fit below a histogram
BIRTHDAYS = (
    "Among 23 people two probably share a birthday, because there are only 365 of them. In the "
    "same way, how often two of 1,000 pictures are the same tells how many different ones a "
    "generator can draw. Two count as the same that are less than half as far apart, pixel by "
    "pixel, as a real picture is from the nearest other one."
)


class LandscapeNumbers(QScrollArea):
    """Shows `Numbers`."""

    def __init__(self) -> None:
        super().__init__()
        self._charts = QGridLayout()
        self._charts.setSpacing(SMALL)
        self._views: list[HistogramView] = []
        self._legend = TextLabel(
            "Line: real pictures. Filled: generated ones.", "muted", size="small", wrap=True
        )
        self._covered = TextLabel("", size="small", wrap=True)
        self._missing = TileStrip(gap=3, maximum=2)
        self._birthdays = TextLabel("", size="small", wrap=True)
        self._missing.setAccessibleName("Real pictures of the kinds that are missing")
        set_tooltip(self._birthdays, BIRTHDAYS)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, SMALL, 0)
        fill_layout(
            column, self._legend, self._charts, self._covered, self._missing, self._birthdays, 0
        )
        self.setWidget(inside)
        self.setWidgetResizable(True)
        for part in (inside, self.viewport()):
            part.setAutoFillBackground(False)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("The landscape in numbers")

    def show_numbers(self, numbers: Numbers, names: tuple[str, ...]) -> None:
        """Show what was counted; ``names`` are those of the classes."""
        count = len(numbers.histograms) + (numbers.shares is not None)
        while len(self._views) < count:
            at = len(self._views)
            self._views.append(HistogramView())
            self._charts.addWidget(self._views[-1], at // ACROSS, at % ACROSS)
        for index, view in enumerate(self._views):
            view.setVisible(index < count)
        views = iter(self._views)
        if numbers.shares is not None:
            shares = numbers.shares
            said = ", ".join(
                f"{name}: {real:.1%} of real, {fake:.1%} of generated"
                for name, real, fake in zip(names, shares.wanted, shares.drawn, strict=True)
            )
            fit = sum(map(len, names)) <= MOST_NAMED
            shown = names if fit else (names[0][:MOST_NAMED], names[-1][:MOST_NAMED])
            next(views).show_shares("Classes", shown, shares.wanted, shares.drawn, said)
        for histogram in numbers.histograms:
            low, high = (f"{edge:.0f} {histogram.unit}" for edge in histogram.edges[[0, -1]])
            middles = (histogram.edges[1:] + histogram.edges[:-1]) / 2
            means = [float(part @ middles) for part in (histogram.real, histogram.fake)]
            said = (
                f"{histogram.name}: {means[0]:.1f} {histogram.unit} of real pictures, "
                f"{means[1]:.1f} of generated ones on average"
            )
            ends, title = (low, high), histogram.name.capitalize()
            next(views).show_shares(title, ends, histogram.real, histogram.fake, said)
        self._show_regions(numbers)
        self._birthdays.setText(
            f"How many different pictures can it draw? {birthday_text(numbers.fake_birthdays)} "
            f"Of real ones: {birthday_text(numbers.real_birthdays)}"
        )

    def _show_regions(self, numbers: Numbers) -> None:
        regions = numbers.regions
        text = f"It draws something in the regions of {regions.covered:.0%} of the real pictures"
        if not len(regions.missing):
            self._covered.setText(f"{text}: of {regions.count} none is missing.")
        else:
            self._covered.setText(
                f"{text}; {len(regions.missing)} of {regions.count} regions are missing, such as:"
            )
        shown: NDArray[np.uint8] = numbers.missing[:MOST_SHOWN]
        self._missing.setVisible(bool(len(shown)))
        self._missing.set_images(shown if len(shown) else None)


def birthday_text(birthdays: Birthdays) -> str:
    """Say how many different pictures there are, and from what that was estimated."""
    about = round_number(birthdays.estimate)
    compared = f"{birthdays.pictures:,} pictures"
    if birthdays.at_least:
        return f"more than {about:,} (no two of {compared} are the same)."
    pairs = "one pair" if birthdays.pairs == 1 else f"{birthdays.pairs:,} pairs"
    return f"about {about:,} ({pairs} of the same among {compared})."


def round_number(number: float) -> int:
    """Return a number to two figures."""
    return int(float(f"{number:.1e}"))
