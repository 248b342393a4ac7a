"""Which files of a folder or a ZIP file are pictures of a set, and of what class and part."""

from __future__ import annotations

import io
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar

from ganview.data.pictures import MAX_FILE_BYTES
from ganview.data.regular import regular_file
from ganview.errors import UserError

T = TypeVar("T")
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
ENCRYPTED = 1  # bit of the flags of a ZIP entry
IGNORED = frozenset(("__macosx", "@eadir", "thumbs.db", "desktop.ini"))
#: What the folder of a run has from the beginning, as this version and as older ones make it.
RUNS = ({"config.json", "moments"}, {"config.json", "samples", "snapshots"})
MOST_FILES = 1_000_000
SORTED_AT_ONCE = 2000  # names
MOST_DEEP = 32  # folders within folders


@dataclass(frozen=True, eq=False, slots=True)
class SetFile:
    """A file of a set.

    One object each and no more: garbage collection, which stops all threads, goes through them.
    """

    parts: tuple[str, ...]  # names of the folders above it, and its own
    path: str  # where it is, or the ZIP file that it is in
    member: zipfile.ZipInfo | None = None  # its entry there
    archive: zipfile.ZipFile | None = None  # what opens that

    @property
    def name(self) -> str:
        """Its path within the set."""
        return "/".join(self.parts)

    def opened(self) -> Path | BinaryIO:
        """Return what reads it: a path, or the bytes of an entry.

        Raises
        ------
        UserError
            The entry is too large, or damaged.
        """
        if self.member is None or self.archive is None:
            return Path(self.path)
        if self.member.file_size > MAX_FILE_BYTES:
            raise UserError(
                f"{self.name} is too large: pictures up to {MAX_FILE_BYTES >> 20} MB are read."
            )
        try:
            with self.archive.open(self.member) as packed:
                content = io.BytesIO(packed.read(self.member.file_size))
        except UNPACKING as error:
            raise UserError(f"{self.name} cannot be unpacked: {error}.") from error
        content.name = self.name
        return content

    def starts_like_a_picture(self) -> bool:
        """Return whether its first bytes are those of a format that is read here."""
        head = self._head()
        return (
            head.startswith(STARTS)
            or (head[:4] == b"RIFF" and head[8:] == b"WEBP")
            or (head[4:8] == b"ftyp" and head[8:] in BRANDS)
        )

    def why_unreadable(self) -> str:
        """Return in a few words why it could not be read, whatever its name says that it is."""
        from ganview.data.pictures import FORMATS, readable_formats

        if self.member is not None and self.member.flag_bits & ENCRYPTED:
            return "locked by a password"
        head = self._head()
        if head[4:8] == b"ftyp" and head[8:] in HEIC and readable_formats() == FORMATS:
            return "HEIC, which needs pip install 'ganview[heic]'"
        return "unreadable"

    def _head(self) -> bytes:
        try:
            if self.member is not None and self.archive is not None:
                with self.archive.open(self.member) as packed:
                    return packed.read(12)
            with regular_file(Path(self.path)) as (file, _):
                return file.read(12)
        except (UserError, *UNPACKING):
            return b""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or a class that is not learned, and why."""

    reason: str  # a few words, the same for all of a kind
    name: str  # its path within the set


@dataclass(frozen=True, eq=False)
class Listing:
    """The pictures of a set by class, in natural order, and what is none of them."""

    # Class name to files; one entry without a name where there are no classes.
    classes: dict[str, list[SetFile]]
    # The same of the parts for validation and test, empty where the set is not divided.
    unseen: dict[str, list[SetFile]]
    left_out: list[LeftOut]  # files and classes that are left out

    def files(self) -> list[SetFile]:
        """Return all pictures that are learned, class after class."""
        return [file for group in self.classes.values() for file in group]


def list_folder(folder: Path) -> Listing:
    """List the pictures below a folder; links are followed, no folder is entered twice.

    Raises
    ------
    UserError
        The folder can't be read, or holds too much.
    """
    folders: set[tuple[str, ...]] = set()
    left_out: list[LeftOut] = []
    return sort_files(_walk(folder, (), set(), folders, left_out), folders, left_out)


def list_zip(path: Path, archive: zipfile.ZipFile) -> Listing:
    """List the pictures of a ZIP file.

    Raises
    ------
    UserError
        It holds too much.
    """
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise UserError(f"{path} holds {len(entries):,} files: more than {MOST_FILES:,}.")
    folders: set[tuple[str, ...]] = set()
    files = []
    for member in entries:
        parts = tuple(
            part
            for part in PurePosixPath(member.filename.replace("\\", "/")).parts
            if part not in ("/", "..")  # nothing is unpacked: only names of folders count
        )
        if not parts or any(_is_hidden(part) for part in parts):
            continue
        folders.update(parts[:end] for end in range(1, len(parts)))
        if member.is_dir():
            folders.add(parts)
        else:
            files.append(SetFile(parts, str(path), member, archive))
    return sort_files(files, folders, [])


def _walk(
    folder: Path,
    parts: tuple[str, ...],
    entered: set[tuple[int, int]],
    folders: set[tuple[str, ...]],
    left_out: list[LeftOut],
) -> Iterator[SetFile]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in entered or len(parts) > MOST_DEEP:
            return
        entered.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as scanned:
            entries = sort_in_parts(scanned, lambda entry: f"{entry.is_symlink():d}{entry.name}")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if not parts:
            raise UserError(f"The folder {folder} cannot be read: {reason}.") from error
        left_out.append(LeftOut("cannot be read", "/".join(parts)))
        return
    names = {entry.name for entry in entries}
    if any(names >= run for run in RUNS):
        left_out.append(LeftOut("a run of ganview", "/".join(parts)))
        return
    if parts:
        folders.add(parts)
    for entry in entries:
        if _is_hidden(entry.name):
            continue
        here = (*parts, entry.name)
        try:
            mode = entry.stat().st_mode
        except OSError:
            left_out.append(LeftOut("a link to nothing", "/".join(here)))
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(Path(entry.path), here, entered, folders, left_out)
        elif stat.S_ISREG(mode):
            yield SetFile(here, entry.path)
        else:
            left_out.append(LeftOut("not a file", "/".join(here)))


def sort_files(
    found: Iterable[SetFile], folders: set[tuple[str, ...]], left_out: list[LeftOut]
) -> Listing:
    """Sort files by part and class, by the names of the folders that they are in.

    Parameters
    ----------
    found : iterable of SetFile
        All files.
    folders : set of tuple of str
        All folders, for classes without a picture; read once all files are found.
    left_out : list of LeftOut
        What is left out already.
    """
    files = []
    for file in found:
        reason = _why_no_picture(file)
        if reason:
            left_out.append(LeftOut(reason, file.name))
        else:
            files.append(file)
    depth = _depth_of_classes(files)
    learned, unseen = files, list[SetFile]()
    divided = {file.parts[depth].lower() for file in files if len(file.parts) > depth + 1}
    if divided and divided <= set(PARTS) and any(PARTS[part] for part in divided):
        kept = [file for file in files if len(file.parts) > depth + 1]
        left_out += [
            LeftOut("beside the folders of the parts", file.name)
            for file in files
            if len(file.parts) <= depth + 1
        ]
        learned = [file for file in kept if PARTS[file.parts[depth].lower()]]
        unseen = [file for file in kept if not PARTS[file.parts[depth].lower()]]
        depth += 1
    names = Counter(file.parts[depth] for file in learned if len(file.parts) > depth + 1)
    if len(names) < 2:
        tested = {"": sort_in_parts(unseen, _natural)} if unseen else {}
        return Listing({"": sort_in_parts(learned, _natural)}, tested, left_out)
    if 2 * sum(names.values()) < len(learned):
        raise UserError(
            "Most of these pictures lie beside the folders of the classes: move them into folders, "
            "one a class, or keep all in one folder."
        )
    classes = _by_class(learned, depth, left_out)
    tested = _by_class(unseen, depth, left_out)
    for name in [name for name in tested if name not in classes]:
        left_out += [LeftOut("of a class that isn't learned", f.name) for f in tested.pop(name)]
    for empty in sorted({place[depth] for place in folders if len(place) == depth + 1}):
        if empty not in classes:
            left_out.append(LeftOut("a class without pictures", empty))
    return Listing(classes, tested, left_out)


def _by_class(
    files: list[SetFile], depth: int, left_out: list[LeftOut]
) -> dict[str, list[SetFile]]:
    groups: dict[str, list[SetFile]] = {}
    for file in sort_in_parts(files, _natural):
        if len(file.parts) > depth + 1:
            groups.setdefault(file.parts[depth], []).append(file)
        else:
            left_out.append(LeftOut("beside the folders of the classes", file.name))
    return dict(sorted(groups.items(), key=lambda item: natural_order(item[0])))


def _depth_of_classes(files: list[SetFile]) -> int:
    """Return how many folders lie around all pictures, one in another."""
    if not files:
        return 0
    shortest = min(len(file.parts) for file in files) - 1
    first = files[0].parts
    depth = 0
    while depth < shortest and all(file.parts[depth] == first[depth] for file in files):
        depth += 1
    return depth


def _why_no_picture(file: SetFile) -> str:
    """Return why a file is not even tried to be read, or nothing."""
    suffix = PurePosixPath(file.parts[-1]).suffix.lower()
    if suffix in SUFFIXES or file.starts_like_a_picture():
        return ""
    return "not of a type that is read"


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in IGNORED


def natural_order(name: str) -> str:
    """Return text by which names are sorted so that 2 comes before 10."""
    pieces = re.split(r"([0-9]{1,15})", name)
    # text begins with \0 and a number with \1, which are before all that names have
    in_turn = [f"\1{int(piece):015}" if piece.isdecimal() else f"\0{piece}" for piece in pieces]
    return f"{''.join(in_turn)}\0{name}"


def _natural(file: SetFile) -> str:
    return "\0".join(map(natural_order, file.parts))


def sort_in_parts(items: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """Sort by text, some thousand at a time: no other thread runs while Python sorts a list."""
    found = list(items)
    parts = [
        sorted(found[at : at + SORTED_AT_ONCE], key=key)
        for at in range(0, len(found), SORTED_AT_ONCE)
    ]
    return list(merge(*parts, key=key))
