"""Ranks pictures by how rare they are, in the background, whenever they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from ganview.runtime.jobs import LatestJob, RunJob

if TYPE_CHECKING:
    from ganview.gan.model import Model
    from ganview.runtime.landscapes import Ranked

Asked = tuple["Model", NDArray[np.uint8], list[int | None]]  # what drew, pictures, their classes


class Ranker(QObject):
    """Ranks what is on show after it has changed, one order at a time.

    Parameters
    ----------
    pause_ms
        From a change to the work, in which more changes count as one.
    ask
        Returns what to rank by then; None for nothing.
    """

    ranked = Signal(object)  # a `Ranked`; None for data without a landscape

    def __init__(
        self, run: RunJob, pause_ms: int, ask: Callable[[], Asked | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._ask, self._pause_ms = ask, pause_ms
        self._job = LatestJob(run, "ranking pictures", self.ranked.emit)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._work)

    def follow(self, *, now: bool = False) -> None:
        """Rank what is on show, which has changed, before long or now."""
        if now:
            self._timer.start(0)
        elif not self._timer.isActive():
            self._timer.start(self._pause_ms)

    def _work(self) -> None:
        if self._job.busy:  # its answer would be taken for that to a newer order
            self._timer.start(self._pause_ms)
            return
        asked = self._ask()
        if asked is None:
            return

        def work() -> Ranked | None:
            from ganview.runtime.landscapes import rank_pictures

            return rank_pictures(*asked)

        self._job.order(work)
