"""Text from a file is text: no label, tooltip or menu takes it for HTML, and none is unbounded."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

import ganview.app
from ganview.app.explorer.tabs import PAGES
from ganview.app.pages import run_table
from ganview.app.pages.runs import RunsPage
from ganview.app.plots.quality_plot import QualityPlot
from ganview.app.widgets.text import (
    LONGEST,
    TextLabel,
    button_text,
    name_text,
    tooltip_text,
    visible_text,
)
from ganview.app.window.crash import crash_dialog, report_problem
from ganview.data.source import DataSource
from ganview.files.model_file import save_model
from ganview.files.moment_info import Mark, Moment
from ganview.files.run_folder import RunFolder
from ganview.files.run_info import describe_run
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.runtime.quality_record import QualityRecord
from tests.app.conftest import Stage
from tests.files.conftest import make_model

HOSTILE = (
    '<img src="/dev/zero">',
    "<h1>large",
    "&lt;b&gt; & <a href=x>",
    "?xml <?xml version='1.0'?>",
    "line\nline",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "<b>" + 10_000 * "w",
)

PLAIN = Qt.TextFormat.PlainText

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_way_to_the_screen_is_plain(qtbot: QtBot, text: str) -> None:
    label = TextLabel(text)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    for shown in (label.text(), tooltip_text(text), name_text(text), visible_text(text)):
        assert len(shown) <= LONGEST + shown.count("\u2060")
        assert all(line.isprintable() or "\u2060" in line for line in shown.split("\n"))
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert not GuiQt.mightBeRichText(tooltip_text(text))
    assert "\n" not in name_text(text)
    assert button_text("a & b") == "a && b"


def rich_text(root: QWidget) -> list[str]:
    """Return what of a window Qt could take for HTML."""
    found = []
    for widget in (root, *root.findChildren(QWidget)):
        ours = not isinstance(widget.window(), QMenu)  # pyqtgraph makes one, never shown
        if ours and isinstance(widget, QLabel) and widget.textFormat() != PLAIN:
            found.append(f"label {widget.text()[:60]!r}")
        tips = [widget.toolTip()]
        if isinstance(widget, QTabWidget):
            tips += [widget.tabToolTip(index) for index in range(widget.count())]
        if isinstance(widget, QComboBox):
            tips += tips_of(widget.model())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            tips += tips_of(widget.model())
        found += [f"tooltip {tip[:60]!r}" for tip in tips if GuiQt.mightBeRichText(tip)]
    for action in root.findChildren(QAction):
        if GuiQt.mightBeRichText(action.toolTip()):
            found.append(f"tooltip of {action.text()}")
    return found


def tips_of(model: QAbstractItemModel) -> list[str]:
    indices = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(model.data(index, Qt.ItemDataRole.ToolTipRole) or "") for index in indices]


def test_a_hostile_model_and_run_stay_text_everywhere(stage: Stage, tmp_path: Path) -> None:
    model = make_model(classes=5, name='<img src="/dev/zero">')
    names = ('<img src="/dev/zero">', "<h1>large</h1>", "a & b", "&lt;b&gt;", "<b>" + 61 * "w")
    save_model(
        tmp_path / "<h1>model.safetensors",
        replace(model, spec=replace(model.spec, class_names=names)),
    )
    stage.open(str(tmp_path / "<h1>model.safetensors"))
    window, explorer = stage.window, stage.window.explorer
    stage.until(lambda: explorer.state.space.class_names == names)
    window.plots.fill()
    record = QualityRecord()
    record.append(look('<img src="/dev/zero">'), interval=3.0)
    window.plots.plots.show_quality(record)
    window.message_bar.show_error('<img src="/dev/zero">', "<h1>")
    for page in PAGES:
        tab = explorer.tabs.open(page.load())
        if hasattr(tab, "keep"):
            tab.keep()
        for label in range(5):
            explorer.state.choose_class(label)
        QApplication.processEvents()
        assert not rich_text(window), page.title


def test_a_hostile_run_folder_stays_text_everywhere(stage: Stage, tmp_path: Path) -> None:
    bad = '<img src="/dev/zero">'
    names = (bad, "<h1>large</h1>", "a & b")
    model = make_model(classes=3, name=bad, step=7, dataset=bad)
    data = DataSource(f"/{bad}/<h1>photos")
    with RunFolder.create(tmp_path / "runs" / "<h1>run", TrainConfig(), data=data) as run:
        run.save_model(replace(model, spec=replace(model.spec, class_names=names)))
        for append in (run.append_metrics, run.append_quality):
            column = f"judge-FD@{bad}"
            append(
                [{"step": step, column: 3.0, f"{column} real": 0.1, bad: 1.0} for step in (1, 2)]
            )
        run.save_moment(Moment(2, 1.0, np.zeros((28, 84), np.uint8), None, name=bad))
        run.mark(Mark(2, "best", bad))
    describe_run(run.path / "config.json", name=bad, note="<h1>note")
    stage.open(str(run.path))
    window, explorer = stage.window, stage.window.explorer
    stage.until(lambda: explorer.state.space.class_names == names)
    window.plots.fill()
    for page in PAGES:
        explorer.tabs.open(page.load())
        QApplication.processEvents()
        assert not rich_text(window), page.title
    window.pages.open("step")
    QApplication.processEvents()
    assert not rich_text(window)
    # for what a page shows, not for all jobs to end: some are begun again and again
    window.pages.open("runs")
    page = window.pages.page
    assert isinstance(page, RunsPage)
    rows, selection = page.list.table.model(), page.list.table.selectionModel()

    def listed() -> list[str]:
        return [rows.index(row, run_table.NAME).data() for row in range(rows.rowCount())]

    stage.until(lambda: bad in listed())
    flags = selection.SelectionFlag
    selection.select(rows.index(listed().index(bad), 0), flags.ClearAndSelect | flags.Rows)
    assert [one.note for one in page.list.chosen] == ["<h1>note"]
    assert not rich_text(window)
    window.pages.open("data")
    stage.until(lambda: stage.controller.training.data.scan is not None)
    assert not rich_text(window)
    # a damaged one is refused with a sentence that quotes it
    (run.path / "model.safetensors").write_bytes(b"<h1>")
    stage.controller.opening.open(run.path)
    stage.until(lambda: bool(stage.errors))
    assert not rich_text(window)


def test_what_the_dialogs_of_a_fault_quote_is_plain(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    for box in (
        crash_dialog(window, 'ValueError: <img src="/dev/zero"><h1>large'),
        report_problem(window, {"folder": '<img src="/dev/zero">'}),
    ):
        box.show()
        texts = [label.text() for label in box.findChildren(QLabel)]
        assert any("<img" in text for text in texts) or box.windowTitle() == "Report a problem"
        shown = [label for label in box.findChildren(QLabel) if label.text()]
        assert not [label.text() for label in shown if label.textFormat() != PLAIN]
        box.close()


def look(judge: str, frechet: float = 20.0, step: int = 100) -> Quality:
    return Quality(64 * step, step, frechet, 0.5, 0.9, 0.98, 0.8, 2000, judge)


@pytest.mark.parametrize("distance", [0.0, 1e-12, 1e300])
def test_distances_of_any_size_are_drawn(qtbot: QtBot, distance: float) -> None:
    plot, record = QualityPlot(), QualityRecord()
    qtbot.addWidget(plot)
    record.append(look("abc", distance)._replace(frechet_real=min(distance, 0.0)), interval=3.0)
    plot.show_record(record, "step", 10.0)
    assert plot.curves["distance"].getData()[1][0] == pytest.approx(1.0, abs=1.0)


def test_no_line_joins_the_distances_of_two_judges(qtbot: QtBot) -> None:
    plot, record = QualityPlot(), QualityRecord()
    qtbot.addWidget(plot)
    for step, judge in ((100, "a"), (200, "a"), (300, "b")):
        record.append(look(judge, step=step), interval=3.0)
    plot.show_record(record, "step", 10.0)
    x, _ = plot.curves["distance"].getData()
    assert [None if value != value else int(value) for value in x] == [100, 200, None, 300]


ONLY_IN_TEXT = {"QLabel", "setToolTip", "QToolTip", "ToolTipRole", "setWhatsThis", "QTextEdit"}


def test_labels_and_tooltips_are_made_in_one_place() -> None:
    folder = Path(ganview.app.__file__).parent
    found = []
    for path in sorted(folder.rglob("*.py")):
        if path == folder / "widgets" / "text.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
            if name in ONLY_IN_TEXT and not permitted(path, node):
                found.append(f"{path.relative_to(folder)}:{node.lineno} {name}")
    assert not found


def permitted(path: Path, node: ast.AST) -> bool:
    """A model may answer a view's question about ToolTipRole, with `tooltip_text`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "ToolTipRole"
        and "tooltip_text(" in path.read_text("utf-8")
    )
