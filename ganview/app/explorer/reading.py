"""What a classifier that took no part in training reads in a picture."""

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

    from ganview.gan.metrics.classifier import ClassifierNet

_DIGITS = tuple(str(digit) for digit in range(10))
_loaded: list[ClassifierNet] = []


def knows_classes(class_names: tuple[str, ...]) -> bool:
    """Return whether the classifier that ships knows these classes: handwritten digits."""
    return class_names in (_DIGITS, ())


def digit_probabilities(images: NDArray[np.uint8]) -> Floats | None:
    """Return the classifier's belief in each digit, (N, 10), of uint8 (N, 28, 28); None of others.

    For background threads: it loads the classifier when it is first needed.
    """
    import torch

    from ganview.files.evaluators import shipped_evaluators

    if images.shape[1:] != (28, 28):
        return None
    if not _loaded:
        _loaded.append(shipped_evaluators().classifier)
    with torch.inference_mode():
        logits = _loaded[0](torch.tensor(images)[:, None])
        read: Floats = logits.softmax(1).numpy()
    return read


class LiveClassifier(QObject):
    """Reads the picture on show, when it is asked to.

    Attributes
    ----------
    read
        The classifier's belief in each digit, float32 (10,), or None where it cannot read.
    """

    read = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._newest = LatestJob(context.services.run, "reading the digit", self._show)

    def order(self, pictures: Pictures | None) -> None:
        """Read a picture next."""
        names = self._context.state.space.class_names
        if pictures is None:
            return
        if not knows_classes(names):
            self.read.emit(None)
            return
        picture = pictures.picture

        def work() -> Floats | None:
            read = digit_probabilities(picture[None])
            return None if read is None else read[0]

        self._newest.order(work)

    def _show(self, read: Floats | None) -> None:
        self.read.emit(read)
