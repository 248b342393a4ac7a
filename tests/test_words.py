"""The field's own words: names and phrases that were given up don't come back."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import ganview

ROOT = Path(ganview.__file__).parent
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/command-line.md",
    "docs/guide.md",
    "weights/README.md",
)

#: Names of modules, of what stands at a module's top level, or "Class.member".
RETIRED_NAMES: tuple[str, ...] = (
    "BusyWatch",
    "Processors",
    "processors",
    "usable_processors",
    "fastest",
    "candidates",
    "SessionState",
    "Session",
    "Laboratory",
    "Choice",
    "ReadOnly",
    "SessionOptions",
    "CheckpointWriter",
    "Newest",
    "Workshop",
    "PictureDesk",
    "Bell",
    "Place",
    "Space",
    "FieldView",
    "Foresight",
    "NoiseCells",
    "ShareBars",
    "LineLabel",
    "Card",
    "Transport",
    "ShortcutSheet",
    "ExportDialogue",
    "ExportSheet",
    "Newest",
    "Stage",
    "Wish",
    "FileSheet",
    "Context.desk",
    "Context.workshop",
    "Place.drawn",
    "class_colours",
    "with_share",
    "tint",
    "workshop",
    "desk",
    "spoken",
    "dialogues",
    "transport",
    "Onlooker",
    "TogetherTrainer",
    "slopes",
    "find_ink",
    "widen",
    "judge_of",
    "measured_samples",
    "prepare",
    "QuickLook",
    "share_right",
    "Seen",
    "share_out",
    "Bench",
    "shipped_bench",
    "load_bench",
    "judge_file",
    "quick",
    "Travel",
    "find_ways",
    "find_kept",
    "find_named",
    "ways",
    "field",
    "doubts",
    "naming",
    "kinds",
    "gate",
    "Recorded",
    "STRAIGHT",
    "Walk",
    "learn_names",
    "squared_slope",
    "NUDGE",
    "Naming",
    "Kinds",
    "find_kinds",
    "Gate",
    "Discriminator.guesses",
    "push",
    "start_from",
    "Course",
    "ALONE",
    "learners",
    "Batches",
    "go_back",
    "class_pull",
    "d_rate",
    "NO_JUDGE",
    "be_silent",
    "trouble_in_pictures",
    "trouble_in_numbers",
    "draw_band",
    "Allowance",
    "prepare_look",
    "Keeper",
    "Standing",
    "Habits",
    "Learner",
    "answer_json",
    "chosen_bench",
    "engine",
    "engine_runs",
    "open_dataset",
    "prepare_run",
    "prepare_to_go_on",
    "real_data",
    "real_pictures",
    "resources",
    "together",
    "train_begin",
    "train_together",
    "train_watch",
    "sample_state",
    "trained_bench",
    "document",
    "blank",
    "old_models",
    "Bench",
    "shipped_bench",
    "load_bench",
    "was_left",
    "APART",
    "journey",
    "Journey",
    "through",
    "wander",
    "plan",
    "singles",
    "sets",
    "extras",
    "extra",
    "events",
    "run_film",
    "Film",
    "Maker",
    "maker_of",
    "atlas",
    "coloured",
    "captioned",
    "below_each_other",
    "write_singles",
    "write_set",
    "Recipe.ground",
    "recipe_of",
    "first_place",
    "read_places",
    "weights",
)

#: A function of a module says what it does or returns; these words alone don't.
BARE_WORDS = [
    "add",
    "answer",
    "ask",
    "beat",
    "begin",
    "cells",
    "count",
    "draw",
    "fill",
    "find",
    "go",
    "keep",
    "learn",
    "look",
    "make",
    "measure",
    "name",
    "note",
    "offer",
    "open",
    "order",
    "path",
    "read",
    "report",
    "save",
    "say",
    "see",
    "show",
    "source",
    "spread",
    "take",
    "tell",
    "title",
    "try",
    "turn",
    "use",
    "watch",
]

#: Regular expressions, each for a phrase that a person could read, in any case of letters.
RETIRED_PHRASES: tuple[str, ...] = (
    r"goes your way",
    r"Find them again",
    r"left over\b",
    r"slider of its own",
    r"Put it here",
    r"what early features vary in",
    r"where all chance begins",
    r"they count from the next run",
    r"read D's mind",
    r"left off; this is",
    r"whatever the system says",
    r"stand before the first step",
    r"most telling",
    r"hand the picture over",
    r"read as asked",
    r"the reader that ships",
    r"by root mean square of 0 to 1",
    r"class pull",
    r"D.s pace",
    r"explore noise",
    r"\bso many\b",
    r"\bof before\b",
    r"\bof late\b",
    r"\b(for|to|of) who\b",
    r"\bnobody (knows|says)\b",
    r"\bcomes? by\b",
    r"most usual",
    r"more usual than",
    r"hold for real",
    r"hangs on",
    r"nothing more, it",
    r"is as often above",
    r"that is not locked to",
    r"Deal twenty",
)


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}


def top_level_names(tree: ast.Module) -> set[str]:
    """Functions, classes and constants of a module, and the members of its classes."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found.add(node.name)
            found |= {f"{node.name}.{member}" for member in members(node)}
        else:
            found |= assigned(node)
    return found


def members(node: ast.ClassDef) -> set[str]:
    found = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    for item in node.body:
        found |= assigned(item)
    return found


def assigned(node: ast.stmt) -> set[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def texts(tree: ast.Module) -> list[str]:
    """All strings of a module, docstrings among them; pieces of f-strings apart."""
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_retired_names_are_gone() -> None:
    retired = set(RETIRED_NAMES)
    left = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in trees().items()
        for name in (top_level_names(tree) | {path.stem}) & retired
    }
    assert not left


def test_functions_of_modules_are_not_bare_everyday_words() -> None:
    bare = {
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, tree in trees().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.lstrip("_") in BARE_WORDS
    }
    assert not bare


def test_retired_phrases_are_gone() -> None:
    pages = {str(path.relative_to(ROOT)): "\n".join(texts(tree)) for path, tree in trees().items()}
    pages |= {name: (ROOT.parent / name).read_text("utf-8") for name in DOCUMENTS}
    left = {
        f"{page}: {phrase}"
        for page, text in pages.items()
        for phrase in RETIRED_PHRASES
        if re.search(phrase, " ".join(text.split()), re.IGNORECASE)
    }
    assert not left
