"""Finds out what there is to work on, which decides the commands that are enabled."""

from __future__ import annotations

from functools import reduce
from operator import or_

from ganview.app.controllers.actions import Need
from ganview.app.controllers.app_model import AppModel
from ganview.app.controllers.training import Training
from ganview.app.explorer.explorer_panel import Explorer
from ganview.app.window.moment_commands import MomentCommands
from ganview.runtime.messages import RunState


def given_needs(
    app_model: AppModel, training: Training, explorer: Explorer, moments: MomentCommands
) -> Need:
    """Return all needs that are met."""
    run, state = app_model.run, explorer.state
    met = {
        Need.ENGINE | Need.MODEL: app_model.model is not None,
        Need.RUN: training.exists,
        Need.HERE: run is None or run is app_model.trained,
        Need.PAUSED: training.state is not RunState.TRAINING,
        Need.SAMPLES: app_model.samples is not None,
        Need.PAST: run is not None and bool(run.moments()),
        Need.CURVES: run is not None and len(run.history) > 0,
        Need.QUALITY: run is not None and len(run.quality) > 0,
        Need.FOLDER: app_model.run_folder is not None,
        Need.PATH: len(explorer.pins) > 1,
        Need.TRAINED: moments.can_keep,
        Need.NETWORKS: moments.can_branch,
        Need.UNDO: state.can_undo,
        Need.REDO: state.can_redo,
    }
    return reduce(or_, (need for need, is_met in met.items() if is_met), Need.NOTHING)
