"""The curves of a run as PNG, SVG or CSV: drawn from the numbers, not from the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganview.app.theme import LIGHT
from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCALE = 2  # of a PNG: sharp on paper and on dense screens
AXES = {"steps": ("step", "step"), "images": ("images_seen", "images seen")}


@dataclass(frozen=True)
class Curves:
    """What is on a plot: title, (column, label, colour, dashed) of each line, and limits of y."""

    title: str
    lines: tuple[tuple[str, str, str, bool], ...]
    limits: tuple[float, float] | None = None


CURVES = {
    "losses": Curves(
        "losses",
        (("loss_d", "D", LIGHT.discriminator, False), ("loss_g", "G", LIGHT.generator, True)),
    ),
    "beliefs": Curves(
        "D's belief",
        (("y_hat_real", "real", LIGHT.real, False), ("y_hat_fake", "fake", LIGHT.fake, True)),
        (0.0, 1.0),
    ),
}


def write_curves(
    path: Path, which: str, columns: Mapping[str, NDArray[np.float64]], axis: str = "steps"
) -> None:
    """Write the curves of one plot; for background threads.

    Parameters
    ----------
    path
        ``*.png``, ``*.svg`` or ``*.csv``: the ending decides. CSV has every step.
    which
        A key of `CURVES`.
    columns
        Of a history.
    axis
        ``steps`` or ``images``.

    Raises
    ------
    UserError
        It is another kind of file; `WriteError` if it can't be written.
    """
    from ganview.export.plot import Line, csv_text, svg
    from ganview.files.atomic import write_bytes
    from ganview.files.png import write_png

    kind, curves = path.suffix.lower(), CURVES[which]
    column, x_label = AXES[axis]
    if kind == ".csv":
        names = ["step", "images_seen", "seconds", *(line[0] for line in curves.lines)]
        write_bytes(path, csv_text({name: columns[name] for name in names}).encode())
        return
    if kind not in (".png", ".svg"):
        raise UserError(f"Curves are written as .png, .svg or .csv, not as '{path.name}'.")
    lines = [
        Line(text, columns[column], columns[name], colour, dashed)
        for name, text, colour, dashed in curves.lines
    ]
    text = svg(lines, x_label, title=curves.title, limits=curves.limits)
    if kind == ".svg":
        write_bytes(path, text.encode())
    else:
        write_png(path, _pixels(text))


def _pixels(text: str) -> NDArray[np.uint8]:
    """Draw an SVG, uint8 (H, W, 3)."""
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(text.encode()))
    size = renderer.defaultSize() * SCALE
    image = QImage(size, QImage.Format.Format_RGB888)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size.height(), image.bytesPerLine())
    return rows[:, : 3 * size.width()].reshape(size.height(), size.width(), 3).copy()
