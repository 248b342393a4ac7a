"""Landscapes in files: a picture, a flat map as a drawing, a turn, or how a run's hills rose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganview.errors import UserError
from ganview.export.palette import LIGHT, Tokens
from ganview.export.relief import Camera
from ganview.runtime.landscape_panes import Showing, compose_panes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.export.animation import Timing
    from ganview.runtime.landscapes import Look

STILL = (".png", ".svg")


@dataclass(frozen=True)
class Drawing:
    """How a landscape is drawn."""

    showing: Showing = field(default_factory=Showing)  # what of it
    flat: bool = False  # from above, or as hills
    camera: Camera = field(default_factory=Camera)  # where hills are seen from
    size: tuple[int, int] = (600, 400)  # pixels of one field
    tokens: Tokens = LIGHT  # the colours


def write_landscape(
    path: Path,
    looks: Iterable[Look],
    drawing: Drawing,
    timing: Timing,
    tell: Callable[[int], object] = lambda _frames: None,
) -> None:
    """Write one look as PNG, SVG or the animation of a turn, or several as that of a run.

    Parameters
    ----------
    path : Path
        Its suffix says which.
    looks : iterable of Look
        Of one generator, or of several moments of a run, in order.
    timing : Timing
        How an animation plays; each of several moments is shown for the same time.
    tell : callable
        Told of each frame of ``timing.frames``; of a still picture, of the whole.

    Raises
    ------
    UserError
        The file's name says something else, or hills are asked for as SVG; `WriteError` if it
        can't be written.
    """
    from ganview.export.animation import format_of, write_animation
    from ganview.export.landscape_picture import (
        draw_landscape,
        landscape_svg,
        turn_frames,
        write_landscape_png,
    )
    from ganview.files.atomic import write_bytes

    tokens, suffix = drawing.tokens, path.suffix.lower()
    camera = None if drawing.flat else drawing.camera
    if suffix not in STILL:
        format_of(path)
    if suffix == ".svg" and not drawing.flat:
        raise UserError("Hills are pictures: only a flat map is written as .svg.")
    found = list(looks)
    panes = compose_panes(found[0], drawing.showing, tokens)
    if suffix == ".svg":
        text = landscape_svg(panes, tokens.text, tokens.card)
        write_bytes(path, text.encode())
        tell(timing.frames)
    elif suffix == ".png":
        picture = draw_landscape(panes, drawing.size, tokens.card, camera)
        write_landscape_png(path, picture, provenance_of(found, drawing))
        tell(timing.frames)
    else:
        if len(found) > 1:
            frames = _run_frames(found, drawing, timing)
        else:
            frames = turn_frames(panes, drawing.size, tokens.card, drawing.camera, timing.frames)
        made = json.dumps(provenance_of(found, drawing), sort_keys=True)
        write_animation(path, frames, timing, tell, made)


def _run_frames(looks: list[Look], drawing: Drawing, timing: Timing) -> Iterator[NDArray[np.uint8]]:
    from ganview.export.landscape_picture import draw_landscape

    before, frame = -1, None
    for index in range(timing.frames):
        at = index * len(looks) // timing.frames
        if at != before or frame is None:
            before = at
            panes = compose_panes(looks[at], drawing.showing, drawing.tokens)
            camera = None if drawing.flat else drawing.camera
            frame = draw_landscape(panes, drawing.size, drawing.tokens.card, camera)
        yield frame


def provenance_of(looks: list[Look], drawing: Drawing) -> dict[str, Any]:
    """Return how a picture or an animation was made: the command line draws the same from it."""
    from ganview import __version__
    from ganview.gan.explore.landscape import SEED
    from ganview.gan.metrics.classifier import fingerprint

    look, cloud = looks[0], looks[0].cloud
    return {
        "ganview": __version__,
        "model": look.model,
        "step": cloud.step,
        "steps": [each.cloud.step for each in looks],
        "judge": fingerprint(look.ground.landscape.judge),
        "pictures": len(cloud.z),
        "seed": SEED,
        "psi": cloud.psi,
        "showing": asdict(drawing.showing),
        "camera": None if drawing.flat else asdict(drawing.camera),
        "size": list(drawing.size),
    }
