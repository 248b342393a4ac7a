"""What is said of data before it is learned."""

from __future__ import annotations

import numpy as np
import torch

from ganview.data.dataset import Dataset
from ganview.data.scan import Scan, scan_data
from ganview.data.source import DIGITS, DataSource

RNG = np.random.default_rng(0)


def scan_of(images, labels=None, names=()):
    planes = torch.from_numpy(np.array(images, np.uint8))
    of = None if labels is None else torch.tensor(labels)
    return Scan.of(DataSource("x"), Dataset("x", planes, of, names, ""))


def noise(count, channels=1):
    return RNG.integers(0, 256, (count, channels, 28, 28), np.uint8)


def test_the_digits_leave_nothing_to_be_said():
    scan = scan_data(DIGITS)
    assert scan.warnings == ()
    assert [one.count for one in scan.classes][:2] == [5923, 6742]
    assert scan.classes[3].thumbnails.shape == (8, 28, 28)


def test_thumbnails_are_the_first_pictures_of_each_class_as_they_are_learned():
    images = noise(6, 3)
    scan = scan_of(images, [1, 0, 1, 0, 1, 1], ("a", "b"))
    assert [one.count for one in scan.classes] == [2, 4]
    assert (scan.classes[0].thumbnails == np.moveaxis(images[[1, 3]], 1, 3)).all()


def said(scan):
    return " ".join(scan.warnings)


def test_few_and_unequal_classes_are_named():
    scan = scan_of(noise(310), [0] * 300 + [1] * 10, ("cat", "dog"))
    assert "by heart: dog." in said(scan)
    assert "300 of cat, 10 of dog" in said(scan)
    assert "few" in said(scan_of(noise(100)))
    assert scan_of(noise(1200)).warnings == ()


def test_pictures_that_teach_nothing():
    black = noise(1200) // 40
    assert "nearly black" in said(scan_of(black))
    assert "nearly alike" in said(scan_of(np.repeat(noise(1), 1200, 0)))
    flat = np.broadcast_to(RNG.integers(0, 256, (1200, 1, 1, 1), np.uint8), (1200, 1, 28, 28))
    assert "one colour" in said(scan_of(flat))
