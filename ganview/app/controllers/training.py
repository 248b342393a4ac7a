"""The run of the window: its session, its folder, its data, and what may be asked of it when."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganview.app import sheet
from ganview.runtime import run_setup
from ganview.runtime.messages import SessionState, Snapshot, StopAt

if TYPE_CHECKING:
    from ganview.app.controllers.bridge import Bridge
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.runtime.history import History
    from ganview.runtime.quality_record import QualityRecord
    from ganview.runtime.run_setup import ReadOnly, RunSetup
    from ganview.runtime.session import Session

log = logging.getLogger("ganview")

RUN_NAME = "%Y-%m-%d %H.%M.%S"

Order = Callable[["Session"], None]


class Training(QObject):
    """At most one session, started when it is first needed.

    A run gets its folder when its first step is asked for, so that looking at initial weights
    leaves nothing on the disk. If no folder can be made the run stays in memory, and says so.

    Parameters
    ----------
    bridge
        How threads are heard.
    runs
        Where the folders of runs go.
    parent
        The owner.

    Attributes
    ----------
    runs
        Where the folders of runs go.
    changed
        A new `Snapshot`, or None after the run was given up.
    began
        A run begins, before its first snapshot; the argument is its `TrainConfig`.
    locked
        A run was to go on that another has open; the argument is an `run_setup.ReadOnly`.
    said
        A sentence for the status bar.
    failed
        (sentence, details) of what went wrong.
    unsaved
        Why the run can't be saved from now on, or nothing once it is saved again.
    """

    changed = Signal(object)
    began = Signal(object)
    locked = Signal(object)
    said = Signal(str)
    failed = Signal(str, str)
    unsaved = Signal(str)

    def __init__(self, bridge: Bridge, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.runs = runs
        self._session: Session | None = None
        self._folder: RunFolder | None = None
        self._retired: list[tuple[int, RunFolder]] = []
        self._generation = 0
        self._last: Snapshot | None = None
        self._preparing = False
        self._told = self._unsaved = ""
        bridge.snapshot.connect(self._take)
        bridge.session_ended.connect(self._ended)

    @property
    def state(self) -> SessionState:
        """What the run is doing; IDLE without one."""
        return self._last.state if self._last is not None else SessionState.IDLE

    @property
    def last(self) -> Snapshot | None:
        """The newest snapshot."""
        return self._last

    @property
    def history(self) -> History | None:
        """The numbers of every step, None before the first run."""
        return self._session.history if self._session is not None else None

    @property
    def quality(self) -> QualityRecord | None:
        """What was measured of the run's models, None before the first run."""
        return self._session.quality if self._session is not None else None

    @property
    def folder(self) -> Path | None:
        """Where the run is saved."""
        return self._folder.path if self._folder is not None else None

    @property
    def exists(self) -> bool:
        """Whether there is a run, even one without a step."""
        return self._session is not None

    # ---- orders ----------------------------------------------------------------------------

    def toggle(self, config: TrainConfig, stop: StopAt | None) -> None:
        """Train if nothing is trained, else pause."""
        if self.state is SessionState.TRAINING and self._session is not None:
            self._session.pause()
        else:
            self._go(config, stop, lambda session: session.resume())

    def step(self, config: TrainConfig, stop: StopAt | None) -> None:
        """Do one step and wait."""
        self._go(config, stop, lambda session: session.step_once())

    def reset(self, config: TrainConfig, stop: StopAt | None) -> None:
        """Stand before the first step, at the initial weights that `config` gives."""
        self._prepare(lambda: run_setup.set_up_new_run(config), stop, lambda _session: None)

    def go_on(self, path: Path, stop: StopAt | None) -> None:
        """Go on with the run in a folder; one that another has open is only shown."""
        if self._session is not None and self.folder is not None and _same(self.folder, path):
            self._session.resume()
            return
        self._prepare(
            lambda: run_setup.resume_or_read(path), stop, lambda session: session.resume()
        )

    def set_stop(self, stop: StopAt | None) -> None:
        """Change when the run stops by itself."""
        if self._session is not None:
            self._session.set_stop(stop)

    def stop(self) -> None:
        """Save and end the thread; `Bridge.session_ended` follows."""
        if self._session is not None:
            self._session.stop()

    def close_folders(self) -> None:
        """Let others have the run folders, after the session has ended."""
        folders = [folder for _, folder in self._retired]
        if self._folder is not None:
            folders.append(self._folder)
        self._retired, self._folder = [], None
        for folder in folders:
            self._close(folder)

    def _go(self, config: TrainConfig, stop: StopAt | None, order: Order) -> None:
        """Give an order; the first one of a run makes its folder."""
        session, last = self._session, self._last
        if session is not None and last is not None and last.step > 0:
            order(session)
        else:
            self._prepare(
                lambda: run_setup.set_up_new_run(config).with_folder_if_possible(
                    self.runs, RUN_NAME
                ),
                stop,
                order,
            )

    def _prepare(
        self, work: Callable[[], RunSetup | ReadOnly], stop: StopAt | None, then: Order
    ) -> None:
        if self._preparing:
            return
        self._preparing = True

        def start(prepared: RunSetup | ReadOnly) -> None:
            self._preparing = False
            if isinstance(prepared, run_setup.ReadOnly):
                self.locked.emit(prepared)
                return
            self._start(stop, prepared)
            assert self._session is not None
            then(self._session)

        def fail(sentence: str, details: str) -> None:
            self._preparing = False
            self.failed.emit(sentence, details)

        def prepare(_progress: object, cancelled: Callable[[], bool]) -> RunSetup | ReadOnly:
            prepared = work()
            folder = getattr(prepared, "folder", None)
            if cancelled() and folder is not None:
                folder.close()  # nobody waits for it any more
            return prepared

        self._bridge.run(
            prepare,
            "preparing the run",
            start,
            fail,
        )

    def _start(self, stop: StopAt | None, prepared: RunSetup) -> None:
        from ganview.runtime.session import Session

        config, resume = prepared.config, prepared.resumed is not None
        self.began.emit(config)
        for note in prepared.notes:
            self.failed.emit(note, "")
        run = prepared.folder
        if self._session is None:
            self._session = Session(
                config,
                prepared.dataset,
                rows=sheet.ROWS,
                run=run,
                resume=resume,
                stop=stop,
                measures=True,
            )
            self._bridge.attach_session(self._session)
        else:
            self._generation += 1
            if self._folder is not None:
                self._retired.append((self._generation, self._folder))
            self._session.reset(config, run, resume=resume)
            self._session.set_stop(stop)
        self._folder = run
        self._last = None
        if run is not None:
            self.said.emit(f"This run is kept in {run.path}.")

    # ---- what comes back -------------------------------------------------------------------

    def _take(self, snapshot: Snapshot) -> None:
        if snapshot.generation < self._generation:
            return  # of a run that was given up meanwhile
        self._last = snapshot
        while self._retired and self._retired[0][0] <= snapshot.generation:
            folder = self._retired.pop(0)[1]
            self._bridge.run(lambda _p, _c, folder=folder: folder.close(), "closing the run")
        if snapshot.error and snapshot.error != self._told:
            self.failed.emit(snapshot.error, snapshot.details or "")
        elif snapshot.note != self._told:
            self.said.emit(snapshot.note)
        self._told = snapshot.error or snapshot.note
        if snapshot.unsaved != self._unsaved:
            self._unsaved = snapshot.unsaved
            logging.getLogger("ganview").warning(
                "%s", snapshot.unsaved or "The run is saved again."
            )
            self.unsaved.emit(snapshot.unsaved)
        self.changed.emit(snapshot)

    def _ended(self) -> None:
        self._session = None

    def _close(self, folder: RunFolder) -> None:
        from ganview.errors import UserError

        try:
            folder.close()
        except UserError as error:
            self.failed.emit(str(error), "")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
