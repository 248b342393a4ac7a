"""When a dropped picture names a model that is not at hand: says which, and lets it be found."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QWidget

from ganview.app.dialogues import Sheet
from ganview.app.widgets.card import label

MODELS = "Model files (*.safetensors);;All files (*)"


class MissingModel(Sheet):
    """Offers to look for the model of a picture.

    Parameters
    ----------
    picture
        Name of the picture.
    maker
        The model that it names, as a recipe says it.
    folder
        Where to begin to look.
    parent
        The window.

    Attributes
    ----------
    found
        A file that may be the model; whoever opens it checks.
    """

    found = Signal(str)

    def __init__(
        self, picture: str, maker: str, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("The model of this picture is missing", parent)
        self._folder = folder
        text = label(
            f"{picture} was drawn by {maker}. It is neither one of those that ship, nor "
            "the one in the explorer, nor among your runs. With its file, or the model file in "
            "the folder of its run, the same picture comes back."
        )
        text.setWordWrap(True)
        text.setMinimumWidth(420)
        self.column.addWidget(text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        find = buttons.addButton("Find it…", QDialogButtonBox.ButtonRole.ActionRole)
        find.setProperty("primary", True)
        find.setDefault(True)
        find.clicked.connect(self._look)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(buttons)

    def _look(self) -> None:
        dialogue = QFileDialog(self, "Find the model", self._folder, MODELS)
        dialogue.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialogue.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialogue.fileSelected.connect(self.choose)
        dialogue.open()

    def choose(self, path: str) -> None:
        """Take a file for the model."""
        self.found.emit(path)
        self.accept()
