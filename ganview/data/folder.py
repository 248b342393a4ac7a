"""A folder or a ZIP file of pictures as data: one folder a class, or pictures without classes."""

from __future__ import annotations

import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganview.data.dataset import (
    MAX_SIDE,
    MIN_SIDE,
    Dataset,
    Reading,
    content_hash,
    joined_hash,
    plain_name,
)
from ganview.data.listing import Listing, list_folder, list_zip
from ganview.data.picture_reader import OnProgress, PictureReader, guess_ground_and_side
from ganview.data.pictures import Fit, Preparation
from ganview.errors import UserError
from ganview.plain_text import counted

MAX_PICTURES = 1_000_000
MAX_BYTES = 2**30
MAX_CLASSES = 1000
COLOURED = 0.02  # share of the pictures that have colour, from which a set is learned in colour
PART = 4096  # pictures whose grey is computed at once


def load_folder(
    path: str | Path,
    *,
    side: int | None = None,
    colour: bool | None = None,
    fit: Fit = "crop",
    ground: str | None = None,
    everything: bool = False,
    progress: OnProgress | None = None,
) -> Dataset:
    """Read a folder or ZIP file of pictures, each made a square of the same side.

    Parameters
    ----------
    path : str or Path
        Two or more sub-folders with pictures, at any depth, are the classes, named by them;
        ``train`` and ``test`` above or without them are the parts of a set. Pictures in the folder
        itself, or in a single sub-folder, have no classes.
    side : int, optional
        Pixels in each direction, 28 to 128. Left out, the usual shorter side of the pictures, if
        that lies between 28 and 32, otherwise the nearer of the two: small images learn fastest.
    colour : bool, optional
        Colour or grey; left out, colour if more than a few pictures have some that is no tint.
    fit : {"crop", "pad", "squash"}
        How a picture that is not square becomes one.
    ground : str, optional
        Colour behind transparent pictures; left out, white, or black where they would not be seen.
    everything : bool
        Learn doubtful pictures, too: tiny, one colour only, very long, or the same as another.
    progress : callable, optional
        Told (pictures read, pictures in all) now and then; what it raises ends the reading.

    Raises
    ------
    UserError
        No pictures, too many, or none that can be learned.
    """
    place = Path(path)
    if side is not None and not MIN_SIDE <= side <= MAX_SIDE:
        raise UserError(f"Images of {side} pixels cannot be learned: {MIN_SIDE} to {MAX_SIDE} can.")

    def load(listing: Listing) -> Dataset:
        names = listing.learned()
        _check_count(place, listing, len(names))
        guess = guess_ground_and_side(listing.files, names)
        preparation = Preparation(side or guess.side, fit, ground or guess.ground)
        if len(names) * preparation.side**2 * 3 > MAX_BYTES:
            raise UserError(
                f"{place} holds {len(names):,} pictures, more than fit at {preparation.side} "
                "pixels."
            )
        reader = PictureReader(listing.files, preparation, everything=everything, progress=progress)
        notes = [guess.note] if guess.note and ground is None else []
        return _assemble(place, listing, reader, colour, notes)

    if place.is_file():
        try:
            with closing(zipfile.ZipFile(place)) as archive:
                return load(list_zip(place, archive))
        except (OSError, zipfile.BadZipFile) as error:
            raise UserError(f"{place} cannot be read as a ZIP file: {error}.") from error
    return load(list_folder(place))


def _check_count(place: Path, listing: Listing, count: int) -> None:
    if count == 1:
        raise UserError(f"{place} holds one picture: a generator learns from two or more.")
    if not count:
        raise UserError(f"{place} holds no pictures: give a folder of PNG or JPEG files.")
    if len(listing.classes) > MAX_CLASSES:
        raise UserError(
            f"{place} holds {len(listing.classes):,} classes; at most {MAX_CLASSES} can be."
        )
    if count > MAX_PICTURES:
        raise UserError(f"{place} holds {count:,} pictures, more than {MAX_PICTURES:,}.")


def _assemble(
    place: Path, listing: Listing, reader: PictureReader, colour: bool | None, notes: list[str]
) -> Dataset:
    """Read the pictures of a listing and make a dataset of them."""
    groups = (listing.classes, listing.unseen)
    names = [name for group in groups for name, files in group.items() for _ in files]
    files = [file for group in groups for found in group.values() for file in found]
    learned = len(listing.learned())
    planes, kept = reader.read(files, names, learned)
    left_out = {
        reason: listing.left_out.get(reason, []) + reader.left_out.get(reason, [])
        for reason in {**listing.left_out, **reader.left_out}
    }
    split = int(np.searchsorted(kept, learned))  # how many of those kept are learned
    if split < 2:
        counts = Counter({reason: len(of) for reason, of in left_out.items()}).most_common()
        why = "; ".join(f"{reason}: {count:,}" for reason, count in counts)
        raise UserError(f"Of {learned:,} pictures in {place}, {split} can be learned ({why}).")
    if colour is None:
        few = reader.coloured < COLOURED * len(kept)
        colour = not few
        if few and reader.coloured:
            notes.append(
                f"Learned in grey: colour is in {counted(reader.coloured, 'picture')} only."
            )
        if few and reader.tinted:
            notes.append("Learned in grey: what colour there is, is a tint.")
    images = planes if colour else grey_planes(planes)
    classes = tuple(dict.fromkeys(names[i] for i in kept[:split]))
    number = {name: i for i, name in enumerate(classes)}
    if empty := [name for name in listing.classes if name not in number]:
        left_out.setdefault("a class without pictures", []).extend(empty)
    has_classes = len(classes) > 1
    shown = tuple(map(plain_name, classes))
    distinct = len(set(shown)) == len(shown)  # else each has to be renamed by its owner
    class_names = (shown if distinct else classes) if has_classes else ()
    title = plain_name(place.resolve().name.removesuffix(".zip")) or "pictures"

    def part(rows: slice, reading: Reading, unseen: Dataset | None) -> Dataset:
        pictures = images[rows]
        of = np.array([number.get(names[i], -1) for i in kept[rows]], np.int64)
        if has_classes and (of < 0).any():  # of a class of which nothing is learned
            pictures, of = pictures[of >= 0], of[of >= 0]
        labels = of if has_classes else None
        sha256 = content_hash(pictures, labels, class_names)
        return Dataset(
            name=title,
            images=torch.from_numpy(pictures),
            labels=None if labels is None else torch.from_numpy(labels),
            class_names=class_names,
            sha256=sha256 if unseen is None else joined_hash(sha256, unseen.sha256),
            reading=reading,
            unseen=unseen,
        )

    unseen = part(slice(split, None), Reading(), None) if len(kept) - split > 1 else None
    reading = Reading(left_out, (*notes, *reader.notes), reader.preparation)
    return part(slice(0, split), reading, unseen)


def grey_planes(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma (N, 1, H, W) (ITU-R BT.601) of (N, 3, H, W), exact where all are equal."""
    grey = np.empty((len(planes), 1, *planes.shape[2:]), np.uint8)
    for start in range(0, len(planes), PART):
        red, green, blue = planes[start : start + PART].transpose(1, 0, 2, 3).astype(np.uint32)
        grey[start : start + PART, 0] = (299 * red + 587 * green + 114 * blue + 500) // 1000
    return grey
