from __future__ import annotations

import pytest

from ganview.errors import UserError
from ganview.runtime.error_text import describe_error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UserError("Choose a smaller batch."), "Choose a smaller batch."),
        (MemoryError(), "Not enough memory for training: choose a smaller size or batch, or"),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
            "Not enough memory for training",
        ),
        (OSError(28, "No space left on device", "/a"), "No space left on device (/a)."),
        (ValueError("a\nb"), "An error while training: ValueError: a."),
        (KeyError(), "An error while training: KeyError."),
    ],
)
def test_errors_in_plain_words(error: Exception, sentence: str):
    said, details = describe_error(error, "training")
    assert sentence in said
    if isinstance(error, UserError):
        assert details == "", "what a user can put right has no traceback"
    else:
        assert type(error).__name__ in details
