"""The colours of the window and of everything that is exported, light and dark.

One hue stands for each actor of the game in every view: real data, fake images, the generator and
the discriminator; the two measures of quality have hues of their own, and what the user moves has
the accent. All of them keep a contrast of at least 4.5 : 1 as text on the window's ground
and on its panels, in both schemes, and no two differ by red against green alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """The named colours of one scheme, as ``#rrggbb``."""

    dark: bool
    ground: str  # behind the cards
    card: str
    sunken: str  # wells: plots, slider grooves, the ground of a picture
    hover: str
    line: str  # borders of cards, separators
    border: str  # of fields and boxes to tick, at least 3 : 1
    text: str
    muted: str  # secondary text, still at least 4.5 : 1
    disabled: str
    accent: str  # the chosen or primary thing; deliberately no actor's hue
    on_accent: str
    real: str
    fake: str
    generator: str
    discriminator: str
    distance: str  # of generated pictures from real ones
    accuracy: str  # how many are taken for the class asked for
    error: str
    runs: tuple[str, ...]  # of runs that are laid over each other; no actor's hue

    def actor(self, name: str) -> str:
        """Return the colour of an actor, or of a measure of quality."""
        return str(getattr(self, name))


LIGHT = Tokens(
    dark=False,
    ground="#f1f3f6",
    card="#ffffff",
    sunken="#f6f7f9",
    hover="#e9ecf1",
    line="#dce0e7",
    border="#7d8695",
    text="#1a1f29",
    muted="#566073",
    disabled="#9aa2b1",
    accent="#2c3a57",
    on_accent="#ffffff",
    real="#00766a",
    fake="#8a2fb3",
    generator="#985a00",
    discriminator="#2358c5",
    distance="#5f6b00",
    accuracy="#a3208a",
    error="#8c1d40",
    runs=("#c4451c", "#0b7285", "#a61e77", "#5c6b00", "#4338a8", "#7a4b1e"),
)

DARK = Tokens(
    dark=True,
    ground="#14171c",
    card="#1c2027",
    sunken="#171a20",
    hover="#2a303a",
    line="#303743",
    border="#737d8d",
    text="#e8ebf1",
    muted="#a3acbb",
    disabled="#626b7a",
    accent="#c9d5ee",
    on_accent="#161a22",
    real="#3ecbb2",
    fake="#d192ee",
    generator="#f1b24d",
    discriminator="#82aefc",
    distance="#c3d04a",
    accuracy="#f29be0",
    error="#ff9db5",
    runs=("#ff9b73", "#66d9e8", "#f783c8", "#c0d14a", "#a99bff", "#d9a066"),
)
