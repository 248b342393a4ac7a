"""Exports with nothing to choose but the file: plots, the report, the model as ONNX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ganview.app.exports.export_dialog import ExportDialog, ExportOrder, OnCount
from ganview.app.exports.plot_files import Columns, write_plot
from ganview.runtime.jobs import RunJob
from ganview.runtime.landscape_files import Drawing, write_landscape

if TYPE_CHECKING:
    from ganview.app.widgets.widget_picture import WidgetPicture
    from ganview.gan.model import Model
    from ganview.runtime.landscapes import Look

PLOT_KINDS = {".png": "PNG picture", ".svg": "SVG drawing", ".csv": "CSV, the numbers"}
REPORT_KINDS = {".html": "Web page, whole in one file"}
TURN_RATE, TURN_SECONDS = 20.0, 6.0  # of the animation of a landscape that turns once
LANDSCAPE_KINDS = {
    ".png": "PNG picture",
    ".svg": "SVG drawing of a flat map",
    ".gif": "GIF of a turn",
    ".webp": "WebP of a turn",
    ".mp4": "MP4 of a turn",
}
ONNX_KINDS = {".onnx": "ONNX model"}


class FileExportDialog(ExportDialog):
    """Asks where to, shows how far it is, and can be stopped.

    Parameters
    ----------
    kinds
        Suffix to description of the kinds of file.
    make
        Returns the work for a path.
    """

    def __init__(
        self,
        title: str,
        kinds: dict[str, str],
        make: Callable[[Path], ExportOrder],
        run: RunJob,
        path: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, run, path, parent)
        self._make = make
        self.set_kinds(kinds)
        self.align()
        self.kind.setFocus()

    def order(self, path: Path) -> ExportOrder:
        return self._make(path)


def plot_order(
    path: Path, picture: WidgetPicture, columns: Callable[[], Columns], title: str
) -> ExportOrder:
    """Return the work of writing a plot."""

    def work(tell: OnCount) -> None:
        write_plot(path, picture, columns, title)
        tell(1)

    return ExportOrder(work, 1)


def report_order(path: Path, folder: Path) -> ExportOrder:
    """Return the work of writing the report of the run in a folder."""
    from ganview.export.report import PARTS

    def work(tell: OnCount) -> None:
        from ganview.export.report import write_report
        from ganview.files.run_folder import RunFolder

        write_report(path, RunFolder.open(folder, write=False), tell)

    return ExportOrder(work, PARTS)


def landscape_order(path: Path, look: Look, drawing: Drawing) -> ExportOrder:
    """Return the work of writing a landscape; an animation is that of one turn."""
    from ganview.export.animation import Timing

    timing = Timing(TURN_RATE, TURN_SECONDS)

    def work(tell: OnCount) -> None:
        write_landscape(path, [look], drawing, timing, tell)

    return ExportOrder(work, timing.frames)


def onnx_order(path: Path, model: Model) -> ExportOrder:
    """Return the work of writing a model as ONNX."""
    from ganview.export.onnx_file import STEPS, write_onnx

    return ExportOrder(lambda tell: write_onnx(path, model, tell), STEPS)
