"""The run that trains for the window, and the commands that it takes in each state."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from ganview.app.controllers.data_choice import DataChoice
from ganview.app.controllers.failure_lab import LabController
from ganview.runtime import run_setup
from ganview.runtime.channels import Command, Pause, Resume, RunOptions, SetStop, Step
from ganview.runtime.messages import RunState, Snapshot, StopAt

if TYPE_CHECKING:
    from ganview.app.controllers.bridge import Bridge
    from ganview.data.source import DataSource
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model
    from ganview.runtime.history import History
    from ganview.runtime.local_run import LocalRun
    from ganview.runtime.run_setup import Prepared, RunSetup

log = logging.getLogger("ganview")

RUN_NAME = "%Y-%m-%d %H.%M.%S"

ONE_STEP = Step()
ROWS = 8  # of the sample grid


class Start(NamedTuple):
    """A model whose weights a run begins with, and what it is called."""

    model: Model
    label: str


class Training(QObject):
    """At most one run in focus, and those before it that are still being saved.

    A run gets its folder when its first step is asked for, so that looking at initial weights
    leaves nothing on the disk. If no folder can be made the run stays in memory, and says so.
    """

    changed = Signal(object)  # a new `Snapshot`
    traced = Signal(object)  # a new `StepTrace`, while a page asks for them with a `Trace`
    # A run begins, before its first snapshot; the argument is its `LocalRun`.
    began = Signal(object)
    # A run was to go on that another has open; the argument is a `run_setup.LockedRun`.
    locked = Signal(object)
    # The folder of the run before, which another took the place of, and how far it got.
    left = Signal(object, int)
    # said, noted: a sentence for the status bar, and one worth more than that; nothing is wrong
    said = Signal(str)
    noted = Signal(str)
    failed = Signal(str, str)  # (sentence, details) of what went wrong
    # Why the run can't be saved from now on, or nothing once it is saved again.
    unsaved = Signal(str)
    # A run can't go on before the user says where its data is: a `run_setup.UnnamedData`, and what
    # to call with the `DataSource`.
    data_asked = Signal(object, object)
    # A run can't go on because its data holds other pictures now: its folder, and the `DataSource`.
    data_changed = Signal(object, object)
    start_changed = Signal()  # the next run begins with other weights

    def __init__(self, bridge: Bridge, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.runs = runs  # where the folders of runs go
        self.data = DataChoice(bridge, self)  # what the next run learns from
        # The weights that the next run begins with; None for fresh ones.
        self.start: Start | None = None
        self.stop_at: StopAt | None = None  # when the run that goes on next stops
        self._run: LocalRun | None = None
        self._left: list[LocalRun] = []  # being saved
        self.last: Snapshot | None = None  # the newest snapshot
        self._preparing = False
        self._commands: list[Command] = []  # for the run that is being prepared
        self._pending: list[Callable[[], None]] = []  # asked for meanwhile, done after that
        self._told = self._unsaved = ""
        self.lab = LabController(bridge, runs, self)
        self.lab.failed.connect(self.failed)
        self.lab.began.connect(lambda _lab: self.send(Pause()))  # one share of the processors each
        bridge.snapshot.connect(self._take)
        bridge.traced.connect(self.traced)
        bridge.run_ended.connect(self._ended)

    @property
    def state(self) -> RunState:
        """What the run is doing; IDLE without one."""
        return self.last.state if self.last is not None else RunState.IDLE

    @property
    def history(self) -> History | None:
        """The numbers of every step, None before the first run."""
        return self._run.history if self._run is not None else None

    @property
    def folder(self) -> Path | None:
        """Where the run is saved."""
        return self._run.folder if self._run is not None else None

    @property
    def is_saving(self) -> bool:
        """Whether a thread of this run, or of one before it, has not ended yet."""
        return self._run is not None or bool(self._left) or self.lab.alive

    @property
    def exists(self) -> bool:
        """Whether there is a run, even one without a step."""
        return self._run is not None

    # ---- orders ----------------------------------------------------------------------------

    def toggle(self, config: TrainConfig, stop: StopAt | None) -> None:
        """Train if nothing is trained, else pause."""
        if self._preparing:
            trains = self._commands[-1:] == [Resume()]
        else:
            trains = self.state is RunState.TRAINING
        self._go(config, stop, Pause() if trains else Resume())

    def step(self, config: TrainConfig, stop: StopAt | None, step: Step = ONE_STEP) -> None:
        """Do some steps and wait; one of both players by default."""
        self._go(config, stop, step)

    def begin_with(self, start: Start | None) -> None:
        """Choose the weights that the next run begins with."""
        self.start = start
        self.start_changed.emit()

    def new_run(
        self, config: TrainConfig, stop: StopAt | None, command: Command | None = None
    ) -> None:
        """Begin another run, and train it or send it another command."""
        set_up = self._new_set_up(config)
        self._prepare(
            lambda: set_up().with_folder_if_possible(self.runs, RUN_NAME), stop, command or Resume()
        )

    def fine_tune(self, model: Model, stop: StopAt | None) -> None:
        """Begin a run with the weights and the final settings of a model, and train it."""
        source, dataset = self.data.source, self.data.dataset

        def set_up() -> RunSetup:
            from ganview.gan.warm_start import settings_of

            setup = run_setup.set_up_new_run(
                settings_of(model), source, model=model, dataset=dataset
            )
            return setup.with_folder_if_possible(self.runs, RUN_NAME)

        self._prepare(set_up, stop, Resume())

    def reset(self, config: TrainConfig, stop: StopAt | None) -> None:
        """Prepare a run at step 0, with its initial weights."""
        self._prepare(self._new_set_up(config), stop)

    def _new_set_up(self, config: TrainConfig) -> Callable[[], RunSetup]:
        source, dataset = self.data.source, self.data.dataset
        model = None if self.start is None else self.start.model
        return lambda: run_setup.set_up_new_run(config, source, model=model, dataset=dataset)

    def go_on(self, path: Path, stop: StopAt | None, source: DataSource | None = None) -> None:
        """Go on with the run in a folder; one that another has open is only shown.

        Data that the run names by a path is read from ``source``, or from there if the user chose
        the same path recently; otherwise `data_asked` is emitted.
        """
        if self._run is not None and self.folder is not None and _same(self.folder, path):
            self._run.send(Resume())
            return
        self.stop_at, known = stop, tuple(self.data.recent)

        def again(place: DataSource) -> None:
            self.go_on(path, stop, place)

        self._prepare(
            lambda: run_setup.resume_or_read(path, source, known), stop, Resume(), again=again
        )

    def branch(
        self,
        path: Path,
        step: int,
        changes: Mapping[str, object],
        stop: StopAt | None,
        source: DataSource | None = None,
    ) -> None:
        """Begin a run that goes on from a step of another's past, with some settings changed.

        Data that it names by a path is read from ``source``, whatever pictures are there now, or
        from the path itself if the user chose it recently; otherwise `data_asked` is emitted.
        """
        known = tuple(self.data.recent)

        def work() -> Prepared:
            from ganview.runtime.branch import set_up_branch

            data = source or run_setup.find_data(path, known)
            if isinstance(data, run_setup.UnnamedData):
                return data
            setup = set_up_branch(path, step, changes, data)
            return setup.with_folder_if_possible(self.runs, RUN_NAME)

        def again(place: DataSource) -> None:
            self.branch(path, step, changes, stop, place)

        self._prepare(work, stop, Resume(), again=again)

    def set_stop(self, stop: StopAt | None) -> None:
        """Change when the run stops by itself."""
        self.send(SetStop(stop))

    def stop(self) -> None:
        """Save and end the thread; `Bridge.run_ended` follows."""
        self.lab.stop()
        if self._run is not None:
            self._run.stop()

    def _go(self, config: TrainConfig, stop: StopAt | None, command: Command) -> None:
        """Send a command; the first one of a run makes its folder, and others wait for that."""
        run, last = self._run, self.last
        if self._preparing and self._commands:
            self._commands.append(command)
        elif self._preparing:  # a run that is only looked at, and has no folder
            self._pending.append(lambda: self._go(config, stop, command))
        elif run is not None and (run.folder or (last is not None and last.step > 0)):
            run.send(command)
        else:
            self.new_run(config, stop, command)

    def _prepare(
        self,
        work: Callable[[], Prepared],
        stop: StopAt | None,
        *commands: Command,
        again: Callable[[DataSource], None] | None = None,
    ) -> None:
        """Set up a run and send it commands; of several that are asked for, the last counts.

        Where the user has to say first where its data is, ``again`` is called with that.
        """
        if self._preparing:
            self._pending = [lambda: self._prepare(work, stop, *commands, again=again)]
            return
        self._preparing, self._commands = True, list(commands)

        def start(prepared: Prepared) -> None:
            if isinstance(prepared, run_setup.LockedRun):
                self.locked.emit(prepared)
            elif isinstance(prepared, run_setup.UnnamedData):
                self.data_asked.emit(prepared, again)
            elif isinstance(prepared, run_setup.ChangedData):
                self.data_changed.emit(prepared.run, prepared.source)
            else:
                self._start(stop, prepared)
                for command in self._commands:
                    self.send(command)
            self._do_pending()

        def fail(sentence: str, details: str) -> None:
            self.failed.emit(sentence, details)
            self._do_pending()

        left = list(self._left)

        def prepare(should_stop: Callable[[], bool]) -> Prepared:
            for run in left:
                run.join()  # it may be the same folder
            prepared = work()
            folder = getattr(prepared, "folder", None)
            if should_stop() and folder is not None:
                folder.close()  # nobody waits for it any more
            return prepared

        self._bridge.run_job(prepare, "preparing the run", start, fail)

    def _do_pending(self) -> None:
        self._preparing, self._commands = False, []
        pending, self._pending = self._pending, []
        for ask in pending:
            ask()

    def send(self, command: Command) -> None:
        """Send a command to the run; without one nothing happens."""
        if self._run is not None:
            self._run.send(command)

    def _start(self, stop: StopAt | None, setup: RunSetup) -> None:
        from ganview.runtime.local_run import LocalRun
        from ganview.runtime.thread_tuner import is_same_work

        before, last = self._run, self.last
        known = 0
        if before is not None:
            same = before.data_name == setup.dataset.name
            if last is not None and same and is_same_work(before.config, setup.config):
                known = last.threads
            self._left.append(before)
            before.stop()
        self._run = LocalRun(
            setup.config,
            setup.dataset,
            RunOptions(
                rows=ROWS,
                store=setup.folder,
                resume=setup.goes_on,
                stop=stop,
                measures=True,
                threads=known,
                model=setup.model,
            ),
        )
        self.last = None
        self._bridge.attach_run(self._run)
        self.began.emit(self._run)
        if before is not None and before.folder is not None and last is not None and last.step:
            self.left.emit(before.folder, last.step)
        for note in setup.notes:
            self.noted.emit(note)
        if setup.unsaved:
            self.failed.emit(setup.unsaved, "")
        if self.folder is not None:
            self.said.emit(f"This run is kept in {self.folder}.")

    # ---- what comes back -------------------------------------------------------------------

    def _take(self, snapshot: Snapshot) -> None:
        self.last = snapshot
        if snapshot.error and snapshot.error != self._told:
            self.failed.emit(snapshot.error, snapshot.details or "")
        elif snapshot.note != self._told:
            self.said.emit(snapshot.note)
        self._told = snapshot.error or snapshot.note
        if snapshot.unsaved != self._unsaved:
            self._unsaved = snapshot.unsaved
            log.warning("%s", snapshot.unsaved or "The run is saved again.")
            self.unsaved.emit(snapshot.unsaved)
        self.changed.emit(snapshot)

    def _ended(self, run: LocalRun, last: Snapshot | None) -> None:
        """Forget a run whose thread has ended; of an earlier run only errors are shown."""
        if run is self._run:
            self._run = None
            return
        self._left.remove(run)
        if last is not None and last.unsaved:
            self.failed.emit(last.unsaved, "")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
