"""Why a run goes wrong, read from its settings, and which settings mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ganview.gan.config import SETTINGS, TrainConfig
from ganview.gan.objectives import OBJECTIVES
from ganview.runtime.health import Finding, FindingKind

#: Weight of R1 that tamed the preset that fails; see L. Mescheder, A. Geiger and S. Nowozin, "Which
#: training methods for GANs do actually converge?", ICML 2018, for why it does.
FIRM_GAMMA = 1.0
WITH_R1 = "bce-r1"
FAST = 2.0  # times the usual learning rate from which on it counts as a reason
DIVERGED = frozenset({FindingKind.NOT_FINITE, FindingKind.EXPLODED, FindingKind.BLANK})


@dataclass(frozen=True)
class Remedy:
    """What is likely to mend a run."""

    sentence: str  # what in the settings explains it, and what to try
    changes: Mapping[str, Any]  # the settings that it changes, by name


def find_remedy(findings: Sequence[Finding], config: TrainConfig) -> Remedy | None:
    """Return what is likely to mend a run in which something was found, None where nothing was."""
    if not findings:
        return None
    kinds = {finding.kind for finding in findings}
    usual = TrainConfig()
    reasons: list[str] = []
    changes: dict[str, Any] = {}
    words: list[str] = []
    if kinds == {FindingKind.CLASS_IGNORED}:
        pull = max(2 * config.aux_weight_g, usual.aux_weight_g)
        return Remedy(
            "Likely reason: G pays little for a picture of the wrong class. "
            f"Try classifier weight {pull:g}.",
            {"aux_weight_g": pull, "aux_weight_g_end": max(config.aux_weight_g_end, pull / 2)},
        )
    if config.d_steps > usual.d_steps:
        reasons.append(f"D is updated {config.d_steps} times for each update of G")
        changes["d_steps"] = 1
        words.append("one update of D")
    if config.d_lr_ratio > FAST * usual.d_lr_ratio:
        reasons.append(f"D learns {config.d_lr_ratio:g} times as fast as G")
        changes["d_lr_ratio"] = usual.d_lr_ratio
        words.append(f"D {usual.d_lr_ratio:g} times as fast")
    unbounded = OBJECTIVES[config.objective].penalty == "none"
    if unbounded or min(config.gamma, config.gamma_end) < FIRM_GAMMA:
        reasons.append(f"D has {'no' if unbounded else 'a weak'} gradient penalty")
        changes |= {"gamma": FIRM_GAMMA, "gamma_end": FIRM_GAMMA}
        words.append(f"the penalty R1, γ {FIRM_GAMMA:g}" if unbounded else f"γ {FIRM_GAMMA:g}")
    if unbounded:
        changes["objective"] = WITH_R1
    fast = config.learning_rate > FAST * usual.learning_rate
    if fast or not changes or kinds & DIVERGED:
        rate = usual.learning_rate if fast else config.learning_rate / 4
        rate = max(rate, SETTINGS["learning_rate"].low or 0.0)
        reasons.append(f"the learning rate is {config.learning_rate:g}")
        changes |= {"learning_rate": rate, "learning_rate_end": min(rate, config.learning_rate_end)}
        words.append(f"learning rate {rate:g}")
    return Remedy(f"Likely reasons: {', '.join(reasons)}. Try {_listed(words)}.", changes)


def _listed(words: Sequence[str]) -> str:
    """Return words as in "a, b and c"."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
