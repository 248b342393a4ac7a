"""A panel of judges: what each measures, and the worst of it."""

from __future__ import annotations

import pytest
import torch

from ganview.gan.metrics.classifier import PANEL, ClassifierNet
from ganview.gan.metrics.panel import JudgeFigures, measure_with, worst_ratios
from ganview.gan.metrics.report import panel_figures


@pytest.mark.parametrize("kind", PANEL)
def test_real_pictures_in_place_of_samples_have_the_figures_of_real_pictures(kind):
    images = torch.randint(256, (90, 1, 16, 16), generator=torch.Generator().manual_seed(0))
    first, second = images.to(torch.uint8).split(45)
    figures = measure_with(ClassifierNet((1, 16, 16), 2, kind).eval(), first, first, second)
    assert figures.frechet_ratio == figures.recall_ratio == figures.coverage_ratio == 1.0


def test_the_figures_are_those_of_the_judge_that_likes_the_model_least():
    panel = [
        JudgeFigures("a", 2.0, 1.0, 0.9, 0.9, 0.8, 1.0),
        JudgeFigures("b", 1.5, 0.5, 0.45, 0.9, 0.9, 0.9),
    ]
    assert worst_ratios(panel) == {"frechet": 3.0, "recall": 0.5, "coverage": 0.8}
    assert [figure.value for figure in panel_figures(panel).values()] == [3.0, 0.5, 0.8]


def test_no_judge_has_no_figure():
    assert panel_figures([]) == {}
