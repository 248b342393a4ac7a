"""The list of every run: to search, open, go on with, name, note, delete and put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFocusEvent, QHideEvent, QImage
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ganview.app.pages.lab_menu import LabMenu
from ganview.app.pages.page import PageContext
from ganview.app.pages.run_table import RunFilter, RunTable, RunTableModel, run_details
from ganview.app.theme import SMALL, font
from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import ElidedLabel, TextLabel, name_text, set_tooltip
from ganview.files.run_files import CONFIG
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RunState

if TYPE_CHECKING:
    from ganview.files.run_summary import RunSummary

MOST_COMPARED = 6
AGAIN_MS = 3000  # after which the list is read again, while it is in view
HERE = {
    RunState.TRAINING: "trains here",
    RunState.FINISHED: "finished, here",
    RunState.FAILED: "failed, here",
}
EMPTY = (
    "No runs yet. Press Train: every network that learns here is kept, with its pictures, curves "
    "and settings. Here you can look at it again, go on with it, or lay it beside another."
)


class NoteEdit(QPlainTextEdit):
    """A note on a run, which is kept when the focus leaves it."""

    def __init__(self, keep: Callable[[], object]) -> None:
        super().__init__()
        self._keep = keep
        self.setTabChangesFocus(True)
        self.setPlaceholderText("A note on this run")
        self.setAccessibleName("Note on the run")
        self.setFixedHeight(2 * self.fontMetrics().lineSpacing() + SMALL + 4)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._keep()


class RunList(QWidget):
    """The list of runs, and what can be done with those that are chosen.

    Parameters
    ----------
    context
        What the page works with.

    Attributes
    ----------
    table
        The list itself.
    comparison_asked
        The chosen runs are to be laid beside each other.
    lab_asked
        The name of a pair that the failure lab is to train; empty for the lab that is open.
    """

    comparison_asked = Signal()
    lab_asked = Signal(str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._model = RunTableModel()
        self._rows = RunFilter(self._model)
        self.table = RunTable(self._rows)
        self._deleted: list[Path] = []
        self._doomed: list[Path] = []  # what another press deletes for ever
        self._wanted: list[RunSummary] = []
        self._noted: RunSummary | None = None
        self._listing = LatestJob(context.run_job, "listing the runs", self._take_list, self._say)
        self._drawing = LatestJob(
            context.run_job, "reading the pictures of runs", self._take_pictures, self._say
        )
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._read)
        self._lab_menu = LabMenu(context.training.lab, self)
        self._search = QLineEdit()
        self._hint = TextLabel(EMPTY, "muted")
        self._said = ElidedLabel(role="muted")
        self._details = ElidedLabel(role="muted")
        self._note = NoteEdit(self._keep_note)
        self._buttons = {
            name: QPushButton(text)
            for name, text in (
                ("open", "Open"),
                ("go_on", "Go on"),
                ("compare", "Compare"),
                ("folder", "Open folder"),
                ("delete", "Delete"),
                ("restore", "Put back"),
                ("erase", "Delete for ever"),
                ("trash", "Trash"),
                ("undo", "Undo"),
                ("lab", "Failure lab"),
            )
        }
        self._lay_out()
        self._wire()
        self._offer()

    def refresh(self) -> None:
        """Read the list, and again from time to time, for as long as it is in view."""
        if not self._again.isActive():
            self._again.start()
            self._read()

    def hideEvent(self, event: QHideEvent) -> None:
        self._again.stop()
        self._keep_note()

    @property
    def chosen(self) -> list[RunSummary]:
        """The runs whose rows are chosen."""
        rows = self.table.selectionModel().selectedRows()
        return [self._rows.run_at(index) for index in sorted(rows)]

    @property
    def shows_trash(self) -> bool:
        """Whether the list is that of deleted runs."""
        return self._buttons["trash"].isChecked()

    # ---- laying out ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._search.setPlaceholderText("Search names, notes, data, settings")
        self._search.setAccessibleName("Search the runs")
        self._search.setClearButtonEnabled(True)
        self._hint.setWordWrap(True)
        self._buttons["trash"].setCheckable(True)
        tips = {
            "open": "Show the curves and samples of this run, and explore its generator  (Enter)",
            "go_on": "Go on training this run from where it was last saved",
            "compare": "Lay two to six chosen runs beside each other (choose more with Ctrl)",
            "folder": "Show the run's folder in the file manager",
            "delete": "Move to the trash; it can be put back from there  (Del)",
            "restore": "Put this run back into the list",
            "erase": "Delete this run from the disk: that can't be undone",
            "trash": "Show the runs that were deleted",
            "undo": "Put the run that was just deleted back",
            "lab": "Train two networks that differ in one thing, and see what goes wrong",
        }
        for name, tip in tips.items():
            set_tooltip(self._buttons[name], tip)
        for quiet in (self._said, self._details):
            quiet.setFont(font("small"))
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setSpacing(SMALL)
        above.addWidget(self._search, 1)
        above.addWidget(self._buttons["lab"])
        above.addWidget(self._buttons["trash"])
        self._buttons["lab"].setMenu(self._lab_menu)
        for name in ("open", "go_on", "compare", "folder", "delete", "restore", "erase"):
            below.addWidget(self._buttons[name])
        below.addWidget(self._said, 1)
        below.addWidget(self._buttons["undo"])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SMALL, 0, 0)
        column.setSpacing(SMALL)
        column.addLayout(above)
        column.addWidget(self._hint)
        column.addWidget(self.table, 1)
        column.addWidget(self._details)
        column.addWidget(self._note)
        column.addLayout(below)

    def _wire(self) -> None:
        self._lab_menu.chosen.connect(self.lab_asked)
        self._search.textChanged.connect(self._rows.search)
        self._model.picture_wanted.connect(self._want_picture)
        self._model.renamed.connect(lambda run, name: self._describe(run.path, name=name))
        self.table.opened.connect(self._open)
        self.table.removal_asked.connect(self._delete)
        self.table.selectionModel().selectionChanged.connect(self._choose)
        presses: dict[str, Callable[[], object]] = {
            "open": self._open,
            "go_on": lambda: self.context.go_on(self.chosen[0].path),
            "folder": lambda: QDesktopServices.openUrl(
                QUrl.fromLocalFile(str(self.chosen[0].path))
            ),
            "compare": self.comparison_asked.emit,
            "delete": self._delete,
            "restore": lambda: self._restore([run.path for run in self.chosen]),
            "erase": self._erase,
            "undo": lambda: self._restore(self._deleted),
        }
        for name, press in presses.items():
            self._buttons[name].clicked.connect(lambda _=False, press=press: press())
        self._buttons["trash"].toggled.connect(lambda _on: self._read())

    # ---- the list --------------------------------------------------------------------------

    def _read(self) -> None:
        runs, trash = self.context.training.runs, self.shows_trash

        def work() -> tuple[bool, list[RunSummary]]:
            from ganview.runtime.run_list import built_in_models, list_discarded, list_runs

            if trash:
                return trash, list_discarded(runs)
            return trash, [*list_runs(runs), *built_in_models()]

        self._listing.order(work)

    def _take_list(self, found: tuple[bool, list[RunSummary]]) -> None:
        trash, runs = found
        if trash is not self.shows_trash:
            return
        chosen = {run.path for run in self.chosen}
        training = self.context.training
        words = HERE.get(training.state, "paused, here")
        self._model.show_runs(runs, (training.folder, words))
        self._choose_again(chosen)
        self._hint.setVisible(not trash and not any(run.config for run in runs))
        self._offer()

    def _choose_again(self, paths: set[Path]) -> None:
        """Choose the rows of some runs, after the table was filled anew."""
        selection = self.table.selectionModel()
        if not paths or selection.hasSelection():
            return
        for row in range(self._rows.rowCount()):
            index = self._rows.index(row, 0)
            if self._rows.run_at(index).path in paths:
                selection.select(
                    index, selection.SelectionFlag.Select | selection.SelectionFlag.Rows
                )

    def _want_picture(self, run: RunSummary) -> None:
        self._wanted.append(run)
        if not self._drawing.busy:
            self._read_pictures()

    def _read_pictures(self) -> None:
        wanted, self._wanted = self._wanted, []

        def work() -> list[tuple[RunSummary, QImage | None]]:
            from ganview.runtime.run_list import small_picture

            found = []
            for run in wanted:
                pixels = small_picture(run)
                found.append((run, None if pixels is None else to_qimage(pixels)))
            return found

        self._drawing.order(work)

    def _take_pictures(self, found: list[tuple[RunSummary, QImage | None]]) -> None:
        self._model.set_pictures(found)
        if self._wanted:
            self._read_pictures()

    def _choose(self) -> None:
        """Show what is to be said of the run that is chosen."""
        self._keep_note()
        chosen = self.chosen
        one = chosen[0] if len(chosen) == 1 else None
        self._noted = one if one is not None and one.can_be_named and not self.shows_trash else None
        self._note.setPlainText(self._noted.note if self._noted is not None else "")
        text = "" if one is None else one.why or f"{run_details(one)}  ·  {one.path}"
        self._details.setText(text)
        self._doomed = []
        self._buttons["erase"].setText("Delete for ever")
        self._offer()

    def _offer(self) -> None:
        """Enable what can be done with the rows that are chosen."""
        chosen, trash = self.chosen, self.shows_trash
        one = chosen[0] if len(chosen) == 1 else None
        real = [run for run in chosen if run.is_folder]
        self._buttons["open"].setEnabled(one is not None and not one.why)
        self._buttons["go_on"].setEnabled(one is not None and one.can_go_on)
        readable = [run for run in real if not run.why]
        self._buttons["compare"].setEnabled(1 < len(readable) == len(chosen) <= MOST_COMPARED)
        self._buttons["folder"].setEnabled(one is not None)
        self._buttons["delete"].setEnabled(bool(real) and len(real) == len(chosen))
        for name in ("open", "go_on", "compare", "delete"):
            self._buttons[name].setVisible(not trash)
        for name in ("restore", "erase"):
            self._buttons[name].setVisible(trash)
            self._buttons[name].setEnabled(bool(chosen))
        self._note.setVisible(self._noted is not None)
        self._details.setVisible(bool(self._details.text()))
        self._buttons["undo"].setVisible(bool(self._deleted))

    # ---- what can be done ------------------------------------------------------------------

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)

    def _open(self) -> None:
        if self._buttons["open"].isEnabled() and not self.shows_trash:
            self.context.open_file(self.chosen[0].path)

    def _change(
        self,
        name: str,
        work: Callable[[], Any],
        done: str = "",
        then: Callable[[Any], object] = lambda _value: None,
    ) -> None:
        """Change something on the disk, and read the list again."""

        def finish(value: object) -> None:
            then(value)
            self._say(done)
            self._read()

        def fail(sentence: str, _details: str) -> None:
            self.context.complain(sentence)
            self._read()

        self.context.run_job(work, name, finish, fail)

    def _keep_note(self) -> None:
        run, note = self._noted, self._note.toPlainText()
        if run is not None and note != run.note:
            self._noted = replace(run, note=note)
            self._describe(run.path, note=note)

    def _describe(self, path: Path, *, name: str | None = None, note: str | None = None) -> None:
        """Keep another name or note."""

        def work() -> None:
            from ganview.files.run_info import describe_run

            describe_run(path / CONFIG, "" if name == path.name else name, note)

        self._change("describing a run", work)

    def _delete(self) -> None:
        if not self._buttons["delete"].isEnabled() or self.shows_trash:
            return
        home, runs = self.context.training.runs, self.chosen
        names = ", ".join(f"“{name_text(run.name)}”" for run in runs)

        def work() -> list[Path]:
            from ganview.runtime.run_list import discard_run

            return [discard_run(home, run.path) for run in runs]

        def finish(moved: list[Path]) -> None:
            self._deleted = moved

        self._change("deleting a run", work, f"Moved {names} to the trash.", finish)

    def _restore(self, paths: list[Path]) -> None:
        home = self.context.training.runs

        def work() -> None:
            from ganview.runtime.run_list import restore_run

            for path in paths:
                restore_run(home, path)

        def finish(_value: object) -> None:
            self._deleted = [path for path in self._deleted if path not in paths]

        self._change("putting a run back", work, "It is in the list again.", finish)

    def _erase(self) -> None:
        """Delete for ever, when the button is pressed a second time."""
        paths = [run.path for run in self.chosen]
        if paths != self._doomed:
            self._doomed = paths
            self._buttons["erase"].setText("Press again to delete")
            return

        def work() -> None:
            from ganview.runtime.run_list import erase_run

            for path in paths:
                erase_run(path)

        self._change("deleting a run for ever", work, "Deleted.")
