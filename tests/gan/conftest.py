"""Shapes with known measures, and small models, for tests of what measures and explores."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.base import Generator
from ganview.gan.networks.build import build_discriminator, build_generator

FINE = 16  # points a pixel's side


def grid(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of fine points, in pixels from the upper left corner."""
    y = (np.arange(height * FINE) + 0.5) / FINE
    x = (np.arange(width * FINE) + 0.5) / FINE
    return np.meshgrid(y, x, indexing="ij")


def ink(inside: np.ndarray) -> np.ndarray:
    """Average fine points (bool) to a picture, uint8."""
    h, w = inside.shape
    mean = inside.reshape(h // FINE, FINE, w // FINE, FINE).mean((1, 3))
    return np.round(mean * 255).astype(np.uint8)


def stroke(angle: float, length: float, thick: float, size: int = 28) -> np.ndarray:
    """A straight stroke through the middle, ``angle`` degrees from upright, leaning right."""
    y, x = grid(size, size)
    y, x = y - size / 2, x - size / 2
    along = x * np.sin(np.radians(angle)) - y * np.cos(np.radians(angle))
    aside = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    return ink((np.abs(along) <= length / 2) & (np.abs(aside) <= thick / 2))


def ring(radius_x: float, radius_y: float, thick: float, size: int = 28) -> np.ndarray:
    """An ellipse of outer radii in pixels."""
    y, x = grid(size, size)
    y, x = y - size / 2, x - size / 2
    outer = (x / radius_x) ** 2 + (y / radius_y) ** 2 <= 1
    inner = (x / (radius_x - thick)) ** 2 + (y / (radius_y - thick)) ** 2 < 1
    return ink(outer & ~inner)


def block(height: float, width: float, size: int = 28) -> np.ndarray:
    """An upright rectangle in the middle, full of ink."""
    y, x = grid(size, size)
    return ink((np.abs(y - size / 2) <= height / 2) & (np.abs(x - size / 2) <= width / 2))


@pytest.fixture(scope="session")
def strokes() -> SimpleNamespace:
    """Functions that draw: ``stroke``, ``ring``, ``block``; all uint8 (size, size)."""
    return SimpleNamespace(stroke=stroke, ring=ring, block=block)


def build_untrained(
    classes: int = 3,
    image_shape: tuple[int, int, int] = (1, 28, 28),
    z_dim: int = 6,
    *,
    discriminator: bool = True,
    seed: int = 0,
) -> Model:
    """A model whose weights are as they were drawn."""
    names = tuple(f"class {i}" for i in range(classes))
    spec = ModelSpec(
        "mlp", "small", z_dim, image_shape, names, (1 / classes,) * classes if classes else ()
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        g, d = build_generator(spec), build_discriminator(spec)
    return Model(
        spec,
        g.eval().requires_grad_(False),
        d.eval().requires_grad_(False) if discriminator else None,
    )


class Painter(Generator):
    """Draws leaning boxes: z is slant, thickness, width and height, then what changes nothing.

    Class 0 draws the outline, class 1 a filled box.
    """

    def __init__(self, z_dim: int, classes: int) -> None:
        super().__init__(z_dim, (1, 28, 28), classes)
        self.linear = torch.nn.Linear(z_dim, 4, bias=False)
        with torch.no_grad():
            self.linear.weight.copy_(torch.eye(4, z_dim))

    @property
    def first(self) -> torch.nn.Linear:
        return self.linear

    def with_class(self, z, y):
        self.filled = torch.zeros(len(z)) if y is None else y[:, 1] if y.ndim == 2 else y.float()
        return z

    def picture(self, h):
        slant, thick, wide, high = (column[:, None, None] for column in h.unbind(1))
        y, x = torch.meshgrid(torch.arange(28) - 13.5, torch.arange(28) - 13.5, indexing="ij")
        x = x[None] + y[None] * torch.tan(0.15 * slant)
        wide, high, thick = 5 + 0.6 * wide, 8 + 0.5 * high, 2.5 + 0.25 * thick
        inside = torch.minimum(wide - x.abs(), high - y[None].abs())  # > 0 within the box
        outline = (inside + 0.5).clamp(0, 1) * (thick + 0.5 - inside).clamp(0, 1)
        box = (inside + 0.5).clamp(0, 1)
        filled = self.filled[:, None, None]
        return 2 * ((1 - filled) * outline + filled * box)[:, None] - 1


def build_painter(classes: int = 2, z_dim: int = 6) -> Model:
    """A model whose pictures have exactly known measures."""
    names = tuple(f"class {i}" for i in range(classes))
    prior = (1 / classes,) * classes if classes else ()
    spec = ModelSpec("mlp", "small", z_dim, (1, 28, 28), names, prior)
    return Model(spec, Painter(z_dim, classes).eval().requires_grad_(False))


@pytest.fixture(scope="session")
def painter():
    """A function that makes models with known measures: see `build_painter`."""
    return build_painter


@pytest.fixture(scope="session")
def untrained():
    """A function that makes models: see `build_untrained`."""
    return build_untrained
