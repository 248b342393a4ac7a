"""How good two models are, and in which settings they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganview.app.formatting import setting_text
from ganview.app.widgets.text import name_text
from ganview.gan.config import SETTINGS

if TYPE_CHECKING:
    from ganview.gan.metrics.quality import Quality
    from ganview.gan.model import Model
    from ganview.runtime.jobs import ShouldStop

MACHINE = ("threads", "device")  # settings that are no part of what is learned


def measure_quality(model: Model, should_stop: ShouldStop) -> Quality | None:
    """Measure a model as its run would; for background threads."""
    from ganview.files.evaluators import evaluator_for
    from ganview.gan.metrics.online import Cancelled

    evaluator = evaluator_for(model)
    try:
        return None if evaluator is None else evaluator(model, should_stop)
    except Cancelled:
        return None  # nobody waits for it


def differing_settings(one: Model, other: Model) -> tuple[list[str], list[str]]:
    """Return "label value" of each setting in which two models differ, as far as both know it."""
    mine, others = (model.info.get("config") for model in (one, other))
    if not isinstance(mine, dict) or not isinstance(others, dict):
        return [], []
    both = [
        (info.label, mine[name], others[name])
        for name, info in SETTINGS.items()
        if name not in MACHINE and name in mine and name in others and mine[name] != others[name]
    ]
    left = [f"{label} {name_text(setting_text(value))}" for label, value, _ in both]
    right = [f"{label} {name_text(setting_text(value))}" for label, _, value in both]
    return left, right
