"""What a run learns from, as a value that its folder keeps and that opens the data again."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ganview.data.named_sets import NAMED_SETS, OnProgress
from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganview.data.dataset import Dataset


GROUND = re.compile(r"white|black|gr[ae]y|#[0-9a-f]{6}")
FITS = ("crop", "pad", "squash")
IDX_NAME = re.compile(r"images.idx[34].ubyte(\.gz)?$")
SIDEWAYS = "emnist"  # the set whose pictures lie on their side, as its files are called
FEW_FILES = 64  # in a folder that is looked into for an IDX file


@dataclass(frozen=True)
class DataKind:
    """A kind of data. Adding one to `KINDS` is all that a new kind needs."""

    label: str  # what a user gives to name such data, as it stands in a sentence
    matches: Callable[[str], bool]  # whether a name is one of such data
    # Reads the data; given the source, and what is told (pictures read, pictures in all).
    load: Callable[[DataSource, OnProgress | None], Dataset]
    is_path: bool = True  # whether the name is a path, which is never opened because a file says so
    # Fields of `DataSource` beside its name that say how such data is read.
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataSource:
    """What a run learns from, not opened yet.

    Parameters
    ----------
    name : str
        ``digits`` or a path, or what else a kind in `KINDS` matches.
    image_size : int, optional
        Pixels a side, where pictures are scaled; left out, what suits them.
    colour : bool, optional
        Colour or grey; left out, colour if the pictures have some.
    fit : {"crop", "pad", "squash"}
        How a picture that is not square becomes one.
    ground : str, optional
        Colour behind transparent pictures and beside padded ones: white, black, grey or #rrggbb;
        left out, what they are seen on.
    everything : bool
        Learn doubtful pictures, too: tiny, one colour only, very long, or the same as another.
    transposed : bool, optional
        Whether the pictures of an IDX or NPZ file lie on their side; left out, those of EMNIST.
    class_names : tuple of str
        Other names of the classes, in their order; empty to keep those that the data has.

    Raises
    ------
    UserError
        A value is none of these, or a name is no text: a file system may hold names that are not
        valid Unicode.
    """

    name: str
    image_size: int | None = None
    colour: bool | None = None
    fit: Literal["crop", "pad", "squash"] = "crop"
    ground: str | None = None
    everything: bool = False
    transposed: bool | None = None
    class_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            self.name.encode()
        except UnicodeEncodeError as error:
            raise UserError(
                f"The data's name {self.name!r} is not valid Unicode: rename the file or folder."
            ) from error
        if self.fit not in FITS:
            raise UserError(f"Pictures are made square by {', '.join(FITS)}, not '{self.fit}'.")
        if self.ground is not None and not GROUND.fullmatch(self.ground):
            raise UserError(f"A ground is white, black, grey or #rrggbb, not '{self.ground}'.")

    @property
    def is_path(self) -> bool:
        """Whether opening it would follow a path. Tells without a look at the disk."""
        return not any(kind.matches(self.name) for kind in KINDS if not kind.is_path)

    @property
    def title(self) -> str:
        """What a user calls it: the name of the set, of the folder or of the file."""
        if self.name in NAMED_SETS:
            return NAMED_SETS[self.name].title
        return Path(self.name).name if self.is_path else self.name

    @property
    def kind(self) -> DataKind:
        """The kind of data that the name stands for.

        Raises
        ------
        UserError
            There is no such data.
        """
        for kind in KINDS:
            if kind.matches(self.name):
                return kind
        if Path(self.name).name != self.name:
            raise UserError(f"There is no file or folder '{self.name}'.")
        raise UserError(f"There is no data '{self.name}': give {source_labels()}.")

    def open(self, progress: OnProgress | None = None) -> Dataset:
        """Read the data.

        Parameters
        ----------
        progress : callable, optional
            Told (pictures read, pictures in all) now and then; what it raises ends the reading.

        Raises
        ------
        UserError
            There is no such data, it can't be used, or it has no such option.
        """
        kind = self.kind
        for option in self.options():
            if option not in (*kind.options, "class_names"):
                raise UserError(
                    f"The pictures of '{self.name}' are learned as they are: there is no "
                    f"{option.replace('_', ' ')} to choose."
                )
        dataset = kind.load(self, progress)
        if self.class_names:
            dataset = dataset.renamed(self.class_names)
        options, prepared = self.read_like(dataset).options(), dataset.reading.preparation
        if prepared is not None:
            options |= prepared.known_levels()
        reading = replace(dataset.reading, options=options)
        return replace(dataset, reading=reading)

    @property
    def lies_on_its_side(self) -> bool:
        """Whether pictures are turned over their diagonal: as it says, or those of EMNIST's files.

        Those of an NPZ file are turned only where it says so: programs that write one turn them.
        """
        if self.transposed is not None:
            return self.transposed
        name = (_idx_within(self.name) or Path(self.name)).name.lower()
        return name.startswith(SIDEWAYS) and not name.endswith((".npz", ".npy"))

    def options(self) -> dict[str, Any]:
        """Return what differs from its default, beside the name, as plain JSON values."""
        usual = asdict(DataSource(self.name))
        given = {key: value for key, value in asdict(self).items() if value != usual[key]}
        return {key: list(v) if isinstance(v, tuple) else v for key, v in given.items()}

    @classmethod
    def of_options(cls, name: str, options: Mapping[str, Any]) -> DataSource:
        """Return a source from values of unknown origin; those that are of no use are left out.

        Raises
        ------
        UserError
            A value is of the right type, but none of those that there are.
        """
        types = {"image_size": int, "colour": bool, "fit": str, "ground": str}
        types |= {"everything": bool, "transposed": bool}
        found = {key: options[key] for key in types if type(options.get(key)) is types[key]}
        names = options.get("class_names")
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            found["class_names"] = tuple(names)
        return cls(name, **found)

    def absolute(self) -> DataSource:
        """Return the same source, found from any working folder."""
        return replace(self, name=str(Path(self.name).resolve())) if self.is_path else self

    def read_like(self, dataset: Dataset) -> DataSource:
        """Return this source with all that was found out when it was read as ``dataset``."""
        source, prepared = self.read_as(dataset.shape), dataset.reading.preparation
        if prepared is None:
            return source
        return replace(source, fit=prepared.fit, ground=prepared.ground)

    def read_as(self, shape: tuple[int, int, int]) -> DataSource:
        """Return this source, to be read as images (C, H, W), where that can be chosen."""
        channels, height, width = shape
        sizes = {"image_size": height if height == width else None, "colour": channels == 3}
        return self._with({**self.options(), **sizes})

    def with_options_of(self, other: DataSource) -> DataSource:
        """Return this source, read as another unless it says itself how."""
        return self if self.options() else self._with(other.options())

    def _with(self, options: Mapping[str, Any]) -> DataSource:
        known = (*self.kind.options, "class_names")
        return DataSource.of_options(
            self.name, {key: value for key, value in options.items() if key in known}
        )


def source_labels() -> str:
    """Return what data can be named, for the end of a sentence."""
    *first, last = (kind.label for kind in KINDS)
    return f"{', '.join(first)} or {last}"


def _load_digits(_source: DataSource, _progress: OnProgress | None) -> Dataset:
    from ganview.data.digits import load_digits

    return load_digits()


def _load_named(source: DataSource, progress: OnProgress | None) -> Dataset:
    from ganview.data.named_sets import load_named_set

    return load_named_set(source, progress)


def _load_folder(source: DataSource, progress: OnProgress | None) -> Dataset:
    from ganview.data.folder import load_folder

    return load_folder(
        source.name,
        side=source.image_size,
        colour=source.colour,
        fit=source.fit,
        ground=source.ground,
        everything=source.everything,
        progress=progress,
    )


def _load_numpy(source: DataSource, progress: OnProgress | None) -> Dataset:
    from ganview.data.npz_dataset import load_npz

    return load_npz(Path(source.name), source, progress)


def _load_idx(source: DataSource, _progress: OnProgress | None) -> Dataset:
    from ganview.data.idx_dataset import load_idx

    return load_idx(Path(source.name), source)


def _load_idx_within(source: DataSource, _progress: OnProgress | None) -> Dataset:
    from ganview.data.dataset import plain_name
    from ganview.data.idx_dataset import load_idx

    within = _idx_within(source.name)
    assert within is not None
    return replace(load_idx(within, source), name=plain_name(Path(source.name).resolve().name))


def _holds_idx(name: str) -> bool:
    return _is_folder(name) and _idx_within(name) is not None


def _idx_within(folder: str) -> Path | None:
    """Return the IDX file of images in a folder of few files: that of a training part, if any."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, FEW_FILES + 1)]
    except OSError:
        return None
    found = [name for name in sorted(names) if IDX_NAME.search(name.lower())]
    if len(names) > FEW_FILES or not found:
        return None
    return Path(folder) / next((name for name in found if "train" in name.lower()), found[0])


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # a name no file can have
        return False


def _is_folder(name: str) -> bool:
    try:
        return bool(name) and Path(name).is_dir()
    except (OSError, ValueError):
        return False


def _has_suffix(*suffixes: str) -> Callable[[str], bool]:
    return lambda name: name.lower().endswith(suffixes) and _is_file(name)


DIGITS = DataSource("digits")
PICTURE_OPTIONS = ("image_size", "colour", "fit", "ground", "everything")
ARRAY_OPTIONS = ("image_size", "colour", "transposed")

#: All kinds of data, the first one that matches a name winning.
KINDS = [
    DataKind("'digits'", lambda name: name == DIGITS.name, _load_digits, is_path=False),
    DataKind(
        ", ".join(f"'{name}'" for name in NAMED_SETS),
        lambda name: name in NAMED_SETS,
        _load_named,
        is_path=False,
        options=ARRAY_OPTIONS,
    ),
    DataKind("a folder with an IDX file", _holds_idx, _load_idx_within, options=ARRAY_OPTIONS),
    DataKind("a folder of pictures", _is_folder, _load_folder, options=PICTURE_OPTIONS),
    DataKind("a ZIP file of them", _has_suffix(".zip"), _load_folder, options=PICTURE_OPTIONS),
    DataKind("an NPZ file", _has_suffix(".npz", ".npy"), _load_numpy, options=ARRAY_OPTIONS),
    DataKind("an IDX file of images", _is_file, _load_idx, options=ARRAY_OPTIONS),
]
