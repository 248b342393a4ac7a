"""Reads the pictures of a set, two at a time, and says why each of the others is left out."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganview.data.listing import Files, LeftOut
from ganview.data.pictures import (
    DAMAGE,
    DEEP_MODES,
    Preparation,
    as_learned,
    level_range,
    natural_levels,
    open_picture,
)
from ganview.errors import UserError

OnProgress = Callable[[int, int], None]

DECODERS = 2  # threads; Pillow decodes without Python's lock
AHEAD = 64  # pictures in work at once
SMALLEST = 8  # pixels of the shorter side, from which a picture is learned
LONGEST = 5  # times as long as wide, up to which it is
LOOKED_AT = 48  # pictures that side and ground are guessed from
SIDES = 28, 32  # what is guessed
CONTRAST = 32  # levels that transparent pictures differ from white on average, to be seen on it
TINT, TINT_REACH = 6, 48  # levels that a tint may stray from a line, and from grey


class Guess(NamedTuple):
    """What a look at some pictures of a set tells."""

    side: int  # their usual shorter side in pixels, within `SIDES`
    ground: str  # the colour on which transparent ones are seen
    note: str  # a sentence about that, where some are transparent


def guess_ground_and_side(files: Files, names: Sequence[str]) -> Guess:
    """Look at some pictures, spread over a set."""
    sides, shades, weights = [], 0.0, 0.0
    for name in names[:: max(1, len(names) // LOOKED_AT)]:
        try:
            with open_picture(files.opened(name)) as image:
                sides.append(min(image.size))
                if image.has_transparency_data:
                    pixels = np.asarray(image.convert("RGBA"), np.float32)
                    alpha = pixels[..., 3] / 255
                    share = float(alpha.mean())
                    weights += share
                    shades += float(((255 - pixels[..., :3].mean(2)) * alpha).mean())
        except (UserError, *DAMAGE):
            continue
    side = int(np.clip(np.median(sides), *SIDES)) if sides else SIDES[0]
    if not weights:
        return Guess(side, "white", "")
    ground = ground_for(shades / weights)
    return Guess(side, ground, f"Transparent pictures are put on {ground}.")


def ground_for(shade: float) -> str:
    """Return where pictures are seen that differ from white by ``shade`` levels on average."""
    return "white" if shade >= CONTRAST else "black"


class _Read(NamedTuple):
    """What became of one file: its pixels (side, side, 3), its levels, or why it is left out."""

    pixels: NDArray[np.uint8] | None = None
    levels: tuple[float, float] | None = None
    whole: bool = True
    reason: str = ""


@dataclass
class PictureReader:
    """Reads files as one array of pictures.

    Parameters
    ----------
    files : Files
        What opens them.
    progress : callable, optional
        Told (files read, files in all) now and then; what it raises ends the reading.

    Attributes
    ----------
    left_out : dict
        What was not read, by the reason.
    notes : list of str
        Sentences about what was assumed.
    coloured, tinted : int
        How many pictures have colour, and how many one tint only.
    """

    files: Files
    preparation: Preparation
    everything: bool = False
    progress: OnProgress | None = None

    def __post_init__(self) -> None:
        self.left_out: LeftOut = {}
        self.notes: list[str] = []
        self.coloured = self.tinted = 0

    def read(
        self, names: Sequence[str], classes: Sequence[str], learned: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Read files, of which the first ``learned`` are learned and the others test pictures.

        Returns
        -------
        planes : ndarray
            uint8 (N, 3, side, side) of those that could be read.
        kept : ndarray
            int64 (N,), the number of the file of each, rising.
        """
        side = self.preparation.side
        planes = np.empty((len(names), 3, side, side), np.uint8)
        reasons: dict[int, str] = {}
        deep: dict[int, _Read] = {}
        seen: set[bytes] = set()

        def take(number: int, found: _Read) -> None:
            if found.levels is not None:
                deep[number] = found
                return
            reason = found.reason
            if found.pixels is not None and not reason:
                reason = self._doubt(found.pixels, classes[number], seen, number < learned)
                planes[number] = found.pixels.transpose(2, 0, 1)
            if reason:
                reasons[number] = reason

        for number, found in self._in_order(names, range(len(names)), known=False):
            take(number, found)
        if deep:
            self._find_levels(list(deep.values()))
            for number, found in self._in_order(names, sorted(deep), known=True):
                take(number, found)
        for number, name in enumerate(names):
            if number in reasons:
                self.left_out.setdefault(reasons[number], []).append(name)
        kept = np.array([i for i in range(len(names)) if i not in reasons], np.int64)
        for row, number in enumerate(kept):  # in place: they may be most of the memory
            if row != number:
                planes[row] = planes[number]
        return planes[: len(kept)], kept

    def _in_order(
        self, names: Sequence[str], numbers: Sequence[int], *, known: bool
    ) -> Iterator[tuple[int, _Read]]:
        with ThreadPoolExecutor(DECODERS, thread_name_prefix="ganview-decoder") as pool:
            waiting: deque[tuple[int, Future[_Read]]] = deque()
            for done, number in enumerate(numbers):
                if self.progress is not None and done % 64 == 0:
                    self.progress(done, len(numbers))
                waiting.append((number, pool.submit(self._read_one, names[number], known)))
                if len(waiting) > AHEAD:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()

    def _find_levels(self, deep: Sequence[_Read]) -> None:
        """Find out what is black and white in the pictures of more than 256 levels."""
        for whole in (True, False):
            ranges = [found.levels for found in deep if found.levels and found.whole is whole]
            if not ranges:
                continue
            low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
            levels = natural_levels(low, high, whole=whole)
            if whole:
                self.preparation = replace(self.preparation, levels=levels)
            else:
                self.preparation = replace(self.preparation, float_levels=levels)
            kind = "Pictures of more than 256 levels" if whole else "Floating-point pictures"
            self.notes.append(f"{kind} are read from {levels[0]:g} to {levels[1]:g}.")

    def _read_one(self, name: str, known: bool) -> _Read:
        preparation = self.preparation
        try:
            with open_picture(self.files.opened(name)) as image:
                short, long = sorted(image.size)
                if not self.everything and short < SMALLEST:
                    return _Read(reason="too small")
                if not self.everything and long > LONGEST * short:
                    return _Read(reason="too long for its width")
                if image.mode in DEEP_MODES and not known:
                    return _Read(levels=level_range(image), whole=image.mode != "F")
                side = preparation.side
                image.draft("RGB", (2 * side, 2 * side))  # JPEGs decode small where they may
                return _Read(as_learned(image, preparation))
        except UserError as error:
            large = "too large" in str(error)
            return _Read(reason="too large" if large else self.files.why_unreadable(name))
        except DAMAGE:
            return _Read(reason=self.files.why_unreadable(name))

    def _doubt(
        self, pixels: NDArray[np.uint8], class_name: str, seen: set[bytes], is_learned: bool
    ) -> str:
        """Return why a picture is doubtful, or nothing; count its colour if it is not."""
        if not self.everything:
            if int(np.ptp(_planes_of(pixels), axis=1).max()) <= 1:
                return "one colour only"
            digest = hashlib.blake2b(pixels.tobytes(), digest_size=16).digest()
            # names of files need not be text
            of_class = class_name.encode(errors="surrogatepass") + b"\0" + digest
            if not is_learned and digest in seen:
                return "for tests, but also learned"
            if of_class in seen:
                return "the same as another"
            if is_learned:
                seen.update((digest, of_class))
            else:
                seen.add(of_class)
        kind = colour_kind(pixels)
        self.coloured += kind == "colour"
        self.tinted += kind == "tint"
        return ""


def _planes_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (3, H · W) of pixels (H, W, 3): numpy takes long over an axis of three."""
    return np.ascontiguousarray(pixels.reshape(-1, 3).T)


def colour_kind(pixels: NDArray[np.uint8]) -> str:
    """Return whether a picture (H, W, 3) is "grey", has one "tint", or "colour".

    A tint, as of a sepia print or the rounding of a JPEG, is near grey, and a straight line in
    the brightness.
    """
    red, green, blue = _planes_of(pixels).astype(np.float32)
    chroma = np.stack([red - green, blue - green])
    if not chroma.any():
        return "grey"
    if np.abs(chroma).max() > 2 * TINT_REACH or np.percentile(np.abs(chroma), 95) > TINT_REACH:
        return "colour"
    centred = green - green.mean()
    chroma = chroma - chroma.mean(1, keepdims=True)
    variance = float(centred @ centred)
    if variance > 0:
        chroma = chroma - (chroma @ centred / variance)[:, None] * centred
    return "colour" if float(chroma.std(1).max()) > TINT else "tint"
