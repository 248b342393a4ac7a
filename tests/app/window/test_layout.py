from __future__ import annotations

import gc
from pathlib import Path
from types import SimpleNamespace

import pyqtgraph as pg
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganview.app.controllers.settings import Settings
from ganview.app.pages.pages import PAGES
from ganview.app.widgets.legend import Legend
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.gan.presets import PRESETS
from ganview.gan.trainer import StepStats
from ganview.runtime.health import Finding, FindingKind
from ganview.runtime.health_record import HealthRecord
from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord
from tests.app.conftest import Stage


@pytest.mark.parametrize(("height", "folded"), [(700, True), (1400, False)])
def test_a_page_has_the_room_of_the_plots_where_there_is_little(
    stage: Stage, height: int, folded: bool
) -> None:
    window = stage.window
    window.resize(1280, height)
    stage.open()
    before = window.pages.height()
    window.pages.open("runs")
    assert window.plots.folded is folded
    assert window.pages.height() > before
    window.pages.open("samples")
    assert not window.plots.folded
    assert window.pages.height() == before


def shown_run() -> SimpleNamespace:
    """Return a run of 60 steps that was measured once."""
    history, quality = History(), QualityRecord()
    for step in range(1, 61):
        history.append(
            StepStats(step, 64 * step, 0.7, 0.7, 0.6, 0.4, 1.0, 1.0, 0.01), seconds=0.01 * step
        )
    quality.append(Quality(3840, 60, 50.0, 0.5, 0.9, 0.99, 0.8, 1000, "08567f50"), interval=1.0)
    return SimpleNamespace(
        history=history, quality=quality, config=TrainConfig(), health=HealthRecord()
    )


@pytest.mark.parametrize("size", [(900, 600), (1280, 800), (1280, 1000), (1920, 1080)])
def test_every_plot_has_room_for_its_data(stage: Stage, size: tuple[int, int]) -> None:
    window = stage.window
    window.resize(*size)
    stage.open()
    row = window.plots
    stage.until(lambda: row.plots is not None)
    row.show_run(shown_run())
    stage.until(lambda: not row.plots.drawing)
    row.set_folded(False)
    for index, card in enumerate(row.plots.cards):
        row.show_plot(index)
        QApplication.processEvents()
        QApplication.processEvents()
        data = card.findChild(pg.PlotWidget).getViewBox().sceneBoundingRect()
        assert data.width() >= 220
        assert data.height() >= 160
        assert card.findChild(Legend).isVisible()


def test_a_low_window_shows_the_page_or_the_plots(stage: Stage) -> None:
    window = stage.window
    window.resize(900, 600)
    stage.open()
    assert window.plots.folded
    window.plots.set_folded(False)
    QApplication.processEvents()
    assert window.pages.height() == window.pages.tabBar().sizeHint().height()
    window.pages.tabBarClicked.emit(0)
    QApplication.processEvents()
    assert window.plots.folded
    assert window.pages.height() > window.height() / 3


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_the_window_begins_with_the_page_that_it_was_left_with(
    qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    before = Settings(tmp_path / "window.json")
    before.page = name
    before.save()
    stage = Stage(qtbot, tmp_path)
    stage.open()
    gc.collect()  # what Qt uses is kept by Qt alone, or by both
    stage.until(stage.window.pages.page.isVisible)
    assert stage.window.pages.name == name
    assert not stage.window.grab().isNull()


@pytest.mark.parametrize("size", [(900, 600), (1272, 776), (1920, 1080)])
def test_samples_have_room_below_the_banner_of_a_run_that_fails(
    stage: Stage, size: tuple[int, int]
) -> None:
    window = stage.window
    window.resize(*size)
    stage.open()
    page = window.pages.page_of("samples")
    config = PRESETS["collapse"].config
    page.banner.show_findings(
        [
            Finding(FindingKind.COLLAPSED, "The generator has collapsed: all pictures are one."),
            Finding(
                FindingKind.D_SATURATED, "The discriminator tells every fake from real for sure."
            ),
        ],
        config,
    )
    QApplication.processEvents()
    view = window.samples.view
    shown = view.picture_rect()
    assert shown.height() >= (40 if size[0] == 900 else 2 * 2 * 28)
    assert view.rect().toRectF().contains(shown)
    assert window.samples.rect().contains(view.geometry())
