"""The one exception that carries a sentence for the person at the keyboard."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right; the message is one sentence that says how."""
