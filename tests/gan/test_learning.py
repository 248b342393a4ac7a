"""The default settings learn to draw digits: some ten seconds of training on one thread."""

from __future__ import annotations

import torch

from ganview.data.digits import load_digits
from ganview.files.evaluators import shipped_evaluators
from ganview.gan.presets import DEFAULT_PRESET, PRESETS
from ganview.gan.trainer import Trainer

STEPS = 400
CLASS_ACCURACY = 0.75


def test_the_default_learns_to_draw_each_class() -> None:
    digits = load_digits("train")
    config = PRESETS[DEFAULT_PRESET].config
    trainer = Trainer(config, digits.images, digits.labels, digits.class_names)
    for _ in range(STEPS):
        trainer.step()
    labels = torch.arange(10).repeat(50)
    z = torch.randn(len(labels), config.z_dim, generator=torch.Generator().manual_seed(0))
    images = trainer.model().generate(z, labels).add(1).mul(127.5)  # 0 to 255
    classifier = shipped_evaluators().classifier
    with torch.inference_mode():
        right = (classifier(images).argmax(1) == labels).float()
    assert right.mean() > CLASS_ACCURACY
    assert right.view(50, 10).mean(0).min() > 0.4  # of every class
