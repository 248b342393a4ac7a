"""A plot as PNG, SVG or CSV: the picture that is on the screen, or the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganview.app.widgets.widget_picture import WidgetPicture
from ganview.errors import UserError

Columns = Mapping[str, NDArray[np.floating[Any]]]


def write_plot(
    path: Path, picture: WidgetPicture, columns: Callable[[], Columns], title: str
) -> None:
    """Write a plot; for background threads.

    Parameters
    ----------
    path
        ``*.png``, ``*.svg`` or ``*.csv``: the ending decides.
    columns
        Returns what CSV holds.

    Raises
    ------
    UserError
        It is another kind of file; `WriteError` if it can't be written.
    """
    from ganview.export.plot import csv_text
    from ganview.files.atomic import write_bytes
    from ganview.files.png import write_png

    match path.suffix.lower():
        case ".csv":
            write_bytes(path, csv_text(columns()).encode())
        case ".svg":
            write_bytes(path, picture.svg(title))
        case ".png":
            write_png(path, picture.pixels())
        case _:
            raise UserError(f"Curves are written as .png, .svg or .csv, not as '{path.name}'.")
