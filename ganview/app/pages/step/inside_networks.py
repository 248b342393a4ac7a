"""What is found inside G and D on one way through them, computed by threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ganview.app.latent_point import Floats
from ganview.app.pages.step.flow_painting import signed_pixels
from ganview.app.widgets.qt_images import Pixels
from ganview.app.widgets.text import name_text

if TYPE_CHECKING:
    from torch import Tensor

    from ganview.gan.explore.feature_maps import LayerMaps
    from ganview.gan.model import Model

SIGNS = "Red is above zero, blue below."


class Way(NamedTuple):
    """A way into a network: what it is called, which network, whether from a real picture."""

    title: str
    net: str
    is_real: bool
    about: str


WAYS = (
    Way("G, from z", "G", False, f"From z to picture. {SIGNS} Choose a map to draw without it."),
    Way(
        "D, on G's picture",
        "D",
        False,
        f"From the picture that G draws to D's answer. {SIGNS} Choose a map to judge without it.",
    ),
    Way(
        "D, on a real picture",
        "D",
        True,
        f"From a real picture of the batch to D's answer. {SIGNS} Choose a map to judge without "
        "it.",
    ),
)


@dataclass(frozen=True, eq=False)
class Inside:
    """What was found in the networks on one way."""

    picture: Pixels  # what G draws, or the real picture
    answer: float  # D's to it
    slope: Pixels  # which pixels the answer depends on, coloured
    layers: list[LayerMaps]  # of the network that was looked into


@dataclass(frozen=True, eq=False)
class Silenced:
    """The picture and D's answer without one map."""

    text: str
    picture: Pixels
    answer: float


def look_inside(model: Model, way: Way, given: Floats, y: int | None) -> Inside:
    """Return feature maps, picture and D's answer for noise or a real picture; for threads."""
    from ganview.gan.d_response import discriminator_of
    from ganview.gan.explore.feature_maps import answer_slope, feature_maps
    from ganview.gan.model import to_uint8

    place, label = _tensors(given, y)
    d = discriminator_of(model)
    x = place if way.is_real else model.generate(place, label).clone()
    answer = model.read_images(x, label)
    assert answer is not None
    goes_in = (model.generator, place) if way.net == "G" else (d, x)
    return Inside(
        to_uint8(x)[0],
        float(answer[0]),
        signed_pixels(answer_slope(model, x, label)),
        feature_maps(*goes_in, label),
    )


def silence_map(
    model: Model, way: Way, layer: str, index: int, given: Floats, y: int | None
) -> Silenced:
    """Return the picture and D's answer without one map of a layer; for threads."""
    import torch

    from ganview.gan.d_response import discriminator_of
    from ganview.gan.explore.feature_maps import run_without_map
    from ganview.gan.model import to_uint8

    place, label = _tensors(given, y)
    d = discriminator_of(model)
    if way.net == "G":
        x = run_without_map(model.generator, layer, index, place, label).clamp(-1, 1)
        with torch.no_grad():
            logit = d(x, label)
    else:
        x = place if way.is_real else model.generate(place, label).clone()
        logit = run_without_map(d, layer, index, x, label)
    text = f"Without map {index + 1} of {name_text(layer)}"
    return Silenced(text, to_uint8(x)[0], float(model.objective.read_logits(logit)[0]))


def _tensors(given: Floats, y: int | None) -> tuple[Tensor, Tensor | None]:
    """Return a batch of one, (1, …), and its label (1,) or None."""
    import torch

    return torch.tensor(given)[None], None if y is None else torch.tensor([y])
