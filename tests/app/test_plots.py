from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganview.app.plots.plots import Plots
from ganview.app.plots.plots_row import PlotsRow
from ganview.app.widgets.legend import Legend
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.trainer import StepStats
from ganview.runtime.history import History
from ganview.runtime.quality_record import QualityRecord


def history(count: int) -> History:
    result = History()
    random = np.random.default_rng(0)
    for step in range(1, count + 1):
        losses = random.normal(0.7, 0.05, 2)
        result.append(
            StepStats(step, 64 * step, *losses, 0.6, 0.4, 1.0, 1.0, 0.01), seconds=0.01 * step
        )
    return result


@pytest.fixture
def plots(qtbot: QtBot) -> Plots:
    result = Plots()
    for card in result.cards:
        qtbot.addWidget(card)
        card.resize(320, 240)
        card.show()
    return result


def show(plots: Plots, steps: History, qtbot: QtBot) -> None:
    """Show a history and wait until every plot had its turn."""
    plots.show_history(steps)
    qtbot.waitUntil(lambda: not plots.drawing)


def legends(plots: Plots) -> list[str]:
    return [card.findChild(Legend).text for card in plots.cards]


def test_the_present_values_can_be_read(plots: Plots, qtbot: QtBot) -> None:
    show(plots, history(300), qtbot)
    losses, beliefs, _ = legends(plots)
    assert losses.startswith("D 0.7")
    assert "G 0.7" in losses or "G 0.6" in losses
    assert beliefs == "real 0.600, fake 0.400"


def test_before_the_first_step_there_are_words(plots: Plots, qtbot: QtBot) -> None:
    show(plots, History(), qtbot)
    assert legends(plots)[0] == "D none yet, G none yet"


def test_nothing_is_drawn_when_nothing_is_new(plots: Plots, qtbot: QtBot, monkeypatch) -> None:
    steps = history(10)
    show(plots, steps, qtbot)
    monkeypatch.setattr(plots.losses, "show_columns", lambda *_: pytest.fail("drawn again"))
    show(plots, steps, qtbot)


def test_a_million_steps_are_a_few_hundred_points(plots: Plots, qtbot: QtBot) -> None:
    count = 1_000_000
    columns = {
        name: np.random.default_rng(1).normal(0.7, 0.1, count) for name in ("loss_d", "loss_g")
    }
    columns["step"] = np.arange(1.0, count + 1)
    plots.losses.show_columns(columns, "step")
    for curve in plots.losses.curves:
        assert curve.points < 4000
        assert curve.right == count


def test_another_run_begins_with_empty_curves(plots: Plots, qtbot: QtBot) -> None:
    show(plots, history(50), qtbot)
    show(plots, History(), qtbot)
    assert legends(plots)[0] == "D none yet, G none yet"
    assert all(len(curve) == 0 for card in (plots.losses, plots.beliefs) for curve in card.curves)


def test_the_axis_counts_steps_or_images(plots: Plots, qtbot: QtBot) -> None:
    steps = history(20)
    plots.set_axis("images_seen")
    show(plots, steps, qtbot)
    assert plots.losses.curves[0].right == 64 * 20
    plots.set_axis("step")
    show(plots, steps, qtbot)
    assert plots.losses.curves[0].right == 20


def test_a_diverged_step_leaves_the_rest_readable(plots: Plots, qtbot: QtBot) -> None:
    steps = history(20)
    steps.append(StepStats(21, 64 * 21, float("nan"), float("inf"), 0.5, 0.5, 1, 1, 0.01), 0.3)
    show(plots, steps, qtbot)
    assert "nan" not in " ".join(legends(plots))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_plots_say_what_an_objective_says(plots: Plots, objective: str, qtbot: QtBot) -> None:
    """A critic's scores are not called beliefs, nor held between 0 and 1."""
    it = OBJECTIVES[objective]
    plots.set_objective(objective)
    assert it.equilibrium_text in plots.losses.sentence
    assert plots.beliefs.accessibleName() == it.answer_title
    assert plots.beliefs.sentence == it.answer_about
    steps = History()
    for step in range(1, 5):
        steps.append(StepStats(step, step, 1.0, 1.0, 7.5, -3.0, 1.0, 1.0, 0.01), seconds=step)
    show(plots, steps, qtbot)
    low, high = plots.beliefs.y_range
    if it.belief is None:
        assert low < -3.0 < 7.5 < high
    else:
        assert (low, high) == pytest.approx((0, 1), abs=0.1)


def look(step: int, frechet: float, accuracy: float = 0.98) -> Quality:
    return Quality(16 * step, step, frechet, 0.57, accuracy, 0.991, 0.9, 1000, "08567f50")


def test_quality_is_drawn_beside_real_pictures(plots: Plots) -> None:
    record = QualityRecord()
    plots.show_quality(record)
    assert "first measurement" in plots.quality.text
    for step, frechet in ((100, 80.0), (200, 9.5), (300, 1.25)):
        record.append(look(step, frechet), interval=13.4)
    plots.show_quality(record)
    assert plots.quality.text == "judge-FD 1.250, class accuracy 98.0 %"
    assert "judge-FD@08567f50" in plots.quality.toolTip()
    assert "every 13 s" in plots.quality.toolTip()
    assert plots.quality.curves["distance"].getData()[0].tolist() == [100, 200, 300]
    heights = plots.quality.curves["distance"].getData()[1]
    assert all(np.diff(heights) < 0)
    assert 0 <= heights.min() < heights.max() <= 1
    plots.set_axis("images_seen")
    plots.show_quality(record)
    assert plots.quality.curves["distance"].getData()[0].tolist() == [1600, 3200, 4800]


def test_quality_without_classes_or_without_a_judge(plots: Plots) -> None:
    record = QualityRecord()
    record.append(look(100, 80.0, float("nan")), interval=13.4)
    plots.show_quality(record)
    assert plots.quality.text == "judge-FD 80.00, class accuracy no class"
    record = QualityRecord()  # of the next run
    record.append(look(100, 80.0), interval=13.4)
    plots.show_quality(record)  # as far as the one before, but another
    assert plots.quality.text == "judge-FD 80.00, class accuracy 98.0 %"
    record = QualityRecord()
    record.mark_unavailable("No judge for this data.")
    plots.show_quality(record)
    assert plots.quality.text == "No judge for this data."


def test_narrow_plots_keep_their_sentences_as_tooltips(plots: Plots) -> None:
    for card in plots.cards:
        card.set_narrow(True)
    assert plots.losses.toolTip() == plots.losses.sentence
    assert legends(plots)[0] == "D none yet, G none yet"
    for card in plots.cards:
        card.set_narrow(False)
    assert plots.losses.toolTip() == ""


def test_what_came_before_the_plots_is_drawn_when_they_are_there(qtbot: QtBot) -> None:
    row = PlotsRow()
    qtbot.addWidget(row)
    config = TrainConfig(objective="bce")
    run = SimpleNamespace(config=config, history=history(20), quality=QualityRecord())
    row.show_run(run)
    row.fill()
    qtbot.waitUntil(lambda: not row.plots.drawing)
    assert legends(row.plots)[1] == "real 0.600, fake 0.400"
