"""What every page of the left side is given, and what it answers to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.training import Training
from ganview.app.latent_point import Floats, LatentPoint
from ganview.runtime.channels import Command
from ganview.runtime.jobs import RunJob


@dataclass(frozen=True, kw_only=True)
class PageContext:
    """What a page works with."""

    app_model: AppModel  # the run in focus and the cursor, with signals for both
    run_job: RunJob  # runs work in the background
    run_short_job: RunJob  # the same for short work that the user waits for
    complain: Callable[[str], object]  # shows a sentence that says what went wrong and what to do
    # Opens noise z (D,) and a class, or none, in the explorer.
    explore: Callable[[Floats, int | None], None]
    # Sends a command to the run that trains here; without one nothing happens.
    send: Callable[[Command], None]
    # Does one of the window's commands, by its name in `ganview.app.controllers.actions`.
    trigger: Callable[[str], None]
    training: Training  # the run that trains here
    # Opens the folder of a run, which comes into focus, or a model file; a second argument is
    # called when that is done, or has failed.
    open_file: Callable[..., object]
    go_on: Callable[[Path], object]  # goes on with the run in a folder
    # Returns the noise (D,) and the class, or none, that the explorer shows; None before that.
    explored: Callable[[], tuple[Floats, int | None] | None] = lambda: None
    # Brings a page into view, by its name in `ganview.app.pages.pages`.
    open_page: Callable[[str], None] = lambda _name: None
    # Pins points and lets the explorer travel from one to the next.
    travel: Callable[[list[LatentPoint]], None] = lambda _points: None
    # Brings a plot into view, by its title in `ganview.app.plots.plots_row`.
    open_plot: Callable[[str], None] = lambda _title: None


class Page(QWidget):
    """One page of the left side, built when it is first shown.

    Attributes
    ----------
    least_width
        Width that the page needs, in logical pixels, if the explorer can spare it.
    """

    # Whether something is wrong that the page says more of; its tab has a sign then.
    alarmed = Signal(bool)
    needs_changed = Signal()  # `least_height` is another
    least_width = 0

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context

    @property
    def least_height(self) -> int:
        """Height that the page needs, in logical pixels.

        Where it and the plots don't both fit, the plots give way while the page is in view.
        """
        return 0

    def refresh(self) -> None:
        """Show the run in focus at the cursor.

        Called when the page comes into view, and while it is in view at each change of the run,
        the cursor or the newest samples. Never called out of view.
        """
