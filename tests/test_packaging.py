"""A wheel built from the tree works by itself, far from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: object, cwd: Path) -> str:
    """Run a program outside the checkout, without anything that points back to it."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; return where its programs are.

    The packages that ganview needs are borrowed from the environment that runs the tests, since
    the tests use no network. The checkout itself is not: a path in a .pth file is not searched
    for further .pth files.
    """
    environment = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment.parent)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    (place,) = environment.glob("[Ll]ib/**/site-packages")
    (place / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install"]
    run(*pip, "-q", "--no-deps", "--no-index", wheel, cwd=environment.parent)
    return scripts


def test_the_wheel_holds_what_ships_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {
        f"ganview/{path.relative_to(ROOT).as_posix()}"
        for folder in ("weights", "resources")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert shipped
    assert shipped <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"ganview"}
    assert not [name for name in names if "tests" in name or name.endswith(".pyc")]


def test_the_installed_copy_is_the_one_that_runs(programs: Path, tmp_path: Path) -> None:
    where = run(programs / "python", "-c", "import ganview; print(ganview.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(programs.parent)


def test_the_installed_copy_finds_its_digits(programs: Path, tmp_path: Path) -> None:
    code = "from ganview.data.digits import load_digits; print(len(load_digits('test').images))"
    assert run(programs / "python", "-c", code, cwd=tmp_path).strip() == "10000"


def test_the_installed_copy_finds_and_samples_its_weights(programs: Path, tmp_path: Path) -> None:
    code = (
        "from ganview.files.open_model import SHIPPED, shipped_model\n"
        "for name in SHIPPED: print(shipped_model(name))"
    )
    for path in run(programs / "python", "-c", code, cwd=tmp_path).splitlines():
        assert Path(path).is_relative_to(programs.parent)
    assert json.loads(run(programs / "ganview", "info", "conditional", "--json", cwd=tmp_path))
    picture = tmp_path / "sample.png"
    run(
        *(programs / "ganview", "sample", "conditional", "--class", 7, "--count", 4),
        *("--out", picture),
        cwd=tmp_path,
    )
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_version_is_stated_once(programs: Path, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dynamic"] == ["version"]
    code = (
        "import ganview, importlib.metadata as m; print(ganview.__version__, m.version('ganview'))"
    )
    stated, installed = run(programs / "python", "-c", code, cwd=tmp_path).split()
    assert stated == installed


def test_every_pinned_package_is_within_the_range_that_is_promised() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    texts = sum(project["optional-dependencies"].values(), project["dependencies"])
    for requirement in (Requirement(text) for text in texts if not text.startswith("ganview[")):
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, requirement
