"""The actions on chosen runs: as buttons, in a menu and by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence

from ganview.app.pages.page import PageContext
from ganview.app.widgets.text import name_text, set_tooltip
from ganview.files.run_files import CONFIG
from ganview.files.run_summary import RunSummary

MOST_COMPARED = 6
ERASE = "Delete for ever"
#: (text, what it does, key in the table) by name, in the order of the menu.
ACTIONS = {
    "open": (
        "&Open",
        "Show the curves and samples of this run, and explore its generator",
        "Return",
    ),
    "go_on": ("&Go on", "Go on training this run from where it was last saved", "Ctrl+Return"),
    "branch": (
        "Go on from a &moment…",
        "Open this run, and begin a new one that goes on from its newest moment",
        "Shift+Return",
    ),
    "compare": (
        "&Compare",
        "Lay two to six chosen runs beside each other (choose more with Ctrl)",
        "Alt+Return",
    ),
    "rename": ("&Rename", "Give this run another name", "F2"),
    "folder": ("Open &folder", "Show the run's folder in the file manager", ""),
    "delete": ("&Delete", "Move to the trash; it can be put back from there", "Delete"),
    "restore": ("&Put back", "Put this run back into the list", ""),
    "erase": (ERASE, "Delete this run from the disk: that can't be undone", ""),
}
OF_TRASH = {"folder", "restore", "erase"}


class RunActions(QObject):
    """The actions on chosen runs, each with a key that counts in the table."""

    changed = Signal(str)  # something was changed on the disk; the argument says what, for the user
    # comparison_asked, renaming_asked: what the page and the table are to do with the chosen runs
    comparison_asked = Signal()
    renaming_asked = Signal()

    def __init__(
        self, context: PageContext, chosen: Callable[[], list[RunSummary]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._chosen = context, chosen
        self.deleted: list[Path] = []  # where the runs are that were deleted last and not put back
        self._doomed: list[Path] = []  # what another press deletes for ever
        self._actions: dict[str, QAction] = {}
        handlers: dict[str, Callable[[], object]] = {
            "open": lambda: context.open_file(self._chosen()[0].path),
            "go_on": lambda: context.go_on(self._chosen()[0].path),
            "branch": self._branch,
            "compare": self.comparison_asked.emit,
            "rename": self.renaming_asked.emit,
            "folder": lambda: QDesktopServices.openUrl(
                QUrl.fromLocalFile(str(self._chosen()[0].path))
            ),
            "delete": self._delete,
            "restore": lambda: self.restore([run.path for run in self._chosen()]),
            "erase": self._erase,
        }
        for name, (text, tip, key) in ACTIONS.items():
            action = QAction(text, self)
            if key:
                # the Enter of a number pad is another key
                keys = dict.fromkeys((key, key.replace("Return", "Enter")))
                action.setShortcuts([QKeySequence(each) for each in keys])
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                tip = f"{tip}  ({shown})"
            action.setShortcutVisibleInContextMenu(True)
            set_tooltip(action, tip)
            action.triggered.connect(lambda _=False, handler=handlers[name]: handler())
            self._actions[name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def all(self) -> list[QAction]:
        """Every action, in the order of the menu."""
        return list(self._actions.values())

    def offer(self, *, trash: bool) -> None:
        """Offer what can be done with the chosen runs, in the trash or out of it."""
        chosen = self._chosen()
        one = chosen[0] if len(chosen) == 1 else None
        real = [run for run in chosen if run.is_folder]
        whole = bool(real) and len(real) == len(chosen)
        readable = not any(run.why for run in chosen)
        can = {
            "open": one is not None and readable,
            "go_on": one is not None and one.can_go_on,
            "branch": one is not None and one.is_folder and readable and one.step > 0,
            "compare": whole and readable and 1 < len(chosen) <= MOST_COMPARED,
            "rename": one is not None and one.can_be_named,
            "folder": one is not None,
            "delete": whole,
            "restore": bool(chosen),
            "erase": bool(chosen),
        }
        why = "" if whole or not chosen else "A built-in model has no steps that could be compared."
        self._explain("compare", why)
        for name, action in self._actions.items():
            here = name == "folder" or (name in OF_TRASH) is trash
            action.setVisible(here)
            action.setEnabled(here and can[name])

    def _explain(self, name: str, why: str) -> None:
        """Say why an action is not offered; without a reason, what it does."""
        action = self._actions[name]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        set_tooltip(action, why or f"{ACTIONS[name][1]}  ({keys})")
        action.setStatusTip(why)

    def forget_doomed(self) -> None:
        """Let the next press of "Delete for ever" be a first one."""
        self._doomed = []
        self._actions["erase"].setText(ERASE)

    def describe(self, path: Path, *, name: str | None = None, note: str | None = None) -> None:
        """Keep another name or note of a run."""

        def work() -> None:
            from ganview.files.run_info import describe_run

            describe_run(path / CONFIG, "" if name == path.name else name, note)

        self._change("describing a run", work)

    def restore(self, paths: Sequence[Path]) -> None:
        """Put runs back that were deleted."""
        home, wanted = self._context.training.runs, list(paths)

        def work() -> None:
            from ganview.runtime.run_list import restore_run

            for path in wanted:
                restore_run(home, path)

        def finish(_value: object) -> None:
            self.deleted = [path for path in self.deleted if path not in wanted]

        self._change("putting a run back", work, "It is in the list again.", finish)

    def _branch(self) -> None:
        """Ask how a new run goes on, once the run is in focus at its newest moment."""
        path, app_model = self._chosen()[0].path, self._context.app_model

        def ask() -> None:
            if app_model.run is not None and app_model.run.folder == path:
                self._context.trigger("branch")

        self._context.open_file(path, ask)

    def _delete(self) -> None:
        home, runs = self._context.training.runs, self._chosen()
        names = ", ".join(f"“{name_text(run.name)}”" for run in runs)

        def work() -> list[Path]:
            from ganview.runtime.run_list import discard_run

            return [discard_run(home, run.path) for run in runs]

        def finish(moved: list[Path]) -> None:
            self.deleted = moved

        self._change("deleting a run", work, f"Moved {names} to the trash.", finish)

    def _erase(self) -> None:
        """Delete for ever, when the button is pressed a second time."""
        paths = [run.path for run in self._chosen()]
        if paths != self._doomed:
            self._doomed = paths
            self._actions["erase"].setText("Press again to delete")
            return

        def work() -> None:
            from ganview.runtime.run_list import erase_run

            for path in paths:
                erase_run(path)

        self._change("deleting a run for ever", work, "Deleted.")

    def _change(
        self,
        name: str,
        work: Callable[[], Any],
        done: str = "",
        then: Callable[[Any], object] = lambda _value: None,
    ) -> None:
        """Change something on the disk, and say when it is done."""

        def finish(value: object) -> None:
            then(value)
            self.changed.emit(done)

        def fail(sentence: str, _details: str) -> None:
            self._context.complain(sentence)
            self.changed.emit("")

        self._context.run_job(work, name, finish, fail)
