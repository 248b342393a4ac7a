"""The menu Export beyond the pictures on show: samples, animations, curves, report, ONNX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from ganview.app.files import free_path
from ganview.app.plot_files import CURVES, write_curves

if TYPE_CHECKING:
    from ganview.app.exports.animation import Stage
    from ganview.app.exports.dialogue import ExportSheet
    from ganview.app.laboratory import Laboratory
    from ganview.app.panels.explorer import Explorer
    from ganview.app.panels.plots_row import PlotsRow
    from ganview.app.settings import Settings

CURVE_FILES = "Pictures (*.png);;Drawings (*.svg);;Numbers (*.csv)"


class ExportCommands(QObject):
    """What the menu Export does.

    Parameters
    ----------
    window
        Over which dialogues are shown.
    laboratory
        Has models and run, and runs the work.
    settings
        Remembers the folder.
    explorer
        Has the place and the pins.
    plots
        Has the curves.
    """

    def __init__(
        self,
        window: QWidget,
        laboratory: Laboratory,
        settings: Settings,
        explorer: Explorer,
        plots: PlotsRow,
    ) -> None:
        super().__init__(window)
        self._window, self._laboratory, self._settings = window, laboratory, settings
        self._explorer, self._plots = explorer, plots
        self.deeds: dict[str, Callable[[], None]] = {
            "export_samples": self._ask_samples,
            "export_animation": self._ask_animation,
            "export_losses": lambda: self._ask_curves("losses"),
            "export_beliefs": lambda: self._ask_curves("beliefs"),
            "export_report": self._ask_report,
            "export_onnx": self._ask_onnx,
        }
        plots.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        plots.customContextMenuRequested.connect(self._offer_curves)

    # ---- dialogues -------------------------------------------------------------------------

    def stage(self) -> Stage | None:
        """Return what there is to draw with."""
        from ganview.app.exports.animation import Stage

        model = self._laboratory.model
        if model is None:
            return None
        pins = self._explorer.pins
        return Stage(
            model,
            self._explorer.state.place,
            pins.arrays() if len(pins) > 1 else None,
            self._laboratory.run_folder,
        )

    def _ask_samples(self) -> None:
        from ganview.app.exports.samples import SamplesDialogue

        stage = self.stage()
        if stage is not None:
            names = self._explorer.state.space.class_names
            run, path = self._laboratory.bridge.run, self._free("ganview-samples.png")
            self._open(SamplesDialogue(stage, names, run, path, self._window))

    def _ask_animation(self) -> None:
        from ganview.app.exports.animation import AnimationDialogue

        stage = self.stage()
        if stage is not None:
            path = self._free("ganview-animation.gif")
            run = self._laboratory.bridge.run
            self._open(AnimationDialogue(stage, run, path, self._window))

    def _open(self, dialogue: ExportSheet) -> None:
        dialogue.exported.connect(self._exported)
        dialogue.open()

    def _exported(self, path: str) -> None:
        self._settings.folder = str(Path(path).parent)
        self._laboratory.said.emit(f"Exported {path}.")

    # ---- files without a dialogue of their own -----------------------------------------------

    def _offer_curves(self, where: QPoint) -> None:
        """Offer to export the plot under the pointer."""
        plots = self._plots.plots
        if plots is None:
            return
        cards = {"losses": plots.losses, "beliefs": plots.beliefs}
        under = [name for name, card in cards.items() if card.geometry().contains(where)]
        if under:
            menu = QMenu(self._plots)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Export as PNG, SVG or CSV…", lambda: self._ask_curves(under[0]))
            menu.popup(self._plots.mapToGlobal(where))

    def _ask_curves(self, which: str) -> None:
        history, plots = self._laboratory.training.history, self._plots.plots
        if history is None or plots is None or not len(history):
            self._laboratory.said.emit("There are no curves yet: train for a while.")
            return
        name = f"ganview-{which}.png"
        self._ask(
            f"Export {CURVES[which].title}",
            name,
            CURVE_FILES,
            lambda path: self.export_curves(which, path),
        )

    def export_curves(self, which: str, path: Path) -> None:
        """Write the losses or beliefs as PNG, SVG or CSV, as the name says."""
        history = self._laboratory.training.history
        if history is None:
            return
        columns, axis = history.view(), self._settings.plot_axis
        self._do(path, lambda: write_curves(path, which, columns, axis))

    def _ask_report(self) -> None:
        folder = self._laboratory.run_folder
        if folder is None:
            self._laboratory.said.emit("This run is not kept in a folder, so it has no report.")
            return

        def work(path: Path) -> None:
            from ganview.export.report import write_report
            from ganview.files.run_folder import RunFolder

            write_report(path, RunFolder.open(folder, write=False))

        self._ask(
            "Export report of the run",
            f"{folder.name}.html",
            "Web pages (*.html)",
            lambda path: self._do(path, lambda: work(path)),
        )

    def _ask_onnx(self) -> None:
        model = self._laboratory.model
        if model is None:
            return

        def work(path: Path) -> None:
            from ganview.export.onnx_file import write_onnx

            write_onnx(path, model)

        self._ask(
            "Export model as ONNX",
            "ganview-model.onnx",
            "ONNX models (*.onnx)",
            lambda path: self._do(path, lambda: work(path)),
        )

    def _ask(self, title: str, name: str, kinds: str, then: Callable[[Path], None]) -> None:
        path = self._free(name)
        dialogue = QFileDialog(self._window, title, str(path.parent), kinds)
        dialogue.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialogue.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialogue.setDefaultSuffix(path.suffix.lstrip("."))
        dialogue.filterSelected.connect(
            lambda kind: dialogue.setDefaultSuffix(kind.rpartition(".")[2].rstrip(")"))
        )
        dialogue.selectFile(path.name)
        dialogue.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialogue.open()

    def _do(self, path: Path, work: Callable[[], None]) -> None:
        self._settings.folder = str(path.parent)
        self._laboratory.said.emit(f"Exporting {path.name}…")
        self._laboratory.run_job(work, f"exporting {path.name}", f"Exported {path}.")

    def _free(self, name: str) -> Path:
        folder = Path(self._settings.folder) if self._settings.folder else Path.home()
        return free_path((folder if folder.is_dir() else Path.home()) / name)
