"""How many processors a run trains with: as its settings say, or measured, and measured again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ganview.runtime import threads

if TYPE_CHECKING:
    from ganview.gan.config import TrainConfig
    from ganview.gan.trainer import Trainer


class Processors:
    """The thread count of a run's thread.

    Parameters
    ----------
    config : TrainConfig
        Settings of the run.
    known : int
        Count to begin with if the settings name none; 0 where it is to be measured.

    Attributes
    ----------
    count : int
        Threads in use; 0 until they are measured.
    """

    def __init__(self, config: TrainConfig, known: int = 0) -> None:
        self.count = config.threads or known
        self._config = config
        self._watch = threads.BusyWatch()
        self._automatic = False

    def begin(self, trainer: Trainer, recorded: int | None) -> None:
        """Use as many as a run begins with.

        Parameters
        ----------
        trainer : Trainer
            Of the run.
        recorded : int or None
            What its checkpoint says, which is taken unless the settings name a number: another
            count would round differently from here on. None for a run that is new.
        """
        on_cpu = trainer.device.type == "cpu"
        if recorded is not None:
            self.count = self._config.threads or recorded
        if not on_cpu:
            self.count = self.count or 1
        if self.count:
            threads.use_threads(self.count)
        self._automatic = on_cpu and not self._config.threads

    def measure(self, make_trainer: Callable[[], Trainer], interrupted: Callable[[], bool]) -> None:
        """Choose the count on a trainer that is thrown away: the run itself sees nothing.

        It ends early, with the best found so far, when ``interrupted()`` says yes.
        """
        trial = make_trainer()
        most, before = threads.usable_processors(), self.count
        self.count = threads.fastest(trial.step, most, interrupted)
        self._watch.measured(self.count, most, changed=self.count != before)

    def stepped(self, seconds: float) -> bool:
        """Note the time of a step; True when it is time to measure again."""
        return self._automatic and self._watch.stepped(seconds)


def is_same_work(old: TrainConfig, new: TrainConfig) -> bool:
    """Tell whether two configurations keep a processor busy in the same way."""
    names = ("threads", "architecture", "size", "batch_size", "objective", "device", "d_steps")
    return all(getattr(old, name) == getattr(new, name) for name in names)
