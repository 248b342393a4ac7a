"""Which files of a folder or a ZIP file are pictures of a set, and of what class and part."""

from __future__ import annotations

import io
import lzma
import os
import re
import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar

from ganview.data.pictures import MAX_FILE_BYTES
from ganview.data.regular import regular_file
from ganview.errors import UserError

T = TypeVar("T")
#: Files and classes that are not learned, by the reason: a few words, the same for all of a kind.
LeftOut = dict[str, list[str]]
#: Names of folders that divide a set, and whether what is in them is learned.
PARTS = {
    "train": True,
    "training": True,
    **dict.fromkeys(("val", "valid", "validation", "test", "testing"), False),
}
SUFFIXES = frozenset(
    (
        *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".dib"),
        *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".avif", ".heic", ".heif"),
    )
)
# What unpacking an entry of a ZIP file raises where it is damaged, locked or oddly packed.
UNPACKING = (
    *(OSError, EOFError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
#: How files of these formats begin; those of the ISO base media format say it four bytes later.
STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"P4", b"P5", b"P6")
HEIC = (b"heic", b"heix", b"mif1", b"msf1")
BRANDS = (b"avif", b"avis", *HEIC)
HEAD = 12  # bytes of a file that say what it is
ENCRYPTED = 1  # bit of the flags of a ZIP entry
IGNORED = frozenset(("__macosx", "@eadir", "thumbs.db", "desktop.ini"))
#: What the folder of a run has from the beginning, as this version and as older ones make it.
RUNS = ({"config.json", "moments"}, {"config.json", "samples", "snapshots"})
MOST_FILES = 1_000_000
SORTED_AT_ONCE = 2000  # names
MOST_DEEP = 32  # folders within folders


class Files(ABC):
    """Where the files of a set are. A file is the path within the set, with slashes.

    Nothing but that text is kept of each: garbage collection, which stops all threads, goes
    through objects, and not through text.
    """

    @abstractmethod
    def opened(self, name: str) -> Path | BinaryIO:
        """Return what reads a file: a path, or its bytes.

        Raises
        ------
        UserError
            It is too large to be unpacked, or damaged.
        """

    @abstractmethod
    def head(self, name: str) -> bytes:
        """Return the first bytes of a file, none if it can't be read."""

    def start_like_a_picture(self, name: str) -> bool:
        """Return whether a file's first bytes are those of a format that is read here."""
        head = self.head(name)
        return (
            head.startswith(STARTS)
            or (head[:4] == b"RIFF" and head[8:] == b"WEBP")
            or (head[4:8] == b"ftyp" and head[8:] in BRANDS)
        )

    def why_unreadable(self, name: str) -> str:
        """Return in a few words why a file could not be read, whatever its name says it is."""
        from ganview.data.pictures import FORMATS, readable_formats

        head = self.head(name)
        if head[4:8] == b"ftyp" and head[8:] in HEIC and readable_formats() == FORMATS:
            return "HEIC, which needs pip install 'ganview[heic]'"
        return "unreadable"


class FolderFiles(Files):
    """The files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def opened(self, name: str) -> Path:
        """Return the path of a file."""
        return self._folder / name

    def head(self, name: str) -> bytes:
        """Return the first bytes of a file, none if it can't be read."""
        try:
            with regular_file(self._folder / name) as (file, _):
                return file.read(HEAD)
        except (UserError, OSError):
            return b""

    def why_unreadable(self, name: str) -> str:
        """Return in a few words why a file could not be read."""
        permitted = os.access(self._folder / name, os.R_OK)
        return super().why_unreadable(name) if permitted else "cannot be read"


class ZipFiles(Files):
    """The files of a ZIP file that is open."""

    def __init__(self, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> None:
        self._archive, self._members = archive, members

    def opened(self, name: str) -> BinaryIO:
        """Return the bytes of a file."""
        member = self._members[name]
        if member.file_size > MAX_FILE_BYTES:
            raise UserError(
                f"{name} is too large: pictures up to {MAX_FILE_BYTES >> 20} MB are read."
            )
        try:
            with self._archive.open(member) as packed:
                content = io.BytesIO(packed.read(member.file_size))
        except UNPACKING as error:
            raise UserError(f"{name} cannot be unpacked: {error}.") from error
        content.name = name
        return content

    def head(self, name: str) -> bytes:
        """Return the first bytes of a file, none if it can't be unpacked."""
        try:
            with self._archive.open(self._members[name]) as packed:
                return packed.read(HEAD)
        except UNPACKING:
            return b""

    def why_unreadable(self, name: str) -> str:
        """Return in a few words why a file could not be read."""
        locked = self._members[name].flag_bits & ENCRYPTED
        return "locked by a password" if locked else super().why_unreadable(name)


@dataclass(frozen=True, eq=False)
class Listing:
    """The pictures of a set by class, in natural order, and what is none of them."""

    files: Files  # what reads them
    # Class name to paths; one entry without a name where there are no classes.
    classes: dict[str, list[str]]
    # The same of the parts for validation and test, empty where the set is not divided.
    unseen: dict[str, list[str]]
    left_out: LeftOut

    def learned(self) -> list[str]:
        """Return the paths of all pictures that are learned, class after class."""
        return [name for group in self.classes.values() for name in group]


def list_folder(folder: Path) -> Listing:
    """List the pictures below a folder; links are followed, no folder is entered twice.

    Raises
    ------
    UserError
        The folder can't be read, or holds too much.
    """
    folders: set[str] = set()
    left_out: LeftOut = defaultdict(list)
    found = _walk(folder, "", set(), folders, left_out)
    return sort_files(FolderFiles(folder), found, folders, left_out)


def list_zip(path: Path, archive: zipfile.ZipFile) -> Listing:
    """List the pictures of a ZIP file; of entries of the same name the last one counts.

    Raises
    ------
    UserError
        It holds too much.
    """
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise UserError(f"{path} holds {len(entries):,} files: more than {MOST_FILES:,}.")
    folders: set[str] = set()
    members = {}
    for member in entries:
        parts = [
            part
            for part in PurePosixPath(member.filename.replace("\\", "/")).parts
            if part not in ("/", "..")  # nothing is unpacked: only names of folders count
        ]
        if not parts or any(_is_hidden(part) for part in parts):
            continue
        folders.update("/".join(parts[:end]) for end in range(1, len(parts)))
        if member.is_dir():
            folders.add("/".join(parts))
        else:
            members["/".join(parts)] = member
    return sort_files(ZipFiles(archive, members), members, folders, defaultdict(list))


def _walk(
    folder: Path,
    within: str,
    entered: set[tuple[int, int]],
    folders: set[str],
    left_out: LeftOut,
) -> Iterator[str]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in entered:
            left_out["a link to a folder that is read already"].append(within)
            return
        if within.count("/") >= MOST_DEEP:
            left_out[f"a folder below {MOST_DEEP} others"].append(within)
            return
        entered.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as scanned:
            entries = sort_in_parts(scanned, lambda entry: f"{entry.is_symlink():d}{entry.name}")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if not within:
            raise UserError(f"The folder {folder} cannot be read: {reason}.") from error
        left_out["cannot be read"].append(within)
        return
    names = {entry.name for entry in entries}
    if any(names >= run for run in RUNS):
        left_out["a run of ganview"].append(within)
        return
    if within:
        folders.add(within)
    for entry in entries:
        if _is_hidden(entry.name):
            continue
        here = f"{within}/{entry.name}" if within else entry.name
        try:
            mode = entry.stat().st_mode
        except OSError:
            left_out["a link to nothing"].append(here)
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(Path(entry.path), here, entered, folders, left_out)
        elif stat.S_ISREG(mode):
            yield here
        else:
            left_out["not a file"].append(here)


def sort_files(files: Files, found: Iterable[str], folders: set[str], left_out: LeftOut) -> Listing:
    """Sort files by part and class, by the names of the folders that they are in.

    Parameters
    ----------
    files : Files
        What reads them.
    found : iterable of str
        All files.
    folders : set of str
        All folders, for classes without a picture; read once all files are found.
    left_out : dict
        What is left out already, to be added to.
    """
    pictures = []
    for name in found:
        if PurePosixPath(name).suffix.lower() in SUFFIXES or files.start_like_a_picture(name):
            pictures.append(name)
        else:
            left_out["not of a type that is read"].append(name)
    depth = _depth_of_classes(pictures)
    learned, unseen = pictures, list[str]()
    divided = {_folder_at(depth, name).lower() for name in pictures} - {""}
    if divided and divided <= set(PARTS) and any(PARTS[part] for part in divided):
        learned = []
        for name in pictures:
            part = _folder_at(depth, name).lower()
            if not part:
                left_out["beside the folders of the parts"].append(name)
            else:
                (learned if PARTS[part] else unseen).append(name)
        depth += 1
    names = Counter(_folder_at(depth, name) for name in learned)
    loose = names.pop("", 0)
    if len(names) < 2:
        tested = {"": sort_in_parts(unseen, _natural)} if unseen else {}
        return Listing(files, {"": sort_in_parts(learned, _natural)}, tested, left_out)
    if loose > names.total():
        raise UserError(
            "Most of these pictures lie beside the folders of the classes: move them into folders, "
            "one a class, or keep all in one folder."
        )
    classes = _by_class(learned, depth, left_out)
    tested = _by_class(unseen, depth, left_out)
    places = {place.split("/")[depth] for place in folders if place.count("/") == depth}
    empty = sorted(places - set(classes) - set(tested))
    for name in [name for name in tested if name not in classes]:
        left_out["of a class that isn't learned"] += tested.pop(name)
    if empty:
        left_out["a class without pictures"] += empty
    return Listing(files, classes, tested, left_out)


def _by_class(names: list[str], depth: int, left_out: LeftOut) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in sort_in_parts(names, _natural):
        if folder := _folder_at(depth, name):
            groups.setdefault(folder, []).append(name)
        else:
            left_out["beside the folders of the classes"].append(name)
    return dict(sorted(groups.items(), key=lambda item: natural_order(item[0])))


def _folder_at(depth: int, name: str) -> str:
    """Return the folder that lies so deep above a file; nothing if there are fewer."""
    above = name.split("/")[:-1]
    return above[depth] if len(above) > depth else ""


def _depth_of_classes(names: list[str]) -> int:
    """Return how many folders lie around all pictures, one in another."""
    if not names:
        return 0
    *shared, _ = names[0].split("/")
    for name in names:
        *above, _ = name.split("/")
        pairs = enumerate(zip(shared, above, strict=False))
        differ = next((depth for depth, (one, other) in pairs if one != other), len(above))
        shared = shared[:differ]
    return len(shared)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in IGNORED


def natural_order(name: str) -> str:
    """Return text by which names are sorted so that 2 comes before 10."""
    pieces = re.split(r"([0-9]{1,15})", name)
    # text begins with \0 and a number with \1, which are before all that names have
    in_turn = [f"\1{int(piece):015}" if piece.isdecimal() else f"\0{piece}" for piece in pieces]
    return f"{''.join(in_turn)}\0{name}"


def _natural(name: str) -> str:
    return "\0".join(map(natural_order, name.split("/")))


def sort_in_parts(items: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """Sort by text, some thousand at a time: no other thread runs while Python sorts a list."""
    found = list(items)
    parts = [
        sorted(found[at : at + SORTED_AT_ONCE], key=key)
        for at in range(0, len(found), SORTED_AT_ONCE)
    ]
    return list(merge(*parts, key=key))
