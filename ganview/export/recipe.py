"""Recipes: how a picture was made, stored in the iTXt chunk ``ganview`` of its PNG.

A recipe is a small JSON document. It names the model by the SHA-256 of its generator's weights, and
says noise, classes, diversity ψ and layout; `ganview.export.picture` draws it. It comes from
anywhere, so it is read strictly.
"""

from __future__ import annotations

import base64
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field

from ganview import __version__
from ganview.errors import UserError
from ganview.export.colours import COLORMAPS, GREY
from ganview.files.json_document import (
    Document,
    Migration,
    check_fields,
    parse_object,
    to_text,
    upgrade_document,
)
from ganview.files.png import MAX_TEXT
from ganview.gan.explore.state_string import MAX_PSI, MAX_Z, WEIGHTS_TOLERANCE

if TYPE_CHECKING:
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


Side = Annotated[int, Meta(ge=1, le=64)]
Label = Annotated[int, Meta(ge=0, lt=MAX_CLASSES)]
Share = Annotated[float, Meta(ge=0, le=1 + WEIGHTS_TOLERANCE)]
Row = Annotated[list[Share], Meta(min_length=1, max_length=MAX_CLASSES)]
Labels = Annotated[list[Label], Meta(min_length=1, max_length=MAX_TILES)]
Rows = Annotated[list[Row], Meta(min_length=1, max_length=MAX_TILES)]


@dataclass(frozen=True)
class ModelRef:
    """The model that drew a picture."""

    # Of its generator's weights, as `ganview.gan.fingerprint.weights_sha256` gives it.
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}\\Z")]
    name: Annotated[str, Meta(max_length=MAX_NAME)]  # what it is called; may be empty
    step: Annotated[int, Meta(ge=0, le=2**53)] | None  # how many steps it had been trained
    image_shape: tuple[Side, Side, Side]  # (C, H, W)

    def __str__(self) -> str:
        name = f"the model '{self.name}'" if self.name else "a model without a name"
        step = "" if self.step is None else f", step {self.step:,}"
        return f"{name} (weights {self.sha256[:8]}{step})"


@dataclass(frozen=True, eq=False)
class Recipe:
    """How a sheet of N tiles is made."""

    model: ModelRef  # what draws
    count: int  # N, the tiles, 1 to 4096
    # Noise before ψ, float32 (R, D), where each row is used for N / R tiles in succession; or the
    # seed that noise and classes are drawn from.
    z: NDArray[np.float32] | int
    # With noise: labels int64 (L,) or class weights float32 (L, K), repeated from the first after
    # every L tiles. With a seed: what `draw_samples` takes as label. None without classes.
    classes: NDArray[Any] | LabelChoice | None
    psi: float = 1.0  # diversity ψ, the factor on the noise
    # columns, zoom, gap, background: as in `ganview.export.sheet.tile_images`
    columns: int = 1
    zoom: int = 1
    gap: int = 0
    background: int = 255
    captions: bool = False  # whether the class's name is written below each tile
    # The colour map of grey pictures, one of `ganview.export.colours.COLORMAPS`.
    colours: str = GREY

    def to_text(self) -> str | None:
        """Return the recipe as JSON, or None if it is too long for a picture.

        Raises
        ------
        UserError
            It asks for more than `from_text` reads.
        """
        document: Document = {
            "schema": SCHEMA,
            "program": f"ganview {__version__}",
            "model": asdict(self.model),
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
        found = check_fields(document, _Document, WHAT)
        if not found.model.name.isprintable():
            raise _damaged("name")
        if found.colours not in COLORMAPS:
            raise _damaged("colours")
        if found.columns > found.count:
            raise _damaged("columns")
        z: NDArray[np.float32] | int
        classes: NDArray[Any] | LabelChoice | None
        if found.seed is not None:
            z, classes = found.seed, found.label
            if classes is None:
                raise _damaged("class")
        else:
            z, classes = _noise(found), _classes(found)
        return cls(
            model=found.model,
            count=found.count,
            z=z,
            classes=classes,
            psi=found.psi,
            columns=found.columns,
            zoom=found.zoom,
            gap=found.gap,
            background=found.ground,
            captions=found.captions,
            colours=found.colours,
        )


class _Document(Struct):
    """What a recipe looks like in JSON."""

    model: ModelRef
    count: Annotated[int, Meta(ge=1, le=MAX_TILES)]
    psi: Annotated[float, Meta(ge=0, le=MAX_PSI)]
    columns: Annotated[int, Meta(ge=1)]
    zoom: Annotated[int, Meta(ge=1, le=MAX_ZOOM)]
    gap: Annotated[int, Meta(ge=0, le=100 * MAX_ZOOM)]
    ground: Annotated[int, Meta(ge=0, le=255)]
    captions: bool
    colours: str = GREY
    seed: Annotated[int, Meta(ge=0, lt=2**31)] | None = None
    label: Label | Literal["any", "each"] | None = field(default=None, name="class")
    z_dim: Annotated[int, Meta(ge=1, le=MAX_Z_DIM)] = 1
    z: bytes = b""
    labels: Labels | None = None
    mix: Rows | None = None


def _damaged(key: str) -> UserError:
    return UserError(f"{WHAT} is damaged: its '{key}' makes no sense.")


def _noise(found: _Document) -> NDArray[np.float32]:
    """Return noise (R, D) of which each row is used for as many tiles."""
    rows, rest = divmod(len(found.z), 4 * found.z_dim)
    if rest or not 1 <= rows <= found.count or found.count % rows:
        raise _damaged("z")
    z = np.frombuffer(found.z, "<f4").astype(np.float32).reshape(rows, found.z_dim)
    if not (np.abs(z) <= MAX_Z).all():  # which NaN is not
        raise _damaged("z")
    return z


def _classes(found: _Document) -> NDArray[Any] | None:
    if found.labels is not None:
        return np.array(found.labels, np.int64)
    if found.mix is None:
        return None
    if any(
        len(row) != len(found.mix[0])
        or not math.isclose(math.fsum(row), 1, abs_tol=WEIGHTS_TOLERANCE)
        for row in found.mix
    ):
        raise _damaged("mix")
    return np.array(found.mix, np.float32)
