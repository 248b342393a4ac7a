"""What may lie in something that was dropped or pasted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

#: How the names of pictures end.
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")


def local_files(data: QMimeData) -> list[Path]:
    """Return the files of this computer that it names."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def is_picture(path: Path) -> bool:
    """Return whether a file has the name of a picture; what is in it is another matter."""
    return path.suffix.lower() in PICTURES
