"""Two GANs as people copy them today, written anew with the settings that their scripts publish.

The settings are the point: an MLP conditional GAN with a squared error on its sigmoid-free output
(Adam 2e-4, β 0.5/0.999, batch 64, z 100, labels embedded and concatenated), and a DCGAN with
batch norm and binary cross-entropy (Adam 2e-4, β 0.5/0.999, batch 128, z 100, weights N(0, 0.02)),
each fed by a one-process ``DataLoader`` over pictures scaled to [−1, 1].
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

Z = 100


class MLPGenerator(nn.Module):
    """Noise and embedded label, four hidden layers, batch norm, tanh."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 10)
        layers: list[nn.Module] = [nn.Linear(Z + 10, 128), nn.LeakyReLU(0.2)]
        for inputs, outputs in ((128, 256), (256, 512), (512, 1024)):
            layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs, 0.8), nn.LeakyReLU(0.2)]
        self.net = nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh())

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.net(torch.cat([self.embed(y), z], 1)).view(-1, 1, 28, 28)


class MLPDiscriminator(nn.Module):
    """Picture and embedded label, three hidden layers, dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 10)
        layers: list[nn.Module] = [nn.Linear(794, 512), nn.LeakyReLU(0.2)]
        for _ in range(2):
            layers += [nn.Linear(512, 512), nn.Dropout(0.4), nn.LeakyReLU(0.2)]
        self.net = nn.Sequential(*layers, nn.Linear(512, 1))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.net(torch.cat([x.flatten(1), self.embed(y)], 1)).squeeze(1)


class DCGenerator(nn.Module):
    """Noise and one-hot label, transposed convolutions, batch norm, tanh."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.ConvTranspose2d(Z + 10, 4 * width, 7, bias=False),
            nn.BatchNorm2d(4 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, 1, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        label = nn.functional.one_hot(y, 10).float()
        return self.net(torch.cat([z, label], 1)[:, :, None, None])


class DCDiscriminator(nn.Module):
    """Picture and label map, strided convolutions, batch norm."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(11, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 7),
        )

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        label = nn.functional.one_hot(y, 10).float()[:, :, None, None].expand(-1, -1, 28, 28)
        return self.net(torch.cat([x, label], 1)).flatten()


class Reference:
    """One of the two, a step at a time.

    Parameters
    ----------
    name : {"mlp", "dcgan"}
        Which.
    images, labels : Tensor
        uint8 (N, 1, 28, 28) and int64 (N,).
    seed : int
        Of weights, order and noise.
    """

    def __init__(self, name: str, images: Tensor, labels: Tensor, seed: int) -> None:
        torch.manual_seed(seed)
        self.g: nn.Module = MLPGenerator() if name == "mlp" else DCGenerator()
        self.d: nn.Module = MLPDiscriminator() if name == "mlp" else DCDiscriminator()
        if name == "dcgan":
            for module in (*self.g.modules(), *self.d.modules()):
                if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                    nn.init.normal_(module.weight, 0.0, 0.02)
        self.cost = nn.functional.mse_loss if name == "mlp" else bce
        self.random_labels = name == "mlp"
        self.adam_g = torch.optim.Adam(self.g.parameters(), 2e-4, (0.5, 0.999))
        self.adam_d = torch.optim.Adam(self.d.parameters(), 2e-4, (0.5, 0.999))
        scaled = images.float().div(127.5).sub(1)
        batch = 64 if name == "mlp" else 128
        self.loader = DataLoader(TensorDataset(scaled, labels), batch, shuffle=True)
        self.batches = self.endless()
        self.images_seen = 0

    def endless(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Go through the data again and again."""
        while True:
            yield from self.loader

    def step(self) -> None:
        """Update G, then D, as the scripts do."""
        x, y = next(self.batches)
        real, fake = torch.ones(len(x)), torch.zeros(len(x))
        of_fake = torch.randint(0, 10, (len(x),)) if self.random_labels else y
        x_hat = self.g(torch.randn(len(x), Z), of_fake)
        self.adam_g.zero_grad()
        self.cost(self.d(x_hat, of_fake), real).backward()
        self.adam_g.step()
        self.adam_d.zero_grad()
        loss = self.cost(self.d(x, y), real) + self.cost(self.d(x_hat.detach(), of_fake), fake)
        (loss / 2).backward()
        self.adam_d.step()
        self.images_seen += len(x)

    @torch.inference_mode()
    def sample(self, y: Tensor) -> Tensor:
        """Return pictures uint8 (N, 1, 28, 28) of classes y (N,), in evaluation mode."""
        self.g.eval()
        z = torch.randn(len(y), Z, generator=torch.Generator().manual_seed(7))
        parts = [self.g(a, b) for a, b in zip(z.split(500), y.split(500), strict=True)]
        self.g.train()
        return torch.cat(parts).clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)


def bce(logits: Tensor, wanted: Tensor) -> Tensor:
    """Binary cross-entropy on logits."""
    return nn.functional.binary_cross_entropy_with_logits(logits, wanted)
