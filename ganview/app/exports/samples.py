"""Export of samples: a sheet, single pictures with a list, or a set to train on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from ganview.app.exports.animation import ExportSource
from ganview.app.exports.export_dialog import ExportDialog, ExportOrder, OnCount, check_box, row_of
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.text import TextLabel
from ganview.export.colours import COLORMAPS
from ganview.runtime.jobs import RunJob

if TYPE_CHECKING:
    from ganview.gan.model import Model

FORMATS = {
    ".png": "PNG sheet, with its recipe",
    ".webp": "WebP sheet, smaller",
    "/": "Single PNGs in a folder, with a list",
    ".npz": "Set for numpy (NPZ)",
    ".idx.gz": "Set as MNIST has it (IDX, two files)",
}
SHEETS = (".png", ".webp")
ANY, EACH, PINS = "any", "each", "pins"
GROUNDS = {"255": "light", "0": "dark"}


@dataclass(frozen=True)
class SampleOptions:
    """What was chosen in the dialog."""

    what: str  # ANY, EACH, PINS or the number of a class
    rows: int
    columns: int
    count: int
    seed: int
    zoom: int
    colours: str
    background: int
    captions: bool
    psi: float


class SamplesDialog(ExportDialog):
    """Asks which samples, and in what form.

    Parameters
    ----------
    source
        Who draws; ψ is that of the explorer's place.
    class_names
        Empty without classes.
    """

    def __init__(
        self,
        source: ExportSource,
        class_names: tuple[str, ...],
        run: RunJob,
        path: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Export samples", run, path, parent)
        self._source = source
        kinds = {ANY: "All classes, as in the data" if class_names else "At random"}
        if class_names:
            kinds[EACH] = "A column for each class"
            kinds |= {str(i): f"Class {name}" for i, name in enumerate(class_names)}
        if source.pins is not None:
            kinds[PINS] = "The pins"
        self.what = ComboBox("Which", entries=kinds)
        self.rows, self.columns = SpinBox(1, 64), SpinBox(1, 64, prefix="× ")
        for box, name in ((self.rows, "Rows"), (self.columns, "Columns")):
            box.setValue(10)
            box.setAccessibleName(name)
        self.count = SpinBox(1, 1_000_000, value=1000, name="How many")
        self.count.setGroupSeparatorShown(True)
        self.seed = SpinBox(0, 2**31 - 1, name="Seed")
        self.zoom = SpinBox(1, 32, prefix="× ", value=2, name="Zoom")
        self.colours = ComboBox("Colours", entries={name: name for name in COLORMAPS})
        self.background = ComboBox("Background", "Between the pictures", GROUNDS)
        self.captions = check_box("Captions", "Write the class below each picture")
        self.captions.setVisible(bool(class_names))
        self._size = TextLabel("", "muted")
        self._grid = row_of(self.rows, self.columns)
        self._shades = row_of(self.background, self.captions)
        self.form.addRow("Which", self.what)
        self.form.addRow("Grid", self._grid)
        self.form.addRow("How many", self.count)
        self.form.addRow("Seed", self.seed)
        self.form.addRow("Zoom", self.zoom)
        self.form.addRow("Colours", self.colours)
        self.form.addRow("Ground", self._shades)
        self.form.addRow("", self._size)
        self.set_kinds(FORMATS)
        for signal in (
            self.what.currentIndexChanged,
            self.kind.currentIndexChanged,
            self.rows.valueChanged,
            self.columns.valueChanged,
            self.zoom.valueChanged,
            self.count.valueChanged,
            self.captions.toggled,
        ):
            signal.connect(self._changed)
        self.align()
        self.what.setFocus()
        self._changed()

    @property
    def options(self) -> SampleOptions:
        """What is chosen."""
        return SampleOptions(
            self.what.currentData(),
            self.rows.value(),
            self.columns.value(),
            self.count.value(),
            self.seed.value(),
            self.zoom.value(),
            self.colours.currentData(),
            int(self.background.currentData()),
            self.captions.isChecked(),
            self._source.place.psi,
        )

    def order(self, path: Path) -> ExportOrder:
        model, pins, options = self._source.model, self._source.pins, self.options
        kind = self.kind.currentData()
        if kind in SHEETS:
            return ExportOrder(
                lambda tell: write_sheet(path, model, pins, options, tell), self._tiles()
            )
        if kind == "/":
            return ExportOrder(
                lambda tell: _write_singles(path, model, options, tell), options.count
            )
        return ExportOrder(lambda tell: _write_set(path, model, options, tell), options.count)

    def _tiles(self) -> int:
        pins = self._source.pins
        if self.what.currentData() == PINS and pins is not None:
            return len(pins[0])
        return self.rows.value() * self._across()

    def _across(self) -> int:
        if self.what.currentData() == EACH:
            return max(1, self._source.place.weights.size)
        return self.columns.value()

    def _changed(self) -> None:
        kind, what = self.kind.currentData(), self.what.currentData()
        sheet, pins = kind in SHEETS, what == PINS
        self.show_row(self._grid, sheet and not pins)
        self.columns.setEnabled(what != EACH)
        self.show_row(self.count, not sheet)
        self.show_row(self.seed, not pins)
        self.show_row(self.zoom, kind not in (".npz", ".idx.gz"))
        self.show_row(self.colours, kind not in (".npz", ".idx.gz"))
        self.show_row(self._shades, sheet)
        count = self._tiles() if sheet else self.count.value()
        self._size.setText(f"{count:,} pictures, ψ {self._source.place.psi:.2f} as in the explorer")
        self.note.setText("Choose the sheets to export the pins." if pins and not sheet else "")


def write_sheet(
    path: Path,
    model: Model,
    pins: tuple[Any, Any, Any] | None,
    options: SampleOptions,
    tell: OnCount,
) -> None:
    """Write a sheet with its recipe; for background threads.

    Raises
    ------
    UserError
        It is too large, or can't be written.
    """
    from ganview.errors import UserError
    from ganview.export.picture import model_ref, write_picture
    from ganview.export.recipe import MAX_TILES, Recipe
    from ganview.export.sheet import GAP

    z: Any
    classes: Any
    psi = options.psi
    if options.what == PINS:
        assert pins is not None
        noise, weights, scales = pins
        z, classes, psi = noise * scales[:, None], weights if weights.shape[1] else None, 1.0
        count, columns = len(noise), min(len(noise), 8)
    else:
        columns = max(1, model.spec.classes) if options.what == EACH else options.columns
        count = options.rows * columns
        z, classes = options.seed, _label(options.what)
    if count > MAX_TILES:
        raise UserError(f"A sheet has at most {MAX_TILES:,} pictures: choose fewer rows.")
    recipe = Recipe(
        model_ref(model),
        count,
        z,
        classes,
        psi=psi,
        columns=columns,
        zoom=options.zoom,
        gap=GAP * options.zoom if count > 1 else 0,
        background=options.background,
        captions=options.captions,
        colours=options.colours,
    )
    write_picture(path, recipe, model, tell)


def _write_singles(path: Path, model: Model, options: SampleOptions, tell: OnCount) -> None:
    from ganview.export.image_folder import write_image_folder

    write_image_folder(
        path,
        model,
        options.count,
        label=_label(options.what),
        seed=options.seed,
        truncation=options.psi,
        zoom=options.zoom,
        colours=options.colours,
        progress=tell,
    )


def _write_set(path: Path, model: Model, options: SampleOptions, tell: OnCount) -> None:
    from ganview.export.dataset_files import write_dataset
    from ganview.export.samples import draw_samples

    drawn = draw_samples(
        model,
        options.count,
        label=_label(options.what),
        seed=options.seed,
        truncation=options.psi,
        progress=tell,
    )
    write_dataset(path, drawn)


def _label(what: str) -> Any:
    from ganview.errors import UserError

    if what == PINS:
        raise UserError("The pins are exported as a sheet: choose PNG or WebP.")
    return what if what in (ANY, EACH) else int(what)
