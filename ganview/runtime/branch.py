"""A branch: a new run that goes on from a step of another run's past.

Its folder holds the past until that step and, as its checkpoint, the state there; so it goes on as
every run does, and it knows its parent. Where the whole state was kept it is the parent's, bit for
bit; else it is made of the generator and the discriminator that were kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganview.errors import UserError
from ganview.runtime.run_setup import RunSetup, open_data_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ganview.data.dataset import Dataset
    from ganview.data.named_sets import OnProgress
    from ganview.data.source import DataSource
    from ganview.files.moment_info import State
    from ganview.files.run_folder import RunFolder
    from ganview.files.run_info import Parent
    from ganview.gan.config import TrainConfig
    from ganview.gan.model import Model, ModelSpec

MOST_NAMED = 12  # classes in a sentence
# Settings that a branch can't change: the networks are made, and which images they never saw.
FIXED = ("architecture", "size", "z_dim", "conditional", "clusters", "hold_out")


@dataclass(frozen=True, eq=False)
class Branch:
    """Where a branch begins."""

    run: RunFolder  # the parent's folder, to read from
    parent: Parent  # what the new run says of it
    state: State  # tensors and values to go on from, as of a checkpoint

    def fill(self, folder: RunFolder) -> None:
        """Give a new folder the past until the step, and the checkpoint.

        Raises
        ------
        UserError
            Something can't be read or written.
        """
        folder.take_past(self.run, self.parent.step)
        folder.save_checkpoint(*self.state)


def set_up_branch(
    path: Path,
    step: int,
    changes: Mapping[str, Any] | None = None,
    source: DataSource | None = None,
    *,
    progress: OnProgress | None = None,
) -> RunSetup:
    """Read what a branch needs, and check that it can go on.

    It begins at the newest step not after ``step`` that can be gone on from; the first of the
    ``notes`` says where that is, and whether it goes on bit for bit.

    Parameters
    ----------
    path : Path
        The parent's folder; it may be training.
    step : int
        Where to branch.
    changes : mapping, optional
        Settings that differ from the parent's, by name.
    source : DataSource, optional
        Where the data is; see `ganview.runtime.run_setup.set_up_resumed_run`. Named here, it may
        hold other pictures than the parent learned from, of the same size and classes.
    progress : callable, optional
        Told (pictures read, pictures in all) now and then.

    Raises
    ------
    UserError
        Nothing was kept to go on from, the networks don't fit the data, or a setting can't change
        here.
    """
    from ganview.files.run_folder import RunFolder
    from ganview.files.run_info import Parent

    run = RunFolder.open(path, write=False)
    before, config = run.info.config, run.info.config.with_(**(changes or {}))
    changed = [name for name in config.to_dict() if getattr(config, name) != getattr(before, name)]
    for name in changed:
        if name in FIXED:
            raise UserError(f"A branch can't change the setting {name}: begin a new run with it.")
    source, dataset = open_data_of(run, source, progress, may_differ=source is not None)
    differs = dataset.sha256 != run.info.data_sha256
    states = run.state_steps() if _learns_the_same(before, config) else []
    at = max((known for known in states if known <= step), default=-1)
    model = _newest_model(run, at, step)
    if model is not None:
        state = _state_of_model(model, config, dataset)
        at = state[1]["step"]
        told = (
            f"The branch goes on with the generator and the discriminator of step {at:,}; the "
            "optimisers begin anew, so it is not bit for bit."
        )
    elif at >= 0:
        state = run.load_checkpoint(at)
        if differs:
            state = _state_for_data(state, config, dataset)
        told = f"The branch goes on from step {at:,}"
        others = [*["settings"] * bool(changed), *["pictures"] * differs]
        told += f", with other {' and '.join(others)}." if others else " bit for bit."
    else:
        raise UserError(
            f"The run in {path} has kept nothing until step {step:,} that a branch can go on from."
        )
    parent = Parent(str(path.absolute()), run.info.name or path.name, at)
    branch = Branch(run, parent, state)
    return RunSetup(config, source, dataset, branch=branch, notes=(told,))


def _learns_the_same(one: TrainConfig, other: TrainConfig) -> bool:
    """Tell whether the same weights learn with these settings, so that optimisers can go on."""
    from ganview.gan.objectives import OBJECTIVES

    pulled = [max(config.aux_weight_g, config.aux_weight_g_end) > 0 for config in (one, other)]
    relative = [OBJECTIVES[config.objective].relativistic for config in (one, other)]
    return pulled[0] is pulled[1] and relative[0] is relative[1]


def _newest_model(run: RunFolder, after: int, until: int) -> Model | None:
    """Return the newest model with a discriminator that was kept between two steps."""
    from ganview.files.model_file import load_model, read_model_header
    from ganview.files.run_files import MODEL

    newest = run.path / MODEL
    files = [file for _, file in run.kept.files("model")]
    headers = [(read_model_header(f), f) for f in (*files, newest) if f.is_file()]
    steps = [
        (int(header.info.get("step", -1)), file)
        for header, file in headers
        if header.has_discriminator and not header.spec.clusters  # which only a state has
    ]
    at, file = max(((at, f) for at, f in steps if after < at <= until), default=(-1, newest))
    return load_model(file) if at >= 0 else None


def _state_for_data(state: State, config: TrainConfig, dataset: Dataset) -> State:
    """Return a state of networks that go on with other pictures of the same kind.

    Raises
    ------
    UserError
        They are of another size or other classes, or the run had sorted them into clusters.
    """
    from ganview.gan.model import ModelSpec, spec_for

    tensors, values = state
    before = ModelSpec.from_dict(values["spec"])
    if before.clusters:
        raise UserError(
            "A run without labels, or of few pictures, sorts its pictures into clusters at the "
            "beginning: it can't go on with others. Begin a new one."
        )
    learned = dataset.divided(config.hold_out)[0]
    labels = learned.labels if config.conditional else None
    spec = spec_for(config, learned.images, labels, learned.class_names, ())
    was, now = before.to_dict(), spec.to_dict()
    differ = {name for name in was if was[name] != now[name]} - {"class_prior"}
    if differ:
        renamed = differ == {"class_names"} and before.classes == spec.classes
        raise UserError(
            f"The networks of this run were made for {_kind(before)}; now there are {_kind(spec)}. "
            + (
                "Call the classes as they were (--class-names), or begin a new run."
                if renamed
                else "Put back what they were, or begin a new run."
            )
        )
    return tensors, {**values, "spec": spec.to_dict()}


def _kind(spec: ModelSpec) -> str:
    channels, height, width = spec.image_shape
    colour = "colour" if channels == 3 else "grey"
    names = ", ".join(spec.class_names[:MOST_NAMED])
    classes = f"the classes {names}{' …' * (spec.classes > MOST_NAMED)}" if names else "no classes"
    return f"{colour} pictures of {width} × {height} pixels, {classes}"


def _state_of_model(model: Model, config: TrainConfig, dataset: Dataset) -> State:
    """Return the state of a trainer that has these networks and stands at their step."""
    from ganview.gan.trainer import Trainer
    from ganview.gan.trainer_state import settings_for, state_of
    from ganview.gan.warm_start import load_weights

    learned = dataset.divided(config.hold_out)[0]
    config = settings_for(model.spec, config)
    trainer = Trainer(config, learned.images, learned.labels, learned.class_names)
    load_weights(trainer, model)
    trainer.step_count = int(model.info.get("step", 0))
    trainer.images_seen = int(model.info.get("images_seen", 0))
    tensors, values = state_of(trainer)
    return tensors, {**values, "run": {"elapsed": float(model.info.get("seconds", 0.0))}}
