"""Fetches a published file: goes on where it stopped, and takes nothing with another check sum."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from ganview.errors import UserError

CHUNK = 2**18
TIMEOUT = 30.0  # seconds without a byte
MAX_BYTES = 2**30


def fetch_file(
    url: str, md5: str, path: Path, progress: Callable[[int, int], None] | None = None
) -> None:
    """Fetch a file unless it is there.

    What came before a break is kept as ``*.part``, and the next call goes on from there.

    Parameters
    ----------
    progress : callable, optional
        Told (bytes that came, bytes in all); what it raises ends the work.

    Raises
    ------
    UserError
        It can't be fetched or written, or is not the published file.
    """
    if path.is_file():
        return
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _receive(url, part, progress)
        digest = hashlib.md5(usedforsecurity=False)
        with part.open("rb") as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
        if digest.hexdigest() != md5:
            part.unlink()
            raise UserError(
                f"What {urlsplit(url).hostname} sent as {path.name} is not the published file: its "
                "check sum is another. It was not kept; try again later."
            )
        part.replace(path)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(
            f"{path.name} could not be fetched from {urlsplit(url).hostname} ({reason}): check the "
            "connection, and try again. What has come is kept."
        ) from error
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror or error}.") from error


def _receive(url: str, part: Path, progress: Callable[[int, int], None] | None) -> None:
    done = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "ganview"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # all of it is here
            return
        raise
    with answer:
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            done = 0  # the server begins anew
        total = done + int(answer.headers.get("Content-Length") or 0)
        if total > MAX_BYTES:
            raise UserError(f"{url} is larger than expected, over 1 GiB: it is not fetched.")
        with part.open("ab" if done else "wb") as file:
            while piece := answer.read(CHUNK):
                file.write(piece)
                done += len(piece)
                if done > MAX_BYTES:
                    raise UserError(f"{url} is larger than expected, over 1 GiB.")
                if progress is not None:
                    progress(done, max(done, total))
        if done < total:
            raise http.client.IncompleteRead(b"", total - done)
