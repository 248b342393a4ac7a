"""What a step is given: real images, labels, and noise for as many fakes, drawn at random."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ganview.gan.augment import mirror_pictures
from ganview.gan.clusters import Clusters
from ganview.gan.config import TrainConfig
from ganview.gan.model import from_uint8
from ganview.gan.networks.latent_partition import LatentPartition
from ganview.gan.replicas import Replicas


class Batch(NamedTuple):
    """Real images x (B, C, H, W) in [−1, 1], their labels y (B,), and noise z (B, z_dim).

    Where the data is sorted into clusters, y are these, for D. G is given ``asked``, the labels
    (B,) of the classes, if there are any: its gate finds the same clusters.
    """

    x: Tensor
    y: Tensor | None
    z: Tensor
    asked: Tensor | None


class BatchSampler:
    """Draws batches. All processes that train one model draw the same, and keep their own rows.

    Parameters
    ----------
    images : Tensor
        uint8 (N, C, H, W), on the device where the batches are wanted.
    labels : Tensor or None
        int64 (N,), there too.
    clusters : Clusters or None
        What stands in for labels, or divides them, if anything does.

    Attributes
    ----------
    random : torch.Generator
        On the CPU, whatever the device, so that a seed means the same everywhere.
    """

    def __init__(
        self,
        config: TrainConfig,
        images: Tensor,
        labels: Tensor | None,
        clusters: Clusters | None,
        replicas: Replicas,
    ) -> None:
        self.images, self.labels, self.clusters = images, labels, clusters
        self.size, self.z_dim = config.batch_size, config.z_dim
        self.mirror = config.mirror
        self.replicas = replicas
        self.random = torch.Generator().manual_seed(config.seed)

    def draw(self, gate: LatentPartition | None) -> Batch:
        """Draw a batch; with clusters, the gate says which of them a noise vector asks for."""
        if self.clusters is not None and gate is not None:
            return self._draw_of_clusters(self.clusters, gate)
        index = torch.randint(len(self.images), (self.size,), generator=self.random)
        index = self._mine(index)
        z = self.noise(self.z_dim)
        y = None if self.labels is None else self.labels[index]
        return Batch(self._real(index), y, z, y)

    def _draw_of_clusters(self, clusters: Clusters, gate: LatentPartition) -> Batch:
        """Draw noise, and to each vector a real image of the cluster that it asks for."""
        z = torch.randn(self.size, self.z_dim, generator=self.random)
        asked = None
        if self.labels is not None:
            some = torch.randint(len(self.images), (self.size,), generator=self.random)
            asked = self.labels[some.to(self.labels.device)]
        y = gate.chosen(z.to(self.images.device), asked)  # (B,)
        index = self._mine(clusters.draw(y.cpu(), self.random))
        asked = None if asked is None else self._mine(asked)
        return Batch(self._real(index), self._mine(y), self._mine(z), asked)

    def _real(self, index: Tensor) -> Tensor:
        # The memory layout of generated images: D takes both in one batch, and two slow it down.
        x = from_uint8(self.images[index].contiguous(memory_format=torch.channels_last))
        return mirror_pictures(x, self.random) if self.mirror else x

    def noise(self, *shape: int) -> Tensor:
        """Draw N(0, 1) noise (B, *shape)."""
        return self._mine(torch.randn(self.size, *shape, generator=self.random))

    def uniform(self) -> Tensor:
        """Draw numbers (B, 1, 1, 1), uniform in [0, 1]."""
        return self._mine(torch.rand(self.size, 1, 1, 1, generator=self.random))

    def _mine(self, rows: Tensor) -> Tensor:
        return self.replicas.shard(rows).to(self.images.device)
