"""A run that trains in a thread of this process; without torch until that thread begins."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ganview.runtime.channels import Channels, Command, RunOptions, Stop
from ganview.runtime.error_text import describe_error
from ganview.runtime.messages import RunState, Snapshot
from ganview.runtime.run_view import Past
from ganview.runtime.worker import Worker

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.files.run_folder import RunFolder
    from ganview.gan.config import TrainConfig
    from ganview.runtime.distributed import RunStore


class LocalRun(Past, Worker):
    """A run in its own thread: starts idle, with the samples of the untrained network.

    `send` may be called from any thread and returns at once; commands are obeyed in turn, between
    two steps. A reset makes another run, so that history, quality and snapshots never change what
    they are of. Call `stop` and `join` before letting it go, or use it
    in a ``with`` statement.

    Attributes
    ----------
    config, folder, data_name, history, quality, health
        As those of `ganview.runtime.run_view.RunView`.
    snapshots : Latest of Snapshot
        At every change of state, and at intervals while training.
    traces : Latest of StepTrace
        While they are asked for by a `Trace`.
    """

    def __init__(
        self, config: TrainConfig, dataset: Dataset, options: RunOptions | None = None
    ) -> None:
        chosen = options or RunOptions()
        store = chosen.store
        super().__init__(_folder_of(store))
        self.config, self.data_name, self.dataset = config, dataset.name, dataset
        self.folder = store.path if store is not None else None
        self._channels = own = Channels()
        self.snapshots, self.history, self.quality = own.snapshots, own.history, own.quality
        self.traces, self.health = own.traces, own.health

        def train() -> None:
            try:
                from ganview.runtime.training_loop import TrainingLoop

                TrainingLoop(own, config, dataset, chosen).run()
            except Exception as error:  # noqa: BLE001 - an error in a thread is a value
                sentence, details = describe_error(error, "training")
                if store is not None:
                    store.close()
                own.snapshots.put(Snapshot(RunState.FAILED, error=sentence, details=details))

        self._thread = threading.Thread(target=train, name="ganview-trainer")
        self._thread.start()

    def send(self, command: Command) -> None:
        """Have a command obeyed after the step that is being done."""
        self._channels.inbox.put(command)

    def stop(self) -> None:
        """Finish the step, save, and end the thread."""
        self.send(Stop())


def _folder_of(store: RunStore | None) -> RunFolder | None:
    if store is None:
        return None
    from ganview.files.run_folder import RunFolder  # which is loaded by now

    return store if isinstance(store, RunFolder) else None
