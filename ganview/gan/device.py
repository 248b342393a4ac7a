"""The device that a name stands for: the CPU or a GPU."""

from __future__ import annotations

import torch

from ganview.errors import UserError


def _is_there() -> dict[str, bool]:
    return {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }


def absent_devices() -> tuple[str, ...]:
    """Return the names of the devices that this machine, or this build of torch, has not."""
    return tuple(name for name, there in _is_there().items() if not there)


def choose_device(name: str) -> torch.device:
    """Return the device of that name; ``auto`` prefers CUDA, then MPS, then the CPU.

    Raises
    ------
    UserError
        This machine, or this build of torch, has no such device.
    """
    found = [device for device, is_there in _is_there().items() if is_there]
    if name == "auto":
        return torch.device(found[0])
    if name not in found:
        raise UserError(f"There is no device '{name}' here, only {' and '.join(found)}.")
    return torch.device(name)
