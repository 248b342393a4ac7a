"""The charts of a run's health: what each shows, and what to look for in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from ganview.app.formatting import number_text
from ganview.app.plots.health_charts import Chart, HistogramChart, LayersChart, LinesChart
from ganview.gan.objectives import OBJECTIVES
from ganview.runtime.health_record import answer_range, answer_shares, layers_over_time

if TYPE_CHECKING:
    from ganview.gan.health_sample import HealthSample
    from ganview.runtime.run_view import RunView

POINTS = 200  # of a line over the whole run
Kind = TypeVar("Kind", bound=Chart)


@dataclass(frozen=True, eq=False)
class ShownGame:
    """What the charts show."""

    run: RunView  # the run on show
    cursor: int | None  # the step to look back to; None is now
    samples: list[HealthSample]  # all of the run
    steps: NDArray[np.float64]  # theirs

    @property
    def here(self) -> list[HealthSample]:
        """The samples until the cursor, the first one at least."""
        until = [it for it in self.samples if self.cursor is None or it.step <= self.cursor]
        return until or self.samples[:1]


class HealthBoard:
    """Some charts, all or one, that show the same run."""

    def __init__(self) -> None:
        self._run: RunView | None = None
        self._shows: list[tuple[Chart, Callable[[ShownGame], None]]] = []
        rows = "Each row is a layer, the input at the top; bright is large."
        for net, what, title, about in (
            ("G", "gradient", "G: gradients", "Where it darkens upwards, the gradient vanishes."),
            ("D", "gradient", "D: gradients", "All dark: D learns no more, it has won."),
            ("G", "ratio", "G: update over weights", "0.001 is usual, above 0.1 is too much."),
            ("D", "ratio", "D: update over weights", "Much larger than G's: D runs away."),
        ):
            self._add(LayersChart(title, f"{rows} {about}"), _show_layers(net, what))
        self._add(
            HistogramChart(
                "D's answers",
                "Low answers are on the left. Where the two halves lie apart, D wins; where they "
                "are alike, it can't tell real from fake.",
            ),
            _show_answers,
        )
        self._add(
            LinesChart(
                "Variety",
                "How far two pictures of G lie apart, divided by how far two real ones do: near "
                "0, G has collapsed.",
            ),
            _show_variety,
        )
        self._add(
            LinesChart(
                "All gradients, log scale",
                "Length of D's gradient and of G's (dashed): level lines are a good sign.",
                logarithmic=True,
            ),
            _show_norms,
        )
        self._add(
            LinesChart(
                "Learning rate and γ, log scale",
                "G's learning rate and γ (dashed): they fall as the settings say; the rate is "
                "halved after a divergence.",
                logarithmic=True,
            ),
            _show_rates,
        )
        self._add(
            LinesChart(
                "Worst class",
                "Class accuracy of the worst class, and of all (dashed): where they lie far "
                "apart, G leaves a class out.",
            ),
            _show_worst,
        )
        # In the order in which they are shown.
        self.charts = [chart for chart, _show in self._shows]

    def _add(self, chart: Kind, show: Callable[[Kind, ShownGame], None]) -> None:
        self._shows.append((chart, lambda seen: show(chart, seen)))

    def show_run(self, run: RunView | None, cursor: int | None, only: Chart | None = None) -> None:
        """Show a run on all charts, or on one of them; None empties them."""
        if run is not self._run:
            self._run = run
            for chart in self.charts:
                chart.clear()
        if run is None:
            return
        samples = run.health.samples()
        seen = ShownGame(run, cursor, samples, np.array([it.step for it in samples], np.float64))
        last = run.history.last()
        for chart, show in self._shows:
            if only in (None, chart):
                chart.end = 1.0 if last is None else last["step"]
                show(seen)


def _show_layers(net: str, what: str) -> Callable[[LayersChart, ShownGame], None]:
    def show(chart: LayersChart, seen: ShownGame) -> None:
        names, values = layers_over_time(seen.samples, net, what)
        chart.show_steps(seen.steps, seen.cursor)
        chart.show_layers(values, names)

    return show


def _show_answers(chart: HistogramChart, seen: ShownGame) -> None:
    if not seen.samples:
        return
    believes = OBJECTIVES[seen.run.config.objective].belief is not None
    low, high = (0.0, 1.0) if believes else answer_range(seen.here)
    chart.show_shares(answer_shares(seen.here, low, high))
    at = seen.here[-1]
    chart.set_note(
        f"step {at.step:,}: real {np.mean(at.real or 0):.2f}, fake {np.mean(at.fake or 0):.2f}"
    )


def _show_variety(chart: LinesChart, seen: ShownGame) -> None:
    chart.show_steps(seen.steps, seen.cursor)
    chart.show_lines((("generator", np.array([it.variety for it in seen.samples])),))
    if seen.here:
        chart.set_note(f"{seen.here[-1].variety:.2f}")


def _show_norms(chart: LinesChart, seen: ShownGame) -> None:
    data = seen.run.history.view()
    every = max(1, len(data["step"]) // POINTS)
    norms = {who: np.asarray(data[f"grad_norm_{who}"][::every], np.float64) for who in ("d", "g")}
    chart.show_steps(np.asarray(data["step"][::every], np.float64), seen.cursor)
    chart.show_lines((("discriminator", norms["d"]), ("generator", norms["g"])))
    if norms["d"].size:
        d, g = (number_text(float(norms[who][-1])) for who in ("d", "g"))
        chart.set_note(f"D {d}, G {g}")


def _show_rates(chart: LinesChart, seen: ShownGame) -> None:
    chart.show_steps(seen.steps, seen.cursor)
    lines = [("generator", np.array([it.learning_rate for it in seen.samples]))]
    if any(it.gamma for it in seen.samples):
        lines.append(("discriminator", np.array([it.gamma for it in seen.samples])))
    chart.show_lines(tuple(lines))
    if seen.here:
        at = seen.here[-1]
        chart.set_note(f"rate {at.learning_rate:.1e}, γ {number_text(at.gamma)}")


def _show_worst(chart: LinesChart, seen: ShownGame) -> None:
    looks = seen.run.quality.looks()
    chart.show_steps(np.array([it.step for it in looks], np.float64), seen.cursor)
    worst, accuracy = np.array([(it.worst, it.accuracy) for it in looks]).reshape(-1, 2).T
    chart.show_lines((("generator", worst), ("discriminator", accuracy)))
    here = [it for it in looks if seen.cursor is None or it.step <= seen.cursor]
    known = bool(here) and bool(np.isfinite(here[-1].worst))
    chart.set_note(f"worst {here[-1].worst:.0%}, all {here[-1].accuracy:.0%}" if known else "")
