"""The parts of the flow that can be pointed at: what each is, and where it can be touched."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSizeF

from ganview.app.widgets.tiling import whole_zoom

GAP, SMALL_GAP, HAIR = 8.0, 6.0, 3.0
EDGE = 4.0  # room for a frame at the left, at the right and below
ARROW = 26.0  # room for an arrow between two parts, at most
CAPTION = 3.2  # lines of text that the caption of a picture is wide, at least


class FlowPart(NamedTuple):
    """One part."""

    title: str  # what it is called
    about: str  # one sentence on what it is
    link: str  # what Enter or a click does, in words


#: In the order of the keyboard.
PARTS: dict[str, FlowPart] = {
    "z": FlowPart(
        "z, the noise",
        "Numbers drawn from N(0, 1), dark below zero and light above: all that makes one picture "
        "differ from another.",
        "open it in the explorer",
    ),
    "y": FlowPart(
        "y, the class",
        "What kind of picture is asked for; D is told it too.",
        "open it in the explorer",
    ),
    "G": FlowPart(
        "G(θ), the generator",
        "A network that turns noise and class into a picture; all that it learned is its "
        "weights θ.",
        "save the model",
    ),
    "x_hat": FlowPart(
        "x̂, the generated picture",
        "What G makes of z before the step.",
        "open its z in the explorer",
    ),
    "told": FlowPart(
        "−∂L/∂x̂, what G is told",
        "Where in x̂ D would like it lighter (red) or darker (blue): the gradient of G's cost over "
        "the picture, with its sign turned.",
        "be G yourself",
    ),
    "after": FlowPart(
        "x̂′, the same z after the step",
        "What the new G makes of the noise that x̂ came from.",
        "open its z in the explorer",
    ),
    "change": FlowPart(
        "x̂′ − x̂, what the update changed",
        "Lighter pixels are red, darker ones blue; the strongest change has the full colour.",
        "open its z in the explorer",
    ),
    "x": FlowPart(
        "x, a real picture",
        "From the training data, of the same class; only D sees it.",
        "show the data",
    ),
    "D": FlowPart(
        "D(φ), the discriminator",
        "A network that looks at one picture and its class, and answers with one number.",
        "look into its layers",
    ),
    "said": FlowPart(
        "ŷ, D's answers before the step",
        "How real D holds x and x̂ to be.",
        "show D's belief over the run",
    ),
    "said_after": FlowPart(
        "ŷ after D's update", "The new D on the same two pictures.", "show D's belief over the run"
    ),
    "said_again": FlowPart(
        "ŷ of x̂′", "The new D on the picture that the new G makes.", "show D's belief over the run"
    ),
    "cost_d": FlowPart(
        "D's cost",
        "The formula with this pair's logits written in, then the mean over the batch with all "
        "that D minimises.",
        "show the losses over the run",
    ),
    "cost_g": FlowPart(
        "G's cost",
        "The formula with this pair's logits written in, then the mean over the batch with all "
        "that G minimises.",
        "show the losses over the run",
    ),
    "layers_g": FlowPart(
        "G, layer by layer",
        "From z to x̂: the norm of the gradient that arrives (full bar), and the size of the update "
        "over that of the weights (outlined). Bars that shrink towards z mean that it vanishes.",
        "show its layers over the run",
    ),
    "layers_d": FlowPart(
        "D, layer by layer",
        "From picture to answer: the norm of the gradient that arrives (full bar), and the size of "
        "the update over that of the weights (outlined).",
        "show its layers over the run",
    ),
}


def lay_out_flow(
    size: QSizeF, picture: tuple[int, int], line: float, ratio: float
) -> dict[str, QRectF]:
    """Return where each part is.

    Parameters
    ----------
    size
        Of the widget, in logical pixels.
    picture
        Height and width of an image.
    line
        Height of a line of text.
    ratio
        Screen pixels to a logical one.
    """
    width, height = size.width() - EDGE, size.height() - EDGE
    box, arrow = min(max(0.08 * width, 32.0), 72.0), min(0.045 * width, ARROW)
    for lines in (2, 1) if height > 22 * line else (1,):
        cost = lines * line + 6
        fixed = 2 * cost + HAIR + 2 * GAP + 3 * line + SMALL_GAP
        tile_h, tile_w = tile_size(
            picture, (height - fixed) / 3, (width - 2 * box - 4 * arrow) / 4, ratio
        )
        if tile_h >= 2 * picture[0]:
            break  # else larger pictures are worth more than a second line of costs
    top = 2 * tile_h + 2 * line + SMALL_GAP
    low = height - top - 2 * cost - HAIR - 2 * GAP
    noise = min(top - 2 * line, 0.2 * width)
    left = noise + arrow  # of G
    pictures = left + box + arrow
    d_left = pictures + tile_w + arrow
    said = d_left + box + arrow
    bar = (top - line) / 5
    bottom = top + GAP
    lowest = bottom + 2 * cost + HAIR + GAP
    apart = tile_w + max(SMALL_GAP, CAPTION * line - tile_w)
    tiles = tile_w + 2 * apart
    side = (width - tiles - 2 * GAP - EDGE) / 2
    middle = side + GAP
    parts = {
        "z": QRectF(0, line, noise, noise),
        "y": QRectF(0, line + noise + 2, noise, line),
        "G": QRectF(left, line, box, tile_h),
        "x_hat": QRectF(pictures, line, tile_w, tile_h),
        "x": QRectF(pictures, top - tile_h, tile_w, tile_h),
        "D": QRectF(d_left, line, box, top - line),
        "said": QRectF(said, line, width - said - EDGE, 2 * bar),
        "said_after": QRectF(said, line + 2 * bar, width - said - EDGE, 2 * bar),
        "said_again": QRectF(said, line + 4 * bar, width - said - EDGE, bar),
        "cost_d": QRectF(0, bottom, width - EDGE, cost),
        "cost_g": QRectF(0, bottom + cost + HAIR, width - EDGE, cost),
        "layers_g": QRectF(0, lowest, side, low),
        "told": QRectF(middle, lowest + line, tile_w, tile_h),
        "after": QRectF(middle + apart, lowest + line, tile_w, tile_h),
        "change": QRectF(middle + 2 * apart, lowest + line, tile_w, tile_h),
        "layers_d": QRectF(width - side - EDGE, lowest, side, low),
    }
    return {name: box.translated(EDGE, 0) for name, box in parts.items()}


def tile_size(
    picture: tuple[int, int], height: float, width: float, ratio: float
) -> tuple[float, float]:
    """Return (height, width) of a picture at the largest whole zoom that fits, logical pixels."""
    zoom = whole_zoom(picture, (height, width), gaps=(0, 0), pixel_ratio=ratio, maximum=12)
    return picture[0] * zoom / ratio, picture[1] * zoom / ratio
