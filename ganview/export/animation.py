"""Animations as GIF, WebP, APNG and, with an optional library, MP4.

Frames come one at a time from an iterator; GIF and MP4 are written as they come, while Pillow needs
all frames of a WebP or an APNG at once. To stop, raise an exception from the iterator or from
``progress``: no file is left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganview.errors import UserError
from ganview.export.optional_imports import import_optional
from ganview.export.sheet import GAP, tile_images
from ganview.files.atomic import atomic_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.export.latent_path import LatentPath
    from ganview.gan.model import Model

FORMATS = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG", ".mp4": "MP4"}
MAX_FRAMES = 3600
MAX_RATE = 50.0  # browsers slow down GIFs that change more often
MAX_FRAME_PIXELS = 2**23  # in a frame
MAX_PIXELS = 2**29
DESCRIPTION = 0x010E  # EXIF's tag
CRF = 18  # H.264's quality at which most people see no difference


@dataclass(frozen=True)
class Timing:
    """How an animation plays.

    Parameters
    ----------
    rate : float
        Frames a second, 1 to 50.
    seconds : float
        How long it is.
    loop : bool
        Whether it repeats for ever; of a video, the player decides that.

    Raises
    ------
    UserError
        The rate is out of range, or there are fewer than two frames or over 3600.
    """

    rate: float = 20.0
    seconds: float = 4.0
    loop: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.rate <= MAX_RATE:
            raise UserError(f"Animations have 1 to {MAX_RATE:g} frames a second, not {self.rate}.")
        if not (math.isfinite(self.seconds) and 2 <= self.frames <= MAX_FRAMES):
            raise UserError(
                f"An animation has 2 to {MAX_FRAMES:,} frames: {self.seconds:g} seconds at "
                f"{self.rate:g} a second are not."
            )

    @property
    def frames(self) -> int:
        """Number of frames."""
        return round(min(self.seconds * self.rate, 2.0**31))

    def durations(self, unit: int) -> list[int]:
        """Return how long each frame is shown, in ms that are multiples of ``unit``.

        Rounding errors are carried over, so that the total is right.
        """
        ends = [round(1000 * (i + 1) / self.rate / unit) for i in range(self.frames)]
        starts = [0, *ends]
        return [unit * max(1, end - start) for start, end in zip(starts, ends, strict=False)]


def format_of(path: str | Path) -> str:
    """Return what kind of animation a file name asks for: GIF, WEBP, PNG (that is APNG) or MP4.

    Raises
    ------
    UserError
        None that is known, or one whose extra is not installed.
    """
    kind = FORMATS.get(Path(path).suffix.lower())
    if kind is None:
        raise UserError(
            f"Animations are written as .gif, .webp, .apng or .mp4, not as '{Path(path).name}'."
        )
    if kind == "MP4":
        import_optional("av", "video", "MP4")
    return kind


def write_animation(
    path: str | Path,
    frames: Iterable[NDArray[np.uint8]],
    timing: Timing,
    progress: Callable[[int], object] | None = None,
    made: str = "",
) -> None:
    """Write an animation, atomically.

    Parameters
    ----------
    path : str or Path
        ``*.gif``, ``*.webp``, ``*.apng`` or ``*.png`` (an APNG), or ``*.mp4``.
    frames : iterable of ndarray
        As many as the timing has, all of one size: uint8 (H, W) or (H, W, 3).
    timing : Timing
        How it plays.
    progress : callable, optional
        Told of each frame that is drawn.
    made : str
        How it was made, kept in the file: as its comment, in a WebP as the EXIF description.

    Raises
    ------
    UserError
        Such a file can't be made, or the frames are too large; `WriteError` if it can't be written.
    """
    kind = format_of(path)
    checked = _checked(frames, timing, progress)
    with atomic_path(path) as temporary, temporary.open("xb") as file:
        if kind == "MP4":
            _write_video(file, checked, timing, made)
        else:
            _write_images(file, kind, checked, timing, made)


def _checked(
    frames: Iterable[NDArray[np.uint8]], timing: Timing, progress: Callable[[int], object] | None
) -> Iterator[NDArray[np.uint8]]:
    for number, frame in enumerate(frames):
        if number == 0:
            check_frame_size(frame.shape[0], frame.shape[1], timing)
        yield frame
        if progress is not None:
            progress(1)


def check_frame_size(height: int, width: int, timing: Timing) -> None:
    """Refuse frames of too many pixels, before one is made.

    Raises
    ------
    UserError
        Over 2²³ pixels in a frame, or 2²⁹ in all.
    """
    size = height * width
    if size > MAX_FRAME_PIXELS or size * timing.frames > MAX_PIXELS:
        raise UserError(
            f"{timing.frames:,} frames of {width:,} × {height:,} pixels are too large an "
            "animation: choose a smaller zoom, or make it shorter."
        )


def _write_images(
    file: BinaryIO, kind: str, frames: Iterator[NDArray[np.uint8]], timing: Timing, made: str
) -> None:
    options: dict[str, Any] = {"duration": timing.durations(10 if kind == "GIF" else 1)}
    if kind == "GIF":
        options |= {"optimize": False, "disposal": 1}
    elif kind == "WEBP":
        options |= {"lossless": True, "quality": 50, "method": 3}
    if made and kind == "GIF":
        options["comment"] = made.encode()
    elif made and kind == "WEBP":
        exif = Image.Exif()
        exif[DESCRIPTION] = made
        options["exif"] = exif
    elif made:
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("Comment", made)
    # A GIF without a loop count plays once; WebP and APNG need a count of 1.
    if timing.loop:
        options["loop"] = 0
    elif kind != "GIF":
        options["loop"] = 1
    pictures = (Image.fromarray(np.ascontiguousarray(frame)) for frame in frames)
    first = next(pictures)
    # PNG's writer looks through them twice
    rest = pictures if kind == "GIF" else list(pictures)
    first.save(file, kind, save_all=True, append_images=rest, **options)


def _write_video(
    file: BinaryIO, frames: Iterator[NDArray[np.uint8]], timing: Timing, made: str
) -> None:
    from fractions import Fraction

    av = import_optional("av", "video", "MP4")
    with av.open(file, "w", format="mp4") as container:
        container.metadata["comment"] = made
        stream = None
        for frame in frames:
            colour = frame if frame.ndim == 3 else frame[:, :, None].repeat(3, axis=2)
            # H.264 halves the colours in both directions: sides must be even
            even = np.pad(colour, ((0, len(colour) % 2), (0, colour.shape[1] % 2), (0, 0)), "edge")
            if stream is None:
                rate = Fraction(timing.rate).limit_denominator(1000)
                stream = container.add_stream("libx264", rate=rate, options={"crf": str(CRF)})
                stream.height, stream.width = even.shape[:2]
                stream.pix_fmt = "yuv420p"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        assert stream is not None
        container.mux(stream.encode())


def write_path_animation(
    path: str | Path,
    model: Model,
    latents: LatentPath,
    timing: Timing,
    *,
    columns: int = 1,
    zoom: int = 1,
    background: int = 255,
    progress: Callable[[int], object] | None = None,
) -> None:
    """Draw a path through the noise of a model, and write it as `write_animation` does.

    Parameters
    ----------
    path : str or Path
        As in `write_animation`, and so are timing, progress and errors.
    latents : LatentPath
        As many frames as the timing has.
    columns, zoom, background : int
        As in `ganview.export.sheet.tile_images`; several tiles are two pixels times
        the zoom apart.
    """
    format_of(path)  # before anything is drawn
    _, height, width = model.spec.image_shape
    rows = -(-latents.z.shape[1] // max(1, columns))
    check_frame_size(rows * height * zoom, columns * width * zoom, timing)
    write_animation(
        path,
        path_frames(model, latents, columns=columns, zoom=zoom, background=background),
        timing,
        progress,
    )


def default_columns(tiles: int) -> int:
    """Return the default number of tiles in a row."""
    return max(1, round(math.sqrt(tiles)))


def path_frames(
    model: Model, latents: LatentPath, *, columns: int = 1, zoom: int = 1, background: int = 255
) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a path, uint8 (H, W[, 3]); parameters as in `write_path_animation`."""
    tiles = latents.z.shape[1]
    for drawn in latents.draw(model):
        yield tile_images(
            drawn, columns, zoom=zoom, gap=GAP * zoom if tiles > 1 else 0, background=background
        )
