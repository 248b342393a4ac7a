"""Trials that take long: each prints its figures as one line of JSON, whether it fails or not.

Their sizes are set by environment variables, so that they can be run short:
``SOAK_KILLS=10 python -m pytest -m soak tests/soak/test_kill.py``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest


def size(name: str, usual: int) -> int:
    """Return how much of a trial to do: the environment's ``SOAK_NAME``, else the usual."""
    return int(os.environ.get(f"SOAK_{name}", usual))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """Collect figures; they are printed when the trial ends, however it does."""
    found: dict[str, Any] = {"trial": request.node.name}
    yield found
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n" + json.dumps(found), flush=True)
