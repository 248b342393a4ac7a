"""The menu Export beyond the pictures on show: samples, animations, plots, report, ONNX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from ganview.app.controllers.app_controller import AppController
    from ganview.app.controllers.settings import Settings
    from ganview.app.explorer.explorer_panel import Explorer
    from ganview.app.exports.animation import ExportSource
    from ganview.app.exports.export_dialog import ExportDialog, ExportOrder
    from ganview.app.pages.pages import Pages
    from ganview.app.plots.plots_row import PlotsRow
    from ganview.app.widgets.message_bar import MessageBar

NO_RUN = "A report needs a run folder: train a run, or open its folder."


def tell_exported(bar: MessageBar, sentence: str, folder: str) -> None:
    """Say on a message bar what was exported, with a way to its folder."""
    place = QUrl.fromLocalFile(folder)
    bar.show_done(sentence, "Show in folder", lambda: QDesktopServices.openUrl(place))


class ExportCommands(QObject):
    """What the menu Export does."""

    def __init__(
        self,
        window: QWidget,
        controller: AppController,
        settings: Settings,
        explorer: Explorer,
        plots: PlotsRow,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._explorer, self._plots = explorer, plots
        self.handlers: dict[str, Callable[[], None]] = {
            "export_samples": self._ask_samples,
            "export_animation": self._ask_animation,
            "export_losses": partial(self._ask_plot, "losses"),
            "export_beliefs": partial(self._ask_plot, "beliefs"),
            "export_quality": partial(self._ask_plot, "quality"),
            "export_report": self._ask_report,
            "export_onnx": self._ask_onnx,
        }
        plots.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        plots.customContextMenuRequested.connect(self._offer_plot)

    # ---- dialogs -------------------------------------------------------------------------

    def source(self) -> ExportSource | None:
        """Return what there is to draw with."""
        from ganview.app.exports.animation import ExportSource

        model = self._controller.app_model.model
        if model is None:
            return None
        pins = self._explorer.pins
        return ExportSource(
            model,
            self._explorer.state.place,
            pins.arrays() if len(pins) > 1 else None,
            self._controller.app_model.run_folder,
        )

    def _ask_samples(self) -> None:
        from ganview.app.exports.samples import SamplesDialog

        source = self.source()
        if source is not None:
            names = self._explorer.state.space.class_names
            path, run = self._path("ganview-samples.png"), self._controller.bridge.run_job
            self._open(SamplesDialog(source, names, run, path, self._window))

    def _ask_animation(self) -> None:
        from ganview.app.exports.animation import AnimationDialog

        source = self.source()
        if source is not None:
            path = self._path("ganview-animation.gif")
            run = self._controller.bridge.run_job
            self._open(AnimationDialog(source, run, path, self._window))

    def _open(self, dialog: ExportDialog) -> None:
        dialog.exported.connect(self._exported)
        dialog.open()

    def _exported(self, path: str) -> None:
        self._settings.folder = str(Path(path).parent)
        self._controller.tell_exported(path)

    # ---- files with nothing else to choose ---------------------------------------------------

    def _offer_plot(self, where: QPoint) -> None:
        """Offer to export the plot under the pointer."""
        plots = self._plots.plots
        if plots is None:
            return
        under = [
            name
            for name, card in plots.by_name.items()
            if card.isVisible() and card.geometry().contains(where)
        ]
        if under:
            menu = QMenu(self._plots)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Export as PNG, SVG or CSV…", lambda: self._ask_plot(under[0]))
            menu.popup(self._plots.mapToGlobal(where))

    def _ask_plot(self, which: str) -> None:
        from ganview.app.exports.file_export import PLOT_KINDS, plot_order

        run, plots = self._controller.app_model.run, self._plots.plots
        quality = which == "quality"
        if run is None or plots is None or not len(run.quality if quality else run.history):
            why = "Quality was not measured yet" if quality else "There are no curves yet"
            self._controller.said.emit(f"{why}: train for a while.")
            return
        card = plots.by_name[which]
        title = card.accessibleName()

        def make(path: Path) -> ExportOrder:
            return plot_order(path, self._plots.record(card), card.table(run), title)

        self._ask_file(f"Export plot: {title}", f"ganview-{which}.png", PLOT_KINDS, make)

    def ask_landscape(self, pages: Pages) -> None:
        """Ask where to write the landscape that is on show, or was last."""
        from ganview.app.exports.file_export import LANDSCAPE_KINDS, landscape_order
        from ganview.app.pages.landscape import LandscapePage

        page = pages.page_of("landscape")
        assert isinstance(page, LandscapePage)
        look = page.look
        if look is None:
            pages.open("landscape")
            self._controller.said.emit("The landscape is being drawn: export it once it is there.")
            return
        make = partial(landscape_order, look=look, drawing=page.drawing)
        self._ask_file("Export landscape", "landscape.png", LANDSCAPE_KINDS, make)

    def _ask_report(self) -> None:
        from ganview.app.exports.file_export import REPORT_KINDS, report_order

        folder = self._controller.app_model.run_folder
        if folder is None:
            self._controller.said.emit(NO_RUN)
            return
        make = partial(report_order, folder=folder)
        self._ask_file("Export report of the run", f"{folder.name}.html", REPORT_KINDS, make)

    def _ask_onnx(self) -> None:
        from ganview.app.exports.file_export import ONNX_KINDS, onnx_order

        model = self._controller.app_model.model
        if model is not None:
            make = partial(onnx_order, model=model)
            self._ask_file("Export model as ONNX", "ganview-model.onnx", ONNX_KINDS, make)

    def _ask_file(
        self, title: str, name: str, kinds: dict[str, str], make: Callable[[Path], ExportOrder]
    ) -> None:
        from ganview.app.exports.file_export import FileExportDialog

        run = self._controller.bridge.run_job
        self._open(FileExportDialog(title, kinds, make, run, self._path(name), self._window))

    def _path(self, name: str) -> Path:
        return self._settings.start_folder / name  # the dialog numbers what is there already
