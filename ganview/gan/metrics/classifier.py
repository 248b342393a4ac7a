"""The two frozen networks behind every quality figure: the judge and the classifier.

The judge supplies the features in which distances are measured. The classifier, of another
architecture and another seed, predicts classes, so that class accuracy does not depend on the
network that the distances come from. Both are trained here on the labels of the data.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Literal

import torch
from torch import Tensor, nn

from ganview.gan.fingerprint import SHORT, weights_sha256
from ganview.gan.seeded import Seeded

NetKind = Literal["judge", "classifier"]
FEATURES = 64
BATCH = 128
DROPOUT = 0.3  # of the features, while training
ENOUGH_STEPS, MOST_EPOCHS = 2000, 100


class ClassifierNet(nn.Module):
    """A small convolutional classifier of images in [0, 255].

    Parameters
    ----------
    image_shape : tuple of int
        (C, H, W).
    classes : int
        Number of classes.
    kind : {"judge", "classifier"}
        Five 3 × 3 convolutions, or the large ones of LeNet (LeCun et al., 1998).
    """

    def __init__(self, image_shape: tuple[int, int, int], classes: int, kind: NetKind) -> None:
        super().__init__()
        channels, height, width = image_shape
        self.image_shape = image_shape
        self.classes = classes
        self.kind = kind
        if kind == "judge":
            layers: list[tuple[int, int, int] | str] = [
                (channels, 16, 3),
                "pool",
                (16, 32, 3),
                (32, 32, 3),
                "pool",
                (32, 64, 3),
                (64, 64, 3),
            ]
        else:
            layers = [(channels, 16, 5), "pool", (16, 32, 5), "pool", (32, 64, 3)]
        self.maps = nn.Sequential()
        for layer in layers:
            if isinstance(layer, str):
                self.maps.append(nn.MaxPool2d(2))
            else:
                inputs, outputs, side = layer
                self.maps.append(nn.Conv2d(inputs, outputs, side, padding=side // 2))
                self.maps.append(nn.ReLU())
        flat = 64 * (height // 4) * (width // 4)
        self.dense = nn.Sequential(nn.Linear(flat, FEATURES), nn.ReLU())
        self.head = nn.Linear(FEATURES, classes)

    def features(self, images: Tensor) -> Tensor:
        """Describe images uint8 (N, C, H, W) by vectors (N, 64)."""
        x = (images.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        h: Tensor = self.dense(self.maps(x).flatten(1))
        return h

    def forward(self, images: Tensor) -> Tensor:
        """Return class logits (N, K) for images uint8, or float in [0, 255], (N, C, H, W)."""
        logits: Tensor = self.head(self.features(images))
        return logits


@torch.inference_mode()
def in_chunks(function: Callable[[Tensor], Tensor], images: Tensor, size: int = 500) -> Tensor:
    """Apply ``function`` to images (N, …) a chunk at a time; returns its joined results."""
    return torch.cat([function(chunk) for chunk in images.split(size)])


def predict_labels(net: ClassifierNet, images: Tensor) -> Tensor:
    """Return the predicted class (N,) int64 of images uint8 (N, C, H, W)."""
    return in_chunks(net, images).argmax(1)


def accuracy(predicted: Tensor, labels: Tensor) -> float:
    """Return the share of predicted classes (N,) that equal the labels, 0 to 1."""
    return float((predicted == labels).double().mean())


def fingerprint(classifier: ClassifierNet) -> str:
    """Return eight hexadecimal digits of the SHA-256 of the weights: the name of this judge."""
    return weights_sha256(classifier)[:SHORT]


def epochs_for(count: int) -> int:
    """Return how often to go through ``count`` images: 5 times for 60,000, more for fewer."""
    return max(5, min(MOST_EPOCHS, ceil(ENOUGH_STEPS * BATCH / count)))


def train_classifier(
    images: Tensor,
    labels: Tensor,
    classes: int,
    kind: NetKind,
    *,
    seed: int = 0,
    epochs: int = 8,
    shift: int = 2,
    progress: Callable[[float], None] | None = None,
) -> ClassifierNet:
    """Train a classifier with Adam, a one-cycle learning rate and small random shifts.

    Parameters
    ----------
    images : Tensor
        uint8 (N, C, H, W).
    labels : Tensor
        int64 (N,).
    classes : int
        Number of classes.
    kind : {"judge", "classifier"}
        Which of the two to train.
    seed : int
        Of the weights, the order, the shifts and the dropout; the global generator is not used.
    epochs : int
        Passes over the data.
    shift : int
        Largest shift, in pixels, of a batch while training; 0 for none.
    progress : callable, optional
        Called with the share done, 0 to 1, after each batch.
    """
    generator = torch.Generator().manual_seed(seed)
    with Seeded(seed):
        net = ClassifierNet(tuple(images.shape[1:]), classes, kind)  # type: ignore[arg-type]
    batch = min(BATCH, len(images))
    steps = epochs * (len(images) // batch)
    adam = torch.optim.Adam(net.parameters(), lr=2e-3, fused=True)
    cycle = torch.optim.lr_scheduler.OneCycleLR(adam, max_lr=2e-3, total_steps=steps)
    net.train()
    for step in range(steps):
        at = step % (len(images) // batch)
        if at == 0:
            order = torch.randperm(len(images), generator=generator)
        index = order[at * batch : (at + 1) * batch]
        x = images[index]
        if shift:
            dy, dx = torch.randint(-shift, shift + 1, (2,), generator=generator).tolist()
            x = x.roll((dy, dx), dims=(2, 3))
        h = net.features(x)
        kept = torch.rand(h.shape, generator=generator) >= DROPOUT
        logits = net.head(h * kept / (1 - DROPOUT))
        loss = nn.functional.cross_entropy(logits, labels[index], label_smoothing=0.05)
        adam.zero_grad()
        loss.backward()
        adam.step()
        cycle.step()
        if progress is not None:
            progress((step + 1) / steps)
    return net.eval().requires_grad_(False)
