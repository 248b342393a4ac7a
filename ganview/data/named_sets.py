"""Sets of pictures known by name, fetched from their publishers when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from platformdirs import user_data_path

from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.data.source import DataSource

OnProgress = Callable[[int, int], None]
IDX = "train-images-idx3-ubyte.gz"
NAMES = "classes.txt"  # as `ganview.data.idx_dataset` looks for it
RECORD, PER_BATCH = 1 + 3 * 32 * 32, 10_000  # of CIFAR-10: a label and three planes
MAX_MEMBER = 2**28


class Remote(NamedTuple):
    """A file, and the check sum that its publisher or torchvision states for it."""

    url: str
    md5: str

    @property
    def name(self) -> str:
        """The last part of its address."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class NamedSet:
    """A published set."""

    # name, title: what the command line and the window call it
    name: str
    title: str
    about: str  # what it holds, and how much is fetched
    licence: str  # what its publishers say of its use, with the paper it comes from
    files: tuple[Remote, ...]  # what is fetched
    load: Callable[[Path, DataSource], Dataset]  # reads it from the folder with these files
    class_names: tuple[str, ...] = ()  # names of the classes, where the files don't have them


def sets_folder() -> Path:
    """Return where fetched sets are kept: among the user's data."""
    return user_data_path("ganview", appauthor=False) / "sets"


def load_named_set(source: DataSource, progress: OnProgress | None = None) -> Dataset:
    """Read a set, and fetch first what of it is not there.

    Raises
    ------
    UserError
        It can't be fetched, or is not the published one.
    """
    from ganview.data.fetch import fetch_file

    named = NAMED_SETS[source.name]
    folder = sets_folder() / named.name
    for remote in named.files:
        fetch_file(remote.url, remote.md5, folder / remote.name, progress)
    if named.class_names and not (folder / NAMES).is_file():
        (folder / NAMES).write_text("\n".join(named.class_names), encoding="utf-8")
    dataset = named.load(folder, source)
    reading = replace(dataset.reading, notes=(named.licence, *dataset.reading.notes))
    return replace(dataset, name=named.name, reading=reading)


def _load_idx(folder: Path, source: DataSource) -> Dataset:
    from ganview.data.idx_dataset import load_idx

    return load_idx(folder / IDX, source)


def _load_letters(folder: Path, source: DataSource) -> Dataset:
    import zipfile

    from ganview.data.idx_dataset import load_idx

    stem = "emnist-letters"
    wanted = [f"{stem}-mapping.txt"] + [
        f"{stem}-{part}-{kind}-ubyte.gz"
        for part in ("train", "test")
        for kind in ("images-idx3", "labels-idx1")
    ]
    try:
        if not all((folder / name).is_file() for name in wanted):
            with zipfile.ZipFile(folder / "gzip.zip") as archive:
                for member in archive.infolist():
                    name = member.filename.rpartition("/")[2]
                    if name in wanted and member.file_size <= MAX_MEMBER:
                        (folder / name).write_bytes(archive.read(member))
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{folder / 'gzip.zip'} cannot be unpacked: {error}.") from error
    return load_idx(folder / f"{stem}-train-images-idx3-ubyte.gz", source)


def _load_cifar(folder: Path, source: DataSource) -> Dataset:
    """Read CIFAR-10 in its binary form: a byte of label, then three planes, 10,000 times a file."""
    import tarfile

    import numpy as np

    from ganview.data.arrays import dataset_of_arrays
    from ganview.data.dataset import content_hash
    from ganview.data.pixels import Pixels

    path = folder / "cifar-10-binary.tar.gz"
    found = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if name.endswith("_batch.bin") or name.startswith("data_batch_"):
                    if member.size != RECORD * PER_BATCH:
                        raise UserError(f"{path} is damaged: {name} has another size.")
                    file = archive.extractfile(member)
                    assert file is not None
                    found[name] = np.frombuffer(file.read(), np.uint8).reshape(-1, RECORD)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise UserError(f"{path} cannot be unpacked: {error}.") from error
    if len(found) != 6:
        raise UserError(f"{path} is damaged: a part is missing.")
    names = NAMED_SETS["cifar-10"].class_names
    unseen = None
    for part in ("test_batch", "data_batch"):
        rows = np.concatenate([found[name] for name in sorted(found) if name.startswith(part)])
        pixels = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        labels = rows[:, 0].astype(np.int64)
        sha256 = content_hash(np.ascontiguousarray(pixels), labels, names)
        unseen = dataset_of_arrays(
            "cifar-10", Pixels.of(pixels), labels, sha256, source, names, unseen
        )
    assert unseen is not None
    return unseen


def _mnist_like(base: str, *sums: str) -> tuple[Remote, ...]:
    names = [
        f"{part}-{kind}-ubyte.gz"
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    ]
    return tuple(Remote(f"{base}/{name}", md5) for name, md5 in zip(names, sums, strict=True))


#: The sets by name. Check sums are those of torchvision's sources and of the publishers' pages.
NAMED_SETS: dict[str, NamedSet] = {
    one.name: one
    for one in (
        NamedSet(
            "fashion-mnist",
            "Fashion-MNIST",
            "70,000 clothes, grey, 28 × 28; 31 MB",
            "Fashion-MNIST: MIT licence, Zalando SE (Xiao, Rasul and Vollgraf, 2017).",
            _mnist_like(
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
            _load_idx,
            (
                *("T-shirt", "Trouser", "Pullover", "Dress", "Coat"),
                *("Sandal", "Shirt", "Sneaker", "Bag", "Boot"),
            ),
        ),
        NamedSet(
            "kmnist",
            "Kuzushiji-MNIST",
            "70,000 cursive Japanese letters, grey, 28 × 28; 21 MB",
            "KMNIST: CC BY-SA 4.0, made by CODH from the Kuzushiji Dataset of NIJL and others, "
            "doi:10.20676/00000341 (Clanuwat et al., 2018).",
            _mnist_like(
                "https://codh.rois.ac.jp/kmnist/dataset/kmnist",
                "bdb82020997e1d708af4cf47b453dcf7",
                "e144d726b3acfaa3e44228e80efcd344",
                "5c965bf0a639b31b8f53240b1b52f4d7",
                "7320c461ea6c1c855c0b718fb2a4b134",
            ),
            _load_idx,
            ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        ),
        NamedSet(
            "emnist-letters",
            "EMNIST letters",
            "145,600 letters, grey, 28 × 28; 536 MB, of which 36 are used",
            "EMNIST: made from NIST Special Database 19, no licence stated (Cohen, Afshar, Tapson "
            "and van Schaik, 2017).",
            (
                Remote(
                    "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
                    "58c8d27c78d21e728a6bc7b3cc06412e",
                ),
            ),
            _load_letters,
        ),
        NamedSet(
            "cifar-10",
            "CIFAR-10",
            "60,000 photographs of cats, dogs, birds, ships …, colour, 32 × 32; 162 MB",
            "CIFAR-10: no licence stated (Krizhevsky, 2009).",
            (
                Remote(
                    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                    "c32a1d4ab5d03f1284b67883e8d87530",
                ),
            ),
            _load_cifar,
            ("airplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        ),
    )
}
