"""From noise to cluster: how a generator without classes decides what to draw."""

from __future__ import annotations

import torch
from torch import Tensor, nn

DIMENSIONS = 8  # of the noise, the first ones; the others say how a thing is drawn
SHARPNESS = 80.0  # standard deviation of the gate's logits: few places lie between two clusters
TRIALS, ROUNDS = 8192, 150  # noise vectors in a round of calibration, and rounds


class LatentPartition(nn.Module):
    """A fixed partition of the first dimensions of noise into K clusters, of given shares.

    Its weights are drawn, its biases set by `calibrate`; nothing of it is learned.
    """

    def __init__(self, clusters: int) -> None:
        super().__init__()
        directions = nn.functional.normalize(torch.randn(clusters, DIMENSIONS), dim=1)
        self.register_buffer("weight", SHARPNESS * directions)
        self.register_buffer("bias", torch.zeros(clusters))

    def logits(self, z: Tensor) -> Tensor:
        """Return how strongly noise z (B, z_dim) asks for each cluster, (B, K)."""
        assert isinstance(self.weight, Tensor)
        assert isinstance(self.bias, Tensor)
        return nn.functional.linear(z[:, :DIMENSIONS], self.weight, self.bias)

    def forward(self, z: Tensor) -> Tensor:
        """Return the weights (B, K) of the clusters, nearly all of it on one; they sum to 1."""
        return self.logits(z).softmax(1)

    @torch.no_grad()
    def calibrate(self, shares: Tensor, random: torch.Generator) -> None:
        """Move the biases until N(0, 1) noise asks for each cluster as often as its share (K,)."""
        assert isinstance(self.bias, Tensor)
        wanted = shares.to(self.bias).clamp(min=1 / TRIALS)
        for round_ in range(ROUNDS):  # fresh noise in each, and ever smaller steps
            z = torch.randn(TRIALS, DIMENSIONS, generator=random).to(self.bias.device)
            asked = torch.bincount(self.logits(z).argmax(1), minlength=len(wanted)) / TRIALS
            step = 0.3 * SHARPNESS * (1 - round_ / ROUNDS) ** 2
            self.bias += step * (wanted / asked.clamp(min=1 / TRIALS)).log().clamp(-1, 1)
