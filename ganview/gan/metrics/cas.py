"""Classifier accuracy score: accuracy on real pictures of a classifier trained on samples.

Ravuri and Vinyals, 2019, *Classification Accuracy Score for Conditional Generative Models*
(arXiv:1905.10887). Unlike the class accuracy of samples, it
falls with missing variety, too.
"""

from __future__ import annotations

from torch import Tensor

from ganview.gan.metrics.classifier import accuracy, epochs_for, predict_labels, train_classifier
from ganview.gan.metrics.report import SEED, Figure, Labelled, OnProgress, draw_in_proportion
from ganview.gan.model import Model

WHOLE = 60_000  # samples of the score itself; with fewer, the figure has another name
CLASSIFIER_SEED = 3  # neither the judge's nor the classifier's


def classifier_accuracy_score(
    model: Model,
    train: Labelled,
    test: Labelled,
    *,
    samples: int = WHOLE,
    epochs: int | None = None,
    progress: OnProgress = lambda _share, _next: None,
) -> Figure:
    """Train one classifier on samples and one on real pictures, and let both read test pictures.

    Parameters
    ----------
    model : Model
        With classes; they are drawn by its own prior.
    train, test : Labelled
        Real pictures; of ``train`` as many are taken as samples are drawn, or all there are.
    samples : int
        How many pictures are drawn.
    epochs : int, optional
        How often each classifier goes through its pictures; by default 5 times through 60,000 and
        more often through fewer.
    progress : callable
        Called with the share done, 0 to 1, and a word on what comes next.
    """
    if not model.spec.classes or train.labels is None or test.labels is None:
        raise ValueError("the score needs classes")
    test_labels = test.labels
    progress(0.0, "drawing samples to learn from")
    drawn = draw_in_proportion(model, samples, SEED + 1)
    assert drawn.labels is not None

    def score(images: Tensor, labels: Tensor, doing: str, begin: float) -> float:
        classifier = train_classifier(
            images,
            labels,
            model.spec.classes,
            "judge",
            seed=CLASSIFIER_SEED,
            epochs=epochs or epochs_for(len(images)),
            progress=lambda share: progress(begin + 0.48 * share, doing),
        )
        return accuracy(predict_labels(classifier, test.images), test_labels)

    ours = score(drawn.images, drawn.labels, "learning from samples", 0.04)
    real = score(
        train.images[:samples], train.labels[:samples], "learning from real pictures", 0.52
    )
    progress(1.0, "done")
    name = "Classifier accuracy score"
    return Figure(name if samples >= WHOLE else f"{name}, only {samples:,}", ours, real, "higher")
