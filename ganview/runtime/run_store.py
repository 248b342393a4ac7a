"""The interface through which a run's thread saves to its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ganview.files.moment_info import Mark
    from ganview.gan.health_sample import HealthSample
    from ganview.gan.model import Model

State = tuple[dict[str, "Tensor"], dict[str, Any]]  # as `trainer_state.state_of` returns it
Row = dict[str, float | None]  # the numbers of a step; None for what is not finite


class RunStore(Protocol):
    """The part of `ganview.files.run_folder.RunFolder` that a run's thread uses."""

    @property
    def path(self) -> Path | None:
        """Where it is; None where this process does not write it."""

    def load_checkpoint(self) -> State:
        """Return what `save_checkpoint` was last given."""

    def forget_after(self, step: int, /) -> None:
        """Remove numbers and frames of later steps: the run goes on from this one."""

    def save_checkpoint(self, tensors: dict[str, Tensor], values: dict[str, Any], /) -> None:
        """Replace the checkpoint, whole or not at all."""

    def append_metrics(self, rows: list[Row], /) -> None:
        """Add the numbers of some steps."""

    def metrics(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all numbers so far, as columns of equal length by name."""

    def append_quality(self, rows: list[Row], /) -> None:
        """Add measurements of the model."""

    def quality(self) -> Mapping[str, NDArray[np.float64]]:
        """Return all measurements so far, as columns of equal length by name."""

    def append_health(self, samples: list[HealthSample], /) -> None:
        """Add samples of how the game goes."""

    def health(self) -> list[HealthSample]:
        """Return all samples so far of how the game goes."""

    def save_model(self, model: Model, /) -> None:
        """Replace the model that the folder stands for."""

    def save_moment(
        self,
        step: int,
        seconds: float,
        samples: NDArray[np.uint8] | None,
        model: Model | None,
        state: State | None = None,
        name: str = "",
        beliefs: NDArray[np.float32] | None = None,
        /,
    ) -> None:
        """Keep a moment of the run's past."""

    def show_moment(
        self,
        step: int,
        seconds: float,
        samples: NDArray[np.uint8],
        beliefs: NDArray[np.float32] | None = None,
        /,
    ) -> None:
        """Keep samples until the next ones, for programs that follow the run."""

    def mark(self, mark: Mark, /) -> None:
        """Note a notable point of the run."""

    def close(self) -> None:
        """Release the lock on the folder."""
