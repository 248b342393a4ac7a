"""The frozen networks behind every quality figure: judge, classifier and a panel of other judges.

The judge supplies the features in which distances are measured while a run learns. The classifier,
of another architecture and another seed, predicts classes, so that class accuracy does not depend
on the network that the distances come from. The panel measures distances in three more networks,
none of which chooses a model: a figure that only the first judge gives says more about that judge
than about the model. One of them keeps its random weights and knows no labels: such features tell
distributions apart without a bias to what a classifier looks at (Naeem et al., 2020,
arXiv:2002.09797, section 4.4).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from ganview.gan.fingerprint import SHORT, weights_sha256
from ganview.gan.seeded import Seeded

NetKind = Literal["judge", "classifier", "deep", "strided", "random"]
#: Judges that no model is chosen by.
PANEL: tuple[NetKind, ...] = ("deep", "strided", "random")
UNTRAINED: NetKind = "random"
FEATURES = 64
BATCH = 128
DROPOUT = 0.3  # of the features, while training
SHIFT = 2  # pixels by which a batch is moved while training, at most
ENOUGH_STEPS, MOST_EPOCHS = 2000, 100


class Architecture(NamedTuple):
    """The convolutions of a network.

    ``layers`` are (channels, side of the kernel, stride), or a pooling that halves the picture;
    ``activation`` makes the function after each of them, and after batch norm if there is any.
    """

    layers: tuple[tuple[int, int, int] | type[nn.MaxPool2d], ...]
    activation: Callable[[], nn.Module] = nn.ReLU
    batch_norm: bool = False


MAX = nn.MaxPool2d
ARCHITECTURES: dict[NetKind, Architecture] = {
    # Five 3 × 3 convolutions.
    "judge": Architecture(((16, 3, 1), MAX, (32, 3, 1), (32, 3, 1), MAX, (64, 3, 1), (64, 3, 1))),
    # The large kernels of LeNet (LeCun et al., 1998), and a small one.
    "classifier": Architecture(((16, 5, 1), MAX, (32, 5, 1), MAX, (64, 3, 1))),
    # Deeper, wider, and with batch norm: the most accurate of them.
    "deep": Architecture(
        ((32, 3, 1), (32, 3, 1), MAX, (64, 3, 1), (64, 3, 1), MAX, (96, 3, 1), (96, 3, 1)),
        batch_norm=True,
    ),
    # A discriminator's shape: strides in place of pooling (DCGAN; Radford et al., 2015).
    "strided": Architecture(((32, 4, 2), (64, 4, 2), (64, 3, 1)), lambda: nn.LeakyReLU(0.2)),
    UNTRAINED: Architecture(((32, 3, 1), MAX, (64, 3, 1), MAX, (64, 3, 1))),
}


class ClassifierNet(nn.Module):
    """A small convolutional classifier of images in [0, 255].

    Parameters
    ----------
    image_shape : tuple of int
        (C, H, W).
    classes : int
        Number of classes.
    kind : str
        A key of `ARCHITECTURES`.
    """

    def __init__(self, image_shape: tuple[int, int, int], classes: int, kind: NetKind) -> None:
        super().__init__()
        channels, height, width = image_shape
        self.image_shape = image_shape
        self.classes = classes
        self.kind = kind
        layers, activation, batch_norm = ARCHITECTURES[kind]
        self.maps = nn.Sequential()
        for layer in layers:
            if isinstance(layer, tuple):
                outputs, side, stride = layer
                padding = (side - 1) // 2 if stride > 1 else side // 2
                self.maps.append(nn.Conv2d(channels, outputs, side, stride, padding))
                if batch_norm:
                    self.maps.append(nn.BatchNorm2d(outputs))
                self.maps.append(activation())
                channels = outputs
            else:
                self.maps.append(layer(2))
        flat = channels * (height // 4) * (width // 4)
        self.dense = nn.Sequential(nn.Linear(flat, FEATURES), activation())
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
    progress: Callable[[float], None] | None = None,
) -> ClassifierNet:
    """Train a classifier with Adam, a one-cycle learning rate and small random shifts.

    Parameters
    ----------
    images : Tensor
        uint8 (N, C, H, W).
    labels : Tensor
        int64 (N,).
    kind : str
        A key of `ARCHITECTURES`; one that stays untrained keeps its initial weights.
    seed : int
        Of the weights, the order, the shifts and the dropout; the global generator is not used.
    epochs : int
        Passes over the data.
    progress : callable, optional
        Called with the share done, 0 to 1, after each batch.
    """
    generator = torch.Generator().manual_seed(seed)
    with Seeded(seed):
        net = ClassifierNet(tuple(images.shape[1:]), classes, kind)  # type: ignore[arg-type]
    if kind == UNTRAINED:
        return net.eval().requires_grad_(False)
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
        dy, dx = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=generator).tolist()
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
