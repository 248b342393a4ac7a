"""Writes samples as single PNG files in a folder, with a manifest in CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganview.data.regular import read_small
from ganview.errors import UserError
from ganview.export.colours import GREY, apply_colormap
from ganview.export.samples import CHUNK, LabelChoice, draw_inputs
from ganview.export.sheet import enlarge
from ganview.files.atomic import atomic_folder, write_errors
from ganview.files.landscape_file import known_landscape
from ganview.files.png import encode_png
from ganview.gan.explore.landscape import Landscape, planes_first
from ganview.gan.model import Model
from ganview.plain_text import csv_cell

MANIFEST = "manifest.csv"
COLUMNS = ("file", "class", "seed", "index", "read", "sure", "rarity")
MAX_FILES = 100_000  # files in a folder
MAX_MANIFEST_BYTES = 2**27
PICTURE = re.compile(r"[0-9]{5,6}\.png")


def write_image_folder(
    folder: str | Path,
    model: Model,
    count: int,
    *,
    label: LabelChoice = "any",
    seed: int = 0,
    truncation: float = 1.0,
    zoom: int = 1,
    colours: str = GREY,
    replace: bool = False,
    progress: Callable[[int], object] | None = None,
) -> None:
    """Draw samples and write each as a PNG, with ``manifest.csv`` beside them.

    The manifest has a line for each picture: file, the class it was asked for, the seed of the
    whole, its index among the samples of that seed, and, for data whose landscape ships or was
    made, which class the classifier sees in it, how sure it is (0 to 1), and how rare the picture
    is among real ones (0 to 1).

    Parameters
    ----------
    folder : str or Path
        New or empty unless ``replace``; its files appear when all are there, and not at all if
        something fails.
    count, label, seed, truncation, progress
        As in `ganview.export.samples.draw_samples`; at most 100,000.
    zoom : int
        Side of the square that each pixel becomes, up to 64.
    replace : bool
        The folder may hold files. The pictures of an earlier export go, and others stay.

    Raises
    ------
    UserError
        The arguments don't fit, or the folder holds something; `WriteError` if it can't be written.
    """
    if not 1 <= count <= MAX_FILES:
        raise UserError(f"A folder takes 1 to {MAX_FILES:,} pictures, not {count:,}: write an NPZ.")
    if not 1 <= zoom <= 64:
        raise UserError(f"Single pictures are enlarged 1 to 64 times, not {zoom}.")
    spec = model.spec
    z, labels = draw_inputs(spec, count, label=label, seed=seed, truncation=truncation)
    landscape = known_landscape(model.info.get("dataset_sha256"))
    if landscape is not None and landscape.judge.image_shape != spec.image_shape:
        landscape = None  # the model names data that it can't be of
    before = _listed(Path(folder) / MANIFEST) if replace else set()
    width = max(5, len(str(count - 1)))
    with (
        atomic_folder(folder, replace=replace) as place,
        (place / MANIFEST).open("w", encoding="utf-8", newline="") as file,
    ):
        manifest = csv.writer(file, lineterminator="\n")
        manifest.writerow(COLUMNS)
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            images = model.sample(z[part], None if labels is None else labels[part])
            seen = _describe(landscape, images, None if labels is None else labels[part])
            for offset, image in enumerate(apply_colormap(images, colours)):
                index = start + offset
                name = "" if labels is None else spec.class_names[labels[index]]
                path = place / f"{index:0{width}d}.png"
                path.write_bytes(encode_png(enlarge(image, zoom)))
                manifest.writerow((path.name, csv_cell(name), seed, index, *seen[offset]))
                before.discard(path.name)
                if progress is not None:
                    progress(1)
    for name in before:
        with write_errors(Path(folder) / name):
            (Path(folder) / name).unlink(missing_ok=True)


def _listed(manifest: Path) -> set[str]:
    """Return the names of the pictures of an earlier export."""
    if not manifest.is_file():
        return set()
    lines = read_small(manifest, MAX_MANIFEST_BYTES).decode("utf-8", "replace").splitlines()
    return {name for line in lines if PICTURE.fullmatch(name := line.partition(",")[0])}


def _describe(
    landscape: Landscape | None, images: NDArray[np.uint8], labels: NDArray[np.int64] | None
) -> list[tuple[str, str, str]]:
    """Say of each picture what the classifier reads, how surely, and how rare it is."""
    if landscape is None:
        return [("", "", "")] * len(images)
    pictures = planes_first(images)
    features, read = landscape.read(pictures)
    names = landscape.class_names
    held = read if labels is None or not names else torch.from_numpy(labels)
    ranks = [f"{rank:.4f}" for rank in landscape.rarity.ranks(features, held).tolist()]
    if len(names) < 2:  # the classifier knows clusters only
        return [("", "", rank) for rank in ranks]
    with torch.inference_mode():
        sure = landscape.classifier(pictures).softmax(1).amax(dim=1)
    return [
        (csv_cell(names[label]), f"{belief:.4f}", rank)
        for label, belief, rank in zip(read.tolist(), sure.tolist(), ranks, strict=True)
    ]
