"""The two players of the game, without torch: commands and windows name them too."""

from __future__ import annotations

from enum import Flag


class Players(Flag):
    """Who is updated."""

    D = 1
    G = 2
    BOTH = 3
