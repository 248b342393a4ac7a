from __future__ import annotations

import pytest

from ganview.app.formatting import duration, number_text, time_left, with_article


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (42.9, "0:42"), (725, "12:05"), (11229, "3:07:09"), (float("nan"), "–")],
)
def test_clock(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.2, "0 s left"), (59, "59 s left"), (90, "2 min left"), (5400, "1.5 h left")],
)
def test_left(seconds: float | None, text: str) -> None:
    assert time_left(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.69314, "0.693"),
        (12.5, "12.50"),
        (250.4, "250.4"),
        (-12.5, "−12.50"),
        (-1e6, "−1.0e+06"),
        (1e6, "1.0e+06"),
        (1e-5, "≈ 0"),
        (0, "0.000"),
        (float("nan"), "not a number"),
    ],
)
def test_plain(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("name", "said"),
    [("3", "a 3"), ("8", "an 8"), ("11", "an 11"), ("80", "an 80"), ("S", "an S"), ("T", "a T"),
     ("apple", "an apple"), ("star", "a star")],
)  # fmt: skip
def test_a_name_has_the_article_that_is_spoken(name: str, said: str) -> None:
    assert with_article(name) == said
