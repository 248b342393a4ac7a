"""JSON documents of unknown origin: parsed strictly, checked for their schema, and migrated."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import msgspec

from ganview.errors import UserError

Document = dict[str, Any]
Part = TypeVar("Part")
Migration = Callable[[Document], Document]
MAX_DEPTH = 20  # nested brackets: deeper ones could exhaust the stack, and our own files have five
MAX_WHOLE = 2**63  # fits the integers of other programs, and is far below the largest float


def parse_object(text: str | bytes, what: str) -> Document:
    """Parse one JSON object with finite numbers, Unicode texts and unique keys.

    Integers reach from −2⁶³ to 2⁶³; brackets are nested at most 20 deep.

    Parameters
    ----------
    text : str or bytes
        Already known to be of reasonable length.
    what : str
        What is being read, to begin the sentence of an error with.

    Raises
    ------
    UserError
        It is not such an object.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")  # json would guess at UTF-16 and UTF-32, too
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_whole,
        )
        if "\\u" in text:  # half of a surrogate pair may be escaped, and no file could take it
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:  # ValueError: also numbers of thousands of digits
        raise UserError(f"{what} is damaged: it is not readable JSON ({error}).") from error
    if not isinstance(value, dict):
        raise UserError(f"{what} is damaged: it is not a JSON object.")
    if _is_deep(value):
        raise UserError(f"{what} is refused: it is nested deeper than {MAX_DEPTH} brackets.")
    return value


def to_text(document: Document, *, indent: int | None = None) -> str:
    """Write a document as JSON for every reader: what is not a finite number becomes null."""
    return json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=indent)


def upgrade_document(
    document: Document, current: int, migrations: Mapping[int, Migration], what: str
) -> Document:
    """Bring a document of an older schema up to the current one.

    Parameters
    ----------
    document : dict
        With the key ``schema``.
    current : int
        The version that this program writes.
    migrations : mapping
        From a version to the function that makes the next version of it.
    what : str
        As in `parse_object`.

    Raises
    ------
    UserError
        The version is newer than this program, or one that it never had.
    """
    version = document.get("schema")
    if type(version) is not int or version < 1:
        raise UserError(f"{what} is damaged: it has no schema version.")
    if version > current:
        raise UserError(
            f"{what} was written by a newer ganview (schema {version}, this one reads up to "
            f"{current}): update ganview to open it."
        )
    while version < current:
        if version not in migrations:
            raise UserError(f"{what} has schema {version}, which can no longer be read.")
        document = migrations[version](document)
        version += 1
        document["schema"] = version
    return document


def check_fields(part: object, schema: type[Part], what: str) -> Part:
    """Return a part of a document as its schema describes it; other fields are left out.

    Raises
    ------
    UserError
        A field is missing or has another type or range; the message names it.
    """
    try:
        return msgspec.convert(part, schema)
    except msgspec.ValidationError as error:
        raise UserError(f"{what} is damaged: {str(error).replace(' - at `$', ' in `')}.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return True


def _unique(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a key occurs twice")
    return document


def _not_finite(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a finite number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _not_finite(text)


def _whole(text: str) -> int:
    value = int(text)
    return value if abs(value) <= MAX_WHOLE else _not_finite(text[:20])
