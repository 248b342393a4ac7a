"""Every setting of a run, declared once: the command line and the form are made from it."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any

from ganview.errors import UserError

#: What each choice is and where it was published; the formulas are in `ganview.gan.objectives`.
ABOUT_OBJECTIVES = {
    "rpgan-r1r2": "real and fake in pairs, both slopes penalised: R3GAN (Huang et al., 2024)",
    "rpgan-fd": "the same, slopes by finite differences: quicker (Huang et al., 2024)",
    "bce-r1": "the lecture's cost, slope at real images penalised (Mescheder et al., 2018)",
    "bce": "the lecture's cost, non-saturating (Goodfellow et al., 2014)",
    "lsgan": "least squares (Mao et al., 2017)",
    "hinge": "hinge: no more than a margin is asked for (Lim and Ye, 2017)",
    "wgan-gp": "Wasserstein distance with gradient penalty (Gulrajani et al., 2017)",
}
ABOUT_ARCHITECTURES = {
    "residual": "residual, without normalisation, after R3GAN (Huang et al., 2024)",
    "dcgan": "strided convolutions and batch norm (Radford et al., 2015)",
    "mlp": "fully connected layers only: the course's (Goodfellow et al., 2014)",
}
OBJECTIVES, ARCHITECTURES = tuple(ABOUT_OBJECTIVES), tuple(ABOUT_ARCHITECTURES)
SIZES = ("small", "medium", "large")
DEVICES = ("auto", "cpu", "cuda", "mps")


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    group: str,
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    choices: tuple[str, ...] = (),
    about: dict[str, str] | None = None,
) -> Any:
    """Declare one setting: its default and all that a form or a command line must know of it."""
    return field(
        default=default,
        metadata={
            "label": label,
            "help": help,
            "group": group,
            "low": low,
            "high": high,
            "unit": unit,
            "choices": choices,
            "about": about or {},
        },
    )


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one run. Lengths of schedules are stated in images seen, never in steps.

    A pair ``name``/``name_end`` moves from the first to the second value, geometrically, by half a
    cosine over the stated number of images, and stays there.
    """

    objective: str = setting(
        "rpgan-r1r2",
        "Objective",
        "The cost from which D and G learn.",
        group="Objective",
        choices=OBJECTIVES,
        about=ABOUT_OBJECTIVES,
    )
    architecture: str = setting(
        "residual",
        "Networks",
        "The pair of networks that play the game.",
        group="Networks",
        choices=ARCHITECTURES,
        about=ABOUT_ARCHITECTURES,
    )
    size: str = setting(
        "small",
        "Size",
        "Larger networks learn more slowly and, given time, better.",
        group="Networks",
        choices=SIZES,
    )
    conditional: bool = setting(
        True,
        "Use the labels",
        "Learn p(x|y), a picture of a class, instead of p(x).",
        group="Networks",
    )
    kinds: int = setting(
        128,
        "Kinds",
        "Without labels, sort pictures by likeness into so many kinds first, and learn each; 0 "
        "learns all as one.",
        group="Networks",
        low=0,
        high=1000,
    )
    z_dim: int = setting(
        64,
        "Noise dimensions",
        "How many numbers of noise z has.",
        group="Networks",
        low=1,
        high=512,
    )
    batch_size: int = setting(
        16, "Batch size", "Images in one step.", group="Training", low=2, high=1024, unit="images"
    )
    learning_rate: float = setting(
        1e-3,
        "Learning rate",
        "Length of Adam's steps at first.",
        group="Training",
        low=1e-6,
        high=0.1,
    )
    learning_rate_end: float = setting(
        1e-4, "Learning rate, end", "… and after its decay.", group="Training", low=1e-7, high=0.1
    )
    learning_rate_images: int = setting(
        150_000,
        "Learning rate decays over",
        "Images seen until the learning rate has reached its end.",
        group="Training",
        low=1,
        high=10**9,
        unit="images",
    )
    d_rate: float = setting(
        1.5,
        "D's pace",
        "D's learning rate over G's: a quick D keeps variety, a slow one lets G repeat itself.",
        group="Training",
        low=0.05,
        high=20.0,
    )
    warmup_images: int = setting(
        2000,
        "Warm-up",
        "Images over which the learning rate rises from nothing.",
        group="Training",
        low=0,
        high=10**7,
        unit="images",
    )
    beta1: float = setting(
        0.0, "Adam β1", "Memory of the mean gradient.", group="Training", low=0.0, high=0.999
    )
    beta2: float = setting(
        0.99,
        "Adam β2",
        "Memory of the squared gradient at first.",
        group="Training",
        low=0.5,
        high=0.9999,
    )
    beta2_end: float = setting(
        0.99, "Adam β2, end", "… and after the γ schedule.", group="Training", low=0.5, high=0.9999
    )
    d_steps: int = setting(
        1, "D updates a step", "Updates of D for one of G.", group="Training", low=1, high=10
    )
    gamma: float = setting(
        0.3,
        "Penalty γ",
        "Weight of the gradient penalty at first: large is calm, small is sharp.",
        group="Objective",
        low=0.0,
        high=100.0,
    )
    gamma_end: float = setting(
        0.02, "Penalty γ, end", "… and after its decay.", group="Objective", low=0.0, high=100.0
    )
    gamma_images: int = setting(
        300_000,
        "Penalty decays over",
        "Images seen until γ, class pull and β2 have reached their ends.",
        group="Objective",
        low=1,
        high=10**9,
        unit="images",
    )
    class_pull: float = setting(
        0.2,
        "Class pull",
        "How much G is asked for pictures whose class a classifier in D names right; 0 does "
        "without one.",
        group="Objective",
        low=0.0,
        high=10.0,
    )
    class_pull_end: float = setting(
        0.02,
        "Class pull, end",
        "… and after the γ schedule.",
        group="Objective",
        low=0.0,
        high=10.0,
    )
    ema_half_life: int = setting(
        20_000,
        "EMA half-life",
        "Images after which a weight counts half in the averaged generator; 0 switches it off.",
        group="Training",
        low=0,
        high=10**8,
        unit="images",
    )
    hold_out: int = setting(
        0,
        "Hold out",
        "The last images of the data, kept from training: to choose between models by.",
        group="Data",
        low=0,
        high=10**6,
        unit="images",
    )
    seed: int = setting(
        0,
        "Seed",
        "Same seed and thread count, same weights.",
        group="Machine",
        low=0,
        high=2**31 - 1,
    )
    threads: int = setting(
        0,
        "Threads",
        "Processor threads; 0 measures what is fastest.",
        group="Machine",
        low=0,
        high=256,
    )
    device: str = setting(
        "auto",
        "Device",
        "Where to compute; auto takes a GPU if there is one.",
        group="Machine",
        choices=DEVICES,
    )

    def __post_init__(self) -> None:
        for spec in fields(self):
            check(spec.name, getattr(self, spec.name))

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """Build a configuration from plain values.

        Raises
        ------
        UserError
            A setting is unknown, of the wrong kind or out of its range.
        """
        known = {spec.name for spec in fields(cls)}
        for name in values:
            if name not in known:
                raise UserError(f"There is no setting called '{name}'.")
        return cls(**values)

    def with_(self, **changes: Any) -> TrainConfig:
        """Return a copy with some settings changed and checked."""
        return replace(self, **changes)


def check(name: str, value: Any) -> None:
    """Raise `UserError` unless ``value`` is a legal value of the setting ``name``."""
    spec = next(spec for spec in fields(TrainConfig) if spec.name == name)
    about = spec.metadata
    assert spec.default is not MISSING
    kind = type(spec.default)
    whole_as_float = kind is float and type(value) is int
    if type(value) is not kind and not whole_as_float:
        raise UserError(
            f"{about['label']} ({name}) must be of type {kind.__name__}, not {value!r}."
        )
    if about["choices"] and value not in about["choices"]:
        raise UserError(
            f"{about['label']} ({name}) is one of {', '.join(about['choices'])}, not {value!r}."
        )
    low, high = about["low"], about["high"]
    if low is not None and not low <= value <= high:
        raise UserError(
            f"{about['label']} ({name}) must be between {low:g} and {high:g}, not {value!r}."
        )
