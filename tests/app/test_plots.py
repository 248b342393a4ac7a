from __future__ import annotations

from math import log

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ganview.app.panels.plots import REST, Plots
from ganview.app.widgets.legend import Legend
from ganview.gan.config import OBJECTIVES
from ganview.gan.trainer import StepStats
from ganview.runtime.history import History


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


def legends(plots: Plots) -> list[str]:
    return [card.findChild(Legend).text for card in plots.cards]


def test_the_present_values_can_be_read(plots: Plots) -> None:
    plots.show_history(history(300))
    losses, beliefs = legends(plots)
    assert losses.startswith("D 0.7")
    assert "G 0.7" in losses or "G 0.6" in losses
    assert beliefs == "real 0.600, fake 0.400"


def test_before_the_first_step_there_are_words(plots: Plots) -> None:
    plots.show_history(History())
    assert legends(plots)[0] == "D none yet, G none yet"


def test_nothing_is_drawn_when_nothing_is_new(plots: Plots, monkeypatch) -> None:
    steps = history(10)
    plots.show_history(steps)
    monkeypatch.setattr(plots.losses, "show_columns", lambda *_: pytest.fail("drawn again"))
    plots.show_history(steps)


def test_a_million_steps_are_a_few_hundred_points(plots: Plots) -> None:
    count = 1_000_000
    columns = {
        name: np.random.default_rng(1).normal(0.7, 0.1, count) for name in ("loss_d", "loss_g")
    }
    columns["step"] = np.arange(1.0, count + 1)
    plots.losses.show_columns(columns, "step")
    for curve in plots.losses.curves:
        assert curve.points < 4000
        assert curve.right == count


def test_another_run_begins_with_empty_curves(plots: Plots) -> None:
    steps = history(50)
    plots.show_history(steps)
    steps.clear()
    plots.show_history(steps)
    assert legends(plots)[0] == "D none yet, G none yet"
    assert all(len(curve) == 0 for card in plots.cards for curve in card.curves)


def test_the_axis_counts_steps_or_images(plots: Plots) -> None:
    steps = history(20)
    plots.set_axis("images_seen")
    plots.show_history(steps)
    assert plots.losses.curves[0].right == 64 * 20
    plots.set_axis("step")
    plots.show_history(steps)
    assert plots.losses.curves[0].right == 20


def test_a_diverged_step_leaves_the_rest_readable(plots: Plots) -> None:
    steps = history(20)
    steps.append(StepStats(21, 64 * 21, float("nan"), float("inf"), 0.5, 0.5, 1, 1, 0.01), 0.3)
    plots.show_history(steps)
    assert "nan" not in " ".join(legends(plots))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_has_a_mark_and_a_sentence(plots: Plots, objective: str) -> None:
    marks, sentence = REST[objective]
    assert marks
    assert len(sentence) > 20
    plots.set_objective(objective)
    assert plots.losses.sentence == sentence


def test_the_default_marks_ln_2() -> None:
    marks, sentence = REST["rpgan-r1r2"]
    assert marks[0].value == pytest.approx(log(2))
    assert "not the goal" in sentence
