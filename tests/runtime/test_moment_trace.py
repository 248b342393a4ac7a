from __future__ import annotations

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.gan.model import Model
from ganview.gan.players import Players
from ganview.gan.tracing import trace_step
from ganview.gan.trainer_state import state_of
from ganview.runtime import landscapes
from ganview.runtime.moment_trace import MomentTracer

from .conftest import SMALL, trainer_for


class KeptRun:
    """A run of which one model is kept."""

    def __init__(self, dataset: Dataset, model: Model, config=SMALL) -> None:
        self.config, self.kept, self.data = config, model, dataset
        self.read = 0
        self.state = None

    def state_at(self, _step: int):
        return self.state

    def model_at(self, _step: int) -> Model:
        return self.kept


@pytest.fixture(autouse=True)
def _data_of_kept_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_data(_model: Model, run: KeptRun, _named: object) -> Dataset | DataSource:
        run.read += 1
        return run.data

    monkeypatch.setattr(landscapes, "data_of_run", find_data)


@pytest.mark.parametrize("conditional", [True, False])
def test_a_moment_is_judged_as_the_run_would_judge_the_same_batch(
    digits: Dataset, conditional: bool
) -> None:
    config = SMALL.with_(conditional=conditional, aux_weight_g=0.0, aux_weight_g_end=0.0)
    trainer = trainer_for(config, digits)
    for _ in range(3):
        trainer.step()
    trainer.generator.load_state_dict(trainer.ema.state_dict())  # a moment keeps the average
    run = KeptRun(digits, trainer.model(), config)
    trace = MomentTracer().trace(run, 3)
    trainer.batches.random.manual_seed(config.seed)
    expected = trace_step(trainer)[1]
    assert not trace.is_applied
    assert trace.step == 3
    assert trace.costs_d == expected.costs_d
    np.testing.assert_array_equal(trace.dcost_g_dx_hat, expected.dcost_g_dx_hat)
    np.testing.assert_array_equal(trace.x_hat, trace.x_hat_after)
    assert [layer.gradient for layer in trace.layers_d] == [
        layer.gradient for layer in expected.layers_d
    ]
    assert {layer.update for layer in trace.layers_d + trace.layers_g} == {0.0}


@pytest.mark.parametrize("changes", [{}, {"objective": "wgan-gp"}, {"conditional": False}])
def test_a_moment_that_kept_all_shows_the_step_that_the_run_did_next(
    digits: Dataset, changes: dict[str, object]
) -> None:
    config = SMALL.with_(**changes)
    trainer = trainer_for(config, digits)
    for _ in range(2):
        trainer.step()
    run = KeptRun(digits, trainer.model(), config)
    run.state = state_of(trainer)
    expected = trace_step(trainer)[1]
    tracer = MomentTracer()
    for _ in range(2):  # what it works on is a copy
        trace = tracer.trace(run, 2)
        assert trace.is_applied
        assert trace.step == 3
        assert (trace.layers_g, trace.layers_d) == (expected.layers_g, expected.layers_d)
        assert (trace.costs_d, trace.costs_g) == (expected.costs_d, expected.costs_g)
        np.testing.assert_array_equal(trace.x_hat_after, expected.x_hat_after)
        assert not np.array_equal(trace.x_hat, trace.x_hat_after)
    run.state = None
    assert not tracer.trace(run, 2).is_applied


def test_every_moment_of_a_run_has_the_same_batch_and_the_data_is_read_once(
    digits: Dataset,
) -> None:
    trainer = trainer_for(SMALL, digits)
    run, tracer = KeptRun(digits, trainer.model()), MomentTracer()
    first = tracer.trace(run, 0)
    trainer.step(Players.D)
    run.kept = trainer.model()
    second = tracer.trace(run, 1)
    np.testing.assert_array_equal(first.x, second.x)
    np.testing.assert_array_equal(first.z, second.z)
    assert not np.array_equal(first.before.real, second.before.real)
    assert run.read == 1


def test_other_data_or_no_discriminator_is_refused(digits: Dataset) -> None:
    model = trainer_for(SMALL, digits).model()
    run = KeptRun(digits, Model(model.spec, model.generator))
    with pytest.raises(UserError, match="without D"):
        MomentTracer().trace(run, 0)
    coloured = torch.zeros(20, 3, 28, 28, dtype=torch.uint8)
    run = KeptRun(Dataset("other", coloured, torch.arange(20) % 2, ("a", "b"), "0" * 64), model)
    with pytest.raises(UserError, match="no longer"):
        MomentTracer().trace(run, 0)


def test_no_path_of_a_file_is_followed(digits: Dataset) -> None:
    run = KeptRun(digits, trainer_for(SMALL, digits).model())
    run.data = DataSource("/some/where")
    with pytest.raises(UserError, match="Go on with it"):
        MomentTracer().trace(run, 0)
