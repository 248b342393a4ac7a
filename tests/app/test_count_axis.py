"""Numbers below a plot never touch."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from ganview.app.plots.axes import CountAxis
from ganview.app.theme import font


@pytest.mark.usefixtures("qapp")
@given(low=st.floats(0, 1e7), span=st.floats(1, 1e8), size=st.floats(60, 900))
def test_numbers_keep_apart(low: float, span: float, size: float) -> None:
    axis, high = CountAxis("bottom"), low + span
    metrics = QFontMetrics(font("small"))
    values = [value for _, level in axis.tickValues(low, high, size) for value in level]
    step = axis.tickSpacing(low, high, size)[0][0]
    texts = axis.tickStrings(values, 1.0, step)
    assert len(values) <= 9
    assert len(set(texts)) == len(texts)
    ends = [
        (size * (value - low) / span, metrics.horizontalAdvance(text) / 2)
        for value, text in zip(values, texts, strict=True)
    ]
    for (left, half), (right, other) in pairwise(ends):
        assert left + half < right - other


@pytest.mark.parametrize("last", [1000, 1250, 4000, 15_000, 120_000, 80_000, 2_500_000])
def test_a_narrow_plot_has_two_numbers_at_least(last: int, qtbot: QtBot) -> None:
    axis = CountAxis("bottom")
    levels = axis.tickValues(-0.03 * last, 1.03 * last, 88.0)
    assert len(levels[0][1]) >= 2


def test_an_axis_without_length_has_no_numbers(qtbot: QtBot) -> None:
    assert CountAxis("bottom").tickSpacing(3.0, 3.0, 88.0) == []
