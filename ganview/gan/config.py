"""The settings of a run, declared once for the command line, the window and the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ganview.errors import UserError
from ganview.gan.networks.build import AUTO, CHOICES, FOLDED, RESIDUAL, SIZES
from ganview.gan.objectives import DEFAULT_OBJECTIVE, OBJECTIVES

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
    "mirror": False,
    "augment": "off",
}
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class SettingInfo:
    """All that a form, a command line or a file must know of one setting.

    Parameters
    ----------
    default : object
        Its default; all its values have the same type.
    label, help, group, unit : str
        What is shown.
    low, high : float or None
        Its range, None where it has choices or is a switch.
    choices : mapping
        What may be chosen; the text of a value is what to say about that choice, if anything.
    name : str
        Its name in `TrainConfig`.
    """

    default: Any
    label: str
    help: str
    group: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: Mapping[str, object] = field(default_factory=dict)
    name: str = ""

    @property
    def value_type(self) -> type[Any]:
        """The type of its values."""
        return type(self.default)


def setting(default: Any, label: str, help: str, **about: Any) -> Any:
    """Declare one setting by what its `SettingInfo` says."""
    return field(default=default, metadata={"info": SettingInfo(default, label, help, **about)})


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one run. Lengths of schedules are stated in images seen, never in steps.

    A pair ``name``/``name_end`` moves from the first to the second value, geometrically, by half a
    cosine over the stated number of images, and stays there.
    """

    objective: str = setting(
        DEFAULT_OBJECTIVE,
        "Objective",
        "Cost functions of D and G.",
        group="Losses",
        choices=OBJECTIVES,
    )
    architecture: str = setting(
        AUTO,
        "Architecture",
        "Network architecture of G and D; auto takes what suits the size of the images.",
        group="Networks",
        choices=CHOICES,
    )
    size: str = setting(
        "small",
        "Size",
        "Width of the networks: larger ones take longer and reach better quality.",
        group="Networks",
        choices=dict.fromkeys(SIZES, ""),
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
        "Without labels: number of k-means clusters used as pseudo-classes. With labels: as many "
        "in each class, at most, of 500 to 5,000 pictures in all. 0 turns this off.",
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
        1e-3, "Learning rate", "Initial learning rate.", group="Training", low=1e-6, high=0.1
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
        "Initial weight of the gradient penalty, for 28 × 28 grey pixels; it grows with the "
        "numbers in a picture. Higher is more stable, lower is sharper.",
        group="Losses",
        low=0.0,
        high=100.0,
    )
    gamma_end: float = setting(
        0.02,
        "Penalty γ, end",
        "Final γ, reached after the decay.",
        group="Losses",
        low=0.0,
        high=100.0,
    )
    gamma_images: int = setting(
        300_000,
        "Penalty decays over",
        "Images until γ, the classifier weight and β2 reach their final values.",
        group="Losses",
        low=1,
        high=10**9,
        unit="images",
    )
    aux_weight_g: float = setting(
        0.2,
        "Classifier weight",
        "Weight of the auxiliary classification loss in G's cost (AC-GAN). 0 turns the classifier "
        "off.",
        group="Losses",
        low=0.0,
        high=10.0,
    )
    aux_weight_g_end: float = setting(
        0.02,
        "Classifier weight, end",
        "Final classifier weight, reached with the final γ.",
        group="Losses",
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
    mirror: bool = setting(
        False,
        "Mirror",
        "Show half of the images mirrored: right for animals and faces, wrong for letters.",
        group="Data",
    )
    augment: str = setting(
        "auto",
        "Augmentation",
        "Change images at random before D sees them, more so once D knows them by heart. "
        "auto: for fewer than 5,000 images.",
        group="Data",
        choices=dict.fromkeys(("auto", "on", "off"), ""),
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
        choices=dict.fromkeys(DEVICES, ""),
    )

    def __post_init__(self) -> None:
        for name in SETTINGS:
            check_setting(name, getattr(self, name))

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """Build a configuration from plain values, by the names of this version or an earlier one.

        Raises
        ------
        UserError
            A setting is unknown, of the wrong kind or out of its range.
        """
        values = rename_settings(values)
        for name in values:
            if name not in SETTINGS:
                raise UserError(f"There is no setting called '{name}'.")
        return cls(**values)

    def with_(self, **changes: Any) -> TrainConfig:
        """Return a copy with some settings changed and checked."""
        return replace(self, **changes)


def rename_settings(stored: dict[str, Any]) -> dict[str, Any]:
    """Return settings that an earlier version stored by the names that they have today."""
    named = {RENAMED_SETTINGS.get(name, name): value for name, value in stored.items()}
    # The folded pair was a switch, of residual networks alone.
    if named.pop("fold", False) and named.get("architecture", AUTO) in (AUTO, RESIDUAL):
        named["architecture"] = FOLDED
    return named


def upgrade_settings(stored: dict[str, Any]) -> dict[str, Any]:
    """Return all settings of a stored run: renamed, and those that did not exist yet added."""
    return {**BEFORE_THEY_EXISTED, **rename_settings(stored)}


#: The settings by name, in the order of their declaration.
SETTINGS: dict[str, SettingInfo] = {
    item.name: replace(item.metadata["info"], name=item.name) for item in fields(TrainConfig)
}


#: What a value of each type is called.
KINDS = {bool: "yes or no", int: "a whole number", float: "a number", str: "text"}


def check_setting(name: str, value: Any) -> None:
    """Raise `UserError` unless ``value`` is a legal value of the setting ``name``."""
    info = SETTINGS[name]
    whole_as_float = info.value_type is float and type(value) is int
    if type(value) is not info.value_type and not whole_as_float:
        raise UserError(f"{info.label} ({name}) must be {KINDS[info.value_type]}, not {value!r}.")
    if info.choices and value not in info.choices:
        raise UserError(
            f"{info.label} ({name}) is one of {', '.join(info.choices)}, not {value!r}."
        )
    if info.low is not None and info.high is not None and not info.low <= value <= info.high:
        raise UserError(
            f"{info.label} ({name}) must be between {info.low:,.10g} and {info.high:,.10g}, "
            f"not {value!r}."
        )
