"""The class that a classifier, which took no part in training, predicts for an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from ganview.app.explorer.picture_requester import Pictures
from ganview.app.explorer.tab import Context
from ganview.app.latent_point import Floats
from ganview.runtime.jobs import LatestJob

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.gan.model import Model

NO_CLASSIFIER = "No classifier has learned from this model's data."


def class_probabilities(model: Model, images: NDArray[np.uint8]) -> Floats | None:
    """Return the classifier's probabilities (N, K) of images uint8 (N, H, W[, 3]) of a model.

    None where no classifier knows the data that the model learned from. For background threads:
    the classifier is loaded when it is first needed.
    """
    import torch

    from ganview.files.evaluators import class_reader_for
    from ganview.gan.explore.attribute_samples import scorer_of

    classifier = class_reader_for(model)
    if classifier is None:
        return None
    logits = torch.from_numpy(scorer_of(classifier)(images))
    probabilities: Floats = logits.softmax(1).numpy()
    return probabilities


class LiveClassifier(QObject):
    """Classifies the image on show, when it is asked to."""

    # The classifier's probability of each class, float32 (K,), or None where there is none.
    read = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._newest = LatestJob(context.services.run, "predicting the class", self.read.emit)

    def order(self, pictures: Pictures | None) -> None:
        """Read a picture next."""
        model = self._context.services.model()
        if pictures is None or model is None:
            return
        picture = pictures.picture

        def work() -> Floats | None:
            read = class_probabilities(model, picture[None])
            return None if read is None else read[0]

        self._newest.order(work)
