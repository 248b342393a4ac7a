"""Opens a model by its file, by its run folder, or by the name of a bundled one."""

from __future__ import annotations

from pathlib import Path

from ganview.data.locate import weights_folder
from ganview.errors import UserError
from ganview.files.model_file import load_model
from ganview.gan.model import Model

SHIPPED = ("conditional", "unconditional")


def open_model(source: str | Path) -> Model:
    """Open a model; one without a name of its own is called as its file or folder.

    Parameters
    ----------
    source : str or Path
        A model file, a run folder, or one of the words ``conditional`` and ``unconditional`` for
        the models that ship (a file of that name comes first).

    Raises
    ------
    UserError
        There is no such model, or it is refused.
    """
    path, given = model_path(source), Path(source)
    model = load_model(path)
    model.info["name"] = model.info.get("name") or (given.name if given.is_dir() else path.stem)
    return model


def shipped_model(name: str) -> Path:
    """Return the file of a model that ships, ``conditional`` or ``unconditional``.

    Raises
    ------
    UserError
        It is not there.
    """
    if name not in SHIPPED:
        raise UserError(f"No model called '{name}' ships: there are {' and '.join(SHIPPED)}.")
    path = weights_folder() / f"digits-{name}.safetensors"
    if not path.is_file():
        raise UserError(f"The model that ships, {path}, is missing: install ganview again.")
    return path


def model_path(source: str | Path) -> Path:
    """Return the model file that a word, a file or a run folder stands for.

    Raises
    ------
    UserError
        There is no such model.
    """
    path = Path(source)
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # a name no file can have
        folder = there = False
    if folder:
        # Imported here because it brings much along, and the window begins with a file.
        from ganview.files.run_files import MODEL, is_run_folder

        if (path / MODEL).is_file():
            return path / MODEL
        if is_run_folder(path):
            from ganview.files.moments import Moments

            if kept := Moments(path).files("model"):  # of a run that has just begun, or ended then
                return kept[-1][1]
            raise UserError(f"The run in {path} has not saved a model yet: train it for a while.")
        raise UserError(f"{path} is a folder, but not that of a run: it holds no {MODEL}.")
    if there:
        return path
    if str(source) in SHIPPED:
        return shipped_model(str(source))
    raise UserError(
        f"There is no model '{source}': give a model file, the folder of a run, "
        f"or one of the words {' and '.join(SHIPPED)}."
    )
