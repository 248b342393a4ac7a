"""What all exports share: where to, how far, and a way to stop that leaves nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QProgressBar, QWidget

from ganview.app.theme import MEDIUM, SMALL
from ganview.app.widgets.app_dialog import AppDialog, ask_new_file, free_path
from ganview.app.widgets.buttons import push_button
from ganview.app.widgets.combo_box import ComboBox
from ganview.app.widgets.layouts import column_layout, row_layout
from ganview.app.widgets.text import TextLabel, set_tooltip
from ganview.runtime.jobs import Job, OnProgress, RunJob, ShouldStop

OnCount = Callable[[int], None]
FORM_WIDTH = 380


class ExportOrder(NamedTuple):
    """What an export does: work that is given a function to count with, and how far it counts."""

    work: Callable[[OnCount], object]
    total: int


class ExportDialog(AppDialog):
    """A form that exports and stays until it is done.

    Subclasses fill `form`, offer the kinds of file in `set_kinds`, and say in `order` what to do.
    """

    exported = Signal(str)  # the path, once it is there

    def __init__(self, title: str, run: RunJob, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._run = run
        self._job: Job | None = None
        self._kinds: dict[str, str] = {}
        self._suggested, self._named = path, False  # until another name is given
        self.file = QLineEdit(str(path))  # the field for the path
        self.file.textEdited.connect(self._take_path)
        self.file.setMinimumWidth(FORM_WIDTH)
        self.file.setAccessibleName("File")
        self._browse = push_button("Browse…", do=self._ask_path)
        self._browse.setAutoDefault(False)  # Enter exports
        self.kind = ComboBox("Format")
        self.kind.currentIndexChanged.connect(self._follow_kind)
        self.inside = QWidget()
        self.form = QFormLayout()  # where the settings go; what is above it, in `beside`, too
        column = column_layout(self.form, 1)
        self.beside = row_layout((column, 1), gap=MEDIUM + SMALL)
        self._below = QFormLayout()
        for form in (self.form, self._below):
            form.setHorizontalSpacing(MEDIUM)
            form.setVerticalSpacing(SMALL + 2)
            form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._below.addRow("Format", self.kind)
        self._below.addRow("File", row_of(self.file, self._browse))
        column_layout(self.beside, self._below, gap=MEDIUM, inside=self.inside)
        self.column.addWidget(self.inside)
        self.note = TextLabel("", "muted", wrap=True)
        self.note.setMinimumHeight(self.note.fontMetrics().height())
        self.note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.column.addWidget(self.note)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName("Progress of the export")
        kept = self._bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(kept)
        self._bar.hide()
        self.column.addWidget(self._bar)
        self._export = self.offer("Export", self.start)

    # ---- for subclasses --------------------------------------------------------------------

    def order(self, path: Path) -> ExportOrder:
        """Return what to do with the present settings."""
        raise NotImplementedError

    def set_kinds(self, kinds: dict[str, str]) -> None:
        """Offer kinds of file: suffix to description; "/" is a folder."""
        self._kinds = kinds
        with QSignalBlocker(self.kind):
            before = self.kind.currentData()
            self.kind.offer(kinds)
            self.kind.setCurrentIndex(max(0, self.kind.findData(before)))
        self._follow_kind()

    def align(self) -> None:
        """Let the names of both forms be equally wide, in the middle of their rows."""
        rows = [
            (name, field)
            for form in (self.form, self._below)
            for index in range(form.rowCount())
            if (left := form.itemAt(index, QFormLayout.ItemRole.LabelRole)) is not None
            and (right := form.itemAt(index, QFormLayout.ItemRole.FieldRole)) is not None
            and (name := left.widget()) is not None
            and (field := right.widget()) is not None
        ]
        width = max(name.sizeHint().width() for name, _ in rows)
        for name, field in rows:
            name.setMinimumWidth(width)
            name.setFixedHeight(field.sizeHint().height())

    def show_row(self, widget: QWidget, visible: bool) -> None:
        """Show or hide a row of the form."""
        self.form.setRowVisible(widget, visible)

    # ---- the file --------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """Where it goes."""
        return Path(self.file.text().strip()).expanduser()

    def _follow_kind(self) -> None:
        """Give the file the ending of its kind."""
        wanted = self.path if self._named else self._suggested
        suffix, name = self.kind.currentData(), wanted.name
        if not suffix:
            return
        for known in sorted((*self._kinds, ".idx.gz", ".png"), key=len, reverse=True):
            if known != "/" and name.lower().endswith(known):
                name = name[: -len(known)]
                break
        ending = "" if suffix == "/" else suffix
        path = wanted.with_name((name or "ganview") + ending)
        self.file.setText(str(path if self._named else free_path(path)))

    def _ask_path(self) -> None:
        suffix = self.kind.currentData()
        kinds = "" if suffix == "/" else f"{self.kind.currentText()} (*{suffix})"
        ask_new_file(self, "Export as", lambda path: self._take_path(str(path)), self.path, kinds)

    def _take_path(self, path: str) -> None:
        self._named = True
        if path != self.file.text():  # or a user who types would find the cursor at the end
            self.file.setText(path)

    # ---- the work --------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether it is being exported."""
        return self._job is not None

    def start(self) -> None:
        """Export with the present settings."""
        if self.busy or not self.file.text().strip():
            return
        from ganview.errors import UserError
        from ganview.runtime.jobs import progress_counter

        path = self.path
        try:
            order = self.order(path)
        except UserError as error:
            self._refuse(str(error), "")
            return

        def work(progress: OnProgress, should_stop: ShouldStop) -> object:
            return order.work(progress_counter(progress, should_stop, order.total))

        self.set_busy(True)
        self._bar.setRange(0, 0)  # it moves to and fro until the work says how far it is
        self.note.setText(f"Exporting {path.name}…")
        self._job = self._run(
            work, f"exporting {path.name}", self._finish, self._refuse, self._progress
        )

    def set_busy(self, busy: bool) -> None:
        """Let nothing be changed while it is exported."""
        self.inside.setEnabled(not busy)
        self._export.setEnabled(not busy)
        self._bar.setVisible(busy)

    def _progress(self, fraction: float, _text: str) -> None:
        if self.busy:  # not after the last word
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * fraction))

    def _finish(self, _value: object) -> None:
        if self.busy:
            self._job = None
            self.exported.emit(str(self.path))
            self.accept()

    def _refuse(self, sentence: str, _details: str) -> None:
        self._job = None
        self.set_busy(False)
        self.note.setText(sentence)

    def done(self, result: int) -> None:
        """Stop the export; nothing of its file is left."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        super().done(result)


def row_of(*widgets: QWidget) -> QWidget:
    """Return widgets beside each other, the first as wide as there is room."""
    whole = QWidget()
    row_layout((widgets[0], 1), *widgets[1:], inside=whole)
    return whole


def check_box(text: str, tip: str, *, on: bool = False) -> QCheckBox:
    """Return a check box."""
    box = QCheckBox(text)
    set_tooltip(box, tip)
    box.setChecked(on)
    return box
