"""ganview: a laboratory for generative adversarial networks."""

__all__ = ["Generator", "load"]
__version__ = "0.1.0"

TYPE_CHECKING = False  # importing typing would take milliseconds in which Ctrl-C is a traceback
if TYPE_CHECKING:
    from ganview.api import Generator, load


def __getattr__(name: str) -> object:
    """Import the Python API when it is used: the command must catch signals before that."""
    if name not in __all__:
        raise AttributeError(f"module 'ganview' has no attribute {name!r}")
    from ganview import api

    return getattr(api, name)
