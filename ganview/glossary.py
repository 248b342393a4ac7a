"""The words of the window: each term with its symbol, one sentence, and where it is to be seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One term."""

    term: str  # the word
    symbol: str  # what it is written as in formulas, empty without one
    sentence: str  # what it means, in one sentence that a beginner understands
    where: str  # where in the window it is to be seen


GLOSSARY: tuple[Entry, ...] = (
    Entry("generator", "G", "The network that makes pictures from noise.", "Samples, Explorer"),
    Entry(
        "discriminator",
        "D",
        "The network that is shown pictures and tells real ones from generated ones.",
        "Check",
    ),
    Entry(
        "noise",
        "z",
        "The random numbers that a picture is made from; the same numbers give the same picture.",
        "Sliders",
    ),
    Entry("class", "y", "Which kind of picture is asked for, such as a 3.", "Explorer"),
    Entry("real picture", "x", "A picture of the data that is learned from.", "Data"),
    Entry(
        "held-out pictures",
        "",
        "Pictures of the data that no network learns from: quality is measured against them.",
        "Data, Settings",
    ),
    Entry("generated picture", "x̂", "What the generator makes: x̂ = G(z, y).", "Samples"),
    Entry("logit", "", "D's raw answer: above 0 it leans to real, below 0 to generated.", "Step"),
    Entry(
        "belief",
        "ŷ",
        "D's answer as a number from 0, surely generated, to 1, surely real; at 0.5 it can't tell.",
        "D's belief",
    ),
    Entry(
        "critic score",
        "",
        "The answer of a Wasserstein D: only the distance between real and generated counts.",
        "D's belief",
    ),
    Entry(
        "loss",
        "L",
        "The cost that a network makes smaller; in this game a falling loss is not the goal.",
        "Losses",
    ),
    Entry("objective", "", "The pair of losses that D and G learn with.", "Settings"),
    Entry("weights", "θ", "All numbers of a network that training changes.", "Step"),
    Entry(
        "gradient",
        "∇",
        "The direction in which a loss grows fastest; a network takes a small step against it.",
        "Step, Check",
    ),
    Entry(
        "health",
        "",
        "How the game goes: the gradient and the move of each layer, the spread of D's answers, "
        "and the variety of G's pictures.",
        "Step, Plots",
    ),
    Entry(
        "gradient penalty",
        "γ",
        "A cost on how steeply D's answer changes near pictures; γ is its weight, and more of it "
        "makes training more stable.",
        "Settings",
    ),
    Entry(
        "learning rate",
        "",
        "How large a step the weights take; too large a one makes training diverge.",
        "Settings",
    ),
    Entry("step", "", "One update of G, with the updates of D that go with it.", "Losses"),
    Entry("batch", "", "The pictures that one step learns from.", "Settings"),
    Entry("epoch", "", "As many steps as show every picture of the data once.", "Settings"),
    Entry(
        "averaged generator",
        "EMA",
        "A running average of G's weights over the last steps: its pictures are steadier.",
        "Samples, Explorer",
    ),
    Entry(
        "diversity",
        "ψ",
        "A factor on the noise: below 1 pictures become more typical and alike, above 1 rarer.",
        "Explorer",
    ),
    Entry(
        "standard deviation",
        "σ",
        "The unit of the sliders: two thirds of all noise lie between −1 σ and 1 σ.",
        "Sliders",
    ),
    Entry(
        "p(x|y)", "", "How pictures of one class y are distributed: the class is fixed.", "Explorer"
    ),
    Entry("p(x)", "", "How all pictures are distributed, whatever their class.", "Explorer"),
    Entry("collapse", "", "G makes the same picture, or a few, whatever the noise is.", "Samples"),
    Entry(
        "divergence", "", "Losses or gradients grow without bounds, and training ends.", "Samples"
    ),
    Entry(
        "judge",
        "",
        "A fixed network whose features the quality is measured with; it never trains along.",
        "Quality",
    ),
    Entry(
        "classifier",
        "",
        "A fixed network that says which class a picture shows.",
        "Quality, Mix, Draw",
    ),
    Entry(
        "judge-FD",
        "",
        "The Fréchet distance between generated and real pictures in the judge's features: "
        "lower is better.",
        "Quality",
    ),
    Entry(
        "class accuracy",
        "",
        "The share of samples that the classifier takes for the class asked for; of real pictures "
        "it may be lower, as some are hard to read.",
        "Quality",
    ),
    Entry("run", "", "One training from its first weights on, with all that it kept.", "Runs"),
    Entry(
        "moment",
        "",
        "A point of a run's past whose pictures, and often whose networks, were kept.",
        "Time line",
    ),
    Entry("checkpoint", "", "All that a run needs to go on exactly where it was.", "Runs"),
    Entry("snapshot", "", "What the window is sent of a run while it trains.", "Samples"),
    Entry(
        "recipe",
        "",
        "What an exported picture carries to be made again: the model's name, z and y.",
        "Export",
    ),
    Entry(
        "latent space",
        "",
        "All values that the noise can have; near points give pictures that are alike.",
        "Map",
    ),
    Entry("pin", "", "A kept point of the latent space: z, y and ψ.", "Pins"),
    Entry("direction", "", "A line through the latent space that changes one thing.", "Directions"),
    Entry(
        "pseudo-classes",
        "",
        "Groups of alike pictures that stand in for classes where data has none, or divide those "
        "of a small set.",
        "Settings",
    ),
    Entry("preset", "", "Settings that go well together, under one name.", "Settings"),
    Entry("seed", "", "The number that all chance begins with: the same gives the same run.", ""),
)

_BY_TERM = {entry.term: entry for entry in GLOSSARY}


def explain(term: str) -> str:
    """Return what a term means, with its symbol: the text of every tooltip on it."""
    entry = _BY_TERM[term]
    symbol = f" {entry.symbol}" if entry.symbol else ""
    return f"{entry.term[0].upper()}{entry.term[1:]}{symbol}: {entry.sentence}"


def glossary_table() -> str:
    """Return all entries as a table in Markdown, for the documents."""
    rows = [
        f"| {entry.term}{f' {entry.symbol}' if entry.symbol else ''} | {entry.sentence} | "
        f"{entry.where} |"
        for entry in sorted(GLOSSARY, key=lambda entry: entry.term.lower())
    ]
    return "\n".join(["| term | what it means | where |", "|---|---|---|", *rows]) + "\n"
