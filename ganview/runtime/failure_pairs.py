"""Pairs of runs that differ in one thing, which makes one of them fail; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ganview.gan.config import TrainConfig
from ganview.gan.presets import PRESETS

if TYPE_CHECKING:
    from ganview.data.dataset import Dataset

RARE = 10  # one in this many pictures of the rare class stays
RARE_CLASS = 4
LABEL_SEED = 0


@dataclass(frozen=True)
class FailurePair:
    """Two runs with one seed, one thing apart."""

    # name, title: how it is known, and what it is called
    name: str
    title: str
    # first, second: what each run is called
    first: str
    second: str
    look: str  # what to look at, before they train
    base: TrainConfig = field(default_factory=TrainConfig)  # the settings of the first
    changes: Mapping[str, Any] = field(default_factory=dict)  # what differs in the second
    # What is done to the data of the second: "random labels", "rare class", or nothing.
    data: Literal["", "random labels", "rare class"] = ""

    @property
    def configs(self) -> tuple[TrainConfig, TrainConfig]:
        """The settings of both."""
        return self.base, self.base.with_(**self.changes)

    def datasets(self, dataset: Dataset) -> tuple[Dataset, Dataset]:
        """Return what each learns from."""
        if self.data == "random labels":
            return dataset, with_random_labels(dataset)
        if self.data == "rare class":
            return dataset, with_rare_class(dataset, RARE_CLASS)
        return dataset, dataset


PAIRS: dict[str, FailurePair] = {
    pair.name: pair
    for pair in (
        FailurePair(
            "no-penalty",
            "No gradient penalty",
            "with the penalty",
            "without it",
            "The penalty keeps D's answers from changing steeply between a real picture and a fake "
            "one. Without it digits appear sooner, but D stays far ahead: watch D's belief in real "
            "and fake stay apart, and the samples of each class become one picture.",
            changes={"gamma": 0.0, "gamma_end": 0.0},
        ),
        FailurePair(
            "fast-d",
            "D learns five times as fast",
            "as usual",
            "D five times as fast",
            "D should be ahead of G, but not far. Watch D's belief in real and fake pictures: the "
            "further apart the two curves, the less G can learn from what D says, and the later "
            "its pictures get good.",
            changes={"d_lr_ratio": 7.5},
        ),
        FailurePair(
            "hidden-labels",
            "Labels hidden from D",
            "D sees the labels",
            "D sees random labels",
            "G is asked for a class, but D is shown a random class with each real picture, and "
            "can't tell whether a picture is of the class that was asked for. Watch each row of "
            "samples become one digit in all columns, and the class accuracy stay at one in ten.",
            data="random labels",
        ),
        FailurePair(
            "high-rate",
            "Learning rate too high",
            "as usual",
            "20 times the rate",
            "Each step goes 20 times as far, past the point it aims at. Watch the losses jump and "
            "the samples of a class become one picture, until training diverges.",
            changes={"learning_rate": 0.02, "learning_rate_end": 0.02},
        ),
        FailurePair(
            "bce",
            "The cost of the lecture against the default",
            "relativistic cost",
            "binary cross-entropy",
            "Binary cross-entropy asks whether one picture is real; the relativistic cost asks "
            "which of two is. Watch digits appear sooner with binary cross-entropy, and its "
            "samples of one class become more and more alike.",
            changes={"objective": "bce"},
        ),
        FailurePair(
            "rare-class",
            "One class in ten of its pictures",
            "all fours",
            "one four in ten",
            "Nine of ten fours were taken out of the data of the second run. It draws fours as "
            "rarely as it saw them, so that the distance to all real digits stays high. Asked for "
            "a four, it can draw one all the same: compare the column of the fours.",
            data="rare class",
        ),
        FailurePair(
            "collapse",
            "Watch it fail",
            "the classic course GAN",
            "with all that harms it",
            "Here more than one thing differs: D learns three times a step, at 25 times the rate, "
            "with momentum. Watch all samples become one picture, which shows nothing.",
            base=PRESETS["classic"].config.with_(conditional=False, clusters=0, z_dim=16),
            changes={
                name: getattr(PRESETS["collapse"].config, name)
                for name in ("size", "learning_rate", "learning_rate_end", "beta1", "d_steps")
            },
        ),
    )
}


def with_random_labels(dataset: Dataset) -> Dataset:
    """Return the same pictures, each with the label of another: labels then say nothing."""
    import torch

    assert dataset.labels is not None
    order = torch.randperm(len(dataset.labels), generator=torch.Generator().manual_seed(LABEL_SEED))
    return _altered(dataset, dataset.images, dataset.labels[order], "random labels")


def with_rare_class(dataset: Dataset, rare: int) -> Dataset:
    """Return the pictures without nine of ten of one class."""
    import torch

    assert dataset.labels is not None
    of_class = dataset.labels == rare
    keep = ~of_class | (torch.cumsum(of_class, 0) % RARE == 1)
    name = f"few {dataset.class_names[rare]}s"
    return _altered(dataset, dataset.images[keep], dataset.labels[keep], name)


def _altered(dataset: Dataset, images: Any, labels: Any, what: str) -> Dataset:
    from ganview.data.dataset import Dataset, joined_hash

    return Dataset(
        f"{dataset.name}, {what}",
        images,
        labels,
        dataset.class_names,
        joined_hash(dataset.sha256, what),  # so that no run goes on with the whole data by mistake
    )
