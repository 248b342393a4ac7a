"""The training images nearest to a generated one, to see whether it is a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CHUNK = 2048  # pictures turned into floats at once
SPARE = 16  # candidates beyond those wanted whose distance is computed again without rounding
SAMPLES = 100  # real pictures from which the usual distances are estimated


@dataclass(frozen=True)
class Neighbours:
    """What `NearestIndex.query` found."""

    indices: NDArray[np.int64]  # int64 (count,), into the training pictures, the nearest first
    distances: NDArray[np.float32]  # float32 (count,), root mean square difference a pixel, 0 to 1
    # The same distance from a real picture to the nearest other real one: the median of many. A
    # picture much nearer than that to a training picture is a copy of it.
    usual: float
    pair: float  # the same distance between two real pictures taken at random: the median of many

    @property
    def copied(self) -> bool:
        """Whether the nearest is less than half as far as real pictures are from each other."""
        return bool(self.distances[0] < self.usual / 2)


class NearestIndex:
    """Training images, searched exhaustively and exactly.

    Parameters
    ----------
    images : array
        uint8 (N, H, W), (N, H, W, C) or (N, C, H, W), N ≥ 1; kept, not copied, if contiguous.
    """

    def __init__(self, images: NDArray[np.uint8] | Tensor) -> None:
        pictures = torch.as_tensor(images)
        if pictures.ndim == 4 and pictures.shape[1] in (1, 3) and pictures.shape[3] not in (1, 3):
            pictures = pictures.permute(0, 2, 3, 1)  # as pictures are shown, channels last
        self._shape = tuple(pictures.shape[1:])
        self._bytes = pictures.reshape(len(pictures), -1)
        parts = [part.float().square().sum(1) for part in self._bytes.split(CHUNK)]
        self._norms = torch.cat(parts)  # (N,), squared
        sample = self._bytes[evenly_spaced(len(pictures), SAMPLES)].float()
        # the nearest of all is the picture itself
        second = self._squares(sample).kthvalue(min(2, len(pictures)), dim=1).values
        self.usual = float(self._scale(second).median())
        apart = torch.pdist(sample)
        self.pair = float(self._scale(apart.square()).median()) if len(apart) else 0.0

    def _squares(self, queries: Tensor) -> Tensor:
        """Return squared distances (Q, N) to float queries (Q, P), to float32's rounding."""
        products = [queries @ part.float().T for part in self._bytes.split(CHUNK)]
        own = queries.square().sum(1, keepdim=True)
        return (self._norms - 2 * torch.cat(products, 1) + own).clamp_min(0)

    def _scale(self, squares: Tensor) -> Tensor:
        """Turn summed squares of bytes into a root mean square of 0 to 1."""
        return (squares / self._bytes.shape[1]).sqrt() / 255

    def query(self, picture: NDArray[Any], count: int = 5) -> Neighbours:
        """Find the training pictures nearest to one picture.

        Parameters
        ----------
        picture : ndarray
            uint8 (H, W) or (H, W, C), as `Model.sample` returns them.

        Raises
        ------
        ValueError
            The picture is not of the training pictures' shape.
        """
        query = torch.tensor(picture, dtype=torch.float32)
        if query.numel() != self._bytes.shape[1]:
            raise ValueError(f"a picture of {tuple(query.shape)} where {self._shape} is searched")
        with torch.inference_mode():
            near = self._squares(query.view(1, -1))[0]
            close = near.topk(min(count + SPARE, len(near)), largest=False).indices
            exact = (self._bytes[close].float() - query.flatten()).square().sum(1)
            squares, order = exact.topk(min(count, len(near)), largest=False)
            distances = self._scale(squares).numpy()
            return Neighbours(close[order].numpy(), distances, self.usual, self.pair)


def evenly_spaced(total: int, count: int) -> Tensor:
    """Return up to ``count`` indices, evenly spread over ``total``."""
    return torch.linspace(0, total - 1, min(count, total)).round().long()
