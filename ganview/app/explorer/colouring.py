"""Colouring a field of pictures by what is known of each."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from ganview.app.latent_point import Floats
from ganview.export.palette import Tokens

Pixels = NDArray[np.uint8]

#: How much of the colour the darkest pixel of a picture keeps.
GROUND = 0.35


def class_hues(count: int) -> Floats:
    """Return a colour for each class, (K, 3), 0 to 1: hues around the circle, light and less so.

    Neighbours on the circle differ in lightness too, so that hue alone never has to tell them.
    """
    colours = []
    for index in range(count):
        lightness = 0.72 if index % 2 else 0.56
        colours.append(colorsys.hls_to_rgb(index / max(1, count), lightness, 0.75))
    return np.array(colours, np.float32).reshape(count, 3)


def belief_colours(beliefs: Floats, tokens: Tokens) -> Floats:
    """Return colours (N, 3) from fake over grey, where D can't tell, to real."""
    fake, real = (_rgb(QColor(tokens.actor(name))) for name in ("fake", "real"))
    grey = np.full(3, 0.62, np.float32)
    share = np.abs(2 * beliefs[:, None] - 1)
    ends = np.where(beliefs[:, None] > 0.5, real, fake)
    return (share * ends + (1 - share) * grey).astype(np.float32)


def tinted(images: Pixels, colours: Floats) -> Pixels:
    """Colour each picture (N, H, W[, 3]) with its own colour (N, 3); returns (N, H, W, 3)."""
    grey = images if images.ndim == 3 else images.mean(axis=3)
    light = GROUND + (1 - GROUND) * grey[..., None].astype(np.float32) / 255
    coloured: Pixels = np.clip(light * colours[:, None, None, :] * 255, 0, 255).astype(np.uint8)
    return coloured


def _rgb(colour: QColor) -> Floats:
    return np.array([colour.redF(), colour.greenF(), colour.blueF()], np.float32)
