"""A trace of a run's past: what the gradients were at a moment, by weights that were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.gan.tracing import trace_gradients
from ganview.gan.trainer import Trainer
from ganview.runtime import landscapes

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.model import Model
    from ganview.gan.step_trace import Pinned, StepTrace
    from ganview.runtime.run_view import RunView


class MomentTracer:
    """Traces moments of one run after another; for one background thread at a time.

    A moment keeps D and the averaged generator, but no optimiser and no auxiliary classifier: its
    trace ends before the update, and its costs are without that classifier. The batch is the same
    at each moment of a run, so that moments can be compared.
    """

    def __init__(self) -> None:
        self._run: RunView | None = None
        self._trainer: Trainer | None = None

    def trace(self, run: RunView, step: int, pinned: Pinned | None = None) -> StepTrace:
        """Trace the newest moment that is not after a step.

        Raises
        ------
        UserError
            No model with its discriminator is kept so early, or the data is not at hand.
        """
        model = run.model_at(step)
        if model.discriminator is None:
            raise UserError("This moment was kept without its discriminator.")
        trainer = self._trainer_of(run, model)
        if trainer.spec != model.spec:
            raise UserError("The data is no longer what this run learned from.")
        stand_at(trainer, model)
        return trace_gradients(trainer, pinned)

    def _trainer_of(self, run: RunView, model: Model) -> Trainer:
        if self._trainer is None or run is not self._run:
            config = run.config.with_(aux_weight_g=0.0, aux_weight_g_end=0.0, device="cpu")
            data = dataset_at_hand(model, run).divided(config.hold_out)[0]
            self._trainer = Trainer(config, data.images, data.labels, data.class_names)
            self._run = run
        return self._trainer


def dataset_at_hand(model: Model, run: RunView | None) -> Dataset:
    """Return what a model of a run, or of none, learned from.

    Raises
    ------
    UserError
        It can't be read, or is at a path that nobody agreed to open.
    """
    found = landscapes.data_of_run(model, run, ())
    if isinstance(found, DataSource):
        raise UserError(
            f"This run learned from {found.name}. Go on with it, and its images are at hand."
        )
    return found


def stand_at(trainer: Trainer, model: Model) -> None:
    """Give a trainer a model's weights, step and number of images seen, and the first batch."""
    assert model.discriminator is not None
    trainer.generator.load_state_dict(model.generator.state_dict())
    trainer.discriminator.load_state_dict(model.discriminator.state_dict())
    trainer.step_count = int(model.info.get("step") or 0)
    trainer.images_seen = int(model.info.get("images_seen") or 0)
    trainer.batches.random.manual_seed(trainer.config.seed)
