"""Imports the libraries that only some exports need; if one is missing, says how to install it."""

from __future__ import annotations

import importlib
from typing import Any

from ganview.errors import UserError


def import_optional(module: str, name: str, what: str) -> Any:
    """Import a module of one of the extras of ``pyproject.toml``.

    Parameters
    ----------
    module : str
        What to import.
    name : str
        The extra.
    what : str
        What is made with it, to begin the sentence of an error with.

    Raises
    ------
    UserError
        It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UserError(
            f"{what} needs the extra '{name}', which is not installed ({error}): "
            f"pip install 'ganview[{name}]', or in a checkout pip install '.[{name}]'."
        ) from error
