"""The one name of a network's weights, for state strings, recipes and reports alike."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

SHORT = 8  # hexadecimal digits, where all 64 are too many


def weights_sha256(net: nn.Module) -> str:
    """Return the SHA-256 of a network's weights, 64 hexadecimal digits.

    Only what a model file keeps counts, which batch norm's counters of batches are not: a network
    has the same name before it is saved and after it was loaded. The first `SHORT` digits are its
    short name.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(net.state_dict().items()):
        if tensor.is_floating_point():
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
