"""The File menu: opening and saving models, keeping pictures. All work is done in threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from ganview.app.explorer.handwriting import from_qimage
from ganview.app.explorer.state_text import text_of
from ganview.app.exports.picture_sheet import Origin, Tiles, render_tiles
from ganview.app.widgets.app_dialog import ask_file, ask_folder, ask_new_file, free_path
from ganview.app.widgets.qt_images import Pixels, is_picture, local_files, to_qimage

if TYPE_CHECKING:
    from ganview.app.controllers.app_controller import AppController
    from ganview.app.controllers.settings import Settings
    from ganview.app.explorer.explorer_panel import Explorer
    from ganview.app.exports.picture_dialog import PictureDialog
    from ganview.app.pages.samples_panel import SamplesPanel

NO_PICTURE = "This generator has no such picture."
NO_WAY = "A path needs at least two pins: pin a point (P), go to another, and pin that too."
UNDELIVERED = "The other program did not provide the picture."
STATE = "application/x-ganview-state"  # what a copied picture carries to be known again
WALK = 9  # pictures from pin to pin
MODELS = "Model files (*.safetensors);;All files (*)"


class FileCommands(QObject):
    """What the File menu does."""

    def __init__(
        self,
        window: QWidget,
        controller: AppController,
        settings: Settings,
        explorer: Explorer,
        samples: SamplesPanel,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._explorer, self._samples = explorer, samples
        self.handlers: dict[str, Callable[[], None]] = {
            "open": self._ask_open,
            "open_run": lambda: self.ask_run(
                "Open the folder of a run", self._controller.opening.open
            ),
            "save": self._ask_save,
            "export_picture": lambda: self._ask_export(self.picture()),
            "export_strip": lambda: self._ask_export(self.strip()),
            "export_grid": lambda: self._ask_export(self.grid()),
            "export_map": lambda: self._ask_export(self.map()),
            "export_walk": lambda: self._ask_export(self.walk(), NO_WAY),
            "copy": self._copy,
            "paste": self._paste,
            "paste_state": self.paste_state,
        }
        controller.opening.model_missing.connect(self.ask_for_model)

    # ---- what can be kept ------------------------------------------------------------------

    def picture(self) -> Tiles | None:
        """Return the explorer's picture."""
        pictures = self._explorer.pictures
        if pictures is None:
            return None
        name, place = f"ganview-{self._class_name()}", pictures.place
        model = self._controller.app_model.model
        classes = None
        if place.label is not None:
            classes = place.weights[None] if place.mixed else np.array([place.label])
        origin = None if model is None else Origin(model, place.z[None], classes, place.psi)
        return Tiles("Export picture", name, pictures.picture[None], 1, origin)

    def strip(self) -> Tiles | None:
        """Return the explorer's noise in every class."""
        pictures = self._explorer.pictures
        if pictures is None or not pictures.place.weights.size:
            return None
        strip, place, model = pictures.strip, pictures.place, self._controller.app_model.model
        every = np.arange(len(strip))
        origin = None if model is None else Origin(model, place.z[None], every, place.psi)
        return Tiles("Export strip of all classes", "ganview-strip", strip, len(strip), origin)

    def grid(self) -> Tiles | None:
        """Return the sample grid, with the rows that don't fit the window."""
        sheet = self._samples.sheet
        if sheet is None:
            return None
        model, origin = self._controller.app_model.samples_model, None
        if model is not None and sheet.z.size:
            classes = sheet.first_class + np.arange(sheet.columns) if sheet.class_names else None
            origin = Origin(model, sheet.z, classes)
        return Tiles("Export sample grid", "ganview-grid", sheet.tiles(), sheet.columns, origin)

    def map(self) -> Tiles | None:
        """Return the map of the noise as it was drawn last."""
        drawn, model = self._explorer.map_inputs(), self._controller.app_model.model
        if drawn is None or model is None:
            return None
        z, classes, psi = drawn
        origin = Origin(model, z, classes, psi)
        return Tiles.to_be_drawn("Export map", "ganview-map", origin, round(len(z) ** 0.5))

    def walk(self) -> Tiles | None:
        """Return the way along the pins, `WALK` pictures from each to the next."""
        pins, model = self._explorer.pins, self._controller.app_model.model
        if len(pins) < 2 or model is None:
            return None
        from ganview.export.latent_path import path_through

        z, weights, psi = pins.arrays()
        y = weights[:, None] if weights.shape[1] else None
        count = (len(pins) - 1) * WALK + 1
        steps = path_through(z[:, None], y, psi, count, loop=False)
        classes = None if steps.y is None else steps.y[:, 0]
        origin = Origin(model, steps.z[:, 0], classes)
        return Tiles.to_be_drawn("Export walk along the pins", "ganview-walk", origin, WALK + 1)

    def _class_name(self) -> str:
        place = self._explorer.state.place
        names = self._explorer.state.space.class_names
        if place.label is None:
            return "picture"
        plain = "".join(c if c.isalnum() else "-" for c in names[place.label])[:40]
        return "mix" if place.mixed else plain

    # ---- pictures --------------------------------------------------------------------------

    def _ask_export(self, tiles: Tiles | None, otherwise: str = NO_PICTURE) -> None:
        if tiles is None:
            self._controller.said.emit(otherwise)
        else:
            self.export_dialog(tiles).open()

    def export_dialog(self, tiles: Tiles) -> PictureDialog:
        """Make the dialog that writes a sheet of tiles as PNG."""
        from ganview.app.exports.picture_dialog import PictureDialog

        path = free_path(self._settings.start_folder / f"{tiles.name}.png")
        suggested, run = self._settings.export_zoom, self._controller.bridge.run_job
        dialog = PictureDialog(tiles, suggested, run, path, self._window)

        def remember(path: str) -> None:
            self._settings.folder = str(Path(path).parent)
            if dialog.zoom.value() != min(suggested, tiles.most_zoom):  # it was chosen, not cut
                self._settings.export_zoom = dialog.zoom.value()
            self._controller.tell_exported(path)

        dialog.exported.connect(remember)
        return dialog

    def _copy(self) -> None:
        tiles = self.picture()
        if tiles is None:
            return
        zoom, pictures = self._settings.export_zoom, self._explorer.pictures
        model = self._controller.app_model.model

        def draw() -> tuple[Pixels, str]:
            text = ""
            if model is not None and pictures is not None:
                text = text_of(model, pictures.place)
            return render_tiles(tiles, zoom), text

        self._controller.bridge.run_job(
            draw, "copying the picture", self._put, self._controller.failed.emit
        )

    def _put(self, drawn: tuple[Pixels, str]) -> None:
        """Put a picture on the clipboard, and what brings it back when it is pasted here."""
        pixels, state = drawn
        data = QMimeData()
        data.setImageData(to_qimage(pixels))
        data.setData(STATE, state.encode())
        self._explorer.state_text.remember(state)
        QGuiApplication.clipboard().setMimeData(data)
        self._controller.said.emit(
            f"Copied the picture, {pixels.shape[1]} × {pixels.shape[0]} pixels."
        )

    # ---- models ----------------------------------------------------------------------------

    def _ask_open(self) -> None:
        start = self._settings.start_folder
        ask_file(self._window, "Open model", self._open, start=start, kinds=MODELS)

    def ask_run(self, title: str, then: Callable[[Path], object]) -> None:
        """Ask for the folder of a run, and hand it on."""
        runs, start = self._controller.training.runs, self._settings.start_folder
        ask_folder(self._window, title, then, start=runs if runs.is_dir() else start)

    def _ask_save(self) -> None:
        path = self._settings.start_folder / "ganview-model.safetensors"
        ask_new_file(self._window, "Save model", self._save, path, MODELS)

    def _open(self, path: Path) -> None:
        self._settings.folder = str(path.parent)
        self._controller.opening.open(path)

    def _save(self, path: Path) -> None:
        self._settings.folder = str(path.parent)
        self._controller.save(path)

    # ---- dropping --------------------------------------------------------------------------

    def ask_for_model(self, picture: Path, maker: str) -> None:
        """Say which model of a picture is missing, and let it be found."""
        from ganview.app.window.dialogs import MissingModelDialog

        start = str(self._settings.start_folder)
        dialog = MissingModelDialog(picture.name, maker, start, self._window)
        dialog.found.connect(
            lambda path: self._controller.opening.open_picture(
                picture, self._explorer.state.move, path
            )
        )
        dialog.open()

    def drop(self, data: QMimeData) -> None:
        """Take in the first file, or the picture, that was dropped or pasted.

        A model is opened, a picture with its recipe brings back where it was drawn, and any other
        picture is looked for in the noise.
        """
        files = local_files(data)
        if not files:
            self._look_for(data.imageData())
            return
        path = files[0]
        if len(files) > 1:
            self._explorer.say(f"Of {len(files)} files, only {path.name} was taken in.")
        if is_picture(path):
            self._controller.opening.drop_picture(
                path, self._explorer.state.move, lambda: self._explorer.find_picture(path)
            )
        else:
            self._controller.opening.open(path)

    def _look_for(self, image: object) -> None:
        """Look for a picture in the noise that another program has promised."""
        # Whoever promised it may be gone, or may not have it as a picture after all.
        if isinstance(image, QImage) and not image.isNull():
            self._explorer.find_picture(from_qimage(image))
        else:
            self._controller.opening.failed.emit(UNDELIVERED, "")

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        state = bytes(data.data(STATE).data()).decode(errors="replace")
        if state:
            self._go_to_state(state)
        elif self.can_drop(data):
            self.drop(data)
        elif data.hasText():
            self.paste_state()
        else:
            self._controller.said.emit("There is no picture and no state on the clipboard.")

    def paste_state(self) -> None:
        """Go to the place that a text on the clipboard says."""
        self._go_to_state(QGuiApplication.clipboard().text())

    def _go_to_state(self, text: str) -> None:
        self._controller.opening.open_state(
            text, self._explorer.state.move, learned_on=self._explorer.state_text.learned_on(text)
        )

    @staticmethod
    def can_drop(data: QMimeData) -> bool:
        """Return whether something dropped is a file or a picture."""
        return bool(local_files(data)) or data.hasImage()
