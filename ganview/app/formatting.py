"""Numbers and states as a person reads them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Ranked


def duration(seconds: float) -> str:
    """Return a span as 0:42, 12:05 or 3:07:09; an unknown one (NaN) as a dash."""
    if not isfinite(seconds):
        return "–"
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def time_left(seconds: float | None) -> str:
    """Return the time left in words, coarse enough not to flicker."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(0, round(seconds))} s left"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min left"
    return f"{seconds / 3600:.1f} h left"


def number_text(number: float) -> str:
    """Return a number of any size in about four digits."""
    size = abs(number)
    if size != size:  # not a number
        return "not a number"
    if 0 < size < 1e-3:
        return "≈ 0"
    if size >= 1e5:
        return f"{number:.1e}".replace("-", "−")
    digits = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
    return f"{number:.{digits}f}".replace("-", "−")


def byte_text(count: float) -> str:
    """Return a number of bytes as 840 kB or 1.2 MB."""
    return f"{max(1.0, count / 1e3):.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


#: Letters whose names begin with a vowel, and numbers that do.
VOWELS, SPOKEN = frozenset("aefhilmnorsx"), frozenset({"8", "11", "18"})


def with_article(name: str) -> str:
    """Return a name behind "a" or "an", as it is spoken: an 8, an S, an apple, a 3."""
    first = name[:1].lower()
    vowel = first in (VOWELS if len(name) == 1 else "aeiou")
    eight = name in SPOKEN or (name.isdecimal() and first == "8")
    return f"{'an' if vowel or eight else 'a'} {name}"


def percent_text(share: float) -> str:
    """Return a share of 0 to 1 as 98.4 %."""
    return f"{100 * share:.1f} %"


def pictures_of(*names: str) -> str:
    """Return what pictures of classes are called: 4s and 7s, or pictures of cat, dog and horse."""
    short = all(len(name) <= 2 for name in names)
    said = [f"{name}s" if short else name for name in names]
    joined = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    return joined if short else f"pictures of {joined}"


def rarity_of(ranked: Ranked, index: int) -> str:
    """Say in words how rare one of some pictures is."""
    return rarity_text(float(ranked.ranks[index]), ranked.class_names, int(ranked.labels[index]))


def rarity_text(rank: float, names: tuple[str, ...], label: int) -> str:
    """Say in words how rare a picture is among the real ones of its class."""
    if rank != rank:  # not a number
        return "too few real pictures to tell how rare it is"
    kind = f"real {pictures_of(names[label])}" if names else "real pictures"
    share, word = (rank, "rarer") if rank >= 0.5 else (1 - rank, "more typical")
    percent = f"{100 * share:.0f}" if share < 0.995 else "99.5"  # of nothing it is known to be all
    return f"{word} than {percent} % of {kind}"


def setting_text(value: object) -> str:
    """Return the value of a setting as it is shown."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case int():
            return f"{value:,}"
        case _:
            return str(value)
