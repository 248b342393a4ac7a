"""What a run learns from, as a value that its folder keeps and that opens the data again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.data.dataset import Dataset

    OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class DataKind:
    """A kind of data. Adding one to `KINDS` is all that a new kind needs.

    Parameters
    ----------
    label : str
        What a user gives to name such data, as it stands in a sentence.
    matches : callable
        Whether a name is one of such data.
    load : callable
        Reads the data; given the source, and what is told (pictures read, pictures in all).
    is_path : bool
        Whether the name is a path, which is never opened because a file says so.
    resizes : bool
        Whether the pictures are scaled, so that size and colour can be chosen.
    """

    label: str
    matches: Callable[[str], bool]
    load: Callable[[DataSource, OnProgress | None], Dataset]
    is_path: bool = True
    resizes: bool = False


@dataclass(frozen=True)
class DataSource:
    """What a run learns from, not opened yet.

    Parameters
    ----------
    name : str
        ``digits`` or a path, or what else a kind in `KINDS` matches.
    image_size : int, optional
        Pixels a side, where pictures are scaled; left out, what suits the first of them.
    colour : bool, optional
        Colour or grey, where pictures are scaled; left out, colour if any picture has some.

    Raises
    ------
    UserError
        The name is no text: a file system may hold names that are not valid Unicode.
    """

    name: str
    image_size: int | None = None
    colour: bool | None = None

    def __post_init__(self) -> None:
        try:
            self.name.encode()
        except UnicodeEncodeError as error:
            raise UserError(
                f"The data's name {self.name!r} is not valid Unicode: rename the file or folder."
            ) from error

    @property
    def is_path(self) -> bool:
        """Whether opening it would follow a path. Tells without a look at the disk."""
        return not any(kind.matches(self.name) for kind in KINDS if not kind.is_path)

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
        raise UserError(f"There is no data '{self.name}': give {source_labels()}.")

    def open(self, progress: OnProgress | None = None) -> Dataset:
        """Read the data.

        Parameters
        ----------
        progress : callable, optional
            Told (pictures read, pictures in all) now and then.

        Raises
        ------
        UserError
            There is no such data, it can't be used, or its pictures can't be scaled as asked.
        """
        kind = self.kind
        if not kind.resizes and (self.image_size is not None or self.colour is not None):
            raise UserError(
                f"The pictures of '{self.name}' are learned as they are: "
                "size and colour can be chosen for a folder of pictures."
            )
        return kind.load(self, progress)

    def absolute(self) -> DataSource:
        """Return the same source, found from any working folder."""
        return replace(self, name=str(Path(self.name).resolve())) if self.is_path else self

    def read_as(self, shape: tuple[int, int, int]) -> DataSource:
        """Return this source with size and colour of images (C, H, W), where they can be chosen."""
        if not self.kind.resizes:
            return replace(self, image_size=None, colour=None)
        return replace(self, image_size=shape[1], colour=shape[0] == 3)


def source_labels() -> str:
    """Return what data can be named, for the end of a sentence."""
    *first, last = (kind.label for kind in KINDS)
    return f"{', '.join(first)} or {last}"


def _load_digits(_source: DataSource, _progress: OnProgress | None) -> Dataset:
    from ganview.data.digits import load_digits

    return load_digits()


def _load_folder(source: DataSource, progress: OnProgress | None) -> Dataset:
    from ganview.data.folder import load_folder

    return load_folder(source.name, side=source.image_size, colour=source.colour, progress=progress)


def _load_idx(source: DataSource, _progress: OnProgress | None) -> Dataset:
    from ganview.data.idx_dataset import load_idx

    return load_idx(Path(source.name))


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


DIGITS = DataSource("digits")

#: All kinds of data, the first one that matches a name winning.
KINDS = [
    DataKind("'digits'", lambda name: name == DIGITS.name, _load_digits, is_path=False),
    DataKind("a folder of pictures", _is_folder, _load_folder, resizes=True),
    DataKind("an IDX file of images", _is_file, _load_idx),
]
