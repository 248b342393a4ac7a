"""The data that the next run learns from: chosen, then read in the background, then looked at."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ganview.data.source import DIGITS, DataSource
from ganview.errors import UserError
from ganview.runtime.jobs import Job, StopWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.app.controllers.bridge import Bridge
    from ganview.data.dataset import Dataset
    from ganview.data.scan import Scan

MOST_RECENT = 8
MAX_REMEMBERED = 4000  # characters, in the settings


class DataChoice(QObject):
    """What was chosen last, and what came of reading it."""

    changed = Signal()  # one of the attributes has changed
    progressed = Signal(int, int)  # (pictures read, pictures in all) of what is being read

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job: Job | None = None
        self.source: DataSource = DIGITS  # what the next run learns from
        # The same, read; None before that, and for the digits until somebody asks.
        self.scan: Scan | None = None
        # What was chosen and could be read, newest first, without the digits.
        self.recent: list[DataSource] = []
        self.error = ""  # why the source could not be read, or nothing

    @property
    def is_reading(self) -> bool:
        """Whether the source is being read."""
        return self._job is not None

    @property
    def dataset(self) -> Dataset | None:
        """What the source holds; None if it was not read."""
        return None if self.scan is None else self.scan.dataset

    def choose(self, source: DataSource) -> None:
        """Choose what the next run learns from, and read it."""
        self._stop_reading()
        self.source, self.scan, self.error = source, None, ""
        self.read()

    def read(self) -> None:
        """Read what was chosen, unless that is done or under way."""
        if self._job is not None or self.scan is not None:
            return
        source, told = self.source, [0, 0]

        def work(progress: Callable[[float, str], None], should_stop: Callable[[], bool]) -> Scan:
            from ganview.data.scan import scan_data

            def count(done: int, total: int) -> None:
                if should_stop():
                    raise StopWork
                told[:] = done, total
                progress(done / max(1, total), "")

            return scan_data(source.absolute(), count)

        self._job = self._bridge.run_job(
            work,
            f"reading {source.title}",
            self._take,
            self._refuse,
            lambda _share, _text: self.progressed.emit(*told),
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Read no further, and go back to the digits."""
        if self._job is not None:
            self.choose(DIGITS)

    def rename(self, number: int, name: str) -> None:
        """Give a class of the data that was read another name.

        Raises
        ------
        UserError
            The name can't be shown, or another class has it; nothing has changed.
        """
        from ganview.data.scan import Scan

        if self.scan is None:
            return
        names = list(self.scan.dataset.class_names)
        if names[number] == name:
            return
        names[number] = name
        if not name or not name.isprintable():
            raise UserError("A class needs a name that can be shown.")
        source = replace(self.source, class_names=tuple(names))
        dataset = self.scan.dataset.renamed(tuple(names))
        self.source, self.scan = (
            source,
            Scan.of(replace(self.scan.source, class_names=tuple(names)), dataset),
        )
        self._remember(source)
        self.changed.emit()

    def _stop_reading(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, scan: Scan) -> None:
        self._job, self.scan = None, scan
        self._remember(self.source)
        self.changed.emit()

    def _refuse(self, sentence: str, _details: str) -> None:
        self._job, self.error = None, sentence
        self.changed.emit()

    def _remember(self, source: DataSource) -> None:
        if source.is_path:
            others = [one for one in self.recent if one.absolute().name != source.absolute().name]
            self.recent = [source.absolute(), *others][:MOST_RECENT]

    # ---- between starts --------------------------------------------------------------------

    def recent_as_text(self) -> str:
        """Return recent choices as text, for the settings."""
        rows = [{"name": source.name, **source.options()} for source in self.recent]
        while rows and len(json.dumps(rows)) > MAX_REMEMBERED:
            rows.pop()
        return json.dumps(rows)

    def restore_recent(self, text: str) -> None:
        """Take over what `recent_as_text` returned; unusable entries are left out."""
        try:
            rows: Any = json.loads(text)
        except (ValueError, RecursionError):
            return
        for row in rows if isinstance(rows, list) else ():
            try:
                if isinstance(row, dict) and isinstance(row.get("name"), str):
                    self.recent.append(DataSource.of_options(row["name"], row))
            except UserError:
                continue
