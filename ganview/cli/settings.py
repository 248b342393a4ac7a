"""Options of ``ganview train``, made from the declarations in `ganview.gan.config`."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from ganview.gan.config import TrainConfig
from ganview.gan.presets import DEFAULT_PRESET, PRESETS


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add ``--preset`` and an option for every setting, in the groups they are declared in."""
    parser.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        help=f"settings to begin with, listed below (default: {DEFAULT_PRESET})",
    )
    groups: dict[str, Any] = {}
    for spec in fields(TrainConfig):
        about = spec.metadata
        title = about["group"]
        if title not in groups:
            groups[title] = parser.add_argument_group(f"settings: {title.lower()}")
        kind: type[Any] = type(spec.default)
        options: dict[str, Any] = {"dest": spec.name, "default": argparse.SUPPRESS}
        if kind is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif about["choices"]:
            options["choices"] = about["choices"]
        else:
            options |= {"type": kind, "metavar": "N" if kind is int else "X"}
        options["help"] = _help(spec.default, about)
        groups[title].add_argument(f"--{spec.name.replace('_', '-')}", **options)


def preset_list() -> str:
    """Return the presets, a line each, for the end of the help."""
    width = max(map(len, PRESETS))
    lines = (f"  {name:<{width}}  {p.label}: {p.description}" for name, p in PRESETS.items())
    head = f"presets, from which only what is given differs (defaults above: '{DEFAULT_PRESET}'):"
    return "\n".join((head, *lines))


def choice_lists() -> str:
    """Return what the choices of some settings are, a line each, for the end of the help."""
    lists = []
    for spec in fields(TrainConfig):
        if about := spec.metadata["about"]:
            width = max(map(len, about))
            lines = (f"  {name:<{width}}  {text}" for name, text in about.items())
            lists.append("\n".join((f"--{spec.name.replace('_', '-')}:", *lines)))
    return "\n\n".join(lists)


def given_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that were on the command line, by name."""
    return {
        spec.name: getattr(options, spec.name)
        for spec in fields(TrainConfig)
        if hasattr(options, spec.name)
    }


def chosen_config(options: argparse.Namespace) -> TrainConfig:
    """Return the preset with the given settings changed.

    Raises
    ------
    UserError
        A setting is out of its range.
    """
    preset = PRESETS[options.preset or DEFAULT_PRESET]
    return preset.config.with_(**given_settings(options))


def _help(default: object, about: Any) -> str:
    span = ""
    if about["low"] is not None:
        unit = f" {about['unit']}" if about["unit"] else ""
        span = f"{about['low']:,} to {about['high']:,}{unit}; "
    if isinstance(default, bool):
        shown = "yes" if default else "no"
    else:
        shown = f"{default:,}" if isinstance(default, int) else str(default)
    text = f"{about['help']} ({span}default: {shown})"
    return text.replace("%", "%%")  # argparse fills in where it finds one
