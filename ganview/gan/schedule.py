"""How a setting moves while images are seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ganview.gan.config import TrainConfig


def cosine_progress(images_seen: int, length: int) -> float:
    """Return half a cosine from 0 to 1 over ``length`` images; 1 ever after."""
    t = min(images_seen / length, 1.0)
    return (1 - math.cos(math.pi * t)) / 2


def geometric(start: float, end: float, share: float) -> float:
    """Return the value ``share`` (0 to 1) of the way from start to end in equal ratios.

    Where an end is 0, which no ratio reaches, the way is straight.
    """
    if start <= 0 or end <= 0:
        return start + (end - start) * share
    return float(start * (end / start) ** share)


@dataclass(frozen=True)
class Schedule:
    """The values of a run's scheduled settings after a number of images seen."""

    config: TrainConfig

    def _penalty_share(self, images_seen: int) -> float:
        return cosine_progress(images_seen, self.config.gamma_images)

    def gamma(self, images_seen: int) -> float:
        """Return the weight γ of the gradient penalty."""
        share = self._penalty_share(images_seen)
        return geometric(self.config.gamma, self.config.gamma_end, share)

    def aux_weight_g(self, images_seen: int) -> float:
        """Return the weight of the auxiliary classifier in G's cost."""
        share = self._penalty_share(images_seen)
        return geometric(self.config.aux_weight_g, self.config.aux_weight_g_end, share)

    def beta2(self, images_seen: int) -> float:
        """Return Adam's memory of the squared gradient."""
        share = self._penalty_share(images_seen)
        return 1 - geometric(1 - self.config.beta2, 1 - self.config.beta2_end, share)

    def learning_rate(self, images_seen: int) -> float:
        """Return the length of Adam's next step."""
        config = self.config
        share = cosine_progress(images_seen, config.learning_rate_images)
        rate = geometric(config.learning_rate, config.learning_rate_end, share)
        seen = images_seen + config.batch_size
        warm = min(1.0, seen / config.warmup_images) if config.warmup_images else 1.0
        return rate * warm
