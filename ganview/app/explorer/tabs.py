"""The explorer's tabs after the sliders, in order."""

from __future__ import annotations

from ganview.app.explorer.check_tab import CheckTab
from ganview.app.explorer.compare_tab import CompareTab
from ganview.app.explorer.directions_tab import DirectionsTab
from ganview.app.explorer.draw_tab import DrawTab
from ganview.app.explorer.map_tab import MapTab
from ganview.app.explorer.mix_tab import MixTab
from ganview.app.explorer.nearby_tab import NearbyTab
from ganview.app.explorer.pins_tab import PinsTab
from ganview.app.explorer.tab import Tab

TABS: tuple[type[Tab], ...] = (
    DirectionsTab,
    MixTab,
    NearbyTab,
    PinsTab,
    MapTab,
    DrawTab,
    CheckTab,
    CompareTab,
)
