"""An auxiliary classifier: a head on D learns the classes, and G is to draw what it reads as asked.

D's features, from which it says how real a picture looks, also have to tell the classes apart,
and G is pulled towards pictures that are classified as asked (AC-GAN: Odena, Olah and Shlens,
2017). Only real pictures teach the classifier here: an early fake of a 7 is none. What it adds is
a teacher of features that G can't mislead, and both the digits and their variety come sooner. Held
too strongly, it also turns G away from the unusual shapes that are hard to name: its weight in G's
cost is small, and falls.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from ganview.gan.networks.base import Discriminator

WEIGHT_IN_D = 0.5  # of the mean cross-entropy, beside D's own cost


class ClassPrediction(NamedTuple):
    """Class logits for features h (B, width), and the cost (B,) = −log p(y|x) of each label.

    ``dloss_dclass_logits`` (B, K) is the gradient of an image's cost over its class logits.
    """

    h: Tensor
    cost: Tensor
    dloss_dclass_logits: Tensor

    def detached(self) -> ClassPrediction:
        """Return the same without its graph."""
        return ClassPrediction(*(part.detach() for part in self))


def build_classifier(discriminator: Discriminator) -> nn.Linear:
    """Return a fresh linear classifier of D's features, drawn at the scale of D's own head."""
    width = discriminator.head.in_features
    classifier = nn.Linear(width, discriminator.classes)
    nn.init.normal_(classifier.weight, std=1 / math.sqrt(width))
    nn.init.zeros_(classifier.bias)
    return classifier


def classify(classifier: nn.Linear, h: Tensor, y: Tensor) -> ClassPrediction:
    """Predict the classes of features h (B, width) whose labels are y (B,)."""
    logits = classifier(h)  # (B, K)
    dloss_dclass_logits = logits.detach().softmax(1) - one_hot(y, logits.shape[1])
    return ClassPrediction(h, cross_entropy(logits, y, reduction="none"), dloss_dclass_logits)
