"""The beats that a step is shown in, and a sentence for each with the numbers of the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ganview.app.formatting import number_text
from ganview.gan.players import Players
from ganview.gan.step_trace import Floats, LayerUpdate, StepTrace


@dataclass(frozen=True)
class Beat:
    """One beat."""

    name: str  # what it is called
    # Whose turn it is: an actor's name as in `ganview.export.palette`, empty for nobody's.
    actor: str
    parts: tuple[str, ...]  # the parts of the flow that appear with it; they stay
    tell: Callable[[StepTrace, int], str]  # what happens, of a row of a trace


def answer_text(trace: StepTrace, logits: Floats, row: int) -> str:
    """Return what D says of a row: a belief with two digits, or a critic's score."""
    return f"{float(trace.belief(logits)[row]):.2f}".replace("-", "−")


def _tell_draw(trace: StepTrace, row: int) -> str:
    name = trace.class_name(row)
    kind = f" of the class {name}" if name else ""
    if trace.is_pinned and row == 0:
        return (
            "The pinned noise z goes in beside the batch: G does not learn from it, but it shows "
            "what the update changes."
        )
    return (
        f"Noise z is drawn for G, and a real picture x{kind} for D. G never sees x: no arrow leads "
        "from x to G."
    )


def _tell_generate(trace: StepTrace, row: int) -> str:
    name = trace.class_name(row)
    given = f" and the class {name}" if name else ""
    return f"G turns the noise z{given} into the picture x̂. Its weights θ are all that it knows."


def _tell_judge(trace: StepTrace, row: int) -> str:
    real, fake = (answer_text(trace, part, row) for part in (trace.before.real, trace.before.fake))
    if trace.rule.belief is None:
        return f"D scores x {real} and x̂ {fake}. Only the distance counts, not the level."
    told = f"D's belief is {real} for x and {fake} for x̂: 1 is surely real, 0 surely fake."
    if "σ" not in trace.rule.d_formula:
        return told
    logit = number_text(float(trace.before.real[row]))
    return f"{told} Its answer is a logit, which σ turns into the belief ŷ: σ({logit}) = {real}."


def _tell_cost_d(trace: StepTrace, row: int) -> str:
    up, down = (number_text(abs(float(it[row]))) for it in (trace.told_real, trace.told_fake))
    return (
        "D's cost is low where D tells the two apart. D is told the gradient of this cost and "
        f"nothing else: raise the answer to x, with strength {up}, and lower that to x̂, with "
        f"{down}."
    )


KEPT_NO_OPTIMISER = (
    "Of this moment D and the averaged G were kept, but no optimiser, so nothing moves here: "
    "choose a moment that kept all, or go on from this one."
)


def _tell_update_d(trace: StepTrace, _row: int) -> str:
    if not trace.is_applied:
        return KEPT_NO_OPTIMISER
    if Players.D not in trace.players:
        return "D is not updated in this step: its weights φ stay."
    part = _largest(trace.layers_d)
    return (
        f"D's weights φ move against the gradient: in one layer by {part} of their size, in the "
        "others by less. G stays as it is."
    )


def _tell_judge_again(trace: StepTrace, row: int) -> str:
    if not trace.is_applied:
        return "Nothing moved, so D says the same again."
    old_real, old_fake = (answer_text(trace, part, row) for part in trace.before[:2])
    real, fake = (answer_text(trace, part, row) for part in trace.after[:2])
    fell, rose = (trace.after[at][row] - trace.before[at][row] for at in (0, 1))
    against = " and ".join(["x"] * bool(fell < 0) + ["x̂"] * bool(rose > 0))
    all_of_it = " Its update was for the whole batch, and it moved {} the other way."
    return (
        f"On the same two pictures D now says: x {real} (before {old_real}), x̂ {fake} (before "
        f"{old_fake}).{all_of_it.format(against) if against else ''}"
    )


def _tell_cost_g(trace: StepTrace, _row: int) -> str:
    if Players.G not in trace.players:
        return "G is not updated in this step, so nothing is asked of it."
    return (
        "G's cost is low where D takes x̂ for real. G is told one thing only: where in x̂ lighter or "
        "darker (red, blue) would help. It is told by D as it was before its own update: both "
        "gradients of a step are taken at the weights that it began with."
    )


def _tell_update_g(trace: StepTrace, _row: int) -> str:
    if not trace.is_applied:
        return KEPT_NO_OPTIMISER
    if Players.G not in trace.players:
        return "G's weights θ stay."
    part = _largest(trace.layers_g)
    return (
        "The gradient goes back through G, from x̂ to z, and each layer's weights θ move against "
        f"what arrives there: in one layer by {part} of their size, in the others by less. D "
        "passes it on and stays as it is."
    )


def _tell_generate_again(trace: StepTrace, row: int) -> str:
    before, old, after, new = (
        answer_text(trace, part, row)
        for part in (trace.before.fake, trace.fake_by_old_d, trace.after.fake, trace.again.fake)
    )
    if not trace.is_applied:
        return "Nothing moved, so the same z gives the same picture, and D says the same of it."
    if Players.G not in trace.players:
        return f"The same z gives the same picture; D now says {new} (before {before})."
    change = float(np.abs(trace.x_hat_after[row] - trace.x_hat[row]).mean()) / 2
    return (
        "The weights moved the way that D's answer told, so the same z gives another picture, x̂′: "
        f"its pixels differ by {100 * change:.2g} % of black to white on average. From x̂ to x̂′ the "
        f"old D's answer goes from {before} to {old}, the new D's from {after} to {new}."
    )


def _largest(layers: tuple[LayerUpdate, ...]) -> str:
    return f"{100 * max((layer.ratio for layer in layers), default=0.0):.2g} %"


BEATS = (
    Beat("draw", "", ("z", "y", "x"), _tell_draw),
    Beat("generate", "generator", ("G", "x_hat"), _tell_generate),
    Beat("judge", "discriminator", ("D", "said"), _tell_judge),
    Beat("cost of D", "discriminator", ("cost_d",), _tell_cost_d),
    Beat("update D", "discriminator", ("layers_d",), _tell_update_d),
    Beat("judge again", "discriminator", ("said_after",), _tell_judge_again),
    Beat("cost of G", "generator", ("cost_g", "told"), _tell_cost_g),
    Beat("update G", "generator", ("layers_g",), _tell_update_g),
    Beat("generate again", "generator", ("after", "change", "said_again"), _tell_generate_again),
)
LAST = len(BEATS) - 1
