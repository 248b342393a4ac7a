"""What a docstring says of a parameter is of one that there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import ganview

ROOT = Path(ganview.__file__).parent
SECTION = re.compile(r"Parameters\n-+\n(.*?)(?=\n\n\w+\n---|\Z)", re.DOTALL)


def names_of(it: ast.ClassDef | ast.FunctionDef) -> set[str]:
    """Return the parameters of a function or of a class, whose fields are some."""
    found: set[str] = set()
    made: ast.FunctionDef | None = None if isinstance(it, ast.ClassDef) else it
    for part in it.body if isinstance(it, ast.ClassDef) else ():
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
        elif isinstance(part, ast.FunctionDef) and part.name == "__init__":
            made = part
    if made is not None:
        asked = made.args
        found |= {one.arg for one in (*asked.posonlyargs, *asked.args, *asked.kwonlyargs)}
        found |= {f"*{asked.vararg.arg}", asked.vararg.arg} if asked.vararg else set()
    return found


def invented_in(path: Path) -> list[str]:
    """Return where a module describes parameters that there aren't."""
    found = []
    for it in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(it, ast.ClassDef | ast.FunctionDef):
            section = SECTION.search(ast.get_docstring(it) or "")
            entries = re.findall(r"^(\S.*?)(?: : .*)?$", section[1], re.M) if section else []
            described = {name for entry in entries for name in entry.split(", ")}
            found += [f"{path.name}: {it.name}: {name}" for name in described - names_of(it)]
    return found


def test_parameters_that_are_described_exist() -> None:
    assert [line for path in ROOT.rglob("*.py") for line in invented_in(path)] == []
