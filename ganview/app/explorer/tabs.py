"""The explorer's tabs, declared: what each is called, and where it is found once it is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ganview.app.explorer.tab import Tab


@dataclass(frozen=True)
class Page:
    """A tab that need not be imported yet: the window is on the screen before most of them are.

    Parameters
    ----------
    title
        What the tab is called.
    module, kind
        Its module in this package, and its class there.
    tip
        One sentence on what it is for.
    """

    title: str
    module: str
    kind: str
    tip: str

    def load(self) -> type[Tab]:
        """Return the tab's class. It makes no QObject, so that any thread may ask."""
        module = import_module(f"ganview.app.explorer.{self.module}")
        return cast("type[Tab]", getattr(module, self.kind))

    def holds(self, kind: type[Tab]) -> bool:
        """Tell whether a class is that of this tab."""
        return kind.__name__ == self.kind


PAGES = (
    Page("Sliders", "sliders_tab", "SlidersTab", "One slider for every number of the noise z"),
    Page(
        "Directions",
        "directions_tab",
        "DirectionsTab",
        "Sliders that mean something: slant, thickness, width, and what the network itself prefers",
    ),
    Page("Mix", "mix_tab", "MixTab", "Mix classes: a y between a 3 and an 8"),
    Page(
        "Nearby",
        "nearby_tab",
        "NearbyTab",
        "Nine pictures a small step from here: click the one you like, and again",
    ),
    Page(
        "Pins",
        "pins_tab",
        "PinsTab",
        "Keep places, add and subtract them, and travel between them",
    ),
    Page(
        "Map",
        "map_tab",
        "MapTab",
        "A plane of noise as a field of pictures: point at it, click to go there",
    ),
    Page(
        "Draw",
        "draw_tab",
        "DrawTab",
        "Write a digit, find it in the noise, and explore from there: my 4 as a 9",
    ),
    Page(
        "Check",
        "check_tab",
        "CheckTab",
        "Is the picture copied from the training set, and does D believe it?",
    ),
    Page(
        "Compare",
        "compare_tab",
        "CompareTab",
        "Two models, or two moments of one run, on the same z and y",
    ),
)
"""In order; the first is there from the start."""


def import_tabs() -> None:
    """Import all of them, so that none has to be waited for at its first look."""
    for page in PAGES:
        page.load()
