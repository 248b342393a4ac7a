"""From noise to cluster: how a generator decides what to draw, of all or of one class."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, normalize, one_hot

DIMENSIONS = 8  # of the noise, the first ones; the others say how a thing is drawn
SHARPNESS = 80.0  # standard deviation of the gate's logits: few places lie between two clusters
TRIALS, ROUNDS = 8192, 150  # noise vectors in a round of calibration, and rounds


class LatentPartition(nn.Module):
    """A fixed partition of the first dimensions of noise into clusters, of given shares.

    Its weights are drawn, its biases set by `calibrate`; nothing of it is learned.

    Parameters
    ----------
    clusters : tuple of int
        How many clusters each class has, K numbers; one number without classes.
    """

    def __init__(self, clusters: tuple[int, ...]) -> None:
        super().__init__()
        self.clusters = clusters
        directions = normalize(torch.randn(sum(clusters), DIMENSIONS), dim=1)
        self.register_buffer("weight", SHARPNESS * directions)
        self.register_buffer("bias", torch.zeros(sum(clusters)))

    def logits(self, z: Tensor) -> Tensor:
        """Return how strongly noise z (B, z_dim) asks for each cluster, (B, M)."""
        assert isinstance(self.weight, Tensor)
        assert isinstance(self.bias, Tensor)
        return linear(z[:, :DIMENSIONS], self.weight, self.bias)

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Return the weights (B, M) of the M clusters; they sum to 1.

        Within each of the K classes nearly all of the weight is on one of its clusters.

        Parameters
        ----------
        z : Tensor
            Noise (B, z_dim).
        y : Tensor or None
            Labels (B,) int64, class weights (B, K) float, or None without classes.
        """
        parts = [part.softmax(1) for part in self.logits(z).split(self.clusters, dim=1)]
        if y is not None:
            weights = y if y.is_floating_point() else one_hot(y, len(parts)).to(z)
            parts = [part * weights[:, [k]] for k, part in enumerate(parts)]
        return torch.cat(parts, dim=1)

    def chosen(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Return the cluster (B,) with most weight, for z (B, z_dim) and labels y (B,) or None."""
        weights: Tensor = self(z, y)
        return weights.argmax(1)

    @torch.no_grad()
    def calibrate(self, shares: Tensor, random: torch.Generator) -> None:
        """Move the biases until N(0, 1) noise asks for each cluster as often as its share (M,).

        The shares count within each class.
        """
        assert isinstance(self.bias, Tensor)
        parts = shares.to(self.bias).clamp(min=1e-6).split(self.clusters)
        wanted = torch.cat([part / part.sum() for part in parts]).clamp(min=1 / TRIALS)
        for round_ in range(ROUNDS):  # fresh noise in each, and ever smaller steps
            z = torch.randn(TRIALS, DIMENSIONS, generator=random).to(self.bias.device)
            asked = torch.cat(
                [
                    torch.bincount(part.argmax(1), minlength=part.shape[1])
                    for part in self.logits(z).split(self.clusters, dim=1)
                ]
            )
            step = 0.3 * SHARPNESS * (1 - round_ / ROUNDS) ** 2
            self.bias += step * (wanted / (asked / TRIALS).clamp(min=1 / TRIALS)).log().clamp(-1, 1)
