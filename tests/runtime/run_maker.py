"""Run folders made in a moment, without training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ganview.files.moment_info import Moment
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig
from ganview.gan.metrics.quality import Quality

LOOK = Quality(320, 20, 12.5, 1.0, 0.9, 0.98, 0.7, 1000, "08567f50")


def make_run(
    path: Path,
    config: TrainConfig | None = None,
    *,
    steps: int = 20,
    look: Quality | None = LOOK,
    level: int = 100,
) -> Path:
    """Make the folder of a run that has learned nothing, with numbers and a grid of one grey."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with RunFolder.create(path, config or TrainConfig()) as run:
        run.append_metrics(
            {
                "step": step,
                "images_seen": 16 * step,
                "seconds": step / 10,
                "loss_d": 1.0 / step,
                "loss_g": 2.0,
                "y_hat_real": 0.5,
                "y_hat_fake": 0.5,
            }
            for step in range(1, steps + 1)
        )
        if look is not None:
            run.append_quality([look.to_row(2.0)])
        run.save_moment(Moment(steps, 1.0, np.full((8 * 28, 10 * 28), level, np.uint8), None))
        run.save_checkpoint({}, {"step": steps})
    return path
