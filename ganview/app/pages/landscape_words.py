"""What the page Landscape says: how rare a picture is, what is missing, what a map is worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ganview.app.formatting import pictures_of, rarity_text

if TYPE_CHECKING:
    from ganview.gan.explore.landscape import Worth
    from ganview.gan.explore.rarity import Calibration
    from ganview.gan.explore.shares import Shares
    from ganview.runtime.landscapes import Look

HELP = (
    "Each picture is described by 64 numbers, the features of a frozen classifier called the "
    "judge, and laid into a plane so that like pictures lie together. Hills are high where it is "
    "crowded. That is not p(x) itself: a plane can't hold all that 64 numbers say, and the judge "
    "sees shapes that tell classes apart, but hardly grain or sharpness. "
)
HELP_WITHIN = (
    "Within a class, the distance from the middle says how rare a picture is, by its distance from "
    "real ones in all 64 numbers; the direction says in which way it differs."
)
RARE = 0.4  # of an equal share: a class that has less is named
MOST_NAMED = 3
PURPOSE = (
    "Hills show which pictures are common; their edges, which are rare. Those of the generator "
    "beside those of real pictures show what it leaves out."
)
MADE_ONCE = "For these pictures it has to be made once, in a minute or so, in the background."
HINT = (
    "The most typical generated picture, and at its left the real one nearest to it. Point at a "
    "hill to see the pictures there; click to open one in the explorer."
)


def nearest_text(look: Look, real: int | None, fake: int | None) -> str:
    """Say what a real and a generated picture are, each by its index; nothing without any."""
    names, cloud, said = look.ground.landscape.class_names, look.cloud, []
    if real is not None:
        label = int(look.ground.landscape.labels[real])
        said.append(f"real {names[label]}" if names else "real")
    if fake is not None:
        read = f" that reads as {names[cloud.read[fake]]}" if names else ""
        rank = rarity_text(float(cloud.ranks[fake]), names, int(cloud.labels[fake]))
        said.append(f"a generated picture{read}, {rank}")
    return f"Nearest here: {', and '.join(said)}." if said else ""


def help_text(worth: Worth, *, within: bool) -> str:
    """Say how a map is to be read and how far it can be trusted."""
    text = HELP + (HELP_WITHIN if within else "")
    text += (
        f" Of the 10 real pictures nearest to one on the map of all, {worth.neighbours:.0%} "
        "are among the 100 nearest by all 64 numbers"
    )
    if not math.isnan(worth.accuracy):
        text += f", and their class is right for {worth.accuracy:.1%}"
    text += f" ({worth.pictures:,} pictures that the map was not made of)."
    for calibration, whose in (
        (worth.calibration, "real pictures that the ranks don't know"),
        (worth.elsewhere, "those from another source, as the test digits of other people"),
    ):
        if calibration is not None:
            text += f" {rarity_worth(calibration, whose)}"
    return text


def rarity_worth(calibration: Calibration, whose: str) -> str:
    """Say how true it is that one real picture in ten is in the rarest tenth."""
    tenths, worst = calibration.tenths, max(calibration.gaps)
    said = f"{min(tenths):.1%} to {max(tenths):.1%}, by class," if len(tenths) > 1 else ""
    return (
        f"Of {whose}, {said or format(tenths[0], '.1%')} are in the rarest tenth; the largest gap "
        f"between the share that is said to be rarer and the share that is, is {100 * worst:.1f} "
        f"points, and would be {100 * calibration.chance:.1f} on average by chance alone."
    )


def classes_text(shares: Shares, names: tuple[str, ...], count: int) -> tuple[str, str]:
    """Say which classes are missing among ``count`` generated pictures, and what if none is.

    Returns
    -------
    tuple of str
        The warning, empty where no class is missing; and what is said then, with the classes that
        are rare among real pictures, too.
    """
    lost, few = (
        pictures_of(*[names[label] for label in labels]) if labels else ""
        for labels in (shares.lost, shares.few)
    )
    warned = [f"No {lost} among {count:,} that were generated."] if lost else []
    warned += [f"Too few {few}."] if few else []
    said = f"All {len(names)} classes come about as often as among real pictures."
    rare = [label for label in range(len(names)) if shares.wanted[label] < RARE / len(names)]
    if 0 < len(rare) <= MOST_NAMED:
        parts = [
            f"{pictures_of(names[label])} ({shares.wanted[label]:.1%} real, "
            f"{shares.drawn[label]:.1%} generated)"
            for label in rare
        ]
        said += f" Rare are {', '.join(parts)}."
    return " ".join(warned), said
