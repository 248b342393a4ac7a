"""The base of the program's dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QPushButton, QWidget

from ganview.app.theme import LARGE, MEDIUM
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.text import TextLabel


class AppDialog(QDialog):
    """A dialog with a heading that is closed with Esc and never stops the program."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        heading = TextLabel(title, "heading", size="large")
        self.column = column_layout(
            heading, gap=MEDIUM, margins=(LARGE, LARGE, LARGE, MEDIUM), inside=self
        )

    def offer(self, text: str, do: Callable[[], object]) -> QPushButton:
        """Add the button that does what the dialog is for, which Enter presses, and Cancel."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        button = buttons.addButton(text, QDialogButtonBox.ButtonRole.AcceptRole)
        button.setProperty("primary", True)
        button.setDefault(True)
        buttons.accepted.connect(do)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(buttons)
        return button

    def end(self) -> None:
        """Add the button that closes it."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.column.addWidget(buttons)


def ask_file(
    parent: QWidget,
    title: str,
    chosen: Callable[[Path], object],
    *,
    start: str | Path = "",
    kinds: str = "",
) -> None:
    """Ask for a file that is there, and go on meanwhile: the dialog is not waited for.

    Parameters
    ----------
    chosen
        Called with the path, if one is chosen.
    kinds
        Name filters, as Qt writes them.
    """
    dialog = QFileDialog(parent, title, str(start), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _show_dialog(dialog, chosen)


def ask_folder(
    parent: QWidget, title: str, chosen: Callable[[Path], object], *, start: str | Path = ""
) -> None:
    """Ask for a folder, as `ask_file` does for a file."""
    dialog = QFileDialog(parent, title, str(start), fileMode=QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _show_dialog(dialog, chosen)


def free_path(path: Path) -> Path:
    """Return `path`, or with a number behind its stem when there is something already."""
    number, found = 1, path
    while found.exists() and number < 1000:
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found


def ask_new_file(
    parent: QWidget, title: str, chosen: Callable[[Path], object], path: Path, kinds: str = ""
) -> None:
    """Ask where to write a file, as `ask_file` does; ``path`` is suggested, and its ending kept."""
    dialog = QFileDialog(parent, title, str(path.parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(path.suffix.lstrip("."))
    dialog.selectFile(path.name)
    _show_dialog(dialog, chosen)


def _show_dialog(dialog: QFileDialog, chosen: Callable[[Path], object]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
