from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from ganview.app.pages.run_table import run_details
from ganview.app.pages.runs import RunsPage
from ganview.app.window.moment_dialogs import BranchDialog
from ganview.files.open_model import shipped_model
from ganview.files.run_info import Parent
from ganview.files.run_summary import RunStatus, RunSummary
from ganview.gan.config import TrainConfig
from ganview.runtime.run_list import known_folders
from tests.app.conftest import Stage
from tests.runtime.run_maker import make_run


@pytest.fixture
def page(stage: Stage) -> RunsPage:
    make_run(stage.folder / "runs" / "slow", TrainConfig(gamma=2.0), steps=30)
    make_run(stage.folder / "runs" / "quick", steps=9)
    stage.open()
    stage.window.pages.open("runs")
    page = stage.window.pages.page
    assert isinstance(page, RunsPage)
    stage.until(lambda: len(names(page)) == 4)
    return page


def names(page: RunsPage) -> list[str]:
    rows = page.list.table.model()
    return [rows.index(row, 1).data() for row in range(rows.rowCount())]


def choose(page: RunsPage, name: str) -> None:
    selection = page.list.table.selectionModel()
    flags = selection.SelectionFlag
    # not by QTableView.selectRow, which asks for the keys that are down
    index = page.list.table.model().index(names(page).index(name), 0)
    selection.select(index, flags.ClearAndSelect | flags.Rows)


def press(page: RunsPage, text: str) -> None:
    button = next(b for b in page.findChildren(QPushButton) if b.text() == text and b.isVisible())
    assert button.isEnabled()
    button.click()


def test_runs_are_searched_by_what_they_are(page: RunsPage) -> None:
    search = page.findChild(QLineEdit)
    assert search is not None
    search.setText("penalty SLOW")
    assert names(page) == ["slow"]
    search.setText("built")
    assert len(names(page)) == 2
    search.clear()
    assert len(names(page)) == 4


def test_runs_are_sorted_by_numbers(page: RunsPage) -> None:
    page.list.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert names(page)[:2] == ["quick", "slow"]  # 9 steps, 30 steps
    page.list.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert names(page)[-2:] == ["slow", "quick"]


def test_a_branch_says_where_it_comes_from() -> None:
    branch = RunSummary(Path("b"), RunStatus.SAVED, "b", parent=Parent("/a", "<b>first", 1234))
    assert "branch of <b>first, step 1,234" in run_details(branch)
    assert "branch" not in run_details(replace(branch, parent=None))


def test_settings_that_differ_are_said_in_words() -> None:
    run = RunSummary(
        Path("a"), RunStatus.SAVED, "a", changes={"conditional": False, "learning_rate": 0.5}
    )
    assert "Use the labels: no" in run_details(run)
    assert "Learning rate: 0.5" in run_details(run)


def test_a_run_is_renamed_in_place_and_noted(page: RunsPage, stage: Stage) -> None:
    choose(page, "slow")
    model = page.list.table.model()
    row = page.list.table.selectionModel().selectedRows(1)[0]
    assert model.setData(row, "<b>mine</b>", Qt.ItemDataRole.EditRole)
    stage.until(lambda: "<b>mine</b>" in names(page))
    choose(page, "<b>mine</b>")
    note = page.findChild(QPlainTextEdit)
    assert note is not None
    note.setPlainText("worth another look")
    choose(page, "quick")  # the focus leaves it
    stage.until(lambda: any(run.note == "worth another look" for run in listed(page)))


def listed(page: RunsPage) -> list:
    rows = page.list.table.model()
    return [rows.run_at(rows.index(row, 0)) for row in range(rows.rowCount())]


def test_a_deleted_run_comes_back(page: RunsPage, stage: Stage) -> None:
    choose(page, "slow")
    press(page, "Delete")
    stage.until(lambda: "slow" not in names(page))
    press(page, "Undo")
    stage.until(lambda: "slow" in names(page))
    choose(page, "quick")
    press(page, "Delete")
    stage.until(lambda: "quick" not in names(page))
    press(page, "Trash")
    stage.until(lambda: names(page) == ["quick"])
    choose(page, "quick")
    press(page, "Delete for ever")
    assert (stage.folder / "runs" / ".ganview-trash" / "quick").is_dir()  # not at the first press
    press(page, "Press again to delete")
    stage.until(lambda: not names(page))


def test_an_opened_run_comes_into_focus_and_one_from_elsewhere_is_listed(
    page: RunsPage, stage: Stage, tmp_path: Path
) -> None:
    elsewhere = make_run(tmp_path / "elsewhere" / "guest")
    (elsewhere / "model.safetensors").write_bytes(shipped_model("conditional").read_bytes())
    stage.controller.opening.open(elsewhere)
    stage.until(lambda: stage.controller.app_model.run is not None)
    run = stage.controller.app_model.run
    assert run.folder == elsewhere
    assert len(run.history) == 20
    assert known_folders(stage.folder / "runs") == [elsewhere]
    stage.until(lambda: "guest" in names(page))


def test_a_run_is_gone_on_with_from_the_list(page: RunsPage, stage: Stage) -> None:
    asked: list[Path] = []
    page.context.__dict__["go_on"] = asked.append
    choose(page, "slow")
    press(page, "Go on")
    assert asked == [stage.folder / "runs" / "slow"]
    page.list.table.selectAll()
    button = next(b for b in page.findChildren(QPushButton) if b.text() == "Go on")
    assert not button.isEnabled()


def test_the_heads_of_the_columns_have_room_in_large_type(page: RunsPage) -> None:
    table = page.list.table
    font = table.font()
    for larger in (1.0, 1.45):
        font.setPointSizeF(larger * table.font().pointSizeF())
        table.setFont(font)
        table.resize(round(1000 * larger), 400)
        head = table.horizontalHeader()
        narrow = [at for at in range(2, 6) if head.sectionSizeHint(at) > head.sectionSize(at)]
        assert narrow == []


def test_what_the_buttons_do_is_in_the_menu_of_the_table_with_its_key(
    page: RunsPage, stage: Stage, qtbot: QtBot
) -> None:
    table, asked = page.list.table, []
    page.context.__dict__["go_on"] = lambda path: asked.append(("go on", path.name))
    page.context.__dict__["open_file"] = lambda path, *_: asked.append(("open", path.name))
    assert table.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    offered = {action.text() for action in table.actions() if action.isVisible()}
    assert {"&Open", "&Go on", "Go on from a &moment…", "&Compare", "&Rename"} <= offered
    choose(page, "slow")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [("open", "slow"), ("go on", "slow")]
    qtbot.keyClick(table, Qt.Key.Key_F2)
    assert table.state() is table.State.EditingState
    qtbot.keyClick(table.focusWidget(), Qt.Key.Key_Escape)
    table.selectAll()
    assert not page.list.actions_on["compare"].isEnabled()  # a model that ships is no run
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert len(asked) == 2
    choose(page, "slow")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    stage.until(lambda: "slow" not in names(page))


def test_a_run_is_branched_from_its_row(page: RunsPage, stage: Stage) -> None:
    folder = stage.folder / "runs" / "slow"
    (folder / "model.safetensors").write_bytes(shipped_model("conditional").read_bytes())
    shutil.copy(folder / "model.safetensors", folder / "moments" / "30.safetensors")
    choose(page, "slow")
    page.list.actions_on["branch"].trigger()
    stage.until(lambda: stage.window.findChild(BranchDialog) is not None)
    dialog = stage.window.findChild(BranchDialog)
    assert "30" in dialog.windowTitle()
    assert stage.controller.app_model.run.folder == folder
    dialog.close()


def test_why_a_model_that_ships_is_not_compared_is_said(page: RunsPage) -> None:
    compare = page.list.actions_on["compare"]
    choose(page, "slow")
    usual = compare.toolTip()
    page.list.table.selectAll()
    assert not compare.isEnabled()
    assert compare.toolTip() != usual
    labels = [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]
    assert compare.toolTip() in labels
    choose(page, "slow")
    assert compare.toolTip() == usual


def test_chosen_runs_are_compared_and_the_list_comes_back(page: RunsPage, stage: Stage) -> None:
    page.list.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    selection = page.list.table.selectionModel()
    for row in range(2):
        flags = selection.SelectionFlag
        selection.select(page.list.table.model().index(row, 0), flags.Select | flags.Rows)
    press(page, "Compare")
    stage.until(lambda: not page.list.table.isVisible())
    press(page, "‹ All runs")
    assert page.list.table.isVisible()
