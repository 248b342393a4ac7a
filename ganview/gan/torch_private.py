"""What `ganview.gan` uses of torch beyond its documented interface, all in one place.

A version of torch that lacks one of these fails `tests/gan/test_torch_private.py` by its name.
"""

from __future__ import annotations

import torch

fused_adam = torch._fused_adam_  # what torch.optim.Adam(fused=True) calls
foreach_lerp = torch._foreach_lerp_  # one call for all weights of a network
leaky_relu_backward = torch.ops.aten.leaky_relu_backward
