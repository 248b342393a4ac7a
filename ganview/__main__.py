"""Lets ``python -m ganview`` do what the ``ganview`` command does."""

from __future__ import annotations

from ganview.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
