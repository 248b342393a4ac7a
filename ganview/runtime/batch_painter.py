"""Draws pictures from noise in small batches, so that more urgent requests don't wait long."""

from __future__ import annotations

import time

import numpy as np
import torch
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.gan.model import Model, as_condition, to_uint8

CHUNK_SECONDS = 0.006  # that a piece of a large request should take: less than half a frame
CHUNK_SIZES = (4, 8, 16, 32, 64, 128)  # few, since each new one makes torch plan its work again
WHOLE = 64  # images up to which an urgent request is painted in one piece


class BatchPainter:
    """Draws with one model, in batches whose size follows from how fast it was so far.

    Parameters
    ----------
    model : Model
        Nobody may change it from here on.
    like : BatchPainter, optional
        The previous one, whose speed holds for networks of the same shape.
    """

    def __init__(self, model: Model, like: BatchPainter | None = None) -> None:
        self.model = model
        self.is_warm = False
        self.made = time.perf_counter()
        self._seconds_an_image = 0.0  # not known yet
        if like is not None and like.model.spec == model.spec:
            self.is_warm = like.is_warm
            self._seconds_an_image = like._seconds_an_image

    def chunk_size(self, left: int, *, urgent: bool) -> int:
        """Return how many of the ``left`` images of a request to paint next."""
        if urgent and left <= WHOLE:
            return left
        if self._seconds_an_image == 0.0:
            return min(left, CHUNK_SIZES[0])
        fitting = [size for size in CHUNK_SIZES if size * self._seconds_an_image <= CHUNK_SECONDS]
        return min(left, fitting[-1] if fitting else CHUNK_SIZES[0])

    def paint(
        self, z: NDArray[np.float32], y: NDArray[np.float32] | None, *, want_belief: bool
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32] | None]:
        """Paint z (N, z_dim) of class weights y (N, K): images (N, H, W[, 3]) and beliefs (N,)."""
        began = time.perf_counter()
        condition = as_condition(y)
        images = self.model.generate(torch.from_numpy(z), condition)
        beliefs = self.model.read_images(images, condition) if want_belief else None
        pictures = to_uint8(images)
        seconds = (time.perf_counter() - began) / len(z)
        known = self._seconds_an_image
        self._seconds_an_image = seconds if known == 0.0 else (3 * known + seconds) / 4
        return pictures, beliefs

    def check(self, z: NDArray[np.float32], y: NDArray[np.float32] | None) -> None:
        """Raise `UserError` unless noise and classes fit the model."""
        spec = self.model.spec
        if z.ndim != 2 or len(z) == 0 or z.shape[1] != spec.z_dim:
            raise UserError(
                f"The noise has shape {z.shape}, but this model takes (N, {spec.z_dim})."
            )
        if not spec.classes:
            if y is not None:
                raise UserError("This model has no classes to choose from.")
        elif y is None or y.shape != (len(z), spec.classes):
            shape = None if y is None else y.shape
            raise UserError(
                f"The class weights have shape {shape}, "
                f"but this model takes ({len(z)}, {spec.classes})."
            )

    def warm_up(self) -> None:
        """Paint nothing in particular, so that the first real picture comes as fast as the next.

        torch plans convolutions anew for every number of images, and an explorer asks for one
        picture a class, or for one more where classes are mixed.
        """
        classes = self.model.spec.classes
        for count in (classes, classes + 1) if classes else (1,):
            z = np.zeros((count, self.model.spec.z_dim), np.float32)
            y = np.full((count, classes), 1 / classes, np.float32) if classes else None
            self.paint(z, y, want_belief=True)
            self._seconds_an_image = 0.0  # planning is not painting
            self.paint(z, y, want_belief=False)
        self.is_warm = True
