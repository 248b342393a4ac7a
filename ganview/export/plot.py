"""Curves as SVG and CSV, without a window: for the report of a run and for its plots."""

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

from ganview.plain_text import csv_cell, markup_text

POINTS = 300  # of a curve, at most: more can't be seen
MARGIN = (14, 26, 40, 56)  # top, right, bottom, left
TICKS = 5
WIDTH, HEIGHT = 640, 260  # pixels of a plot
BACKGROUND, INK, MUTED, RULE = "#ffffff", "#1f2328", "#59636e", "#d8dee4"
SIZE = 12
LETTER = 0.56 * SIZE  # width of one, on average and a little more
MIDDLE = 0.35 * SIZE  # from a text's middle to its line; Qt draws no dy
FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, eq=False)
class Line:
    """One curve."""

    name: str  # what the legend calls it
    # x, y: (N,), x ascending; values that are not finite leave gaps
    x: NDArray[np.floating[Any]]
    y: NDArray[np.floating[Any]]
    colour: str  # as CSS writes it
    dashed: bool = False  # whether it is dashed, so that not only colour tells it from others
    # Places and heights (M,) of the clear line, in place of the mean of each stretch.
    mean: tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]] | None = None
    banded: bool = True  # whether the extremes are drawn, too


def plot_svg(
    lines: Sequence[Line],
    x_label: str,
    *,
    title: str = "",
    heading: str = "",
    limits: tuple[float, float] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    log: bool = False,
) -> str:
    """Draw curves, each as a pale band of its extremes with its mean on it.

    Parameters
    ----------
    title : str
        What screen readers call it.
    heading : str
        What is written above it, the legend at its right; without one the legend is at the left.
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
        lines = [_over_powers(line) for line in lines]
        marks = [(math.log10(value), text) for value, text in marks if value > 0]
        limits = (
            (math.log10(limits[0]), math.log10(limits[1])) if limits and limits[0] > 0 else None
        )
    top, right, bottom, left = MARGIN
    top += 18  # the legend
    bands = [_band(line) for line in lines]
    x_end = max((float(line.x[-1]) for line in lines if len(line.x)), default=1.0)
    x_end = x_end if x_end > 0 else 1.0
    low, high = limits or _span(bands, [value for value, _ in marks])
    wide, tall = WIDTH - left - right, HEIGHT - top - bottom

    def across(x: float) -> float:
        return left + wide * x / x_end

    def down(y: float) -> float:
        return top + tall * (high - min(max(y, low), high)) / (high - low)

    parts = [_head(title or heading)]
    if heading:
        parts.append(
            f'<text x="{left}" y="{14 + MIDDLE:.1f}" font-weight="600" fill="{INK}">'
            f"{markup_text(heading)}</text>"
        )
    if cut := _cut_text(lines, low, high, log=log):
        parts.append(
            f'<text x="{WIDTH - right}" y="{HEIGHT - 6}" text-anchor="end" '
            f'fill="{MUTED}">{cut}</text>'
        )
    for value, text in _log_ticks(low, high) if log else _named(_ticks(low, high)):
        y = down(value)
        parts.append(
            f'<path d="M{left} {y:.1f}H{WIDTH - right}" stroke="{RULE}"/>'
            f'<text x="{left - 8}" y="{y + MIDDLE:.1f}" text-anchor="end" fill="{MUTED}">'
            f"{text}</text>"
        )
    counts = _ticks(0, x_end)
    parts += [
        f'<text x="{across(value):.1f}" y="{HEIGHT - bottom + 18}" text-anchor="middle" '
        f'fill="{MUTED}">{short_count(value, counts[1] if counts[1:] else 0.0)}</text>'
        for value in counts
    ]
    parts.append(
        f'<text x="{left + wide / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle" '
        f'fill="{MUTED}">{markup_text(x_label)}</text>'
    )
    for value, text in marks:
        if low <= value <= high:
            y = down(value)
            parts.append(
                f'<path d="M{left} {y:.1f}H{WIDTH - right}" stroke="{MUTED}" '
                f'stroke-dasharray="2 4"/><text x="{WIDTH - right}" y="{y - MIDDLE:.1f}" '
                f'text-anchor="end" fill="{MUTED}">{markup_text(text)}</text>'
            )
    widths = [28 + LETTER * len(line.name) + 18 for line in lines]
    place = WIDTH - right - sum(widths) + 18 if heading else float(left)
    for wide_one, (line, x, least, mean, most) in zip(widths, bands, strict=True):
        dash = ' stroke-dasharray="6 4"' if line.dashed else ""
        for piece in _pieces(mean) if line.banded else ():
            places = [across(value) for value in x[piece]]
            edge = [*zip(places, map(down, most[piece]), strict=True)]
            back = [*zip(reversed(places), map(down, least[piece][::-1]), strict=True)]
            parts.append(
                f'<path d="M{_points(edge + back)}Z" fill="{line.colour}" fill-opacity="0.18"/>'
            )
        along, clear = line.mean or (x, mean)
        for piece in _pieces(clear):
            points = [*zip(map(across, along[piece]), map(down, clear[piece]), strict=True)]
            parts.append(
                f'<path d="M{_points(points)}" '
                f'fill="none" stroke="{line.colour}" stroke-width="2"{dash}/>'
            )
        parts.append(
            f'<path d="M{place:.0f} 14h22" stroke="{line.colour}" stroke-width="2.5"{dash}/>'
            f'<text x="{place + 28:.0f}" y="{14 + MIDDLE:.1f}" fill="{INK}">'
            f"{markup_text(line.name)}</text>"
        )
        place += wide_one
    return "".join([*parts, "</svg>"])


def stack_plots(drawings: Sequence[str], title: str) -> str:
    """Return drawings of `plot_svg` as one."""
    whole = [_head(title, HEIGHT * len(drawings))]
    for number, drawing in enumerate(drawings):
        # a group, since not every reader knows an svg element within another
        inside = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
        whole.append(f'<g transform="translate(0 {HEIGHT * number})">{inside}</g>')
    return "".join([*whole, "</svg>"])


def _head(title: str, height: int = HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{FONT}" '
        f'font-size="{SIZE}"><title>{markup_text(title)}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="{BACKGROUND}"/>'
    )


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
    """Return a range of y that shows what is drawn and the marks, but not rare spikes."""
    ends = [*marks]
    for band in bands:
        drawn = (band.least, band.most) if band.line.banded else (band.mean,)
        values = np.concatenate(drawn)
        values = values[np.isfinite(values)]
        ends += np.percentile(values, [2, 98]).tolist() if len(values) else ()
    if not ends:
        return 0.0, 1.0
    low, high = min(ends), max(ends)
    room = max(0.06 * (high - low), 1e-3 * abs(high))
    room = room if room > 1e-12 else 0.5
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers in a range, about `TICKS` of them."""
    raw = max(high / TICKS - low / TICKS, 1e-300)  # a denormal has no power of ten
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{step * number:.12g}") for number in range(first, last + 1)]


def _named(ticks: list[float]) -> list[tuple[float, str]]:
    return [(value, f"{value:g}") for value in ticks]


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
    values = [line.y[np.isfinite(line.y)] for line in lines if line.banded]
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


def _over_powers(line: Line) -> Line:
    """Return a line whose heights are logarithms."""
    mean = None if line.mean is None else (line.mean[0], _log10(line.mean[1]))
    return replace(line, y=_log10(line.y), mean=mean)


def _log10(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return np.log10(np.where(values > 0, values, np.nan))


def _pieces(values: NDArray[np.floating[Any]]) -> list[slice]:
    """Return the stretches of values that are finite."""
    fine = np.concatenate([[False], np.isfinite(values), [False]])
    turns = np.flatnonzero(fine[1:] != fine[:-1])
    return [slice(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]


def _points(points: list[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def short_count(count: float, step: float) -> str:
    """Return a multiple of a round step in few letters: 800, 15k, 1.2M; alike for one step."""
    for least, unit, letter in ((5e5, 1e6, "M"), (2e3, 1e3, "k")):
        if step >= least and count:
            return f"{count / unit:g}{letter}"
    return f"{count:.0f}" if step >= 1 else f"{count:g}"
