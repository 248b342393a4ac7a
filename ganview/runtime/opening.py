"""Opening models, exported pictures and states, for background threads.

Each function imports what it needs when it is called: this module itself is loaded with the window,
before torch.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganview.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ganview.gan.explore.state_string import State
    from ganview.gan.model import Model
    from ganview.runtime.preload import Preload
    from ganview.runtime.run_view import FolderRun

MOST_RUNS = 50  # looked through for a model
#: The models that ship, and what they are called.
SHIPPED = {"conditional": "Built-in, classes", "unconditional": "Built-in, no classes"}


@dataclass(frozen=True, eq=False)
class Opened:
    """An opened model and how to present it."""

    model: Model  # the model
    label: str  # its name in the source selector
    note: str = ""  # a sentence for the user; empty if there is nothing to say
    path: Path | None = None  # its file; None for a model that ships
    run_folder: Path | None = None  # the folder of its run; None for a single model file


def open_first(path: str | None, preload: Preload | None = None) -> Opened:
    """Open the model to start with: the one asked for, else the one that ships.

    Without either it returns an untrained generator, so that the explorer always works. The first
    picture waits for all imports made here; `tests/test_start.py` lists what must not be imported.
    """
    if preload is not None:
        from ganview.runtime.preload import import_torch

        preload.join()
        import_torch()

    from ganview.files.open_model import open_model, shipped_model
    from ganview.runtime.threads import prepare_thread

    prepare_thread(1)

    note = ""
    if path is not None:
        try:
            return open_file(path)
        except UserError as error:
            note = str(error)
    try:
        model, label = open_model(shipped_model("conditional")), SHIPPED["conditional"]
    except UserError as error:
        model, label = _untrained(), "An untrained generator"
        note = note or (f"{error} Showing an untrained generator; press Train to teach it digits.")
    return Opened(model, label, note)


def open_file(path: str | Path) -> Opened:
    """Open a model file or a run folder.

    Raises
    ------
    UserError
        It can't be used, in a sentence that says why.
    """
    from ganview.files.open_model import model_path, open_model
    from ganview.files.run_files import is_run_folder

    found = model_path(path)
    model = open_model(found)
    place = Path(path)
    label = place.stem if place.is_file() else place.name
    # the model of the run, or one of its moments
    run = next((folder for folder in found.parents[:2] if is_run_folder(folder)), None)
    return Opened(model, label, path=found, run_folder=run)


def open_shipped(name: str) -> Opened:
    """Open a model that ships, one of `SHIPPED`.

    Raises
    ------
    UserError
        It is missing or damaged.
    """
    from ganview.files.open_model import open_model, shipped_model

    return Opened(open_model(shipped_model(name)), SHIPPED[name])


def open_with_run(path: Path, runs: Path) -> tuple[Opened, FolderRun | None]:
    """Open a model file, or a run folder with all that it has of the run.

    The run is in the list of runs from now on, beside those in the folder ``runs``.

    Raises
    ------
    UserError
        It can't be used, in a sentence that says why.
    """
    from ganview.files.atomic import WriteError
    from ganview.files.run_files import is_run_folder
    from ganview.runtime.run_list import remember_run
    from ganview.runtime.run_view import FolderRun

    opened = open_file(path)
    if not is_run_folder(path):
        return opened, None
    with suppress(WriteError):  # of the list: the run is open all the same
        remember_run(runs, path)
    return opened, FolderRun(path)


def carries_recipe(path: Path) -> bool:
    """Return whether a file is a picture with a recipe, exported by ganview."""
    from ganview.export.picture import read_recipe_text

    try:
        return read_recipe_text(path) is not None
    except UserError:  # not a PNG: reading it as a picture reports the fault
        return False


@dataclass(frozen=True)
class Missing:
    """The model of a picture was not found."""

    model: str  # how the recipe names it


def open_picture(
    path: Path, current: Model | None, others: Iterable[Path] = ()
) -> tuple[Opened | None, State] | Missing:
    """Return the state of an exported picture's first tile, and its model unless it is ``current``.

    The model is searched for among those that ship and in the files ``others``.

    Raises
    ------
    UserError
        The picture carries no recipe.
    """
    from ganview.export.picture import find_model, first_point, read_recipe
    from ganview.gan.explore.state_string import State

    recipe = read_recipe(path)
    model, where = find_model(recipe.model, [] if current is None else [current]), None
    for other in others if model is None else ():
        try:
            found = open_file(other)
        except UserError:
            continue  # an unusable file is not the model of this picture
        model = find_model(recipe.model, [found.model])
        if model is not None:
            where = found
            break
    if model is None:
        return Missing(str(recipe.model))
    z, weights, psi = first_point(recipe, model.spec)
    opened = None if model is current else where or _shipped(model)
    return opened, State(z, weights, psi=psi)


def candidate_model_files(runs: Path, first: Path | None) -> Iterator[Path]:
    """Yield files that may hold a missing model: the file that the user named, then newest runs."""
    if first is not None:
        yield first
    if runs.is_dir():
        names = sorted((path.name for path in runs.iterdir() if path.is_dir()), reverse=True)
        for name in names[:MOST_RUNS]:  # runs are named by their start time
            if (runs / name / "model.safetensors").is_file():
                yield runs / name


def open_state(
    text: str, current: Model | None, *, learned_on: bool = False
) -> tuple[Opened | None, State]:
    """Return the state that a text encodes, and its model unless it is ``current``.

    With ``learned_on`` the state was copied from the current model at an earlier training step.

    Raises
    ------
    UserError
        The text is not a state, or its model is neither the current one nor one that ships.
    """
    from ganview.export.state import read_state
    from ganview.gan.explore.state_string import decode_state

    model: Model | None
    if learned_on:
        model, state = current, decode_state(text)
    else:
        model, state = read_state(text, [] if current is None else [current])
    return None if model is None or model is current else _shipped(model), state


def _shipped(model: Model) -> Opened:
    """Return one of the models that ship, with a label that tells them apart."""
    return Opened(model, SHIPPED["conditional" if model.spec.classes else "unconditional"])


def write_model(path: Path, model: Model) -> Path:
    """Write a model file and return its path."""
    from ganview.files.model_file import save_model

    save_model(path, model)
    return path


def warm_up_training() -> None:
    """Load the digits and do one training step, so that the first run starts without delay."""
    from ganview.data.digits import load_digits
    from ganview.gan.config import TrainConfig
    from ganview.gan.trainer import Trainer

    digits = load_digits()
    assert digits.labels is not None
    few = slice(0, 500)
    Trainer(TrainConfig(), digits.images[few], digits.labels[few], digits.class_names).step()


def _untrained() -> Model:
    from ganview.data.digits import CLASS_NAMES, DIGITS_SHA256
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model, ModelSpec
    from ganview.gan.networks.build import architecture_for, build_generator
    from ganview.gan.seeded import Seeded

    config = TrainConfig()
    shape = (1, 28, 28)
    architecture = architecture_for(config.architecture, shape)
    spec = ModelSpec(architecture, config.size, config.z_dim, shape, CLASS_NAMES, (0.1,) * 10)
    with Seeded(config.seed):
        generator = build_generator(spec)
    info = {"name": "untrained", "dataset": "digits", "dataset_sha256": DIGITS_SHA256}
    return Model(spec, generator.eval().requires_grad_(False), None, info)
