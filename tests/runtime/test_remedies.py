from __future__ import annotations

import pytest

from ganview.gan.config import TrainConfig
from ganview.gan.objectives import OBJECTIVES
from ganview.gan.presets import PRESETS
from ganview.runtime.health import Finding, FindingKind
from ganview.runtime.remedies import find_remedy


def found(*kinds: FindingKind) -> tuple[Finding, ...]:
    return tuple(Finding(kind, "It is wrong.") for kind in kinds)


def test_nothing_found_needs_no_remedy() -> None:
    assert find_remedy((), TrainConfig()) is None


def test_the_preset_that_fails_gets_a_penalty_one_update_and_a_lower_rate() -> None:
    """Trained for 20 s these changes gave a D at 0.69 and 0.29, and digits; fewer did not."""
    config = PRESETS["collapse"].config
    remedy = find_remedy(found(FindingKind.COLLAPSED, FindingKind.D_SATURATED), config)
    assert remedy is not None
    mended = config.with_(**remedy.changes)
    assert OBJECTIVES[mended.objective].penalty == "r1"
    assert (mended.gamma, mended.gamma_end, mended.d_steps) == (1.0, 1.0, 1)
    assert mended.learning_rate == TrainConfig().learning_rate
    for reason in ("3 times", "no gradient penalty", "0.005"):
        assert reason in remedy.sentence


def test_a_discriminator_that_learns_too_fast_is_slowed() -> None:
    remedy = find_remedy(found(FindingKind.D_SATURATED), TrainConfig(d_lr_ratio=20.0))
    assert remedy is not None
    assert remedy.changes["d_lr_ratio"] == TrainConfig().d_lr_ratio
    assert "20 times as fast" in remedy.sentence


@pytest.mark.parametrize("kind", FindingKind)
@pytest.mark.parametrize("name", PRESETS)
def test_every_finding_of_every_preset_has_legal_changes(kind: FindingKind, name: str) -> None:
    config = PRESETS[name].config
    remedy = find_remedy(found(kind), config)
    assert remedy is not None
    assert config.with_(**remedy.changes) != config


def test_a_mended_run_can_be_mended_again() -> None:
    config = TrainConfig()
    for _ in range(8):
        remedy = find_remedy(found(FindingKind.EXPLODED), config)
        assert remedy is not None
        config = config.with_(**remedy.changes)
    assert config.learning_rate < TrainConfig().learning_rate
