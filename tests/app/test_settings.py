from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from ganview.app.settings import Setting, Settings

NAMES = [name for name, value in vars(Settings).items() if isinstance(value, Setting)]


def test_defaults_are_legal(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    for name in NAMES:
        assert getattr(settings, name) == vars(Settings)[name].default
    assert settings.note == ""


def test_what_is_set_is_there_next_time(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    settings.scheme, settings.seed, settings.export_zoom = "dark", 12, 4
    settings.save()
    again = Settings(tmp_path / "window.ini")
    assert (again.scheme, again.seed, again.export_zoom) == ("dark", 12, 4)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("[train]\nseed=-4\n", "seed"),
        ("[train]\nseed=banana\n", "seed"),
        ("[train]\nstop_kind=someday\n", "stop_kind"),
        ("[view]\nscheme=pink\n", "scheme"),
        ("[files]\nexport_zoom=1e99\n", "export_zoom"),
    ],
)
def test_a_senseless_value_counts_as_the_default(tmp_path: Path, line: str, name: str) -> None:
    (tmp_path / "window.ini").write_text(line)
    settings = Settings(tmp_path / "window.ini")
    assert getattr(settings, name) == vars(Settings)[name].default


@pytest.mark.parametrize("content", [b"\xff\xfe\x00garbage", b"\0" * 64, b"[" * 100])
def test_an_unreadable_file_is_set_aside_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.seed == 0
    if settings.note:
        assert "window.ini.unreadable" in settings.note
        assert (tmp_path / "window.ini.unreadable").read_bytes() == content
        assert not path.exists()


@run(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_no_file_stops_the_program(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(content)
    settings = Settings(path)
    for name in NAMES:
        getattr(settings, name)
