"""The health of the game: where gradients die, how far apart the players are, how they move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ganview.app.formatting import number_text
from ganview.app.pages.page import PageContext
from ganview.app.pages.step.health_charts import HistogramChart, LayersChart, LinesChart
from ganview.app.pages.step.health_record import HealthRecord
from ganview.app.theme import HAIR, SMALL
from ganview.app.widgets.text import TextLabel
from ganview.gan.objectives import OBJECTIVES

if TYPE_CHECKING:
    from ganview.runtime.run_view import RunView

POINTS = 200  # of a line over the whole run
BEFORE = (
    "These fill while a run trains, or with each step. Hover or Tab to a chart: what to look for."
)


class HealthPanel(QWidget):
    """Eight charts of the run in focus."""

    def __init__(self, context: PageContext, record: HealthRecord) -> None:
        super().__init__()
        self._context, self._record = context, record
        self._about = TextLabel(BEFORE, "muted")
        self._about.setWordWrap(True)
        rows = "A row a layer, from input to output; time runs to the right; bright is large."
        self.gradients_g = LayersChart(
            "G: gradients", f"{rows} Where it darkens towards the top, the gradient vanishes."
        )
        self.gradients_d = LayersChart(
            "D: gradients", f"{rows} All dark: D has nothing more to learn, it has won."
        )
        self.ratios_g = LayersChart(
            "G: update over weights", f"{rows} Near 0.001 is usual; above 0.1 it jumps about."
        )
        self.ratios_d = LayersChart(
            "D: update over weights", f"{rows} A D that moves much faster than G leaves it behind."
        )
        self.answers = HistogramChart(
            "D's answers",
            "Real above, fake below, low answers on the left. Apart: D wins. Alike: it can't tell.",
        )
        self.norms = LinesChart(
            "Whole gradients, log",
            "Norm of D's and of G's (dashed) gradient over the run; each a straight line is calm.",
            logarithmic=True,
        )
        self.rates = LinesChart(
            "Learning rate and γ, log",
            "G's learning rate and γ (dashed) as the settings move them; the dotted line is now.",
            logarithmic=True,
        )
        self.variety = LinesChart(
            "Variety",
            "Distance between two pictures of G over that between two real ones: near 0, it "
            "collapsed.",
        )
        grid = QGridLayout()
        grid.setSpacing(SMALL)
        charts = (
            (self.gradients_g, self.gradients_d),
            (self.ratios_g, self.ratios_d),
            (self.answers, self.variety),
            (self.norms, self.rates),
        )
        for i, pair in enumerate(charts):
            for j, chart in enumerate(pair):
                grid.addWidget(chart, i, j)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addWidget(self._about)
        column.addLayout(grid, 1)

    def refresh(self) -> None:
        """Show the numbers of the run in focus."""
        record, run = self._record, self._context.app_model.run
        if record.numbers:
            for chart, net, what in (
                (self.gradients_g, "G", "gradients"),
                (self.gradients_d, "D", "gradients"),
                (self.ratios_g, "G", "ratios"),
                (self.ratios_d, "D", "ratios"),
            ):
                chart.show_layers(record.layers_over_time(net, what), record.names[net])
            variety = np.array([each.variety for each in record.numbers])
            self.variety.show_lines((("generator", variety),))
            self.variety.set_note(f"{variety[-1]:.2f}")
        if run is not None:
            self._show_run(run)

    def _show_run(self, run: RunView) -> None:
        record, rule = self._record, OBJECTIVES[run.config.objective]
        if record.numbers:
            newest = record.numbers[-1]
            low, high = (0.0, 1.0) if rule.belief is not None else record.answer_range()
            self.answers.show_shares(record.histograms(low, high))
            real, fake = float(newest.real.mean()), float(newest.fake.mean())
            self.answers.set_note(f"real {real:.2f}, fake {fake:.2f}")
        data = run.history.view()
        if not len(data["step"]):
            return
        every = max(1, len(data["step"]) // POINTS)
        norms = {
            name: np.asarray(data[f"grad_norm_{name}"][::every], np.float64) for name in ("d", "g")
        }
        self.norms.show_lines((("discriminator", norms["d"]), ("generator", norms["g"])))
        self.norms.set_note(
            f"D {number_text(float(norms['d'][-1]))}, G {number_text(float(norms['g'][-1]))}"
        )
        self._show_rates(run, int(data["images_seen"][-1]))

    def _show_rates(self, run: RunView, seen: int) -> None:
        from ganview.gan.schedule import Schedule

        schedule, config = Schedule(run.config), run.config
        end = max(config.learning_rate_images, config.gamma_images, seen)
        at = np.linspace(0, end, POINTS).astype(int)
        rates = np.array([schedule.learning_rate(int(images)) for images in at])
        gammas = np.array([schedule.gamma(int(images)) for images in at])
        lines = [("generator", rates)]
        if gammas.any():
            lines.append(("discriminator", gammas))
        self.rates.show_lines(tuple(lines), seen / end)
        self.rates.set_note(
            f"rate {schedule.learning_rate(seen):.1e}, γ {number_text(schedule.gamma(seen))}"
        )
