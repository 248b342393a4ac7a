"""Text from a file as one line of visible characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.plain_text import counted, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]0;title\x07b", r"a\x1b]0;title\x07b"),
        ("one\ntwo\r\tthree", r"one\ntwo\r\tthree"),
        ("\x9b31m", r"\x9b31m"),
        ("exe.\u202egnp", r"exe.\u202egnp"),
        ("\u2066\u2028\ufeff", r"\u2066\u2028\ufeff"),
        ("r\udcff", r"r\udcff"),
        ("ñandú σ 猫 a\u00a0b", "ñandú σ 猫 a\u00a0b"),
        ("👩\u200d🔬", "👩\u200d🔬"),
    ],
)
def test_only_the_invisible_is_escaped(text, shown):
    assert printable(text) == shown


def test_a_long_text_is_cut():
    assert printable("x" * 10_000, 80) == "x" * 79 + "…"


@given(st.text(st.characters()))
def test_one_line_that_can_be_encoded(text):
    line = printable(text)
    assert line.encode() and len(line.splitlines()) == 1 if text else line == ""
    assert printable(line) == line


def test_a_count_has_its_noun_in_number() -> None:
    assert counted(1, "class") == "1 class"
    assert counted(0, "class") == "no classes"
    assert counted(12_000, "picture") == "12,000 pictures"
