"""Export of animations: what moves, how it plays, and a preview of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QWidget

from ganview.app.exports.export_dialog import ExportDialog, ExportOrder, OnCount, check_box, row_of
from ganview.app.formatting import byte_text
from ganview.app.latent_point import Floats, LatentPoint
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.gestures import debounce
from ganview.app.widgets.layouts import column_layout
from ganview.app.widgets.number_box import SpinBox
from ganview.app.widgets.picture_view import PictureView
from ganview.app.widgets.text import TextLabel
from ganview.errors import UserError
from ganview.runtime.jobs import LatestJob, RunJob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganview.export.animation import Timing
    from ganview.export.latent_path import LatentPath
    from ganview.gan.model import Model

Pixels = NDArray[np.uint8]
PREVIEW_FRAMES = 40  # at most: it need not be smooth
PREVIEW_WIDTH, PREVIEW_HEIGHT = 300, 252
LONGEST, MOST_ZOOM = 640, 8  # longest side in pixels, and zoom, that are suggested
TRIED = 8  # frames that are written to tell how large the file will be
REST_MS = 200  # without a change before a preview is drawn
SWEEP, MORPH, PATH, RUN = "sweep", "morph", "path", "run"
FORMATS = {
    ".gif": "GIF, opens everywhere",
    ".webp": "WebP, small and lossless",
    ".apng": "APNG, lossless",
    ".mp4": "MP4 video",
}


@dataclass(frozen=True, eq=False)
class ExportSource:
    """What there is to animate."""

    model: Model  # what draws
    place: LatentPoint  # where the explorer stands
    # Noise (F, D), class weights (F, K) and ψ (F,) of the pins; None of fewer than two.
    pins: tuple[Floats, Floats, Floats] | None = None
    run: Path | None = None  # folder of the run on show, or None


@dataclass(frozen=True)
class AnimationOptions:
    """What was chosen in the dialog."""

    kind: str
    dimension: int
    every_class: bool
    film: tuple[float, float, bool]  # as `Timing` takes them
    zoom: int


class Preview(NamedTuple):
    """Frames without a zoom, how fast they play, and the zoom, (H, W) and bytes of the export."""

    frames: list[Pixels]
    rate: float
    zoom: int
    size: tuple[int, int]
    weight: int | None  # None where it can't be told


class AnimationDialog(ExportDialog):
    """Asks what moves and how, and shows it."""

    def __init__(
        self, source: ExportSource, run: RunJob, path: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__("Export animation", run, path, parent)
        self._source = source
        classes = source.place.weights.size
        kinds = {SWEEP: "One number of z, from end to end"}
        if classes > 1:
            kinds[MORPH] = "From class to class"
        if source.pins is not None:
            kinds[PATH] = "Along the pins"
        if source.run is not None:
            kinds[RUN] = "The run, as it learned"
        self.what = ComboBox("What moves", entries=kinds)
        self.dimension = SpinBox(1, source.place.z.size, prefix="z", name="Number of the noise")
        self.every = check_box("in every class", "The same noise in all classes, side by side")
        self.every.setVisible(classes > 1)
        self.seconds, self.rate = (
            SpinBox(1, 60, value=4, suffix=" s", name="Length"),
            SpinBox(1, 50, value=20, suffix=" a second", name="Frames a second"),
        )
        self.loop = check_box("Loop", "Begin again at the end, for ever", on=True)
        self.zoom = SpinBox(1, 32, prefix="× ", value=8, name="Zoom")
        self._size = TextLabel("", "muted")
        self.form.addRow("What", self.what)
        self._number_row = row_of(self.dimension, self.every)
        self.form.addRow("Number", self._number_row)
        self.form.addRow("Length", row_of(self.seconds, self.loop))
        self.form.addRow("Frames", self.rate)
        self.form.addRow("Zoom", self.zoom)
        self.form.addRow("", self._size)
        self._preview = PictureView()
        self._preview.setFixedSize(PREVIEW_WIDTH, PREVIEW_HEIGHT)
        self._preview.set_interactive(False)
        self._preview.set_placeholder("Drawing…")
        self._preview.setAccessibleName("Preview")
        words = TextLabel("Preview", "muted", size="small")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        shown = column_layout(self._preview, words, 1)
        self.beside.addLayout(shown)
        self._zoom_chosen = False  # by hand
        self._frames: list[Pixels] = []
        self._at = 0
        self._drawing = LatestJob(
            run, "drawing the preview", self._show_preview, self._fail_preview
        )
        self._clock, self._later = QTimer(self), debounce(self, self._draw_preview, REST_MS)
        self._clock.timeout.connect(self._tick)
        self.set_kinds(FORMATS)
        for signal in (
            self.what.currentIndexChanged,
            self.dimension.valueChanged,
            self.every.toggled,
            self.seconds.valueChanged,
            self.rate.valueChanged,
            self.loop.toggled,
            self.kind.currentIndexChanged,
        ):
            signal.connect(self._changed)
        self.zoom.valueChanged.connect(self._choose_zoom)
        self.align()
        self.what.setFocus()
        self._changed()

    @property
    def options(self) -> AnimationOptions:
        """What is chosen."""
        film = (float(self.rate.value()), float(self.seconds.value()), self.loop.isChecked())
        return AnimationOptions(
            self.what.currentData(),
            self.dimension.value() - 1,
            self.every.isChecked(),
            film,
            self.zoom.value(),
        )

    def order(self, path: Path) -> ExportOrder:
        source, options = self._source, self.options
        rate, seconds, _ = options.film
        return ExportOrder(
            lambda tell: write_animation_of(path, source, options, tell), round(rate * seconds)
        )

    def done(self, result: int) -> None:
        self._later.stop()
        self._clock.stop()
        self._drawing.cancel()
        super().done(result)

    # ---- the preview -----------------------------------------------------------------------

    def _choose_zoom(self) -> None:
        self._zoom_chosen = True
        self._changed()

    def _changed(self) -> None:
        options = self.options
        self.show_row(self._number_row, options.kind == SWEEP)
        rate, seconds, _ = options.film
        self._size.setText(f"{rate * seconds:,.0f} frames")
        self._later.start()

    def _draw_preview(self) -> None:
        source, options, suffix = self._source, self.options, self.kind.currentData()
        rate, seconds, loop = options.film
        rate = min(rate, max(1.0, PREVIEW_FRAMES / seconds))
        fixed = self._zoom_chosen

        def work() -> Preview:
            from ganview.export.animation import Timing

            timing = Timing(rate, seconds, loop)
            frames = list(animation_frames(source, options, timing, zoom=1))
            longest = max(frames[0].shape[:2])
            zoom = options.zoom if fixed else max(1, min(MOST_ZOOM, LONGEST // longest))
            size, weight = measure_animation(source, replace(options, zoom=zoom), suffix)
            return Preview(frames, rate, zoom, size, weight)

        self._drawing.order(work, overtake=True)

    def _show_preview(self, drawn: Preview) -> None:
        self._frames, rate = drawn.frames, drawn.rate
        self._at = 0
        with QSignalBlocker(self.zoom):
            self.zoom.setValue(drawn.zoom)
        height, width = drawn.size
        count = self.rate.value() * self.seconds.value()
        about = f", about {byte_text(drawn.weight)}" if drawn.weight is not None else ""
        self._size.setText(f"{count:,} frames, {width:,} × {height:,} pixels{about}")
        if self.isVisible():
            self._tick()
            self._clock.start(round(1000 / rate))

    def _fail_preview(self, sentence: str) -> None:
        self._clock.stop()
        self._preview.set_picture(None)
        self._preview.set_placeholder("No preview")
        self.note.setText(sentence)

    def _tick(self) -> None:
        if self._frames:
            self._preview.set_picture(self._frames[self._at % len(self._frames)])
            self._at += 1


def write_animation_of(
    path: Path, source: ExportSource, options: AnimationOptions, tell: OnCount
) -> None:
    """Write the animation; for background threads.

    Raises
    ------
    UserError
        It can't be drawn or written.
    """
    from ganview.export.animation import Timing, format_of, write_animation

    format_of(path)  # before anything is drawn
    timing = Timing(*options.film)
    write_animation(
        path, animation_frames(source, options, timing, zoom=options.zoom), timing, tell
    )


def measure_animation(
    source: ExportSource, options: AnimationOptions, suffix: str
) -> tuple[tuple[int, int], int | None]:
    """Return height and width of an animation, and about how many bytes it will take.

    Its first frames are written for that; None where such a file can't be made. For background
    threads.
    """
    from ganview.export.animation import Timing, write_animation

    timing = Timing(*options.film)
    frames = list(islice(animation_frames(source, options, timing, zoom=options.zoom), TRIED))
    height, width = frames[0].shape[:2]
    part = Timing(timing.rate, len(frames) / timing.rate)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"part{suffix}"
        try:
            write_animation(path, frames, part)
        except UserError:
            return (height, width), None
        return (height, width), round(path.stat().st_size * timing.frames / len(frames))


def animation_frames(
    source: ExportSource, options: AnimationOptions, timing: Timing, zoom: int
) -> Iterator[Pixels]:
    """Draw the frames; for background threads."""
    from ganview.export.animation import path_frames
    from ganview.export.run_animation import run_frames
    from ganview.files.run_folder import RunFolder

    if options.kind == RUN:
        assert source.run is not None
        return run_frames(RunFolder.open(source.run, write=False), timing, zoom=zoom)
    latents = latents_of(source, options, timing)
    columns = min(5, latents.z.shape[1])  # the ten digits in two rows
    return path_frames(source.model, latents, columns=columns, zoom=zoom)


def latents_of(source: ExportSource, options: AnimationOptions, timing: Timing) -> LatentPath:
    """Return the latent path that the options ask for."""
    from ganview.export import latent_path

    place, count = source.place, timing.frames
    z, weights = place.z[None], place.weights[None]
    classes = place.weights.size
    if options.kind == MORPH:
        return latent_path.morph_path(z, classes, count, psi=place.psi, loop=timing.loop)
    if options.kind == PATH:
        assert source.pins is not None
        keys, mixes, scales = source.pins
        y = mixes[:, None] if classes else None
        return latent_path.path_through(keys[:, None], y, scales, count, loop=timing.loop)
    if options.every_class and classes:
        z, weights = z.repeat(classes, axis=0), np.eye(classes, dtype=np.float32)
    return latent_path.sweep_path(
        z, weights if classes else None, options.dimension, count, psi=place.psi, loop=timing.loop
    )
