"""ganview: a laboratory for generative adversarial networks."""

from __future__ import annotations

from ganview.api import Generator, load

__all__ = ["Generator", "load"]
__version__ = "0.1.0"
