"""How a run of ``ganview train`` begins: its settings, its data, its folder."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ganview.cli.output import print_message, progress_bar
from ganview.cli.settings import chosen_config, given_settings
from ganview.errors import UserError

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model

DIGITS = "digits"


class Beginning(NamedTuple):
    """What a run begins or goes on with.

    ``folder`` is None where this process keeps nothing, ``model`` where weights are fresh or the
    run's own.
    """

    config: TrainConfig
    dataset: Dataset
    folder: RunFolder | None
    model: Model | None = None


def begin(options: argparse.Namespace, *, threads: int, keeps: bool) -> Beginning:
    """Prepare a new run.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    threads : int
        Where the settings leave it open.
    keeps : bool
        Whether this process is the one that writes.

    Raises
    ------
    UserError
        Settings, data or folder can't be used.
    """
    model = None
    if options.start is None:
        config = chosen_config(options)
    else:
        model, config = _start_of(options)
    config = _with_threads(config, threads)
    source = options.data or DIGITS
    dataset = _open_data(source, options)
    if config.conditional and dataset.labels is None:
        if "conditional" in given_settings(options):
            raise UserError(f"The data '{source}' has no classes: leave --conditional out.")
        print_message(f"The data '{source}' has no classes: training without.")
        config = config.with_(conditional=False)
    if model is not None:
        from ganview.gan.start import check_start
        from ganview.gan.trainer import spec_for

        labels = dataset.labels if config.conditional else None
        check_start(model, spec_for(config, dataset.images, labels, dataset.class_names, 0))
    if not keeps:
        return Beginning(config, dataset, None, model)
    from ganview.files.run_folder import RunFolder

    path = options.out or Path("runs") / datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    name = source if source == DIGITS else str(Path(source).resolve())
    folder = RunFolder.create(path, config, data=name, data_sha256=dataset.sha256)
    return Beginning(config, dataset, folder, model)


def _start_of(options: argparse.Namespace) -> tuple[Model, TrainConfig]:
    """Return the model to begin with, and its settings with the given ones changed."""
    from ganview.files.open_model import open_model
    from ganview.gan.start import settings_of

    if options.preset:
        raise UserError("--from begins with the settings of that model: change single ones.")
    model = open_model(options.start)
    return model, settings_of(model).with_(**given_settings(options))


def go_on(options: argparse.Namespace, *, threads: int, keeps: bool) -> Beginning:
    """Open a run to go on with; arguments and errors as `begin`."""
    from ganview.files.run_folder import RunFolder

    if options.steps is None and options.seconds is None:
        raise UserError("--resume needs --seconds or --steps, counted from the start of the run.")
    if options.preset or options.start or given_settings(options):
        raise UserError("--resume goes on with the settings of the run: give it no others.")
    folder = RunFolder.open(options.resume, write=keeps)
    try:
        folder.checkpoint_step()
        if folder.info.data != DIGITS and not options.data:
            # a path in somebody's file is never followed
            raise UserError(
                f"This run learned from other data: name it with --data '{folder.info.data}'."
            )
        dataset = _open_data(options.data or DIGITS, options)
        if dataset.sha256 != folder.info.data_sha256:
            raise UserError("This run learned from other data, or read it at another size.")
    except BaseException:
        folder.close()
        raise
    return Beginning(_with_threads(folder.info.config, threads), dataset, folder)


def _with_threads(config: TrainConfig, threads: int) -> TrainConfig:
    return config.with_(threads=config.threads or threads)


def _open_data(source: str, options: argparse.Namespace) -> Dataset:
    from ganview.data.open import open_dataset

    bar: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not bar:
            bar.append(progress_bar(total=total, unit="picture", quiet=options.quiet))
        bar[0].update(done - bar[0].n)

    try:
        return open_dataset(
            source, side=options.image_size, colour=options.colour, progress=progress
        )
    finally:
        for shown in bar:
            shown.close()
