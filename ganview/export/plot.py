"""Curves as SVG and CSV, without a window: for the report of a run."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganview.export.palette import LIGHT
from ganview.export.ticks import MOST, PADDING, round_end, round_span, round_step, short_count
from ganview.plain_text import csv_cell, markup_text

POINTS = 300  # of a curve, at most: more can't be seen
MARGIN = (14, 26, 40, 56)  # top, right, bottom, left
TICKS = 5  # powers of ten, nearly
WIDTH, HEIGHT = 640, 260  # pixels of a plot
SIZE = 12
LETTER = 0.56 * SIZE  # width of one, on average and a little more
MIDDLE = 0.35 * SIZE  # from a text's middle to its line; Qt draws no dy
FONT = "'Ganview Sans', Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, eq=False)
class Line:
    """One curve."""

    name: str  # what the legend calls it
    # x, y: (N,), x ascending; values that are not finite leave gaps
    x: NDArray[np.floating[Any]]
    y: NDArray[np.floating[Any]]
    colour: str  # as CSS writes it
    dashed: bool = False  # whether it is dashed, so that not only colour tells it from others


def plot_svg(
    lines: Sequence[Line],
    x_label: str,
    *,
    title: str = "",
    limits: tuple[float, float] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    log: bool = False,
) -> str:
    """Draw curves as the window does, each as a pale band of its extremes with its mean on it.

    Parameters
    ----------
    title : str
        What is written above it, the legend at its right.
    limits : tuple of float, optional
        Range of y; by default that of nearly all values.
    marks : sequence of (float, str)
        Dotted horizontal lines, and what they say.
    log : bool
        Whether equal ratios of y are equally far apart; what is not above 0 leaves a gap.

    Returns
    -------
    str
        An SVG element that stands alone.
    """
    if log:
        lines = [replace(line, y=_log10(line.y)) for line in lines]
        marks = [(math.log10(value), text) for value, text in marks if value > 0]
        limits = (
            (math.log10(limits[0]), math.log10(limits[1])) if limits and limits[0] > 0 else None
        )
    top, right, bottom, left = MARGIN
    top += 18  # the legend
    bands = [_band(line) for line in lines]
    x_end = round_end(max((float(line.x[-1]) for line in lines if len(line.x)), default=0.0))
    first, last = limits or _span(bands, [value for value, _ in marks])
    room = PADDING * (last - first)
    low, high = first - room, last + room
    wide, tall = WIDTH - left - right, HEIGHT - top - bottom

    def across(x: float) -> float:
        return left + wide * (x / x_end + PADDING) / (1 + 2 * PADDING)

    def down(y: float) -> float:
        return top + tall * (high - min(max(y, low), high)) / (high - low)

    def text_at(x: float, y: float, anchor: str, text: str) -> str:
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{LIGHT.muted}">'
            f"{markup_text(text)}</text>"
        )

    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="{FONT}" '
        f'font-size="{SIZE}"><title>{markup_text(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{LIGHT.card}"/>'
        f'<path d="M{left} {top}V{HEIGHT - bottom}H{WIDTH - right}" fill="none" '
        f'stroke="{LIGHT.line}"/>'
        f'<text x="{left}" y="{14 + MIDDLE:.1f}" font-weight="600" fill="{LIGHT.text}">'
        f"{markup_text(title)}</text>"
    )
    parts = [head]
    if cut := _cut_text(lines, low, high, log=log):
        parts.append(text_at(WIDTH - right, HEIGHT - 6, "end", cut))
    heights = _log_ticks(low, high) if log else _ticks(first, last, whole=limits is not None)
    parts += [text_at(left - 8, down(y) + MIDDLE, "end", text) for y, text in heights]
    step = round_step(max(1.0, x_end / MOST))
    parts += [
        text_at(across(step * at), HEIGHT - bottom + 18, "middle", short_count(step * at, step))
        for at in range(math.floor(x_end / step + 1e-9) + 1)
    ]
    parts.append(text_at(left + wide / 2, HEIGHT - 6, "middle", x_label))
    for value, text in marks:
        if low <= value <= high:
            y = down(value)
            parts.append(
                f'<path d="M{left} {y:.1f}H{WIDTH - right}" stroke="{LIGHT.muted}" '
                f'stroke-dasharray="1 2"/>{text_at(WIDTH - right, y - MIDDLE, "end", text)}'
            )
    widths = [24 + LETTER * len(line.name) + 14 for line in lines]
    place = WIDTH - right - sum(widths) + 14
    for wide_one, (line, x, least, mean, most) in zip(widths, bands, strict=True):
        dash = ' stroke-dasharray="6 4"' if line.dashed else ""
        for piece in _pieces(mean):
            places = [across(value) for value in x[piece]]
            edge = [*zip(places, map(down, most[piece]), strict=True)]
            back = [*zip(reversed(places), map(down, least[piece][::-1]), strict=True)]
            clear = [*zip(places, map(down, mean[piece]), strict=True)]
            parts.append(
                f'<path d="M{_points(edge + back)}Z" fill="{line.colour}" fill-opacity="0.28"/>'
                f'<path d="M{_points(clear)}" '
                f'fill="none" stroke="{line.colour}" stroke-width="2"{dash}/>'
            )
        parts.append(
            f'<path d="M{place:.0f} 14h18" stroke="{line.colour}" stroke-width="2.5"{dash}/>'
            f'<text x="{place + 24:.0f}" y="{14 + MIDDLE:.1f}" fill="{line.colour}">'
            f"{markup_text(line.name)}</text>"
        )
        place += wide_one
    return "".join([*parts, "</svg>"])


def csv_text(columns: Mapping[str, NDArray[np.floating[Any]]]) -> str:
    """Return columns of equal length as CSV with a header; whole numbers have no decimal point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(csv_cell, columns))
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        writer.writerow(
            ["" if value != value else int(value) if value.is_integer() else value for value in row]
        )
    return out.getvalue()


class _Band(NamedTuple):
    """A curve as it is drawn: x, least, mean and most (M,) of up to `POINTS` stretches."""

    line: Line
    x: NDArray[np.float64]
    least: NDArray[np.float64]
    mean: NDArray[np.float64]
    most: NDArray[np.float64]


def _band(line: Line) -> _Band:
    count = len(line.x)
    edges = np.unique(np.linspace(0, count, min(POINTS, count) + 1).astype(np.int64))
    rows = []
    for start, end in pairwise(edges.tolist()):
        part = line.y[start:end]
        part = part[np.isfinite(part)]
        numbers = (part.min(), part.mean(), part.max()) if len(part) else (math.nan,) * 3
        rows.append((line.x[end - 1], *numbers))
    table = np.array(rows, np.float64).reshape(-1, 4).T
    return _Band(line, *table)


def _span(bands: list[_Band], marks: list[float]) -> tuple[float, float]:
    """Return a round range of y that shows what is drawn and the marks, but not rare spikes."""
    ends = [*marks]
    for band in bands:
        values = np.concatenate((band.least, band.most))
        values = values[np.isfinite(values)]
        ends += np.percentile(values, [2, 98]).tolist() if len(values) else ()
    return round_span(min(ends), max(ends)) if ends else (0.0, 1.0)


def _ticks(low: float, high: float, *, whole: bool) -> list[tuple[float, str]]:
    """Return round numbers in a range; of a ``whole`` one, its ends and its middle."""
    if whole:
        values = [low, (low + high) / 2, high]
    else:
        step = round_step(high / MOST - low / MOST)
        count = math.floor((high - low) / step + 1e-9) + 1
        values = [float(f"{low + step * at:.12g}") for at in range(count)]
    return [(value, f"{value:g}") for value in values]


def _log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return ticks at powers of ten and, in a narrow range, between them."""
    digits = (1,) if high - low > 2 else (1, 2, 5)
    ends = max(math.floor(low), -320), min(math.ceil(high), 308)  # of floats
    powers = range(*ends, max(1, round((high - low) / (2 * TICKS))))
    values = (digit * 10.0**power for power in powers for digit in digits)
    found = [(math.log10(value), f"{value:g}") for value in values if value > 0]
    return [tick for tick in found if low <= tick[0] <= high]


def _cut_text(lines: Sequence[Line], low: float, high: float, *, log: bool) -> str:
    """Say how far the bands go beyond the range of y; nothing where they don't."""
    values = [line.y[np.isfinite(line.y)] for line in lines]
    drawn = np.concatenate(values) if values else np.zeros(0)
    ends = [
        f"{word} {10.0**value if log else value:.3g}"
        for word, value, beyond in (
            ("down to", drawn.min(initial=low), drawn.min(initial=low) < low),
            ("up to", drawn.max(initial=high), drawn.max(initial=high) > high),
        )
        if beyond
    ]
    return f"spikes {', '.join(ends)} are cut" if ends else ""


def _log10(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return np.log10(np.where(values > 0, values, np.nan))


def _pieces(values: NDArray[np.floating[Any]]) -> list[slice]:
    """Return the stretches of values that are finite."""
    fine = np.concatenate([[False], np.isfinite(values), [False]])
    turns = np.flatnonzero(fine[1:] != fine[:-1])
    return [slice(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]


def _points(points: list[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
