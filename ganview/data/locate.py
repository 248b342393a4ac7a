"""Where the files that ship with the program are: beside the package, or inside a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def resources_folder() -> Path:
    """Return the folder of what ships and is not code."""
    return _shipped("resources")


def weights_folder() -> Path:
    """Return the folder of the trained models that ship."""
    return _shipped("weights")


def _shipped(name: str) -> Path:
    # The wheel's place comes first: next to an installed package, in site-packages, a folder of
    # the same name may belong to anybody.
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name
