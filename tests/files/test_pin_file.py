"""Pins come back bit for bit; what is damaged, or of another model, is refused in a sentence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganview.errors import UserError
from ganview.files.pin_file import MAX_PINS, load_pins, save_pins
from ganview.gan.explore.state_string import State

PINS = [
    ("A", State(np.array([0.1, -2.5], np.float32), np.array([0, 1, 0], np.float32), psi=0.5)),
    ("my four", State(np.zeros(2, np.float32), np.array([0.5, 0, 0.5], np.float32), drawn=True)),
]


def test_pins_come_back(tmp_path):
    path = tmp_path / "pins" / "deadbeef.json"
    save_pins(path, PINS)
    assert load_pins(path, 2, 3) == PINS
    save_pins(path, [])
    assert load_pins(path, 2, 3) == []


def damaged(document):
    text = document["pins"][0]["state"]
    yield {**document, "schema": 99}, "newer"
    yield {**document, "pins": {}}, "array.*pins"
    yield {**document, "pins": [{"name": "A"}]}, "state"
    yield {**document, "pins": [{"name": "", "state": text}]}, "name"
    yield {**document, "pins": [{"name": "a\x1b[2J", "state": text}]}, "cannot be shown"
    yield {**document, "pins": [{"name": "x" * 25, "state": text}]}, "name"
    yield {**document, "pins": [{"name": "A", "state": text[:-3]}]}, "copied to its end"
    yield {**document, "pins": document["pins"] * MAX_PINS}, "pins"


def test_what_is_no_list_of_pins_is_refused(tmp_path):
    path = tmp_path / "deadbeef.json"
    save_pins(path, PINS)
    with pytest.raises(UserError, match="another kind of model"):
        load_pins(path, 64, 10)
    for document, sentence in damaged(json.loads(path.read_text())):
        path.write_text(json.dumps(document))
        with pytest.raises(UserError, match=sentence):
            load_pins(path, 2, 3)
    path.write_bytes(b"\0" * 100)
    with pytest.raises(UserError):
        load_pins(path, 2, 3)
