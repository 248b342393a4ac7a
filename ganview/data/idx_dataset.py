"""An IDX file of images as data, with the labels and the names of classes found beside it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from ganview.data.arrays import dataset_of_arrays
from ganview.data.dataset import Dataset, joined_hash, plain_name
from ganview.data.idx import read_idx
from ganview.data.pixels import Pixels
from ganview.data.regular import read_small, regular_file
from ganview.data.source import DataSource
from ganview.errors import UserError

MAX_SUMS_BYTES = MAX_NAMES_BYTES = 2**16
QMNIST = "idx2-int"  # how the names of its files of labels end


def load_idx(path: Path, source: DataSource | None = None) -> Dataset:
    """Read an IDX file of images (N, H, W) or (N, H, W, C), and the labels beside it.

    The labels of ``train-images-idx3-ubyte.gz`` are sought in ``train-labels-idx1-ubyte.gz``, then
    without ``.gz``; without such a file the data has no classes. Where a file of check sums stands
    beside them, as ganview writes it, only the labels that it names belong to the images. Names
    of the classes are sought in ``train-classes.txt``, EMNIST's ``…-mapping.txt`` and
    ``classes.txt``; the test part of ``train-images…`` in ``test-images…`` and ``t10k-images…``.

    Raises
    ------
    UserError
        A file is no IDX file, or the images cannot be learned.
    """
    from ganview.data.source import DataSource

    source = source or DataSource(str(path))
    if source.transposed is None:
        source = replace(source, transposed=DataSource(str(path)).lies_on_its_side)
    names = _names_beside(path)
    unseen = _test_part(path)
    return _load_part(
        path, source, names, None if unseen is None else _load_part(unseen, source, names, None)
    )


def _load_part(
    path: Path, source: DataSource, names: tuple[str, ...], unseen: Dataset | None
) -> Dataset:
    idx = read_idx(path)
    if idx.array.ndim not in (3, 4):
        raise UserError(f"{path} holds no images: they have three or four dimensions.")
    labels_path = _labels_beside(path)
    _check_sums(path, labels_path)
    hashes, labels = [idx.sha256], None
    if labels_path is not None:
        found = read_idx(labels_path, count=len(idx.array))
        labels = found.array
        if labels.ndim == 2 and QMNIST in labels_path.name.lower():
            labels = labels[:, 0]  # it has more to say of each image, after its label
        if labels.ndim != 1 or labels.dtype.kind not in "iu":
            raise UserError(f"{labels_path} holds no labels: whole numbers in one dimension.")
        hashes.append(found.sha256)
    if names and labels is not None:
        hashes.append(hashlib.sha256(repr(names).encode()).hexdigest())
    return dataset_of_arrays(
        plain_name(path.name.removesuffix(".gz")),
        Pixels.of(idx.array),
        labels,
        joined_hash(*hashes),
        source,
        names,
        unseen,
    )


def _names_beside(path: Path) -> tuple[str, ...]:
    """Return the names of the classes 0, 1, …, one a line in a file beside the images."""
    stem = path.name.partition("-images")[0]
    mapping = path.with_name(f"{stem.removesuffix('-train').removesuffix('-test')}-mapping.txt")
    if mapping.is_file():  # EMNIST: a label and the codes of its characters on each line
        rows = [line.split() for line in _lines(mapping)]
        if all(len(row) >= 2 and all(cell.isdecimal() for cell in row) for row in rows):
            return tuple(chr(int(row[1])) for row in rows if int(row[1]) < 0x110000)
    for name in (f"{stem}-classes.txt", "classes.txt", "class_names.txt", "labels.txt"):
        beside = path.with_name(name)
        if beside.is_file():
            return tuple(plain_name(line) for line in _lines(beside))
    return ()


def _lines(path: Path) -> list[str]:
    text = read_small(path, MAX_NAMES_BYTES).decode("utf-8-sig", "replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _test_part(path: Path) -> Path | None:
    """Return the images of the test part that goes with those of a training part."""
    before, found, after = path.name.lower().partition("train-images")
    if not found:
        return None
    afters = (after, after.removesuffix(".gz"), f"{after}.gz")
    parts = ("test", "t10k")
    return _beside(path, *(f"{before}{part}-images{name}" for part in parts for name in afters))


def _labels_beside(path: Path) -> Path | None:
    lower = path.name.lower()
    bare = lower.removesuffix(".gz")
    name = bare.replace("images", "labels").replace("idx3", "idx1").replace("idx4", "idx1")
    if name == bare:
        return None
    suffixes = (".gz", "") if lower != bare else ("", ".gz")  # first as the images are
    qmnist = name.replace("idx1-ubyte", QMNIST)
    return _beside(path, *(known + suffix for known in (name, qmnist) for suffix in suffixes))


def _beside(path: Path, *names: str) -> Path | None:
    """Return the first file of these lower-case names beside another, in letters of any case."""
    exact = [path.with_name(name) for name in names]
    try:
        others = {other.name.lower(): other for other in path.parent.iterdir()}
    except OSError:  # a folder whose files may be read, but not listed
        others = {}
    similar = [others[name] for name in names if name in others]
    return next((other for other in (*exact, *similar) if other.is_file()), None)


def _sums_path(images: Path) -> Path:
    """Return the file of check sums that goes with a file of images."""
    return images.with_name(images.name.partition("-images-idx")[0] + "-sha256")


def _file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as it is on the disk."""
    digest = hashlib.sha256()
    with regular_file(path) as (file, _):
        while part := file.read(2**20):
            digest.update(part)
    return digest.hexdigest()


def _check_sums(images: Path, labels: Path | None) -> None:
    """Refuse files that are not those of the check sums beside them, if there are any."""
    listing = _sums_path(images)
    if not listing.is_file():
        return
    lines = read_small(listing, MAX_SUMS_BYTES).decode("utf-8", "replace").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if images.name not in sums:  # of other files
        return
    for path in (images, labels) if labels else (images,):
        if sums.get(path.name) != _file_sha256(path):
            raise UserError(
                f"{path} is not the file that {listing.name} names, so images and labels may not "
                f"belong together: put back the right files, or remove {listing}."
            )
