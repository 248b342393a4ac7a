"""How a setting moves while images are seen."""

from __future__ import annotations

import math


def progress(images_seen: int, length: int) -> float:
    """Return half a cosine from 0 to 1 over ``length`` images; 1 ever after."""
    t = min(images_seen / length, 1.0)
    return (1 - math.cos(math.pi * t)) / 2


def geometric(start: float, end: float, share: float) -> float:
    """Return the value ``share`` (0 to 1) of the way from start to end in equal ratios.

    Where an end is 0, which no ratio reaches, the way is straight.
    """
    if start <= 0 or end <= 0:
        return start + (end - start) * share
    return float(start * (end / start) ** share)
