"""A set of images, whole in memory, from which the trainer draws its own batches."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ganview.errors import UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.data.listing import LeftOut
    from ganview.data.pictures import Preparation

MIN_SIDE, MAX_SIDE = 28, 128
SPLIT_SEED = 0  # of what is held out
MAX_NAME = 200  # characters in the name of data


@dataclass(frozen=True)
class Reading:
    """What came of reading data, for a person who wants to know."""

    left_out: LeftOut = field(default_factory=dict)  # what is not learned, by the reason
    notes: tuple[str, ...] = ()  # sentences about what was assumed
    # What was done to each picture; None where they are learned as they are.
    preparation: Preparation | None = None
    # What `DataSource.options` of the source was, with all that was found out; and the levels of
    # its preparation.
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and, where there are any, their labels.

    Parameters
    ----------
    images : Tensor
        uint8 (N, C, H, W), C 1 (grey) or 3 (colour), sides 28 to 128.
    labels : Tensor or None
        int64 (N,) in 0 … K − 1.
    class_names : tuple of str
        K names; empty without labels.
    sha256 : str
        Of the content, so that two runs can tell whether they saw the same data.
    unseen : Dataset, optional
        Its own part for tests, where it is divided already.

    Raises
    ------
    UserError
        The images or labels do not fit this description.
    """

    name: str
    images: Tensor
    labels: Tensor | None
    class_names: tuple[str, ...]
    sha256: str
    reading: Reading = Reading()
    unseen: Dataset | None = None

    def __post_init__(self) -> None:
        images, labels = self.images, self.labels
        if images.dtype != torch.uint8 or images.ndim != 4 or not images.is_contiguous():
            raise ValueError("images must be one contiguous uint8 tensor (N, C, H, W)")
        count, channels, height, width = images.shape
        if count < 2:
            raise UserError(f"The data '{self.name}' holds fewer than two images.")
        if channels not in (1, 3):
            raise UserError(f"The images of '{self.name}' have {channels} channels, not 1 or 3.")
        if not (MIN_SIDE <= height <= MAX_SIDE and MIN_SIDE <= width <= MAX_SIDE):
            raise UserError(
                f"The images of '{self.name}' are {width} × {height} pixels; "
                f"sides from {MIN_SIDE} to {MAX_SIDE} can be learned."
            )
        if labels is None:
            if self.class_names:
                raise ValueError("class names without labels")
            return
        if labels.dtype != torch.int64 or labels.shape != (count,):
            raise UserError(f"'{self.name}' has {count} images, but not one label for each.")
        if int(labels.min()) < 0 or int(labels.max()) >= len(self.class_names):
            raise UserError(f"'{self.name}' has labels for which there is no class.")

    def __len__(self) -> int:
        return int(self.images.shape[0])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of one image."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def renamed(self, class_names: tuple[str, ...]) -> Dataset:
        """Return the same images with other names of the classes, in the same order.

        Raises
        ------
        UserError
            They are not as many different names as there are classes.
        """
        if len(class_names) != len(self.class_names) or len(set(class_names)) < len(class_names):
            raise UserError(
                f"'{self.name}' has {len(self.class_names)} classes: give as many different names."
            )
        named = hashlib.sha256(repr(class_names).encode()).hexdigest()
        unseen = None if self.unseen is None else self.unseen.renamed(class_names)
        return replace(
            self, class_names=class_names, sha256=joined_hash(self.sha256, named), unseen=unseen
        )

    def divided(self, hold_out: int) -> tuple[Dataset, Dataset | None]:
        """Return what is learned, and ``hold_out`` images kept from training; or None.

        With 0, data that is divided already gives its own part for tests.

        Where the images are in no order of class, as the digits are, they are the last ones, as in
        every version of ganview. Otherwise every class gives its share of them, to within one
        image. Which they are depends on nothing but the data and their number, so that all models
        are measured on the same.

        Raises
        ------
        UserError
            More than half would be kept.
        """
        if not hold_out:
            return self, self.unseen
        if hold_out > len(self) // 2:
            raise UserError(
                f"At most half of the {len(self):,} images of '{self.name}' can be held out."
            )
        held = torch.zeros(len(self), dtype=torch.bool)
        if self._ends_with_fair_shares(hold_out):
            held[-hold_out:] = True
        else:
            order = torch.randperm(len(self), generator=torch.Generator().manual_seed(SPLIT_SEED))
            if self.labels is not None:
                order = order[torch.argsort(self.labels[order], stable=True)]
            held[order[(2 * torch.arange(hold_out) + 1) * len(self) // (2 * hold_out)]] = True
        parts = []
        for part in (~held, held):
            labels = None if self.labels is None else self.labels[part]
            parts.append(replace(self, images=self.images[part], labels=labels, unseen=None))
        return parts[0], parts[1]

    def _ends_with_fair_shares(self, count: int) -> bool:
        """Tell whether the last images have each class as often as chance would give it there.

        That is within four standard deviations of a Poisson count, and at least once.
        """
        if self.labels is None:
            return False
        classes = len(self.class_names)
        expected = torch.bincount(self.labels, minlength=classes) * (count / len(self))
        last = torch.bincount(self.labels[-count:], minlength=classes)
        fair = (last - expected).abs() <= 4 * expected.sqrt()
        return bool((fair & ((last > 0) | (expected == 0))).all())


def plain_name(text: str) -> str:
    """Return the name of a file or folder as it may be kept in a model file and shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:MAX_NAME]


def joined_hash(*hashes: str) -> str:
    """Return the SHA-256 of hexadecimal hashes written one after another: one for several files."""
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def content_hash(
    images: NDArray[np.uint8], labels: NDArray[np.int64] | None, class_names: tuple[str, ...]
) -> str:
    """Return the SHA-256 of pixels, shape, labels and names, for data without a file of its own."""
    digest = hashlib.sha256(repr((images.shape, class_names, labels is not None)).encode())
    digest.update(np.ascontiguousarray(images).data)
    if labels is not None:
        digest.update(np.ascontiguousarray(labels, dtype="<i8").data)
    return digest.hexdigest()
