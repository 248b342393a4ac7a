from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from ganview.app.controllers.settings import Setting, Settings
from ganview.files.atomic import WriteError

NAMES = [name for name, value in vars(Settings).items() if isinstance(value, Setting)]


def test_defaults_are_legal(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.json")
    for name in NAMES:
        assert getattr(settings, name) == vars(Settings)[name].default
    assert settings.note == ""


def test_what_is_set_is_there_next_time(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.json")
    settings.scheme, settings.seed, settings.export_zoom = "dark", 12, 4
    settings.save()
    again = Settings(tmp_path / "window.json")
    assert (again.scheme, again.seed, again.export_zoom) == ("dark", 12, 4)


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("train/seed", -4, "seed"),
        ("train/seed", "banana", "seed"),
        ("train/seed", True, "seed"),
        ("train/stop_kind", "someday", "stop_kind"),
        ("view/scheme", ["dark"], "scheme"),
        ("files/export_zoom", 1e99, "export_zoom"),
        ("files/folder", None, "folder"),
        ("window/geometry", "no base64", "geometry"),
        ("window/geometry", {}, "geometry"),
    ],
)
def test_a_senseless_value_counts_as_the_default(
    tmp_path: Path, key: str, value: object, name: str
) -> None:
    (tmp_path / "window.json").write_text(json.dumps({"schema": 1, key: value}))
    settings = Settings(tmp_path / "window.json")
    assert getattr(settings, name) == vars(Settings)[name].default
    assert settings.note == ""


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00garbage", b"\0" * 64, b"[" * 10**5, b"", b"{}", b'{"schema": 99}', b" " * 2**21],
    ids=["binary", "zeros", "nested", "empty", "no schema", "newer", "long"],
)
def test_an_unreadable_file_is_set_aside_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    for name in ("window.json.unreadable", "window.json.unreadable2"):
        path.write_bytes(content)
        settings = Settings(path)
        assert settings.seed == 0
        assert str(tmp_path / name) in settings.note
        assert (tmp_path / name).read_bytes() == content
        assert not path.exists()
    settings.save()
    assert Settings(path).note == ""


def test_what_cant_be_moved_or_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "window.json"
    path.write_text("not settings")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(PermissionError()))
        settings = Settings(path)
    assert settings.note.startswith(f"The settings in {path} can't be read")
    assert path.read_text() == "not settings"
    with pytest.raises(WriteError):
        Settings(path / "window.json").save()


def test_what_a_newer_program_remembers_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text('{"schema": 1, "later/thing": "x"}')
    settings = Settings(path)
    settings.seed = 3
    settings.save()
    assert json.loads(path.read_text()) == {"schema": 1, "later/thing": "x", "train/seed": 3}


@run(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_no_file_stops_the_program(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    settings = Settings(path)
    for name in NAMES:
        getattr(settings, name)
