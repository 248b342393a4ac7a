"""Which files of a folder are pictures of a set: their order, and what a long list costs."""

from __future__ import annotations

import gc
import re

from hypothesis import given
from hypothesis import strategies as st

from ganview.data import listing
from ganview.data.listing import list_folder, natural_order, sort_in_parts

NAMES = st.text("ab 0129éZ-_.日", min_size=1, max_size=9)


def in_pieces(name: str) -> tuple[list[tuple[int, str]], str]:
    """Return what natural order means: numbers by their value, before text, then the name."""
    parts = re.split(r"([0-9]{1,15})", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], name


@given(names=st.lists(NAMES, max_size=12))
def test_natural_order(names):
    assert sorted(names, key=natural_order) == sorted(names, key=in_pieces)


def test_what_is_sorted_in_parts_is_sorted(monkeypatch):
    monkeypatch.setattr(listing, "SORTED_AT_ONCE", 3)
    names = [f"{7 * number % 31}" for number in range(31)]
    assert sort_in_parts(names, natural_order) == [str(number) for number in range(31)]
    assert sort_in_parts([], natural_order) == []


def test_garbage_collection_has_nothing_of_a_file_to_look_at(tmp_path):
    """It stops all threads, and so the window, for as long as it looks."""
    for number in range(300):
        (tmp_path / f"{number}.{'png' if number % 2 else 'txt'}").touch()
    gc.collect()
    before = len(gc.get_objects())
    found = list_folder(tmp_path)
    gc.collect()
    assert len(gc.get_objects()) - before < 50
    assert len(found.learned()) == len(found.left_out["not of a type that is read"]) == 150
