"""The objectives: costs of both players on D's logits, and everything that is said of each.

`OBJECTIVES` is the only list of them. The command line, the form, the plots and the trainer all
read it, so one entry adds an objective. torch is imported on the first call of a cost only, because
the window reads the list before torch is loaded.

All logits are (B,), ``real`` and ``fake`` paired by index and of the same class. Beliefs ŷ are D's
estimate of p(real | x), as the optimal D of that objective would state it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Cost = Callable[[Tensor, Tensor], Tensor]

Penalty = Literal["none", "r1", "r1r2", "finite-difference", "interpolated"]
PENALTY_FORMULAS: dict[Penalty, str] = {
    "none": "",
    "r1": "γ/2 · ‖∇D(x)‖²",
    "r1r2": "γ/2 · (‖∇D(x)‖² + ‖∇D(x̂)‖²)",
    "finite-difference": "γ/2 · (‖∇D(x)‖² + ‖∇D(x̂)‖²), by differences",
    "interpolated": "γ · (‖∇D(x̃)‖ − 1)², x̃ between x and x̂",
}
LN2 = log(2)
CERTAIN = 0.98  # belief in real images, and in 1 − fakes, of a discriminator that has won


@dataclass(frozen=True)
class Objective:
    """A pair of costs, the penalty that goes with them, and how D's answers are to be read."""

    name: str  # the word used on the command line and in files
    # label, about, source: what people call it, what it is in a few words, and the paper
    label: str
    about: str
    source: str
    # d_formula, g_formula: the costs in words, D for D's logit
    d_formula: str
    g_formula: str
    # d_loss, g_loss: ``(real_logits, fake_logits) -> scalar``, to be minimised by D and by G
    d_loss: Cost
    g_loss: Cost
    # Losses at which D can't tell real from fake (where p_G = p_data), by the text of their mark.
    equilibrium: dict[str, float]
    equilibrium_text: str  # the same as a sentence
    penalty: Penalty = "none"  # the gradient penalty that D adds to ``d_loss``, with weight γ
    # Whether only differences real − fake of logits matter, so that their offset means nothing.
    relativistic: bool = False
    # From logits to ŷ in [0, 1], ½ where D can't tell. None for a critic, whose score is no
    # estimate of a probability.
    belief: Callable[[Tensor], Tensor] | None = None
    # Loss of D below which a critic has separated all images, None where that can't be or is no
    # harm.
    margin: float | None = None

    def __str__(self) -> str:
        return f"{self.about} ({self.source})"

    def read_logits(self, logits: Tensor) -> Tensor:
        """Return what D says of images: beliefs in [0, 1], or a critic's scores as they are."""
        return logits if self.belief is None else self.belief(logits)

    def is_saturated(self, real: float, fake: float, loss_d: float) -> bool:
        """Tell whether D has won, so that G learns little from it.

        Parameters
        ----------
        real, fake : float
            Means of `read_logits` over real images and over fakes.
        loss_d : float
            D's loss.
        """
        if self.belief is not None:
            return real > CERTAIN and fake < 1 - CERTAIN
        return self.margin is not None and loss_d < self.margin

    @property
    def penalty_formula(self) -> str:
        """The gradient penalty in words; empty without one."""
        return PENALTY_FORMULAS[self.penalty]

    @property
    def answer_title(self) -> str:
        """What the plot of D's answers is called."""
        return "D's score" if self.belief is None else "D's belief"

    @property
    def answer_about(self) -> str:
        """A sentence for that plot."""
        if self.belief is None:
            return "Mean of D's scores: a critic scores real higher, and its zero means nothing."
        return "Mean of D's answers, 0 fake to 1 real. At 0.5 it can't tell: the two lines meet."

    def describe_answer(self, value: float) -> str:
        """Return D's answer for one image as the beginning of a sentence."""
        return f"D scores it {value:.2f}" if self.belief is None else f"D's belief is {value:.2f}"


def with_logits(formula: str, real: float, fake: float) -> str:
    """Return a cost's formula with numbers in the place of D(x) and D(x̂).

    A negative number stands in brackets unless it is alone in some already.
    """
    for name, logit in (("D(x̂)", fake), ("D(x)", real)):
        text = f"{logit:.2f}".replace("-", "−")
        if text.startswith("−"):
            formula = formula.replace(f"σ({name})", f"σ({text})")
            text = f"({text})"
        formula = formula.replace(name, text)
    return formula


def softplus(t: Tensor) -> Tensor:
    """log(1 + eᵗ): ``softplus(-t) = -log sigmoid(t)``, which never takes the log of a rounded 0."""
    from torch.nn import functional

    return functional.softplus(t)


def sigmoid(logits: Tensor) -> Tensor:
    """Return the belief of a D whose optimal logit is log p_data / p_G."""
    return logits.sigmoid()


def clamp_to_unit(logits: Tensor) -> Tensor:
    """Return the belief of a least-squares D, whose optimal logit is p(real | x) itself."""
    return logits.clamp(0, 1)


def bce_d(real: Tensor, fake: Tensor) -> Tensor:
    """−log ŷ(real) − log(1 − ŷ(fake)), with ŷ = sigmoid(logit)."""
    return softplus(-real).mean() + softplus(fake).mean()


def bce_g(real: Tensor, fake: Tensor) -> Tensor:
    """−log ŷ(fake), which does not saturate."""
    return softplus(-fake).mean()


def least_squares_d(real: Tensor, fake: Tensor) -> Tensor:
    """½(D(real) − 1)² + ½D(fake)²."""
    return 0.5 * ((real - 1).square().mean() + fake.square().mean())


def least_squares_g(real: Tensor, fake: Tensor) -> Tensor:
    """½(D(fake) − 1)²."""
    return 0.5 * (fake - 1).square().mean()


def hinge_d(real: Tensor, fake: Tensor) -> Tensor:
    """max(0, 1 − D(real)) + max(0, 1 + D(fake))."""
    return (1 - real).relu().mean() + (1 + fake).relu().mean()


def wasserstein_d(real: Tensor, fake: Tensor) -> Tensor:
    """D(fake) − D(real): minus the estimated Wasserstein distance."""
    return fake.mean() - real.mean()


def critic_g(real: Tensor, fake: Tensor) -> Tensor:
    """−D(fake)."""
    return -fake.mean()


def relativistic_d(real: Tensor, fake: Tensor) -> Tensor:
    """−log sigmoid(D(real) − D(fake)): a real image must look more real than its partner."""
    return softplus(fake - real).mean()


def relativistic_g(real: Tensor, fake: Tensor) -> Tensor:
    """−log sigmoid(D(fake) − D(real))."""
    return softplus(real - fake).mean()


_RELATIVISTIC = (
    "−log σ(D(x) − D(x̂))",
    "−log σ(D(x̂) − D(x))",
    relativistic_d,
    relativistic_g,
    {"ln 2": LN2},
    "Where D can't tell, both losses are ln 2 = 0.69.",
)
_BCE = (
    "−log σ(D(x)) − log(1 − σ(D(x̂)))",
    "−log σ(D(x̂))",
    bce_d,
    bce_g,
    {"ln 2": LN2, "2 ln 2": 2 * LN2},
    "Where D can't tell, G's loss is ln 2 = 0.69 and D's is twice that.",
)

OBJECTIVES: dict[str, Objective] = {
    objective.name: objective
    for objective in (
        Objective(
            "rpgan-r1r2",
            "RpGAN + R1 + R2",
            "relativistic pairs, R1 and R2 penalties: R3GAN",
            "Huang et al., 2024, arXiv:2501.05441",
            *_RELATIVISTIC,
            penalty="r1r2",
            relativistic=True,
            belief=sigmoid,
        ),
        Objective(
            "rpgan-fd",
            "RpGAN, finite differences",
            "the same with finite-difference penalties: faster per step",
            "Huang et al., 2024, arXiv:2501.05441; penalty of Lin et al., 2025, arXiv:2501.08316",
            *_RELATIVISTIC,
            penalty="finite-difference",
            relativistic=True,
            belief=sigmoid,
        ),
        Objective(
            "bce-r1",
            "BCE + R1",
            "non-saturating cross-entropy, R1 penalty",
            "Mescheder et al., 2018, arXiv:1801.04406",
            *_BCE,
            penalty="r1",
            belief=sigmoid,
        ),
        Objective(
            "bce",
            "BCE",
            "non-saturating cross-entropy, no penalty",
            "Goodfellow et al., 2014, arXiv:1406.2661",
            *_BCE,
            belief=sigmoid,
        ),
        Objective(
            "lsgan",
            "least squares",
            "least squares towards 1 for real and 0 for fake",
            "Mao et al., 2017, arXiv:1611.04076",
            "½(D(x) − 1)² + ½D(x̂)²",
            "½(D(x̂) − 1)²",
            least_squares_d,
            least_squares_g,
            {"D: 1/4": 0.25, "G: 1/8": 0.125},
            "Where D can't tell, D's loss is 1/4 and G's is 1/8.",
            belief=clamp_to_unit,
        ),
        Objective(
            "hinge",
            "hinge",
            "hinge loss with a margin of 1",
            "Lim and Ye, 2017, arXiv:1705.02894",
            "max(0, 1 − D(x)) + max(0, 1 + D(x̂))",
            "−D(x̂)",
            hinge_d,
            critic_g,
            {"D: 2": 2.0},
            "Where D can't tell, its loss is 2.",
            margin=0.04,  # 2 % of what it is where D can't tell
        ),
        Objective(
            "wgan-gp",
            "WGAN-GP",
            "Wasserstein critic with gradient penalty",
            "Gulrajani et al., 2017, arXiv:1704.00028",
            "D(x̂) − D(x)",
            "−D(x̂)",
            wasserstein_d,
            critic_g,
            {"0": 0.0},
            "Minus D's loss estimates the Wasserstein distance; at 0 D can't tell.",
            penalty="interpolated",  # an optimal critic is wanted: it has no saturation to warn of
        ),
    )
}
DEFAULT_OBJECTIVE = "rpgan-r1r2"
