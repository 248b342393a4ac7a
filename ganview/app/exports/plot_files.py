"""The plots of a run as PNG, SVG or CSV: drawn from the numbers, not from the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.app.controllers.settings import PLOT_AXES
from ganview.app.formatting import number_text
from ganview.errors import UserError
from ganview.export.palette import LIGHT
from ganview.gan.metrics.quality import Quality
from ganview.gan.objectives import DEFAULT_OBJECTIVE, OBJECTIVES
from ganview.runtime.envelope import Envelope

MEAN_POINTS, RECENT = 160, 50  # points of a line, and steps of which "now" is the mean
SCALE = 2  # of a PNG: sharp on paper and on dense screens


@dataclass(frozen=True)
class Curves:
    """What is on a plot: its title, and (column, label, colour, dashed) of each line."""

    title: str
    lines: tuple[tuple[str, str, str, bool], ...]


CURVES = {
    "losses": Curves(
        "losses",
        (("loss_d", "D", LIGHT.discriminator, False), ("loss_g", "G", LIGHT.generator, True)),
    ),
    "gradients": Curves(
        "norms of the gradients",
        (
            ("grad_norm_d", "D", LIGHT.discriminator, False),
            ("grad_norm_g", "G", LIGHT.generator, True),
        ),
    ),
    "beliefs": Curves(
        "",  # as the objective names it
        (
            ("y_hat_real", "real", LIGHT.real, False),
            ("y_hat_fake", "fake", LIGHT.fake, True),
            ("augment_p", "augmented", LIGHT.accent, False),
        ),
    ),
}


def write_curves(
    path: Path,
    which: str,
    columns: Mapping[str, NDArray[np.floating[Any]]],
    axis: str = "steps",
    objective: str = DEFAULT_OBJECTIVE,
    *,
    log: bool = False,
    smooth: bool = False,
) -> None:
    """Write the curves of one plot; for background threads.

    Parameters
    ----------
    path
        ``*.png``, ``*.svg`` or ``*.csv``: the ending decides. CSV has every step.
    which
        A key of `CURVES`.
    axis
        A key of `PLOT_AXES`.
    objective
        Name of the run's objective, which says whether D's answers are beliefs, and where the
        losses stand when D can't tell.
    log
        Draw over powers of ten, unless they are beliefs.
    smooth
        Draw means over more steps, and nothing else.

    Raises
    ------
    UserError
        It is another kind of file; `WriteError` if it can't be written.
    """
    from ganview.export.plot import Line, plot_svg

    curves, answers = CURVES[which], OBJECTIVES[objective]
    shown = [line for line in curves.lines if not _is_empty(columns.get(line[0]))]
    limits = (0.0, 1.0) if which == "beliefs" and answers.belief is not None else None
    column, x_label = PLOT_AXES[axis]
    title = curves.title or answers.answer_title

    def draw() -> str:
        lines = []
        for name, text, colour, dashed in shown:
            x, envelope = columns[column], Envelope()
            envelope.follow(columns[name])
            index, means = envelope.smoothed(0, len(x), MEAN_POINTS, more=smooth)
            newest = number_text(envelope.mean_of(len(x) - RECENT, len(x)))
            mean = (x[index], means)
            lines.append(
                Line(f"{text} {newest}", x, columns[name], colour, dashed, mean, banded=not smooth)
            )
        marks = answers.equilibrium if which == "losses" else {"": 0.5} if limits else {}
        return plot_svg(
            lines,
            x_label,
            heading=title[:1].upper() + title[1:],
            limits=limits,
            marks=[(value, text) for text, value in marks.items()],
            log=log and limits is None,
        )

    names = ["step", "images_seen", "seconds", *(line[0] for line in shown)]
    _write(path, {name: columns[name] for name in names}, draw)


def _is_empty(column: NDArray[np.floating[Any]] | None) -> bool:
    """Tell whether a run lacks a column, as the strength of augmentation where there is none."""
    return column is None or (len(column) > 0 and bool(np.isnan(column).all()))


def write_quality(
    path: Path,
    looks: Sequence[Quality],
    axis: str = "steps",
    seconds_at: Callable[[int], float] = lambda _step: math.nan,
) -> None:
    """Write the looks at a run's quality as `write_curves` does curves; for background threads.

    Parameters
    ----------
    path
        ``*.png``, ``*.svg`` or ``*.csv``: the ending decides. CSV has what ``quality.jsonl`` has.
    looks
        At least one.
    axis
        A key of `PLOT_AXES`.

    Raises
    ------
    UserError
        It is another kind of file; `WriteError` if it can't be written.
    """
    from ganview.export.plot import Line, plot_svg, stack_plots

    column, x_label = PLOT_AXES[axis]
    rows = [look.to_row(seconds_at(look.step)) for look in looks]
    # A run that a later program went on with may have distances of several judges.
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: np.array([row.get(name) for row in rows], np.float64) for name in names}
    judges = dict.fromkeys(f"judge-FD@{look.judge}" for look in looks)

    def draw() -> str:
        drawings = []
        for name, text, colour, limits in (
            *((name, name, LIGHT.distance, None) for name in judges),
            ("class_accuracy", "class accuracy", LIGHT.accuracy, (0.0, 1.0)),
        ):
            lines = [
                Line("generated", columns[column], columns[name], colour),
                Line("real", columns[column], columns[name + " real"], LIGHT.real, dashed=True),
            ]
            drawings.append(
                plot_svg(
                    lines,
                    x_label,
                    heading=text[:1].upper() + text[1:] if name not in judges else text,
                    limits=limits,
                    log=name in judges,
                )
            )
        return stack_plots(drawings, "quality")

    _write(path, columns, draw)


def _write(
    path: Path, columns: Mapping[str, NDArray[np.floating[Any]]], draw: Callable[[], str]
) -> None:
    from ganview.export.plot import csv_text
    from ganview.files.atomic import write_bytes
    from ganview.files.png import write_png

    match path.suffix.lower():
        case ".csv":
            write_bytes(path, csv_text(columns).encode())
        case ".svg":
            write_bytes(path, draw().encode())
        case ".png":
            write_png(path, _pixels(draw()))
        case _:
            raise UserError(f"Curves are written as .png, .svg or .csv, not as '{path.name}'.")


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
