"""What the explorer's tools need from the window: pictures, background work, the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ganview.app.latent_point import Floats

if TYPE_CHECKING:
    from ganview.data.source import DataSource
    from ganview.gan.model import Model
    from ganview.runtime.jobs import RunJob


class Request(Protocol):
    """What `ganview.runtime.renderer.Renderer.request` looks like from here."""

    def __call__(self, lane: str, z: Floats, y: Floats | None, *, want_belief: bool = False) -> int:
        """Ask for pictures; the newest request of a lane wins. Returns its stamp."""


@dataclass(frozen=True, kw_only=True)
class ExplorerServices:
    """What the window does for the explorer's tabs, as functions."""

    request: Request  # asks the renderer for pictures
    run: RunJob  # runs work in the background
    # Returns the explorer's model, or None as long as there is none.
    model: Callable[[], Model | None]
    complain: Callable[[str], object]  # shows a sentence that says what went wrong and what to do
    # Returns the folder of the run that the explorer's model is of, or None.
    run_folder: Callable[[], Path | None] = lambda: None
    pins_folder: Path | None = None  # where pins are kept between starts; None keeps them nowhere
    open_model: Callable[[Path], object] = lambda _path: None  # opens a model file in the explorer
    # Where fitted directions are kept between starts; None keeps them nowhere.
    directions_folder: Path | None = None
    live: Callable[[], bool] = lambda: False  # whether the explorer's model is one of many of a run
    # Returns what the explorer's source is known by: each has a place, pins and undo of its own.
    source: Callable[[], str] = lambda: ""
    # Returns the data that the user has chosen recently, which may be opened unasked.
    known_data: Callable[[], Sequence[DataSource]] = tuple
