"""Is it copying? The training pictures nearest to a generated one, among all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CHUNK = 2048  # pictures turned into floats at once
COORDINATES = 64  # principal coordinates in a description
FITTED = 1500  # pictures that the principal directions are found from
LOOKS = 64  # pictures looked at to learn how near the nearest are
SAMPLES = 100  # real pictures from which the usual distances are estimated


@dataclass(frozen=True)
class Neighbours:
    """What `NearestIndex.query` found.

    Parameters
    ----------
    indices : ndarray
        int64 (count,), into the training pictures, the nearest first.
    distances : ndarray
        float32 (count,), root mean square difference a pixel, 0 to 1.
    usual : float
        The same distance from a real picture to the nearest other real one: the median of many.
        A picture much nearer than that to a training picture is a copy of it.
    pair : float
        The same distance between two real pictures taken at random: the median of many.
    """

    indices: NDArray[np.int64]
    distances: NDArray[np.float32]
    usual: float
    pair: float

    @property
    def copied(self) -> bool:
        """Whether the nearest is less than half as far as real pictures are from each other."""
        return bool(self.distances[0] < self.usual / 2)


class NearestIndex:
    """Training pictures, ready to be searched exactly and at once.

    Each picture has a short description: its first principal coordinates, and the length of what
    they leave out. The distance between two descriptions is never more than that between the
    pictures, so only pictures whose description is near enough need be looked at in full.

    Parameters
    ----------
    images : array
        uint8 (N, H, W), (N, H, W, C) or (N, C, H, W), N ≥ 1; kept, not copied, if contiguous.

    Attributes
    ----------
    usual, pair : float
        As in `Neighbours`.
    """

    def __init__(self, images: NDArray[np.uint8] | Tensor) -> None:
        pictures = torch.as_tensor(images)
        if pictures.ndim == 4 and pictures.shape[1] in (1, 3) and pictures.shape[3] not in (1, 3):
            pictures = pictures.permute(0, 2, 3, 1)  # as pictures are shown, channels last
        self._shape = tuple(pictures.shape[1:])
        self._bytes = pictures.reshape(len(pictures), -1)
        sample = self._bytes[evenly_spaced(len(self), FITTED)].float()
        self._mean = sample.mean(0)
        rank = min(COORDINATES, *sample.shape)
        self._basis = torch.linalg.svd(sample - self._mean, full_matrices=False).Vh[:rank].T
        parts = [self._describe(part.float()) for part in self._bytes.split(CHUNK)]
        self._descriptions = torch.cat(parts)  # (N, rank + 1)
        self._squares = self._descriptions.square().sum(1)
        self.usual, self.pair = self._usual(), self._pair()

    def __len__(self) -> int:
        return len(self._bytes)

    def _describe(self, pictures: Tensor) -> Tensor:
        """Return coordinates and length of the rest (N, rank + 1) of float pictures (N, P)."""
        centred = pictures - self._mean
        coordinates = centred @ self._basis
        rest = centred.square().sum(1) - coordinates.square().sum(1)
        return torch.cat([coordinates, rest.clamp_min(0).sqrt()[:, None]], 1)

    def _usual(self) -> float:
        """Return the median distance from a real picture to the nearest other one."""
        chosen = evenly_spaced(len(self), SAMPLES)
        found = [self._search(self._bytes[i].float(), 2)[1][-1] for i in chosen]
        return float(torch.stack(found).median())

    def _pair(self) -> float:
        """Return the median distance between two real pictures."""
        chosen = self._bytes[evenly_spaced(len(self), SAMPLES)].float()
        apart = torch.pdist(chosen)
        return float(self._scale(apart.square()).median()) if len(apart) else 0.0

    def _scale(self, squares: Tensor) -> Tensor:
        """Turn summed squares of bytes into a root mean square of 0 to 1."""
        return (squares / self._bytes.shape[1]).sqrt() / 255

    def _search(self, query: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Return indices and distances (count,) of the pictures nearest to a float one (P,)."""
        count = min(count, len(self))
        short = self._describe(query[None])[0]
        own = short.square().sum()
        # least possible squared distance, less a little for what float32 rounds
        bounds = self._squares - 2 * (self._descriptions @ short) + own
        bounds = bounds - 1e-4 * (self._squares + own)
        promising = bounds.topk(min(max(LOOKS, count), len(self)), largest=False).indices
        reach = self._exact(promising, query).kthvalue(count).values
        bounds[promising] = 0.0  # looked at already, and there are enough of them
        candidates = torch.nonzero(bounds <= reach).flatten()
        exact, order = self._exact(candidates, query).topk(count, largest=False)
        return candidates[order], self._scale(exact)

    def _exact(self, indices: Tensor, query: Tensor) -> Tensor:
        """Return squared distances (I,) from some pictures to a float one (P,)."""
        parts = indices.split(CHUNK)
        return torch.cat([(self._bytes[i].float() - query).square().sum(1) for i in parts])

    def query(self, picture: NDArray[Any], count: int = 5) -> Neighbours:
        """Find the training pictures nearest to one picture.

        Parameters
        ----------
        picture : ndarray
            uint8 (H, W) or (H, W, C), as `Model.sample` returns them.
        count : int
            How many.

        Raises
        ------
        ValueError
            The picture is not of the training pictures' shape.
        """
        query = torch.tensor(picture, dtype=torch.float32)
        if query.numel() != self._bytes.shape[1]:
            raise ValueError(f"a picture of {tuple(query.shape)} where {self._shape} is searched")
        with torch.inference_mode():
            indices, distances = self._search(query.flatten(), count)
            return Neighbours(indices.numpy(), distances.numpy(), self.usual, self.pair)


def evenly_spaced(total: int, count: int) -> Tensor:
    """Return up to ``count`` indices, evenly spread over ``total``."""
    return torch.linspace(0, total - 1, min(count, total)).round().long()
