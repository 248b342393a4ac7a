"""The pictures that a model was trained on, where they can be found; for background threads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.data.source import DataSource
    from ganview.gan.model import Model


def data_of_model(
    model: Model, run: Path | None, known: Sequence[DataSource] = ()
) -> Dataset | DataSource:
    """Return a model's training set, or the data to ask the user about.

    Parameters
    ----------
    run
        The folder of the model's run, which says where data other than the digits is.
    known
        Data that the user has chosen or agreed to open: another path in a file is not followed.

    Raises
    ------
    UserError
        The training set is not at hand, or is another by now.
    """
    from ganview.data.digits import are_digits, load_digits
    from ganview.files.run_files import CONFIG
    from ganview.files.run_info import read_run_info

    hashed = str(model.info.get("dataset_sha256", ""))
    shape = model.spec.image_shape
    if are_digits(hashed):
        return load_digits()
    if run is None:
        name = str(model.info.get("dataset") or "")
        called = f", '{name}'," if name else ""
        raise UserError(
            f"The training images{called} were not found. Open this model's run folder so that "
            "ganview knows where to look."
        )
    source = read_run_info(run / CONFIG).data
    if source.is_path and source.name not in [one.name for one in known]:
        return source
    dataset = source.read_as(shape).open()
    if dataset.shape != shape or hashed not in ("", dataset.sha256):
        raise UserError(
            f"The images in {source.name} are no longer those that this model was trained on."
        )
    return dataset
