"""The list of every run: to search, open, go on with, name, note, delete and put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPlainTextEdit, QPushButton, QWidget

from ganview.app.pages.page import PageContext
from ganview.app.pages.run_actions import RunActions
from ganview.app.pages.run_table import RunFilter, RunTable, RunTableModel, run_details
from ganview.app.theme import SMALL
from ganview.app.widgets.buttons import ActionButton, push_button
from ganview.app.widgets.empty_state import EmptyState
from ganview.app.widgets.layouts import column_layout, fill_layout
from ganview.app.widgets.qt_images import to_qimage
from ganview.app.widgets.text import ElidedLabel, button_text, set_tooltip
from ganview.files.run_summary import RunSummary
from ganview.runtime.failure_pairs import PAIRS
from ganview.runtime.jobs import LatestJob
from ganview.runtime.messages import RunState

AT_ONCE = 8  # pictures that are read before they are shown
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
    """The list of runs, and what can be done with those that are chosen."""

    comparison_asked = Signal()  # the chosen runs are to be laid beside each other
    # The name of a pair that the failure lab is to train; empty for the lab that is open.
    lab_asked = Signal(str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._model = RunTableModel()
        self._rows = RunFilter(self._model)
        self.table = RunTable(self._rows)  # the list itself
        self._wanted: list[RunSummary] = []
        self._noted: RunSummary | None = None
        self._listing = LatestJob(context.run_job, "listing the runs", self._take_list, self._say)
        self._drawing = LatestJob(
            context.run_job, "reading the pictures of runs", self._take_pictures, self._say
        )
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._read)
        self._search = QLineEdit()
        train = push_button("Train", "Train the first run", lambda: context.trigger("train"))
        self._hint = EmptyState("runs", EMPTY, train)
        self._said = ElidedLabel(role="muted", size="small")
        self._details = ElidedLabel(role="muted", size="small")
        self._note = NoteEdit(self._keep_note)
        self.actions_on = RunActions(context, lambda: self.chosen, self)
        self._buttons = {
            name: ActionButton(self.actions_on[name])
            for name in ("open", "go_on", "compare", "delete", "restore", "erase")
        }
        self._more, self._trash = QPushButton("More"), QPushButton("Trash")
        self._undo, self._lab = QPushButton("Undo"), QPushButton("Failure lab")
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
        return self._trash.isChecked()

    # ---- laying out ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._search.setPlaceholderText("Search names, notes, data, settings")
        self._search.setAccessibleName("Search the runs")
        self._search.setClearButtonEnabled(True)
        self._trash.setCheckable(True)
        tips = (
            (self._trash, "Show the runs that were deleted"),
            (self._undo, "Put the run that was just deleted back"),
            (self._lab, "Train two networks that differ in one thing, and see what goes wrong"),
            (self._more, "What else can be done with the chosen run; a right click has it all"),
        )
        for button, tip in tips:
            set_tooltip(button, tip)
        more = QMenu(self._more, toolTipsVisible=True)
        more.addActions([self.actions_on[name] for name in ("branch", "rename", "folder")])
        self._more.setMenu(more)
        self.table.addActions(self.actions_on.all)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setSpacing(SMALL)
        fill_layout(above, (self._search, 1), self._lab, self._trash)
        self._lab.setMenu(self._lab_menu())
        for button in (*self._buttons.values(), self._more):
            below.addWidget(button)
        fill_layout(below, (self._said, 1), self._undo)
        column_layout(
            above,
            (self._hint, 1),
            (self.table, 1),
            self._details,
            self._note,
            below,
            margins=(0, SMALL, 0, 0),
            inside=self,
        )

    def _lab_menu(self) -> QMenu:
        """Make the menu of the pairs that the failure lab can train."""
        menu, lab = QMenu(self), self.context.training.lab
        menu.setToolTipsVisible(True)
        for pair in PAIRS.values():
            action = menu.addAction(button_text(f"{pair.title}: {pair.second}"))
            set_tooltip(action, pair.look)
            action.triggered.connect(lambda _=False, name=pair.name: self.lab_asked.emit(name))
        menu.addSeparator()
        again = menu.addAction("Show the lab again")
        again.triggered.connect(lambda: self.lab_asked.emit(""))
        menu.aboutToShow.connect(lambda: again.setEnabled(lab.lab is not None))
        return menu

    def _wire(self) -> None:
        self._search.textChanged.connect(self._rows.search)
        self._model.picture_wanted.connect(self._want_picture)
        actions = self.actions_on
        self._model.renamed.connect(lambda run, name: actions.describe(run.path, name=name))
        self.table.doubleClicked.connect(lambda _index: actions["open"].trigger())
        self.table.selectionModel().selectionChanged.connect(self._choose)
        actions.comparison_asked.connect(self.comparison_asked)
        actions.renaming_asked.connect(lambda: self.table.rename())
        actions.changed.connect(self._tell_change)
        self._undo.clicked.connect(lambda: actions.restore(actions.deleted))
        self._trash.toggled.connect(lambda _on: self._read())

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
        wanted, self._wanted = self._wanted[:AT_ONCE], self._wanted[AT_ONCE:]

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
        self.actions_on.forget_doomed()
        self._offer()
        why = self.actions_on["compare"].statusTip()  # of several, one can't be compared
        text = why if one is None else one.why or f"{run_details(one)}  ·  {one.path}"
        self._details.setText(text)
        self._details.setVisible(bool(text))

    def _offer(self) -> None:
        """Offer what can be done with the rows that are chosen."""
        self.actions_on.offer(trash=self.shows_trash)
        for name, button in self._buttons.items():
            button.setVisible(self.actions_on[name].isVisible())
        self._note.setVisible(self._noted is not None)
        self._details.setVisible(bool(self._details.text()))
        self._undo.setVisible(bool(self.actions_on.deleted))

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)

    def _tell_change(self, sentence: str) -> None:
        self._say(sentence)
        self._read()

    def _keep_note(self) -> None:
        run, note = self._noted, self._note.toPlainText()
        if run is not None and note != run.note:
            self._noted = replace(run, note=note)
            self.actions_on.describe(run.path, note=note)
