"""The commands of data: choose it, drop it, look at it, and find that of a run again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ganview.app.controllers.settings import Settings
from ganview.app.controllers.training import Training
from ganview.app.pages.pages import Pages
from ganview.app.widgets.app_dialog import AppDialog, ask_file, ask_folder
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.layouts import row_layout
from ganview.app.widgets.text import TextLabel, name_text
from ganview.data.source import DataSource
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.runtime.run_setup import UnnamedData

FILES = "Data (*.zip *.npz *.npy *.gz *idx*ubyte *.idx);;All files (*)"
ENDINGS = (".zip", ".npz", ".npy", ".idx", "-ubyte", "ubyte.gz", ".idx.gz")
RUN = "config.json"


class DataCommands(QObject):
    """What the menu entries of data do, and what a dropped folder does."""

    def __init__(
        self, window: QWidget, training: Training, pages: Pages, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._training = window, training
        self._pages, self._settings = pages, settings
        self.handlers: dict[str, Callable[[], object]] = {
            "data_folder": lambda: self.ask_folder(self.choose),
            "data_file": lambda: ask_file(
                window, "Data of the next run", self.choose, start=settings.folder, kinds=FILES
            ),
        }
        training.data.restore_recent(settings.recent_data)
        training.data.changed.connect(self._remember)
        training.began.connect(self._show_samples)
        training.data_asked.connect(self._ask_for_data)
        training.data_changed.connect(self._ask_for_branch)

    def choose(self, path: Path) -> None:
        """Choose a folder or file as data of the next run, and show what is in it."""
        self._settings.folder = str(path.parent)
        try:
            self._training.data.choose(DataSource(str(path)))
        except UserError as error:
            self._training.failed.emit(str(error), "")
            return
        self._pages.open("data")

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Choose what was dropped if it is data; returns whether it is."""
        found = [path for path in paths if holds_data(path)]
        if not found:
            return False
        images = [path for path in found if "label" not in path.name.lower()]
        self.choose((images or found)[0])
        return True

    def ask_folder(self, chosen: Callable[[Path], object]) -> None:
        """Ask for a folder of pictures."""
        ask_folder(self._window, "Folder of pictures", chosen, start=self._settings.folder)

    def ask_file(self, chosen: Callable[[Path], object]) -> None:
        """Ask for a file of pictures."""
        ask_file(self._window, "File of pictures", chosen, start=self._settings.folder, kinds=FILES)

    def _remember(self) -> None:
        self._settings.recent_data = self._training.data.recent_as_text()

    def _show_samples(self) -> None:
        if self._pages.name == "data":
            self._pages.open("samples")

    def _ask_for_data(self, asked: UnnamedData, again: Callable[[DataSource], None]) -> None:
        name, place = name_text(asked.run.name), name_text(asked.source.name)
        accept = None if asked.gone else partial(again, asked.source)
        what = (
            "Nothing is there any more. Say where it is now."
            if asked.gone
            else "Open it from there, or say where it is now."
        )
        said = f"The run {name} learned from\n{place}\n{what}"
        AskDataDialog(said, asked.source, ("Open it", accept), again, self, self._window).open()

    def _ask_for_branch(self, run: Path, source: DataSource) -> None:
        name, place = name_text(run.name), name_text(source.name)
        training = self._training
        said = (
            f"The run {name} learned from other pictures than are there now:\n{place}\n"
            "A branch goes on from its newest step with these; the run itself stays as it is. "
            "Or say where its own pictures are."
        )

        def accept() -> None:
            training.branch(run, sys.maxsize, {}, training.stop_at, source)

        def again(place: DataSource) -> None:
            training.go_on(run, training.stop_at, place)

        AskDataDialog(said, source, ("Branch", accept), again, self, self._window).open()


class AskDataDialog(AppDialog):
    """Says something of the data of a run, and lets one say where it is.

    Parameters
    ----------
    said
        What it says.
    source
        Where the data was.
    offer
        What else can be done: its name, and a function; or None where nothing else can.
    again
        Called with where the data is.
    """

    def __init__(
        self,
        said: str,
        source: DataSource,
        offer: tuple[str, Callable[[], object] | None],
        again: Callable[[DataSource], object],
        commands: DataCommands,
        parent: QWidget,
    ) -> None:
        super().__init__("Data of the run", parent)
        self.column.addWidget(TextLabel(said, wrap=True))
        verb, accept = offer

        def choose(path: Path) -> None:
            self.close()
            again(DataSource(str(path)))

        def take() -> None:
            self.close()
            if accept is not None:
                accept()

        ask = commands.ask_file if source.name.lower().endswith(ENDINGS) else commands.ask_folder
        self.elsewhere = push_button("It is elsewhere…", do=lambda: ask(choose))
        self.open_it = push_button(verb, do=take)
        self.open_it.setVisible(accept is not None)
        (self.open_it if accept is not None else self.elsewhere).setProperty("primary", True)
        self.column.addLayout(row_layout(1, self.elsewhere, self.open_it))
        self.end()


def holds_data(path: Path) -> bool:
    """Return whether something dropped is data and not a model, a run or a picture."""
    if path.is_dir():
        return not (path / RUN).is_file()
    return path.name.lower().endswith(ENDINGS)
