from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ganview.app.formatting import number_text
from ganview.app.plots.plots import Plots
from ganview.app.plots.plots_row import PlotsRow
from ganview.app.widgets.legend import Legend
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.trainer import StepStats
from ganview.runtime.health_record import HealthRecord
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
    losses, beliefs, *_ = legends(plots)
    ends = [curve.head for curve in plots.losses.curves[:2]]
    assert None not in ends
    d, g = (end[1] for end in ends if end)
    assert losses == f"D {number_text(d)}, G {number_text(g)}"  # what the points are at
    assert beliefs == "real 0.600, fake 0.400"


def test_a_legend_is_true_after_zooming_and_smoothing(plots: Plots, qtbot: QtBot) -> None:
    show(plots, history(3000), qtbot)
    curve = plots.losses.curves[0]
    for change in (
        lambda: plots.set_look(log=False, smooth=True),
        lambda: plots.losses.show_range((100.0, 200.0)),
        lambda: plots.losses.show_range(None),
    ):
        change()
        assert legends(plots)[0].startswith(f"D {number_text(curve.current)},")


def test_the_strength_of_augmentation_is_drawn_where_there_is_one(
    plots: Plots, qtbot: QtBot
) -> None:
    steps = History()
    for step in range(1, 90):
        stats = StepStats(step, step, 1.0, 1.0, 0.6, 0.4, 1.0, 1.0, 0.01, augment_p=0.25)
        steps.append(stats, seconds=step)
    show(plots, steps, qtbot)
    assert legends(plots)[1] == "real 0.600, fake 0.400, augmented 0.250"
    assert plots.beliefs.curves[2].span() == pytest.approx((0.25, 0.25))


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


def test_a_logarithmic_plot_shows_powers_and_leaves_out_what_has_none(
    plots: Plots, qtbot: QtBot
) -> None:
    steps = history(100)
    steps.append(StepStats(101, 6464, -3.0, 0.0, 0.6, 0.4, 1.0, 1.0, 0.01), seconds=1.01)
    show(plots, steps, qtbot)
    before = plots.losses.y_range
    plots.set_look(log=True, smooth=False)
    low, high = plots.losses.y_range
    assert -1 < low < np.log10(0.7) < high < 0.5  # ln 2 and 2 ln 2 are marked
    ticks = plots.losses.findChild(pg.PlotWidget).getPlotItem().getAxis("left")
    assert ticks.tickStrings([-1.0, 0.0], 1.0, 1.0) == ["0.1", "1"]
    assert plots.beliefs.y_range[0] <= 0  # a probability stays one
    plots.set_look(log=False, smooth=False)
    assert plots.losses.y_range == before


def test_a_point_marks_where_a_curve_grows(plots: Plots, qtbot: QtBot) -> None:
    curve = plots.losses.curves[0]
    assert curve.head is None
    for count in (300, 400):
        show(plots, history(count), qtbot)
        x, y = curve.mean_line
        assert curve.head == pytest.approx((x[-1], y[-1]))
        assert curve.head[0] > count - 5
    plots.clear()
    assert curve.head is None


def test_the_label_of_a_line_is_not_written_over_a_curve(plots: Plots, qtbot: QtBot) -> None:
    plot = plots.losses.findChild(pg.PlotWidget).getPlotItem()
    for ends_at, place in ((2.5, 0.99), (0.75, 0.74)):  # far above the line of ln 2, and on it
        steps = History()
        for step in range(1, 401):
            loss = 3 + (ends_at - 3) * step / 400
            numbers = (step, 64 * step, 0.1, loss, 0.6, 0.4, 1.0, 1.0, 0.01)
            steps.append(StepStats(*numbers), seconds=0.01 * step)
        plots.clear()
        show(plots, steps, qtbot)
        (label,) = (item.label for item in plot.items if hasattr(item, "label"))
        assert label.orthoPos == place


def test_all_plots_end_at_the_same_step(plots: Plots, qtbot: QtBot) -> None:
    record = QualityRecord()
    record.append(Quality(6400, 100, 2.0, 0.5, 0.9, 0.98, 0.8, 1000, "abc"), 10.0)
    for count in (300, 700):  # the quality was measured at step 100, and is not again
        show(plots, history(count), qtbot)
        plots.show_quality(record)
        ranges = [card.findChild(pg.PlotWidget).getViewBox().viewRange()[0] for card in plots.cards]
        assert ranges == [pytest.approx(ranges[0])] * len(ranges)


def test_smoother_curves_swing_less(plots: Plots, qtbot: QtBot) -> None:
    show(plots, history(3000), qtbot)
    curve = plots.losses.curves[0]
    swing = np.ptp(curve.mean_line[1])
    plots.set_look(log=False, smooth=True)
    assert np.ptp(curve.mean_line[1]) < 0.7 * swing


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
    assert "worst class 90.0 %" in plots.quality.toolTip()


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
        card.set_room(320, 400)
    assert plots.losses.toolTip() == plots.losses.sentence
    assert legends(plots)[0] == "D none yet, G none yet"
    for card in plots.cards:
        card.set_room(400, 400)
    assert plots.losses.toolTip() == ""


def test_what_came_before_the_plots_is_drawn_when_they_are_there(qtbot: QtBot) -> None:
    row = PlotsRow()
    qtbot.addWidget(row)
    config = TrainConfig(objective="bce")
    run = SimpleNamespace(
        config=config, history=history(20), quality=QualityRecord(), health=HealthRecord()
    )
    row.show_run(run)
    row.fill()
    qtbot.waitUntil(lambda: not row.plots.drawing)
    assert legends(row.plots)[1] == "real 0.600, fake 0.400"


@pytest.fixture
def row(qtbot: QtBot) -> PlotsRow:
    """The plots of a run of 400 steps, of which two were measured."""
    result = PlotsRow()
    qtbot.addWidget(result)
    result.resize(1700, 320)
    result.show()
    result.fill()
    record = QualityRecord()
    for step, distance in ((100, 50.0), (300, 5.0)):
        record.append(
            Quality(64 * step, step, distance, 0.5, 0.9, 0.99, 0.8, 1000, "abc"), interval=1.0
        )
    run = SimpleNamespace(
        history=history(400), quality=record, config=TrainConfig(), health=HealthRecord()
    )
    result.show_run(run)
    qtbot.waitUntil(lambda: result.plots is not None and not result.plots.drawing)
    return result


def test_one_crosshair_goes_through_all_plots_and_says_what_is_there(row: PlotsRow) -> None:
    plots = row.plots
    assert plots is not None
    plots.losses.pointed.emit(110.0)
    assert plots.quality.findChild(Legend).text.startswith("judge-FD 50")
    plots.losses.pointed.emit(None)
    assert plots.quality.findChild(Legend).text.startswith("judge-FD 5.0")


def test_the_legends_say_the_values_at_the_cursor(row: PlotsRow, qtbot: QtBot) -> None:
    assert row.plots is not None
    now = legends(row.plots)
    row.show_cursor(110)
    then = legends(row.plots)
    assert then[0] != now[0]
    assert then[2].startswith("judge-FD 50")
    row.plots.losses.pointed.emit(310.0)
    assert legends(row.plots)[2].startswith("judge-FD 5.0")
    row.plots.losses.pointed.emit(None)
    assert legends(row.plots) == then
    row.set_axis("seconds")  # drawn again, as when the run goes on
    qtbot.waitUntil(lambda: row.plots is not None and not row.plots.drawing)
    assert legends(row.plots) == then
    row.show_cursor(None)
    assert legends(row.plots) == now


@pytest.mark.parametrize(("axis", "place"), [("steps", 300), ("images", 19200), ("seconds", 3.0)])
def test_a_click_chooses_the_step_whatever_the_axis_counts(
    row: PlotsRow, qtbot: QtBot, axis: str, place: float
) -> None:
    row.set_axis(axis)
    qtbot.waitUntil(lambda: row.plots is not None and not row.plots.drawing)
    assert row.plots is not None
    with qtbot.waitSignal(row.step_chosen) as chosen:
        row.plots.losses.place_chosen.emit(place - 1e-3)
    assert chosen.args == [300]


def test_what_was_measured_lies_at_its_seconds(row: PlotsRow) -> None:
    row.set_axis("seconds")
    assert row.plots is not None
    places, _ = row.plots.quality.curves["distance"].getData()
    np.testing.assert_allclose(places, [1.0, 3.0], rtol=1e-6)


def test_all_plots_zoom_together_and_by_keyboard(row: PlotsRow, qtbot: QtBot) -> None:
    assert row.plots is not None
    plot = row.plots.losses.findChild(pg.PlotWidget)
    before = plot.getViewBox().viewRange()[0]
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    spans = [card.findChild(pg.PlotWidget).getViewBox().viewRange()[0] for card in row.plots.cards]
    assert all(span == pytest.approx(spans[0]) for span in spans)
    assert spans[0][1] - spans[0][0] == pytest.approx(0.7 * (before[1] - before[0]))
    qtbot.keyClick(plot, Qt.Key.Key_0)
    assert plot.getViewBox().viewRange()[0] == pytest.approx(before)


def test_as_many_plots_as_have_room_are_beside_each_other(row: PlotsRow, qtbot: QtBot) -> None:
    def shown() -> list[int]:
        assert row.plots is not None
        return [at for at, card in enumerate(row.plots.cards) if card.isVisible()]

    assert shown() == [0, 1, 2, 3]
    row.resize(700, 320)
    qtbot.waitUntil(lambda: shown() == [0, 1])
    row.show_plot(3)
    assert shown() == [3]  # beside the health of the game
    row.resize(310, 320)
    qtbot.waitUntil(lambda: shown() == [3])


def test_a_double_click_enlarges_one_plot_and_escape_takes_it_back(
    row: PlotsRow, qtbot: QtBot
) -> None:
    assert row.plots is not None
    with qtbot.waitSignal(row.enlarged) as enlarged:
        row.plots.quality.enlarging_asked.emit()
    assert enlarged.args == [True]
    assert [card.isVisible() for card in row.plots.cards] == [False, False, True, False]
    qtbot.keyClick(row, Qt.Key.Key_Escape)
    assert all(card.isVisible() for card in row.plots.cards)


def test_every_plot_tells_a_reader_what_it_is_and_which_keys_it_knows(plots: Plots) -> None:
    plots.set_objective("wgan-gp")
    for card in plots.cards:
        plot = card.findChild(pg.PlotWidget)
        assert plot.accessibleName() == card.accessibleName()
        assert "x axis" in plot.accessibleDescription()
    assert plots.beliefs.findChild(pg.PlotWidget).accessibleName() == "D's score"
