"""Recipes: how a picture was made, stored in the iTXt chunk ``ganview`` of its PNG.

A recipe is a small JSON document. It names the model by the SHA-256 of its generator's weights, and
says noise, classes, diversity ψ and layout; `ganview.export.picture` draws it. It comes from
anywhere, so it is read strictly.
"""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ganview import __version__
from ganview.errors import UserError
from ganview.export.colours import COLORMAPS, GREY
from ganview.files.json_document import Document, Migration, parse_object, to_text, upgrade_document
from ganview.files.png import MAX_TEXT
from ganview.gan.explore.state_string import MAX_PSI, MAX_Z, WEIGHTS_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ganview.export.samples import LabelChoice

KEY = "ganview"  # of the chunk
SCHEMA = 1
MIGRATIONS: dict[int, Migration] = {}  # from a schema to the next; 1 is the first
WHAT = "The picture's recipe"
MAX_TILES = 4096
MAX_Z_DIM = 512
MAX_CLASSES = 1000
MAX_ZOOM = 1000
MAX_NAME = 200
DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class ModelRef:
    """The model that drew a picture.

    Parameters
    ----------
    sha256 : str
        Of its generator's weights, as `ganview.gan.fingerprint.weights_sha256` gives it.
    name : str
        What it is called; may be empty.
    step : int or None
        How long it had learned.
    image_shape : tuple of int
        (C, H, W).
    """

    sha256: str
    name: str
    step: int | None
    image_shape: tuple[int, int, int]

    def __str__(self) -> str:
        name = f"the model '{self.name}'" if self.name else "a model without a name"
        step = "" if self.step is None else f", step {self.step:,}"
        return f"{name} (weights {self.sha256[:8]}{step})"


@dataclass(frozen=True, eq=False)
class Recipe:
    """How a sheet of N tiles is made.

    Parameters
    ----------
    model : ModelRef
        Who draws.
    count : int
        N, the tiles, 1 to 4096.
    z : ndarray or int
        Noise before ψ, float32 (R, D), where each row is used for N / R tiles in succession; or
        the seed that noise and classes are drawn from.
    classes : ndarray, str, int or None
        With noise: labels int64 (L,) or class weights float32 (L, K), repeated from the first
        after every L tiles. With a seed: what `draw_samples` takes as label. None without classes.
    psi : float
        Diversity ψ, the factor on the noise.
    columns, zoom, gap, background : int
        As in `ganview.export.sheet.tile_images`.
    captions : bool
        Whether the class's name stands below each tile.
    colours : str
        The colour map of grey pictures, one of `ganview.export.colours.COLORMAPS`.
    """

    model: ModelRef
    count: int
    z: NDArray[np.float32] | int
    classes: NDArray[Any] | LabelChoice | None
    psi: float = 1.0
    columns: int = 1
    zoom: int = 1
    gap: int = 0
    background: int = 255
    captions: bool = False
    colours: str = GREY

    def to_text(self) -> str | None:
        """Return the recipe as JSON, or None if it is too long for a picture.

        Raises
        ------
        UserError
            It asks for more than `from_text` reads.
        """
        model = self.model
        document: Document = {
            "schema": SCHEMA,
            "program": f"ganview {__version__}",
            "model": {
                "sha256": model.sha256,
                "name": model.name,
                "step": model.step,
                "image_shape": list(model.image_shape),
            },
            "count": self.count,
            "psi": self.psi,
            "columns": self.columns,
            "zoom": self.zoom,
            "gap": self.gap,
            "ground": self.background,
            "captions": self.captions,
            "colours": self.colours,
        }
        if isinstance(self.z, int):
            document["seed"] = self.z
            document["class"] = self.classes
        else:
            packed = np.ascontiguousarray(self.z, "<f4").tobytes()
            document["z_dim"] = self.z.shape[1]
            document["z"] = base64.b64encode(packed).decode("ascii")  # float32, little-endian
            if isinstance(self.classes, np.ndarray):
                kind = "labels" if self.classes.ndim == 1 else "mix"
                document[kind] = self.classes.tolist()
        text = to_text(document)
        if len(text.encode()) > MAX_TEXT:
            return None
        Recipe.from_text(text)  # what is written can be read
        return text

    @classmethod
    def from_text(cls, text: str) -> Recipe:
        """Read a recipe of any origin.

        Raises
        ------
        UserError
            It is damaged, asks for too much, or comes from a newer ganview.
        """
        if len(text) > MAX_TEXT:
            raise UserError(f"{WHAT} is too long.")
        document = upgrade_document(parse_object(text, WHAT), SCHEMA, MIGRATIONS, WHAT)
        model = _model_ref(document.get("model"))
        count = _whole(document, "count", 1, MAX_TILES)
        captions = document.get("captions")
        if not isinstance(captions, bool):
            raise _damaged("captions")
        colours = document.get("colours", GREY)
        if not isinstance(colours, str) or colours not in COLORMAPS:
            raise _damaged("colours")
        z: NDArray[np.float32] | int
        classes: NDArray[Any] | LabelChoice | None
        if "seed" in document:
            z, classes = _whole(document, "seed", 0, 2**31 - 1), _choice(document)
        else:
            z, classes = _noise(document, count), _classes(document)
        return cls(
            model=model,
            count=count,
            z=z,
            classes=classes,
            psi=_number(document, "psi", 0, MAX_PSI),
            columns=_whole(document, "columns", 1, count),
            zoom=_whole(document, "zoom", 1, MAX_ZOOM),
            gap=_whole(document, "gap", 0, 100 * MAX_ZOOM),
            background=_whole(document, "ground", 0, 255),
            captions=captions,
            colours=colours,
        )


def _damaged(key: str) -> UserError:
    return UserError(f"{WHAT} is damaged: its '{key}' makes no sense.")


def _whole(document: Document, key: str, low: int, high: int) -> int:
    value = document.get(key)
    if type(value) is not int or not low <= value <= high:
        raise _damaged(key)
    return value


def _number(document: Document, key: str, low: float, high: float) -> float:
    value: Any = document.get(key)
    if type(value) in (int, float) and low <= value <= high:  # which NaN is not
        return float(value)
    raise _damaged(key)


def _model_ref(value: object) -> ModelRef:
    if not isinstance(value, dict):
        raise _damaged("model")
    sha256, name, shape = value.get("sha256"), value.get("name"), value.get("image_shape")
    if not isinstance(sha256, str) or len(sha256) != 64 or not DIGITS.issuperset(sha256):
        raise _damaged("sha256")
    if not isinstance(name, str) or len(name) > MAX_NAME or not name.isprintable():
        raise _damaged("name")
    sides = shape if isinstance(shape, list) else []
    if len(sides) != 3 or any(type(side) is not int or not 1 <= side <= 64 for side in sides):
        raise _damaged("image_shape")
    step = None if value.get("step") is None else _whole(value, "step", 0, 2**53)
    return ModelRef(sha256, name, step, (sides[0], sides[1], sides[2]))


def _noise(document: Document, count: int) -> NDArray[np.float32]:
    """Read noise (R, D) of which each row is used for as many tiles."""
    z_dim = _whole(document, "z_dim", 1, MAX_Z_DIM)
    text = document.get("z")
    if not isinstance(text, str):
        raise _damaged("z")
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged("z") from error
    rows, rest = divmod(len(packed), 4 * z_dim)
    if rest or not 1 <= rows <= count or count % rows:
        raise _damaged("z")
    z = np.frombuffer(packed, "<f4").astype(np.float32).reshape(rows, z_dim)
    if not (np.abs(z) <= MAX_Z).all():
        raise _damaged("z")
    return z


def _classes(document: Document) -> NDArray[Any] | None:
    if "labels" in document:
        labels = _items(document, "labels", MAX_TILES, lambda item: type(item) is int)
        if not all(0 <= label < MAX_CLASSES for label in labels):
            raise _damaged("labels")
        return np.array(labels, np.int64)
    if "mix" not in document:
        return None
    rows = _items(document, "mix", MAX_TILES, lambda item: isinstance(item, list))
    if not 1 <= len(rows[0]) <= MAX_CLASSES or any(len(row) != len(rows[0]) for row in rows):
        raise _damaged("mix")
    if any(
        type(share) not in (int, float) or not 0 <= share <= 1 + WEIGHTS_TOLERANCE
        for row in rows
        for share in row
    ):
        raise _damaged("mix")
    if any(not math.isclose(math.fsum(row), 1, abs_tol=WEIGHTS_TOLERANCE) for row in rows):
        raise _damaged("mix")
    return np.array(rows, np.float32)


def _items(document: Document, key: str, most: int, right: Callable[[object], bool]) -> list[Any]:
    value = document[key]
    if not isinstance(value, list) or not 1 <= len(value) <= most or not all(map(right, value)):
        raise _damaged(key)
    return value


def _choice(document: Document) -> int | Literal["any", "each"]:
    value = document.get("class")
    if value == "any":
        return "any"
    if value == "each":
        return "each"
    return _whole(document, "class", 0, MAX_CLASSES - 1)
