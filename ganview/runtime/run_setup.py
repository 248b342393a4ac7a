"""How a run begins, goes on or is only read: the same steps for the window and the command line.

Everything that can be refused is refused before the folder of a run is touched. For background
threads; nothing of torch is loaded until then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from ganview.data.named_sets import OnProgress
from ganview.data.source import DIGITS, DataSource
from ganview.errors import UserError
from ganview.runtime.opening import Opened, open_file
from ganview.runtime.run_view import FolderRun

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model
    from ganview.runtime.branch import Branch


class DataChangedError(UserError):
    """The data of a run is there, but holds other pictures than it learned from."""


@dataclass(frozen=True, eq=False)
class RunSetup:
    """What a run begins or goes on with."""

    config: TrainConfig  # its settings
    source: DataSource  # what it learns from, as its folder will say
    dataset: Dataset  # the same, read
    model: Model | None = None  # the weights it begins with, in place of fresh ones
    resumed: Path | None = None  # the folder with the checkpoint that it goes on from
    # The step of another run that it goes on from, until it has a folder of its own.
    branch: Branch | None = None
    # Where the run is saved, open for writing; None before `with_folder`, and for a run that is not
    # saved.
    folder: RunFolder | None = None
    notes: tuple[str, ...] = ()  # sentences that the user should read; nothing is wrong
    unsaved: str = ""  # why it has no folder, where it was to have one

    @property
    def goes_on(self) -> bool:
        """Whether the run begins with a checkpoint: it is resumed, or a branch of another."""
        return self.resumed is not None or self.branch is not None

    def with_folder(self, path: Path | None = None) -> RunSetup:
        """Return this set-up with its folder: made at ``path``, or that of the resumed run.

        Raises
        ------
        UserError
            There is something in that place already, or it can't be written; or another has the
            resumed run open (`LockedError`).
        """
        from ganview.files.run_folder import RunFolder

        if self.resumed is not None:
            return replace(self, folder=RunFolder.open(self.resumed))
        assert path is not None
        branch, sha256 = self.branch, self.dataset.sha256
        parent = branch.parent if branch is not None else None
        folder = RunFolder.create(
            path, self.config, data=self.source, data_sha256=sha256, parent=parent
        )
        if branch is None:
            return replace(self, folder=folder)
        try:
            branch.fill(folder)
        except UserError:
            folder.close()
            raise
        return replace(self, folder=folder, resumed=path, branch=None)

    def with_folder_if_possible(self, runs: Path, form: str) -> RunSetup:
        """Return this set-up with a folder of `new_run_path`, or saying why it has none."""
        try:
            return self.with_folder(new_run_path(runs, form))
        except UserError as error:
            if self.branch is not None:
                raise  # what it goes on from is in its folder
            why = f"This run won't be saved: its folder could not be created. {error}"
            return replace(self, unsaved=why)


def set_up_new_run(
    config: TrainConfig,
    source: DataSource = DIGITS,
    *,
    model: Model | None = None,
    needs_classes: bool = False,
    dataset: Dataset | None = None,
    progress: OnProgress | None = None,
) -> RunSetup:
    """Read the data of a new run and check that it can be trained on with these settings.

    Parameters
    ----------
    config : TrainConfig
        Settings. A conditional run of data without classes becomes an unconditional one.
    model : Model, optional
        Initial weights; `ganview.gan.warm_start.settings_of` returns the settings that fit.
    needs_classes : bool
        Refuse data without classes.
    dataset : Dataset, optional
        The source, where it was read already.
    progress : callable, optional
        Told (pictures read, pictures in all) now and then.

    Raises
    ------
    UserError
        Data, settings, device or model don't fit together.
    """
    from ganview.gan.device import choose_device
    from ganview.gan.model import spec_for
    from ganview.gan.warm_start import check_start

    notes: tuple[str, ...] = ()
    choose_device(config.device)
    dataset = source.open(progress) if dataset is None else dataset
    if config.conditional and dataset.labels is None:
        if needs_classes:
            raise UserError(f"The data '{source.name}' has no classes: leave --conditional out.")
        notes = (f"'{source.title}' has no classes: the run learns without them.",)
        config = config.with_(conditional=False)
    learned = dataset.divided(config.hold_out)[0]
    labels = learned.labels if config.conditional else None
    spec = spec_for(config, learned.images, labels, learned.class_names, ())
    if model is not None:
        check_start(model, spec)
    source = source.absolute().read_like(dataset)
    return RunSetup(config, source, dataset, model, notes=notes)


def set_up_resumed_run(
    path: Path, source: DataSource | None = None, *, progress: OnProgress | None = None
) -> RunSetup:
    """Read the data of a run that goes on, and check that it can.

    Parameters
    ----------
    path : Path
        Its folder.
    source : DataSource, optional
        Where its data is. Only data that has no path can be left out: a path in a run's files,
        which may be a stranger's, is not followed. Size and colour can.
    progress : callable, optional
        Told (pictures read, pictures in all) now and then.

    Raises
    ------
    UserError
        It is no run, has no checkpoint that can be used, or learned from other data
        (`DataChangedError`).
    LockedError
        Another has it open.
    """
    from ganview.files.lock import check_unlocked
    from ganview.files.run_folder import RunFolder

    folder = RunFolder.open(path, write=False)
    check_unlocked(path)
    changes = folder.changes_since_checkpoint()
    source, dataset = open_data_of(folder, source, progress)
    return RunSetup(folder.info.config, source, dataset, resumed=path, notes=changes)


def open_data_of(
    folder: RunFolder,
    source: DataSource | None,
    progress: OnProgress | None,
    *,
    may_differ: bool = False,
) -> tuple[DataSource, Dataset]:
    """Read the data that a run learned from, or, where it ``may_differ``, what is there now.

    Raises
    ------
    UserError
        It has to be named and is not, or it is other data (`DataChangedError`).
    """
    from ganview.gan.device import choose_device

    path, kept = folder.path, folder.info.data
    if source is None:
        if kept.is_path:
            raise UserError(
                f"The run in {path} learned from other data than ganview has. Name it: "
                f"ganview train --resume {quote(str(path))} --data {quote(kept.name)}"
            )
        source = kept
    else:
        source = source.with_options_of(kept)
    choose_device(folder.info.config.device)
    dataset = source.open(progress)
    if dataset.sha256 != folder.info.data_sha256 and not may_differ:
        raise DataChangedError(
            f"The run in {path} learned from other pictures than '{source.name}' holds now. A "
            f"branch can learn from these: ganview train --branch {quote(str(path))} --data "
            f"{quote(source.name)}"
        )
    return source, dataset


def new_run_path(runs: Path, form: str = "%Y%m%d-%H%M%S") -> Path:
    """Make an empty folder for a run, named by the time; a number tells those of one second apart.

    Raises
    ------
    WriteError
        It can't be made.
    """
    from ganview.files.atomic import WriteError

    name = datetime.now().astimezone().strftime(form)
    for number in count(1):
        path = runs / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise WriteError(path, error) from error
        return path
    raise AssertionError("unreachable")


@dataclass(frozen=True, eq=False)
class LockedRun:
    """A run that another has open, as it is on the disk."""

    run: FolderRun  # its settings and numbers
    opened: Opened  # its model
    note: str  # a sentence that says so


@dataclass(frozen=True)
class UnnamedData:
    """A run whose data has a path, which nobody has named, or where nothing is any more."""

    run: Path  # its folder
    source: DataSource  # where it says that its data is
    gone: bool = False  # whether that was named, and nothing is there


@dataclass(frozen=True)
class ChangedData:
    """A run whose data holds other pictures now."""

    run: Path  # its folder
    source: DataSource  # what was read


Prepared = RunSetup | LockedRun | UnnamedData | ChangedData


def find_data(path: Path, known: tuple[DataSource, ...]) -> DataSource | UnnamedData | None:
    """Return the data of the run at ``path`` where it names one of these paths that is there.

    None is for data without a path. A path that is not known is not even looked at.
    """
    from ganview.files.run_folder import RunFolder

    kept = RunFolder.open(path, write=False).info.data
    if not kept.is_path:
        return None
    if kept.name not in [one.name for one in known]:
        return UnnamedData(path, kept)
    return kept if Path(kept.name).exists() else UnnamedData(path, kept, gone=True)


def resume_or_read(
    path: Path, source: DataSource | None = None, known: tuple[DataSource, ...] = ()
) -> Prepared:
    """Open the folder of a run to go on with it, or only to look where another has it open.

    Parameters
    ----------
    known : tuple of DataSource
        Data that the user has named before: of these paths, the one in the run's files is followed.

    Raises
    ------
    UserError
        As `set_up_resumed_run`.
    """
    from ganview.files.lock import LockedError
    from ganview.files.run_folder import RunFolder

    found = source or find_data(path, known)
    if isinstance(found, UnnamedData):
        return found
    source = found
    try:
        return set_up_resumed_run(path, source).with_folder()
    except DataChangedError:
        return ChangedData(path, source or RunFolder.open(path, write=False).info.data)
    except LockedError as error:
        locked = str(error)
    try:
        opened = open_file(path)
    except UserError as error:
        raise UserError(f"{locked} {error}") from error
    note = f"{locked} Until then you see it as it was last saved; nothing of it is changed here."
    return LockedRun(FolderRun(path), opened, note)
