"""Finds noise from which the generator draws a picture that comes from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from ganview.app.explorer.reading import class_probabilities
from ganview.app.formatting import with_article
from ganview.app.latent_point import Floats, LatentPoint
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.pictures import Preparation
    from ganview.gan.explore.inversion import Inversion
    from ganview.gan.model import Model

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
#: A pasted picture is reduced to this many pixels a side before anything else.
PASTED = 1200


def read_file(path: Path, model: Model) -> NDArray[np.uint8]:
    """Read a picture file, uint8 (H, W, 4); for background threads.

    More than 256 levels are read as those of the pictures that a model learned from.

    Raises
    ------
    UserError
        It is not a picture, is damaged or too large.
    """
    from PIL import ImageOps

    from ganview.data.pictures import DAMAGE, DEEP_MODES, flattened, open_picture

    try:
        with open_picture(path) as image:
            if image.mode in DEEP_MODES:  # which Pillow would clip
                image = flattened(image, _preparation(model))
            return np.asarray(ImageOps.exif_transpose(image).convert("RGBA"))
    except DAMAGE as error:
        raise UserError(f"{path.name} cannot be read as a picture: {error}.") from error


def from_qimage(image: QImage) -> NDArray[np.uint8]:
    """Return a picture of Qt's as uint8 (H, W, 4); a copy."""
    if max(image.width(), image.height()) > PASTED:
        image = image.scaled(
            PASTED,
            PASTED,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def normalised(model: Model, picture: NDArray[np.uint8]) -> Floats:
    """Bring a picture to what a model was trained on, float32 (H, W) or (H, W, 3), 0 to 1.

    Handwriting is brought to the place, size and ground of the digits. For every other model a
    picture is made what its training pictures were made; one of the model's own size, or a whole
    zoom of it, stays as it is.

    Parameters
    ----------
    picture
        uint8 (H, W) or (H, W, 4).

    Raises
    ------
    UserError
        It is empty or too large.
    """
    from PIL import Image

    from ganview.data.digits import are_digits
    from ganview.data.pictures import as_learned
    from ganview.gan.explore.normalise_drawing import normalise_drawing

    exact = _without_zoom(picture, model.spec.image_shape)
    if exact is not None:
        return exact
    channels, _, width = model.spec.image_shape
    if are_digits(model.info.get("dataset_sha256")):
        return normalise_drawing(picture, model.spec.image_shape)
    image = Image.fromarray(picture)
    pixels = as_learned(image, _preparation(model), width) / 255
    found: Floats = (pixels if channels == 3 else pixels @ LUMA).astype(np.float32)
    return found


def _preparation(model: Model) -> Preparation:
    """Return what was done to the pictures that a model learned from."""
    from ganview.data.pictures import Preparation

    return Preparation.of_values(model.spec.image_shape[1], model.info.get("reading") or {})


def _without_zoom(picture: NDArray[np.uint8], shape: tuple[int, int, int]) -> Floats | None:
    """Return an opaque picture (H·k, W·k, 4) of equal blocks at zoom 1, None if it is another."""
    channels, height, width = shape
    if picture.ndim != 3:
        return None
    zoom = picture.shape[0] // height
    if zoom < 1 or picture.shape[:2] != (height * zoom, width * zoom):
        return None
    small = picture[::zoom, ::zoom]
    same = np.array_equal(small.repeat(zoom, axis=0).repeat(zoom, axis=1), picture)
    grey = bool((small[..., :3] == small[..., :1]).all())
    if not same or (small[..., 3] < 255).any() or (channels == 1 and not grey):
        return None
    pixels = small[..., 0] if channels == 1 else small[..., :3]
    return pixels.astype(np.float32) / np.float32(255)


def have_light_ground(pictures: NDArray[np.uint8]) -> bool:
    """Tell whether most of the edges of pictures, uint8 (N, H, W) or (N, H, W, 3), are light."""
    top, bottom, left, right = (
        pictures[:, 0],
        pictures[:, -1],
        pictures[:, :, 0],
        pictures[:, :, -1],
    )
    return bool(np.median(np.concatenate([top, bottom, left, right], axis=1)) > 127)


def to_bytes(picture: Floats) -> NDArray[np.uint8]:
    """Return a picture of 0 to 1 as uint8."""
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class PictureMatch:
    """What the generator has that is most like a picture."""

    place: LatentPoint  # where it is
    picture: NDArray[np.uint8]  # what it looks like, uint8 (H, W) or (H, W, 3)
    # Where it differs, uint8 of the same shape, black where the two agree.
    left_over: NDArray[np.uint8]
    sentence: str  # how close it comes, and what a classifier reads in both


def invert_picture(
    model: Model,
    wanted: Floats,
    label: int | None,
    seed: int,
    live: Callable[[PictureMatch], object],
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
) -> PictureMatch:
    """Look for a picture in the noise; for background threads.

    Parameters
    ----------
    wanted
        float32 (H, W) or (H, W, 3), 0 to 1, as `normalised` returns it.
    label
        The class to look in, None for all of them.
    seed
        Of the starts.
    live
        Told the best so far, now and then.
    """
    from ganview.gan.explore.inversion import invert

    def tell(best: Inversion) -> None:
        progress(best.step / max(1, best.steps), "")
        live(_found(model, best, ""))

    best = invert(model, wanted, label, tell, cancelled, seed=seed)
    return _found(model, best, _sentence(model, wanted, best))


def _found(model: Model, best: Inversion, sentence: str) -> PictureMatch:
    weights = np.zeros(model.spec.classes, np.float32)
    if best.label is not None:
        weights[best.label] = 1
    return PictureMatch(
        LatentPoint(best.z, weights), best.reconstruction, to_bytes(np.abs(best.residual)), sentence
    )


def _sentence(model: Model, wanted: Floats, best: Inversion) -> str:
    names = model.spec.class_names
    what = "" if best.label is None else f" as {with_article(names[best.label])}"
    if best.poor:
        text = f"This generator has nothing like it: the nearest{what} is {best.rmse:.3f} away"
    else:
        text = f"Found{what}, {best.rmse:.3f} away"
    text += " (RMSE; black and white are 1 apart)."
    read = class_probabilities(model, np.stack([to_bytes(wanted), best.reconstruction]))
    if read is not None:
        seen = [f"{names[row.argmax()]} ({100 * row.max():.0f} %)" for row in read]
        text += f" The classifier sees {seen[0]} in yours, {seen[1]} in the match."
    return text
