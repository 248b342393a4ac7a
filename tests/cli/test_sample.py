"""``ganview sample``: the same pictures from the same words, as sheets and as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from ganview.cli import main
from ganview.files.png import decode_png


def arrays(path):
    with np.load(path, allow_pickle=False) as found:
        return dict(found)


def test_npz(trained, tmp_path, capsys):
    path = tmp_path / "set.npz"
    assert main(["sample", str(trained), "--count", "1200", "--out", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{path}\n"
    assert "1200/1200" in captured.err
    found = arrays(path)
    assert found["images"].shape == (1200, 28, 28)
    assert found["images"].dtype == np.uint8
    assert found["labels"].dtype == np.int64
    assert found["z"].shape == (1200, 8)
    assert found["z"].dtype == np.float32
    assert abs(found["z"].mean()) < 0.05
    assert found["z"].std() == pytest.approx(1, abs=0.05)
    shares = np.bincount(found["labels"], minlength=10) / 1200
    assert (abs(shares - 0.1) < 0.04).all()


def test_seed_class_and_truncation(trained, tmp_path):
    def sample(*arguments):
        path = tmp_path / "f.npz"
        words = ["sample", str(trained), "--quiet", "--force", "--count", "20", "--out", str(path)]
        assert main([*words, *arguments]) == 0
        return arrays(path)

    first = sample("--class", "7")
    assert (first["labels"] == 7).all()
    assert (sample("--class", "7")["images"] == first["images"]).all()
    assert (sample("--class", "7", "--seed", "1")["z"] != first["z"]).any()
    assert (sample("--class", "3")["images"] != first["images"]).any()
    half = sample("--class", "7", "--truncation", "0.5")
    assert (half["z"] == first["z"] / 2).all()
    still = sample("--class", "7", "--truncation", "0")
    assert (still["images"] == still["images"][:1]).all()
    assert sample("--class", "each")["labels"].tolist() == [*range(10), *range(10)]


def test_sheet_shows_the_samples(trained, tmp_path):
    common = ["sample", str(trained), "--quiet", "--class", "each", "--count", "20"]
    assert main([*common, "--out", str(tmp_path / "f.npz")]) == 0
    assert main([*common, "--out", str(tmp_path / "f.PNG"), "--zoom", "2"]) == 0
    sheet, _ = decode_png(tmp_path / "f.PNG")
    assert sheet.shape == (2 * 56 + 4, 10 * 56 + 9 * 4)
    images = arrays(tmp_path / "f.npz")["images"]
    shown = sheet[60:116:2, 60:116:2].astype(int)
    np.testing.assert_allclose(shown, images[11], atol=1)  # drawn in double precision
    assert (sheet[56:60] == 255).all()


def test_sheet_options(trained, tmp_path):
    path = tmp_path / "f.png"
    words = ["sample", str(trained), "--quiet", "--force", "--out", str(path)]
    assert main([*words, "--count", "1", "--zoom", "3"]) == 0
    assert decode_png(path)[0].shape == (84, 84)
    assert main([*words, "--count", "6", "--columns", "6", "--captions", "--ground", "dark"]) == 0
    sheet, _ = decode_png(path)
    assert sheet.shape[1] == 6 * 28 + 5 * 2
    assert sheet.shape[0] > 28
    assert sheet[0, 28] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "f.jpg"], "written as .png, .webp, .npz"),
        (["--out", "f.png", "--class", "ten"], "no class 'ten', only 0, 1"),
        (["--out", "f.png", "--class", "10"], "no class '10'"),
        (["--out", "f.png", "--seed", "-1"], "seed must be"),
        (["--out", "f.png", "--truncation", "nan"], "truncation must be"),
        (["--out", "f.png", "--count", "1000001"], "1,000,001 samples"),
        (["--out", "f.png", "--zoom", "5000"], "too large"),
        (["--out", "a" * 300 + ".png"], "too long"),
        (["--out", "f.npz", "--zoom", "1"], "--zoom has no effect"),
        (["--out", "f.idx", "--captions"], "--captions has no effect"),
        (["--out", "f/", "--columns", "3"], "--columns has no effect"),
    ],
)
def test_unusable(trained, tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert main(["sample", str(trained), "--quiet", *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_such_model_and_no_such_folder(trained, tmp_path, capsys):
    assert main(["sample", "gone", "--out", "f.png"]) == 2
    assert "There is no model 'gone'" in capsys.readouterr().err
    out = str(tmp_path / "gone" / "f.png")
    assert main(["sample", str(trained), "--out", out]) == 1
    said = capsys.readouterr().err
    assert "its folder is not there" in said
    assert "samples/s" not in said, "known before anything is drawn"


def test_folders_sets_and_other_pictures(trained, tmp_path, capsys):
    few = ["sample", str(trained), "--quiet", "--count", "4", "--class", "each"]
    assert main([*few, "--out", f"{tmp_path}/singles/"]) == 0
    assert len(list((tmp_path / "singles").iterdir())) == 5
    assert main([*few, "--out", f"{tmp_path}/singles/"]) == 2
    assert "new or empty" in capsys.readouterr().err
    assert main([*few, "--out", f"{tmp_path}/set.idx.gz"]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    assert main([*few, "--colours", "inferno", "--out", f"{tmp_path}/f.webp"]) == 0
    assert (tmp_path / "f.webp").read_bytes()[8:12] == b"WEBP"


@pytest.mark.parametrize("name", ["f.png", "f.npz", "f.idx"])
def test_files_are_kept_unless_forced(trained, tmp_path, monkeypatch, capsys, name):
    words = ["sample", str(trained), "--quiet", "--count", "2", "--out", str(tmp_path / name)]
    assert main(words) == 0
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    assert main(words) == 2
    assert "--force" in capsys.readouterr().err
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == before
    assert main([*words, "--force"]) == 0


def test_pictures_of_an_earlier_export_are_replaced_with_force(tmp_path, capsys) -> None:
    told = ["sample", "conditional", "--quiet", "--out", f"{tmp_path / 'f'}/", "--count"]
    assert main([*told, "3"]) == 0
    assert main([*told, "2"]) == 2
    assert "new or empty" in capsys.readouterr().err
    assert main([*told, "2", "--force"]) == 0
    names = sorted(path.name for path in (tmp_path / "f").iterdir())
    assert names == ["00000.png", "00001.png", "manifest.csv"]


def test_places_whose_seeds_would_end_are_refused_in_their_own_words(tmp_path, capsys) -> None:
    told = ["animate", "conditional", "--kind", "path", "--out", str(tmp_path / "a.gif"), "--quiet"]
    assert main([*told, "--seed", str(2**31 - 1)]) == 2
    assert "2,147,483,643 or below" in capsys.readouterr().err
