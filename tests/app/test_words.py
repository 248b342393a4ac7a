from __future__ import annotations

import pytest

from ganview.app.words import clock, left, plain


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (42.9, "0:42"), (725, "12:05"), (11229, "3:07:09")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.2, "0 s left"), (59, "59 s left"), (90, "2 min left"), (5400, "1.5 h left")],
)
def test_left(seconds: float | None, text: str) -> None:
    assert left(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.69314, "0.693"),
        (12.5, "12.50"),
        (250.4, "250.4"),
        (1e6, "1.0e+06"),
        (1e-5, "1.0e-05"),
        (0, "0.000"),
        (float("nan"), "not a number"),
    ],
)
def test_plain(number: float, text: str) -> None:
    assert plain(number) == text
