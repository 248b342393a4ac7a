"""A run that is compared with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ganview.errors import UserError
from ganview.runtime.messages import SampleGrid
from ganview.runtime.run_view import RunView


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """A run that is compared."""

    name: str  # what it is called
    run: RunView  # its numbers and its past
    # Returns the newest samples of a run that learns here; None where the folder has them.
    newest: Callable[[], SampleGrid | None] | None = None
    missing: frozenset[str] = frozenset()  # names of settings that did not exist when it began

    def kept_step(self, step: int | None) -> int | None:
        """Return the step of the newest samples kept that are not after ``step``, if any are.

        The newest samples of a run that learns here need not be kept: there it is None.
        """
        if step is None and self.newest is not None:
            return None
        kept = [info.step for info in self.run.moments() if info.has_samples]
        earlier = [at for at in kept if step is None or at <= step]
        return earlier[-1] if earlier else None

    def samples_at(self, step: int | None) -> SampleGrid | str:
        """Return the samples at a step, or a sentence on why there are none; reads a file."""
        if step is None and self.newest is not None and (grid := self.newest()) is not None:
            return grid
        kept = self.kept_step(step)
        if kept is None:
            return "No samples were kept so early."
        try:
            return self.run.samples_at(kept)
        except UserError as error:
            return str(error)
