"""``ganview sample --state``: the picture of a place that was copied in the window."""

from __future__ import annotations

import numpy as np
import pytest

from ganview.cli import main
from ganview.export.state import write_state
from ganview.files.open_model import open_model
from ganview.files.png import decode_png


@pytest.fixture
def copied(trained):
    model = open_model(trained)
    z = np.linspace(-2, 2, 8, dtype=np.float32)
    weights = np.eye(10, dtype=np.float32)[3]
    return model, z, write_state(model, z, weights, psi=0.5)


def test_a_state_draws_its_picture_and_every_class(trained, copied, tmp_path):
    model, z, text = copied
    common = ["sample", str(trained), "--state", text, "--out"]
    assert main([*common, str(tmp_path / "place.npz")]) == 0
    with np.load(tmp_path / "place.npz", allow_pickle=False) as found:
        assert found["labels"].tolist() == [3]
        np.testing.assert_array_equal(found["z"], [z / 2])
        np.testing.assert_array_equal(found["images"], model.sample(z[None] / 2, np.array([3])))
    assert main([*common, str(tmp_path / "place.png"), "--class", "each", "--zoom", "2"]) == 0
    sheet, texts = decode_png(tmp_path / "place.png")
    assert sheet.shape == (56, 10 * 56 + 9 * 4)
    assert "ganview" in texts
    again = ["render", str(tmp_path / "place.png"), "--model", str(trained), "--quiet"]
    assert main([*again, "--out", str(tmp_path / "again.png")]) == 0
    np.testing.assert_array_equal(decode_png(tmp_path / "again.png")[0], sheet)


def test_what_a_state_cannot_be_is_said(trained, copied, tmp_path, capsys):
    _, _, text = copied
    out = ["--out", str(tmp_path / "f.png")]
    for words, sentence in (
        (["--state", text], "which does not ship"),
        ([str(trained), "--state", "hello"], "not a ganview state"),
        ([str(trained), "--state", text, "--seed", "3"], "--seed has no effect"),
        ([str(trained), "--state", text, "--class", "cat"], "cat"),
        ([], "which model"),
    ):
        assert main(["sample", *words, *out]) == 2
        assert sentence in capsys.readouterr().err
    assert not (tmp_path / "f.png").exists()
