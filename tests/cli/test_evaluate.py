"""``ganview eval`` measures, and refuses what can't be measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganview.cli import main
from ganview.files.model_file import read_model_header, save_model
from ganview.gan.config import TrainConfig
from ganview.gan.trainer import Trainer


@pytest.fixture
def untrained(tmp_path: Path) -> Path:
    images = torch.zeros(20, 1, 28, 28, dtype=torch.uint8)
    labels = torch.arange(20) % 10
    names = tuple("0123456789")
    path = tmp_path / "untrained.safetensors"
    save_model(path, Trainer(TrainConfig(threads=1), images, labels, names).model())
    return path


def test_an_untrained_model_is_far_from_real(untrained: Path, capsys) -> None:
    assert main(["eval", str(untrained), "--json", "--quiet", "--keep", "--samples", "2000"]) == 0
    report = json.loads(capsys.readouterr().out)
    distance = report["figures"]["frechet"]
    assert distance["value"] > 50 * distance["real"]
    assert report["figures"]["accuracy"]["value"] < 0.4
    assert report["figures"]["accuracy"]["real"] > 0.97
    assert np.sum(report["matrix"]) == 2000
    assert report["judge_accuracy"] > 0.99
    kept = read_model_header(untrained).info["report"]
    assert kept["figures"] == report["figures"]


def test_too_few_samples_are_refused(untrained: Path, capsys) -> None:
    assert main(["eval", str(untrained), "--samples", "10"]) == 2
    assert "2000 or more" in capsys.readouterr().err


def test_data_of_another_shape_is_refused(untrained: Path, tmp_path: Path, capsys) -> None:
    for name in ("a", "b"):
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for index in range(2):
            Image.new("RGB", (40, 40), (index * 100, 0, 0)).save(folder / f"{index}.png")
    assert main(["eval", str(untrained), "--data", str(tmp_path / "photos"), "--quiet"]) == 2
    assert "shape" in capsys.readouterr().err
