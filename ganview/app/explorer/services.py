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
    """What the window does for the explorer's tabs, as functions.

    Parameters
    ----------
    request
        Asks the renderer for pictures.
    run
        Runs work in the background.
    model
        Returns the explorer's model, or None as long as there is none.
    complain
        Shows a sentence that says what went wrong and what to do.
    run_folder
        Returns the folder of the run that the explorer's model is of, or None.
    pins_folder
        Where pins are kept between starts; None keeps them nowhere.
    open_model
        Opens a model file in the explorer.
    directions_folder
        Where fitted directions are kept between starts; None keeps them nowhere.
    live
        Whether the explorer's model is one of many of a run.
    known_data
        Returns the data that the user has chosen recently, which may be opened unasked.
    source
        Returns what the explorer's source is known by: each has a place, pins and undo of its own.
    """

    request: Request
    run: RunJob
    model: Callable[[], Model | None]
    complain: Callable[[str], object]
    run_folder: Callable[[], Path | None] = lambda: None
    pins_folder: Path | None = None
    open_model: Callable[[Path], object] = lambda _path: None
    directions_folder: Path | None = None
    live: Callable[[], bool] = lambda: False
    source: Callable[[], str] = lambda: ""
    known_data: Callable[[], Sequence[DataSource]] = tuple
