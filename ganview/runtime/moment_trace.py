"""A trace of a run's past: the step from a moment, or as much of it as what was kept allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.gan.tracing import trace_gradients, trace_step
from ganview.gan.trainer import Trainer
from ganview.gan.trainer_state import load_state, settings_for
from ganview.runtime import landscapes

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset
    from ganview.gan.model import Model
    from ganview.gan.step_trace import Pinned, StepTrace
    from ganview.runtime.run_view import RunView


class MomentTracer:
    """Traces moments of one run after another; for one background thread at a time.

    Where the whole state was kept the next step is done, on copies: the one that the run did, bit
    for bit. Else there are D and the averaged generator, but no optimiser and no auxiliary
    classifier: the trace ends before the update, its costs are without that classifier, and its
    batch is the same at each moment, so that moments can be compared.
    """

    def __init__(self) -> None:
        self._run: RunView | None = None
        self._trainers: dict[bool, Trainer] = {}  # of whole states, and of models alone

    def trace(self, run: RunView, step: int, pinned: Pinned | None = None) -> StepTrace:
        """Trace a step from a kept moment, or from the newest before it.

        Raises
        ------
        UserError
            No model with its discriminator is kept so early, or the data is not at hand.
        """
        state, model = run.state_at(step), run.model_at(step)
        if state is None and model.discriminator is None:
            raise UserError(
                "Of this moment G alone was kept: without D there are no answers, no costs and no "
                "gradients. Choose a moment that kept D."
            )
        trainer = self._trainer_of(run, model, whole=state is not None)
        if trainer.spec != model.spec:
            raise UserError("The data is no longer what this run learned from.")
        if state is None:
            stand_at(trainer, model)
            return trace_gradients(trainer, pinned)
        load_state(trainer, *state)
        return trace_step(trainer, pinned=pinned)[1]

    def _trainer_of(self, run: RunView, model: Model, *, whole: bool) -> Trainer:
        if run is not self._run:
            self._run, self._trainers = run, {}
        if whole not in self._trainers:
            config = settings_for(model.spec, run.config.with_(device="cpu"))
            if not whole:
                config = config.with_(aux_weight_g=0.0, aux_weight_g_end=0.0)
            data = dataset_at_hand(model, run).divided(config.hold_out)[0]
            self._trainers[whole] = Trainer(config, data.images, data.labels, data.class_names)
        return self._trainers[whole]


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
