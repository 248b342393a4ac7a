"""The command line as a whole: help, exit codes, and what it does not import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import ganview
from ganview import __version__
from ganview.cli import entry, main
from ganview.files.atomic import WriteError

CHECK = """
import sys
from ganview.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted({"torch", "PySide6", "sympy"} & set(sys.modules)), file=sys.stderr)
"""


def heavy(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *arguments], capture_output=True, text=True, check=False
    )
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", [[], ["gui"], ["train"], ["sample"], ["info"], ["demo"]])
def test_help_has_examples(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([*command, "--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert "usage: ganview" in out
    if command not in (["gui"], ["demo"]):
        assert "examples:" in out


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"ganview {__version__}\n"


def test_nothing_heavy_is_imported_to_parse():
    assert heavy("train", "--help") == ""
    assert heavy("sample") == ""


@pytest.mark.parametrize("command", entry.COMMANDS)
def test_a_command_needs_its_own_module_only(command, capsys):
    with pytest.raises(SystemExit) as end:
        entry.make_parser(command).parse_args([command, "--help"])
    assert end.value.code == 0
    assert f"usage: ganview {command}" in capsys.readouterr().out
    others = {f"ganview.cli.{name}" for name in entry.COMMANDS.values()} - {"ganview.cli.gui"}
    code = f"import sys; sys.argv[1:] = ['{command}', '--help']\nfrom ganview.cli import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert others & set(done.stdout.split()) <= {f"ganview.cli.{entry.COMMANDS[command]}"}


def test_models_are_opened_without_qt_and_sympy(trained):
    # sympy comes with parts of torch that take a second to import
    assert heavy("info", str(trained / "model.safetensors")) == "torch"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["train", "--steps", "0"],
        ["train", "--steps", "1.5"],
        ["train", "--seconds", "nan"],
        ["train", "--seconds", "inf"],
        ["train", "--steps", "1", "--seconds", "1"],
        ["train", "--out", "a", "--resume", "b"],
        ["train", "--objective", "magic"],
        ["train", "--batch", "8"],
        ["sample", "model"],
        ["sample", "model", "--out", "f.png", "--count", "-1"],
    ],
)
def test_wrong_usage(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error: " in captured.err


def raising(error):
    def run(options):
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (WriteError("F", OSError(28, "No space left on device")), 1, "the disk is full"),
        (MemoryError(), 1, "not enough memory"),
    ],
)
def test_exit_codes(monkeypatch, capsys, error, status, words):
    monkeypatch.setattr("ganview.cli.info.run", raising(error))
    assert main(["info", "x"]) == status
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_a_reader_who_leaves_early_is_no_error_message(trained):
    command = f"{sys.executable} -m ganview info {trained} --json | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "{"
    assert done.stderr == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of Linux")
def test_without_a_display_one_line_says_what_to_do():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "ganview"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "ganview demo --out DIR" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has such a disk")
def test_an_answer_that_cannot_be_written_is_one_sentence():
    command = [sys.executable, "-m", "ganview", "info", "conditional"]
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert found.returncode == 1
    assert found.stderr == "ganview: standard output cannot be written: the disk is full.\n"


def test_an_interrupt_while_the_command_is_still_loading_is_no_traceback(monkeypatch, capsys):
    def interrupted(_command):
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "make_parser", interrupted)
    assert main(["info", "conditional"]) == 130
    assert capsys.readouterr().err == "ganview: Interrupted.\n"


def test_a_shell_that_asks_in_vain_for_completions_opens_no_window(monkeypatch, capsys):
    monkeypatch.setenv("_ARGCOMPLETE", "1")
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    monkeypatch.setattr("ganview.cli.gui.run", lambda _options: pytest.fail("a window"))
    assert main([]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("name", "value"), [("TQDM_MININTERVAL", "abc"), ("TORCH_LOGS", "all+x")])
def test_a_variable_that_a_library_refuses_is_named(name, value):
    found = subprocess.run(
        [sys.executable, "-m", "ganview", "info", "conditional"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 2
    assert name in found.stderr
    assert found.stderr.count("\n") == 1


def test_no_variable_is_blamed_for_an_error_of_our_own(monkeypatch, capsys, user_folders):
    def run(options):
        exec(code)

    code = compile(
        "raise ValueError('dynamo')", str(Path(ganview.__file__).parent / "a.py"), "exec"
    )
    monkeypatch.setenv("TORCH_LOGS", "dynamo")
    monkeypatch.setattr("ganview.cli.info.run", run)
    assert main(["info", "x"]) == 1
    assert "TORCH_LOGS" not in capsys.readouterr().err
