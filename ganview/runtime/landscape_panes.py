"""What a landscape looks like: fields, the pictures on them, and their colours."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ganview.export.ground import Shades, heights_of
from ganview.export.landscape_pane import Pane, Sprites
from ganview.export.palette import Tokens
from ganview.export.relief import Floats

if TYPE_CHECKING:
    from ganview.runtime.landscapes import Ground, Look

Mode = Literal["real", "generated", "both", "kept", "difference"]

WITHIN_SPREAD = 4.0  # cells: one class has a tenth of the pictures, and one broad hill
MOST_DOTS = 3000
MOST_SPRITES = 400
MOST_PEAKS = 12  # named where there are no classes
STOPS = 8  # pictures that a line over the map passes, at most
RINGS = ((0.55, 6), (0.95, 9))  # within a class: ranks whose pictures are shown, and how many


@dataclass(frozen=True)
class Showing:
    """What of a landscape is shown."""

    # Whose pictures: real, generated, both side by side, those of a kept look beside those of now,
    # or the difference.
    mode: Mode = "both"
    label: int | None = None  # the class whose own map is shown; None for the map of all
    # Whether it is the map within a class; of data without classes, within all of it.
    within: bool = False


def compose_panes(
    look: Look, showing: Showing, tokens: Tokens, kept: Look | None = None
) -> tuple[Pane, ...]:
    """Return the fields to show; for background threads, since painting takes some milliseconds.

    Parameters
    ----------
    kept : Look, optional
        Of an earlier moment or another run, shown at the left if that is asked for.
    """
    from ganview.gan.explore.density import SPREAD, crowding

    compares = showing.mode == "kept" and kept is not None and kept.ground is look.ground
    sides = [(kept, False) if compares and kept is not None else (look, True), (look, False)]
    spread = WITHIN_SPREAD if showing.within else SPREAD
    points = [
        real_places(one.ground, showing) if real else fake_places(one, showing)
        for one, real in sides
    ]
    fields = [crowding(places, spread=spread) for places, _labels, _index in points]
    if showing.mode == "difference":
        heights = heights_of([fields[1] - fields[0], fields[0]])[0]  # on the real hills' scale
        shades = Shades(tokens.sunken, tokens.fake, tokens.real, tokens.text)
        sprites = _sprites(look, showing, points[1], fields[1], real=False)
        return (Pane("▲ too many generated   ▼ too few", heights, shades, sprites),)
    panes: list[Pane] = []
    for (one, real), there, field, heights in zip(
        sides, points, fields, heights_of(fields), strict=True
    ):
        colour = tokens.real if real else tokens.fake
        shades = Shades(tokens.sunken, colour, colour, tokens.text)
        sprites = _sprites(one, showing, there, field, real=real)
        title = "Real pictures" if real else generated_title(one)
        if compares and not panes:
            title = f"Kept: {title.lower()}"
        panes.append(Pane(title, heights, shades, sprites, _dots(there, one, showing, tokens)))
    alone = {"real": panes[:1], "generated": panes[1:]}
    return tuple(alone.get(showing.mode, panes))


def generated_title(look: Look) -> str:
    """Say which generator drew the pictures."""
    step = f" at step {look.cloud.step:,}" if look.cloud.step else ""
    psi = "" if look.cloud.psi == 1 else f", ψ {look.cloud.psi:.2f}"
    return f"Generated{step}{psi}"


Points = tuple[Floats, NDArray[np.int64], NDArray[np.int64]]  # places, classes, which pictures


def real_places(ground: Ground, showing: Showing) -> Points:
    """Return where the real pictures of what is shown are."""
    landscape = ground.landscape
    places = landscape.within if showing.within else landscape.places
    return _chosen(places, landscape.labels.numpy(), showing.label)


def fake_places(look: Look, showing: Showing) -> Points:
    """Return where the generated pictures of what is shown are."""
    cloud = look.cloud
    places = cloud.within if showing.within else cloud.places
    return _chosen(places, cloud.labels, showing.label)


def _chosen(places: Floats, labels: NDArray[np.int64], label: int | None) -> Points:
    index = np.arange(len(labels)) if label is None else np.flatnonzero(labels == label)
    return places[index], labels[index], index


def class_hue(label: int, classes: int, *, dark: bool) -> str:
    """Return a colour ``#rrggbb`` for a class; a name always stands beside it."""
    hue = label / max(1, classes)
    red, green, blue = colorsys.hls_to_rgb(hue, 0.68 if dark else 0.38, 0.75)
    return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


def _dots(
    points: Points, look: Look, showing: Showing, tokens: Tokens
) -> tuple[tuple[str, Floats], ...]:
    places, labels = points[0][:MOST_DOTS], points[1][:MOST_DOTS]
    names = look.ground.landscape.class_names
    if not names or showing.within:
        return ((tokens.text, places),)
    return tuple(
        (class_hue(label, len(names), dark=tokens.dark), places[labels == label])
        for label in range(len(names))
    )


def _sprites(
    look: Look, showing: Showing, points: Points, field: Floats, *, real: bool
) -> Sprites | None:
    """Choose the pictures that stand on a field: on its tops first, then any others."""
    places, labels, index = points
    if not len(places):
        return None
    pictures = look.ground.pictures if real else look.cloud.images
    names = look.ground.landscape.class_names
    if showing.within:
        first = _on_rings(places)
        captions = [""] * len(first)
    elif names:
        first, captions = _on_tops(places, labels, names)
    else:
        from ganview.gan.explore.density import find_peaks, middle_of

        tops = [middle_of(*cell) for cell in find_peaks(field, MOST_PEAKS)]
        first = [nearest_place(places, *top) for top in tops]
        captions = [""] * len(first)
    rest = np.setdiff1d(np.arange(min(MOST_SPRITES, len(places))), first)
    order = np.concatenate([np.array(first, np.int64), rest])
    return Sprites(places[order], pictures[index[order]], tuple(captions))


def _on_tops(
    places: Floats, labels: NDArray[np.int64], names: tuple[str, ...]
) -> tuple[list[int], list[str]]:
    """Return the picture nearest to the top of each class's hill, and the class's name."""
    from ganview.gan.explore.density import crowding, middle_of

    first, captions = [], []
    for label, name in enumerate(names):
        rows = np.flatnonzero(labels == label)
        if len(rows):
            own = crowding(places[rows])
            top = middle_of(*divmod(int(own.argmax()), own.shape[1]))
            first.append(int(rows[nearest_place(places[rows], *top)]))
            captions.append(name)
    return first, captions


def _on_rings(places: Floats) -> list[int]:
    """Return a class's most typical picture, and others around it, the rarer the further out."""
    from ganview.gan.explore.landscape import reach_of

    first = [int(np.square(places).sum(1).argmin())]
    for rank, count in RINGS:
        for angle in np.arange(count) * (2 * np.pi / count):
            at = reach_of(rank) * np.array([np.cos(angle), np.sin(angle)])
            found = nearest_place(places, *at)
            if found not in first:
                first.append(found)
    return first


def stops_along(places: Floats, way: list[tuple[float, float]]) -> list[int]:
    """Return which of places (N, 2) a line passes, in order, each once and `STOPS` at most."""
    line = np.array(way, np.float32)
    ends = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, ends[-1], STOPS)
    found = [
        nearest_place(
            places,
            float(np.interp(part, ends, line[:, 0])),
            float(np.interp(part, ends, line[:, 1])),
        )
        for part in at
    ]
    return list(dict.fromkeys(found))


def nearest_pair(look: Look, showing: Showing, x: float, y: float) -> tuple[int | None, int | None]:
    """Return which real and which generated picture are nearest to a point, None without any."""
    found = []
    for places, _labels, index in (real_places(look.ground, showing), fake_places(look, showing)):
        found.append(int(index[nearest_place(places, x, y)]) if len(places) else None)
    return found[0], found[1]


def usual_pair(look: Look, showing: Showing) -> tuple[int | None, int | None]:
    """Return the most typical generated picture, and first the real one nearest to it."""
    places, _labels, index = fake_places(look, showing)
    if not len(places):
        return None, None
    at = int(look.cloud.ranks[index].argmin())
    return nearest_pair(look, showing, *places[at].tolist())[0], int(index[at])


def nearest_place(places: Floats, x: float, y: float) -> int:
    """Return which of places (N, 2) is nearest to a point."""
    return int(np.square(places - np.array([x, y], np.float32)).sum(1).argmin())
