from __future__ import annotations

import pytest

from ganview.gan.presets import PRESETS, nearest_preset


@pytest.mark.parametrize("name", PRESETS)
def test_the_preset_of_a_run_is_found_again_with_what_was_changed(name: str) -> None:
    config = PRESETS[name].config
    assert nearest_preset(config.with_(seed=9, threads=2)) == (PRESETS[name], ())
    if config.architecture == "auto":  # a run of the time when residual networks were the default
        assert nearest_preset(config.with_(architecture="residual")) == (PRESETS[name], ())
    assert nearest_preset(config.with_(ema_half_life=7)) == (PRESETS[name], ("ema_half_life",))
