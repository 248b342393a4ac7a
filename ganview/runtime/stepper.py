"""Which players the next steps of a run update, how many steps were asked for, which are shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from ganview.gan.health_probe import HealthProbe
from ganview.gan.players import Players
from ganview.gan.tracing import trace_step
from ganview.runtime.health import EXPLODED
from ganview.runtime.health_record import HealthClock
from ganview.runtime.throughput import TimeBudget

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganview.gan.health_sample import HealthSample
    from ganview.gan.step_trace import StepTrace
    from ganview.gan.trainer import Gradients, StepStats, Trainer
    from ganview.runtime.channels import Step, Trace
    from ganview.runtime.mailbox import Latest

TRACE_SECONDS = 0.5  # between two traces of steps that nobody counts, at least
TRACE_SHARE = 0.03  # of the time of training that they may take


class Stepper:
    """Does a run's steps: of both players for ever, or those that were asked for.

    Parameters
    ----------
    traces : Latest of StepTrace
        Where traces go: of the last step of those asked for, and of others now and then.
    """

    def __init__(self, traces: Latest[StepTrace]) -> None:
        self._tracing: Trace | None = None
        self._traces = traces
        self._budget = TimeBudget(TRACE_SECONDS, TRACE_SHARE)
        self._clock = HealthClock()
        self.forget()

    def follow(self, tracing: Trace) -> None:
        """Trace steps from now on, or no more, which costs nothing."""
        self._tracing = tracing if tracing.on else None

    def ask(self, step: Step) -> None:
        """Let the next steps be these."""
        self._players, self._left = step.players, step.count

    def forget(self) -> None:
        """Update both players from now on, without counting."""
        self._players, self._left = Players.BOTH, 0

    def look_again(self) -> None:
        """Take a sample of the next step: earlier ones were given up."""
        self._clock = HealthClock()

    @property
    def counts(self) -> bool:
        """Whether some of the steps that were asked for are still to be done."""
        return self._left > 0

    def step(self, trainer: Trainer, elapsed: float) -> tuple[StepStats, HealthSample | None]:
        """Do a step, ``elapsed`` seconds of training into the run.

        Its health is sampled if that is due, or if training diverges in it.
        """
        is_last = self._left == 1
        probe, sampled = HealthProbe(trainer), self._clock.due(elapsed) or is_last

        def observe(gradients: Gradients) -> None:
            nonlocal sampled
            sampled = sampled or is_wild(gradients)
            if sampled:
                probe.observe(gradients)

        if self._tracing is not None and (is_last or self._budget.due(time.perf_counter())):
            stats = self._step_traced(trainer, self._tracing, observe)
        else:
            stats = trainer.step(self._players, observe)
        if is_last:
            self.forget()
        elif self.counts:
            self._left -= 1
        return stats, probe.sample(stats.step) if sampled else None

    def _step_traced(
        self, trainer: Trainer, tracing: Trace, observe: Callable[[Gradients], None]
    ) -> StepStats:
        began = time.perf_counter()
        stats, trace = trace_step(trainer, self._players, tracing.pinned, observe)
        self._traces.put(trace)
        now = time.perf_counter()
        self._budget.done(now, now - began - stats.step_seconds)
        return stats


def is_wild(gradients: Gradients) -> bool:
    """Tell whether training is diverging: a cost has exploded, or a gradient is not a number.

    Gradients are looked at in the first weights of each network, which what goes wrong in any
    layer reaches: the norms of all would take half a percent of a step.
    """
    costs = float(gradients.d.loss_d), float(gradients.d.loss_g)
    first = [torch.isfinite(grads[0]).all() for grads in gradients.of.values()]
    return not (all(abs(cost) <= EXPLODED for cost in costs) and all(map(bool, first)))
