"""Has the models of a run measured along the way, notes what was found, and keeps the best."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ganview.errors import UserError
from ganview.files.moment_info import Mark, Moment
from ganview.runtime import quality_monitor
from ganview.runtime.channels import Channels, QualityFound
from ganview.runtime.notable import is_best, is_first_recognised
from ganview.runtime.quality_monitor import QualityMonitor

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.metrics.quality import Quality
    from ganview.runtime.run_saver import RunSaver


class QualityWatch:
    """Measures in a thread of its own, if there is an evaluator for this data.

    For the run's thread, whose processor time counts from now on.
    """

    def __init__(
        self, channels: Channels, saver: RunSaver, dataset: Dataset, hold_out: int
    ) -> None:
        self._channels, self._saver = channels, saver
        self._began = time.thread_time()
        self._measured: Moment | None = None
        self._monitor: QualityMonitor | None = None
        say = channels.quality.mark_unavailable
        try:
            prepare = quality_monitor.evaluator_factory(dataset, hold_out, say)
        except UserError as error:
            say(str(error))
            return
        # called in the monitor's thread
        self._monitor = QualityMonitor(
            prepare, lambda found: channels.inbox.put(QualityFound(found))
        )

    def submit(self, moment: Moment, threads: int, *, resting: bool) -> None:
        """Have a model measured if it is time; while training rests it costs nothing."""
        if self._monitor is not None and moment.step and moment.model is not None:
            training_cpu_s = (time.thread_time() - self._began) * max(1, threads)
            if self._monitor.submit(moment.model, training_cpu_s, resting=resting):
                self._measured = moment
                self._channels.quality.expect(moment.step)

    def take(self, found: Quality, step: int, threads: int) -> None:
        """Note a measurement, unless the run went back to ``step`` meanwhile."""
        record = self._channels.quality
        if self._monitor is None or not record.newest < found.step <= step:
            return
        moment = self._measured
        looks = record.looks()
        if moment is not None and moment.step == found.step and is_best(found, looks):
            self._saver.add_best(moment)
        if is_first_recognised(found, looks):
            self._saver.add_mark(Mark(found.step, "first digits"))
        record.append(found, self._monitor.interval / max(1, threads))
        self._saver.add_quality(found.to_row(self._channels.history.seconds_at(found.step)))

    def close(self) -> None:
        """Give up what is being measured."""
        if self._monitor is not None:
            self._monitor.close()
