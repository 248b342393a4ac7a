"""Errors that a sentence can explain: the user's to put right, or the machine's."""

from __future__ import annotations

LONGEST = 1000  # characters of a message


class UserError(Exception):
    """Something the user can put right; the message is one sentence that says how.

    It is shortened where a library quotes a file in it at any length.
    """

    def __str__(self) -> str:
        """Return the message."""
        text = super().__str__()
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out; torch's and the loader's have other types.

    It must not import torch to know: ``torch.OutOfMemoryError`` is a `RuntimeError`.
    """
    if isinstance(error, MemoryError):
        return True
    words = ("allocate memory", "out of memory", "not enough memory", "failed to map segment")
    return isinstance(error, RuntimeError | ImportError | OSError) and any(
        word in str(error).lower() for word in words
    )
