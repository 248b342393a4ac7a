"""Export of pictures that are on show, as one PNG: how large they are, and where they go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from ganview.app.exports.export_dialog import ExportDialog, ExportOrder
from ganview.app.exports.picture_sheet import Tiles, write_sheet
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.text import TextLabel
from ganview.runtime.jobs import RunJob


class PictureDialog(ExportDialog):
    """Asks for zoom and file.

    Parameters
    ----------
    zoom
        Suggested zoom; a smaller one is suggested where the picture would be too large.
    """

    def __init__(
        self, tiles: Tiles, zoom: int, run: RunJob, path: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(tiles.title, run, path, parent)
        self._tiles = tiles
        self.zoom = SpinBox(1, tiles.most_zoom, value=zoom, name="Zoom", prefix="× ")
        self.zoom.valueChanged.connect(self._tell_size)
        self._size = TextLabel("", "muted")
        self.form.addRow("Zoom", self.zoom)
        self.form.addRow("", self._size)
        self.set_kinds({".png": "PNG picture"})
        self.align()
        self._tell_size(self.zoom.value())
        self.file.setFocus()
        self.file.selectAll()

    @property
    def path(self) -> Path:
        path = super().path
        return path.with_name(f"{path.name}.png") if path.suffix.lower() != ".png" else path

    def order(self, path: Path) -> ExportOrder:
        zoom = self.zoom.value()
        return ExportOrder(lambda _tell: write_sheet(path, self._tiles, zoom), 1)

    def _tell_size(self, zoom: int) -> None:
        height, width = self._tiles.size
        self._size.setText(f"{width * zoom:,} × {height * zoom:,} pixels, sharp edges")
