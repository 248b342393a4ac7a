from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout
from pytestqt.qtbot import QtBot

from ganview.app.controllers.app_model import AppModel
from ganview.app.pages import pages as module
from ganview.app.pages.page import Page, PageContext
from ganview.app.pages.pages import PAGES, PageEntry, Pages
from ganview.app.widgets.buttons import IconButton


class Counting(Page):
    """Counts how often it is asked to catch up."""

    built = 0

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        Counting.built += 1
        self.refreshed = 0
        QVBoxLayout(self).addWidget(IconButton("step", "Do", "Do it."))

    def refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
def pages(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Pages:
    Counting.built = 0
    entries = [PageEntry(name, name, "grid", "", "It counts.") for name in ("one", "two")]
    monkeypatch.setattr(module, "PAGES", tuple(entries))
    monkeypatch.setattr(PageEntry, "load", lambda _entry: Counting)

    def nothing(*_given: object) -> None:
        pass

    context = PageContext(
        app_model=AppModel(),
        run_job=nothing,
        run_short_job=nothing,
        complain=nothing,
        explore=nothing,
        send=nothing,
        trigger=nothing,
        training=None,
        open_file=nothing,
        go_on=nothing,
    )
    pages = Pages(context)
    qtbot.addWidget(pages)
    pages.show()
    return pages


def test_a_page_is_built_when_it_is_first_shown(pages: Pages) -> None:
    assert Counting.built == 1
    pages.open("two")
    pages.open("one")
    pages.open("two")
    assert Counting.built == 2


def test_only_the_page_in_view_is_refreshed(pages: Pages) -> None:
    pages.open("two")
    one, two = pages.page_of("one").refreshed, pages.page_of("two").refreshed
    model = pages.page.context.app_model
    for changed in (model.run_changed, model.cursor_changed):
        changed.emit()
    model.samples_changed.emit(None)
    assert (pages.page_of("one").refreshed, pages.page_of("two").refreshed) == (one, two + 3)


def test_a_shortcut_turns_the_page_and_its_choice_is_checked(pages: Pages, qtbot: QtBot) -> None:
    for choice in pages.choices:
        pages.addAction(choice)
    with qtbot.waitSignal(pages.turned) as turned:
        qtbot.keyClick(pages, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert turned.args == ["two"]
    assert [choice.isChecked() for choice in pages.choices] == [False, True]


def test_an_unknown_name_is_ignored(pages: Pages) -> None:
    pages.open("three")
    assert pages.name == "one"


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_every_page_can_be_imported(entry: PageEntry) -> None:
    assert issubclass(entry.load(), Page)
    assert entry.tip.endswith(".")


def test_a_page_that_is_alarmed_has_another_sign_and_says_so(pages: Pages) -> None:
    tab = pages.tabIcon(0).cacheKey()
    pages.page_of("one").alarmed.emit(True)
    assert pages.tabIcon(0).cacheKey() != tab
    assert "wrong" in pages.tabBar().accessibleTabName(0)
    pages.page_of("one").alarmed.emit(False)
    assert pages.tabBar().accessibleTabName(0) == "one"


def test_where_there_is_no_room_for_names_only_the_page_in_view_has_one(pages: Pages) -> None:
    pages.resize(400, 300)
    assert [pages.tabText(0), pages.tabText(1)] == ["one", "two"]
    pages.resize(90, 300)
    assert [pages.tabText(0), pages.tabText(1)] == ["one", ""]
    pages.open("two")
    assert [pages.tabText(0), pages.tabText(1)] == ["", "two"]
    assert pages.tabBar().accessibleTabName(0) == "one"
