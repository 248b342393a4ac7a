"""The settings of a run, declared once for the command line, the window and the files."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any

from ganview.errors import UserError

#: What each choice is and where it was published; the formulas are in `ganview.gan.objectives`.
ABOUT_OBJECTIVES = {
    "rpgan-r1r2": "relativistic pairs, R1 and R2 penalties: R3GAN (Huang et al., 2024)",
    "rpgan-fd": "the same with finite-difference penalties: faster per step (Huang et al., 2024)",
    "bce-r1": "non-saturating cross-entropy, R1 penalty (Mescheder et al., 2018)",
    "bce": "non-saturating cross-entropy, no penalty (Goodfellow et al., 2014)",
    "lsgan": "least squares (Mao et al., 2017)",
    "hinge": "hinge loss with a margin of 1 (Lim and Ye, 2017)",
    "wgan-gp": "Wasserstein critic with gradient penalty (Gulrajani et al., 2017)",
}
ABOUT_ARCHITECTURES = {
    "residual": "residual, without normalisation, after R3GAN (Huang et al., 2024)",
    "dcgan": "strided convolutions and batch norm (Radford et al., 2015)",
    "mlp": "fully connected layers only (Goodfellow et al., 2014)",
}
OBJECTIVES, ARCHITECTURES = tuple(ABOUT_OBJECTIVES), tuple(ABOUT_ARCHITECTURES)
#: Today's names of settings, by the names that they had in files of earlier versions.
RENAMED_SETTINGS = {
    "class_pull": "aux_weight_g",
    "class_pull_end": "aux_weight_g_end",
    "d_rate": "d_lr_ratio",
    "kinds": "clusters",
}
#: Values of settings that did not exist yet when a file was written.
BEFORE_THEY_EXISTED = {
    "aux_weight_g": 0.0,
    "aux_weight_g_end": 0.0,
    "d_lr_ratio": 1.0,
    "clusters": 0,
}
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
        "Cost functions of D and G.",
        group="Objective",
        choices=OBJECTIVES,
        about=ABOUT_OBJECTIVES,
    )
    architecture: str = setting(
        "residual",
        "Networks",
        "Network architecture of G and D.",
        group="Networks",
        choices=ARCHITECTURES,
        about=ABOUT_ARCHITECTURES,
    )
    size: str = setting(
        "small",
        "Size",
        "Width of the networks: larger ones take longer and reach better quality.",
        group="Networks",
        choices=SIZES,
    )
    conditional: bool = setting(
        True,
        "Use the labels",
        "Learn p(x|y), images given their class, instead of p(x).",
        group="Networks",
    )
    clusters: int = setting(
        128,
        "Pseudo-classes",
        "Without labels: number of k-means clusters used as pseudo-classes. 0 turns this off.",
        group="Networks",
        low=0,
        high=1000,
    )
    z_dim: int = setting(
        64,
        "Noise dimensions",
        "Dimensions of the noise vector z.",
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
        "Initial learning rate.",
        group="Training",
        low=1e-6,
        high=0.1,
    )
    learning_rate_end: float = setting(
        1e-4,
        "Learning rate, end",
        "Final learning rate, reached after the decay.",
        group="Training",
        low=1e-7,
        high=0.1,
    )
    learning_rate_images: int = setting(
        150_000,
        "Learning rate decays over",
        "Images until the learning rate reaches its final value.",
        group="Training",
        low=1,
        high=10**9,
        unit="images",
    )
    d_lr_ratio: float = setting(
        1.5,
        "D : G learning-rate ratio",
        "D's learning rate divided by G's. Too low risks mode collapse.",
        group="Training",
        low=0.05,
        high=20.0,
    )
    warmup_images: int = setting(
        2000,
        "Warm-up",
        "Images over which the learning rate rises from 0.",
        group="Training",
        low=0,
        high=10**7,
        unit="images",
    )
    beta1: float = setting(
        0.0, "Adam β1", "Decay rate of the mean gradient.", group="Training", low=0.0, high=0.999
    )
    beta2: float = setting(
        0.99,
        "Adam β2",
        "Initial decay rate of the mean squared gradient.",
        group="Training",
        low=0.5,
        high=0.9999,
    )
    beta2_end: float = setting(
        0.99,
        "Adam β2, end",
        "Final β2, reached with the final γ.",
        group="Training",
        low=0.5,
        high=0.9999,
    )
    d_steps: int = setting(
        1,
        "D updates per step",
        "Updates of D for each update of G.",
        group="Training",
        low=1,
        high=10,
    )
    gamma: float = setting(
        0.3,
        "Penalty γ",
        "Initial weight of the gradient penalty. Higher is more stable, lower is sharper.",
        group="Objective",
        low=0.0,
        high=100.0,
    )
    gamma_end: float = setting(
        0.02,
        "Penalty γ, end",
        "Final γ, reached after the decay.",
        group="Objective",
        low=0.0,
        high=100.0,
    )
    gamma_images: int = setting(
        300_000,
        "Penalty decays over",
        "Images until γ, the classifier weight and β2 reach their final values.",
        group="Objective",
        low=1,
        high=10**9,
        unit="images",
    )
    aux_weight_g: float = setting(
        0.2,
        "Classifier weight",
        "Weight of the auxiliary classification loss in G's cost (AC-GAN). 0 turns the classifier "
        "off.",
        group="Objective",
        low=0.0,
        high=10.0,
    )
    aux_weight_g_end: float = setting(
        0.02,
        "Classifier weight, end",
        "Final classifier weight, reached with the final γ.",
        group="Objective",
        low=0.0,
        high=10.0,
    )
    ema_half_life: int = setting(
        20_000,
        "EMA half-life",
        "Half-life of weights in the averaged generator. 0 turns averaging off.",
        group="Training",
        low=0,
        high=10**8,
        unit="images",
    )
    hold_out: int = setting(
        0,
        "Hold out",
        "Images kept out of training, to measure quality on: a share of each class.",
        group="Data",
        low=0,
        high=10**6,
        unit="images",
    )
    seed: int = setting(
        0,
        "Seed",
        "Random seed. The same seed and thread count give the same weights.",
        group="Machine",
        low=0,
        high=2**31 - 1,
    )
    threads: int = setting(
        0,
        "Threads",
        "CPU threads; 0 measures which number is fastest.",
        group="Machine",
        low=0,
        high=256,
    )
    device: str = setting(
        "auto",
        "Device",
        "Device to compute on; auto uses a GPU if there is one.",
        group="Machine",
        choices=DEVICES,
    )

    def __post_init__(self) -> None:
        for spec in fields(self):
            check_setting(spec.name, getattr(self, spec.name))

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


def rename_settings(stored: dict[str, Any]) -> dict[str, Any]:
    """Return settings that an earlier version stored by the names that they have today."""
    return {RENAMED_SETTINGS.get(name, name): value for name, value in stored.items()}


def upgrade_settings(stored: dict[str, Any]) -> dict[str, Any]:
    """Return all settings of a stored run: renamed, and those that did not exist yet added."""
    return {**BEFORE_THEY_EXISTED, **rename_settings(stored)}


def check_setting(name: str, value: Any) -> None:
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
