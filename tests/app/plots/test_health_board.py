from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganview.app.plots.health_board import HealthBoard
from ganview.app.plots.health_card import HealthCard
from ganview.gan.config import TrainConfig
from ganview.gan.health_sample import HealthSample, LayerHealth
from ganview.runtime.health_record import HealthRecord
from ganview.runtime.history import History


def run_of(objective: str, steps: int = 30) -> SimpleNamespace:
    """Return a run with a hostile name of a layer, whose gradients die."""
    run = SimpleNamespace(
        config=TrainConfig(objective=objective), history=History(), health=HealthRecord()
    )
    for step in range(1, steps + 1):
        layers = {"<b>in</b>": LayerHealth(10.0**-step, 1e-3), "out": LayerHealth(1.0, 0.0)}
        run.health.append(
            HealthSample(
                step, {"G": layers, "D": {}}, [step / 30, 0.9], [0.1], 1 / step, 1e-3, 0.5 / step
            )
        )
        run.history.append_row((step, 16 * step, step / 10, 1, 1, 0.5, 0.5, 1.0, np.nan, np.nan))
    return run


@pytest.mark.parametrize("objective", ["bce", "wgan-gp"])
def test_every_chart_is_painted_with_and_without_samples(qtbot: QtBot, objective: str) -> None:
    for run in (run_of(objective, 0), run_of(objective, 1), run_of(objective)):
        board = HealthBoard()
        board.show_run(run, 12)
        for chart in board.charts:
            qtbot.addWidget(chart)
            chart.resize(200, 110)
            assert not chart.grab().isNull()


def test_answers_are_told_of_the_cursors_moment(qtbot: QtBot) -> None:
    board, run = HealthBoard(), run_of("bce")
    for chart in board.charts:
        qtbot.addWidget(chart)
    answers = next(chart for chart in board.charts if chart.title == "D's answers")
    board.show_run(run, None)
    assert "step 30" in answers.accessibleDescription()
    board.show_run(run, 7)
    assert "step 7" in answers.accessibleDescription()


def test_the_card_shows_one_chart_and_says_what_to_look_for(qtbot: QtBot) -> None:
    card = HealthCard()
    qtbot.addWidget(card)
    card.resize(320, 300)
    card.show_run(run_of("bce"), None)
    card.show()
    charts = [card._stack.widget(i) for i in range(card.choice.count())]
    for i, chart in enumerate(charts):
        card.choice.setCurrentIndex(i)
        assert [it.isVisible() for it in charts].count(True) == 1
        assert chart.isVisible()
        assert not chart.grab().isNull()
    with qtbot.waitSignal(card.enlarging_asked):
        qtbot.mouseDClick(charts[-1], Qt.MouseButton.LeftButton)


def test_another_run_that_recorded_nothing_shows_nothing_of_the_one_before(qtbot: QtBot) -> None:
    board = HealthBoard()
    for chart in board.charts:
        qtbot.addWidget(chart)
        chart.resize(200, 110)
    board.show_run(run_of("bce", 0), None)
    empty = [chart.grab().toImage() for chart in board.charts]
    board.show_run(run_of("bce"), None)
    for other in (run_of("bce", 0), None):
        board.show_run(other, None)
        assert [chart.grab().toImage() for chart in board.charts] == empty
        assert all(chart.accessibleDescription() == chart.about for chart in board.charts)
