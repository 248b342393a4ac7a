"""Options of ``ganview train``, made from the declarations in `ganview.gan.config`."""

from __future__ import annotations

import argparse
from typing import Any

from ganview.gan.config import SETTINGS, SettingInfo, TrainConfig
from ganview.gan.presets import DEFAULT_PRESET, PRESETS


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add ``--preset`` and an option for every setting, in the groups they are declared in."""
    parser.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        help=f"settings to begin with, listed below (default: {DEFAULT_PRESET})",
    )
    groups: dict[str, Any] = {}
    for name, info in SETTINGS.items():
        if info.group not in groups:
            groups[info.group] = parser.add_argument_group(f"settings: {info.group.lower()}")
        options: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
        if info.value_type is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif info.choices:
            options["choices"] = tuple(info.choices)
        else:
            options |= {"type": info.value_type, "metavar": "N" if info.value_type is int else "X"}
        options["help"] = _help(info)
        groups[info.group].add_argument(f"--{name.replace('_', '-')}", **options)


def preset_list() -> str:
    """Return the presets, a line each, for the end of the help."""
    width = max(map(len, PRESETS))
    lines = (f"  {name:<{width}}  {p.label}: {p.description}" for name, p in PRESETS.items())
    head = f"presets, from which only what is given differs (defaults above: '{DEFAULT_PRESET}'):"
    return "\n".join((head, *lines))


def choice_lists() -> str:
    """Return what the choices of some settings are, a line each, for the end of the help."""
    lists = []
    for setting, info in SETTINGS.items():
        if any(map(str, info.choices.values())):
            width = max(map(len, info.choices))
            lines = (f"  {name:<{width}}  {text}" for name, text in info.choices.items())
            lists.append("\n".join((f"--{setting.replace('_', '-')}:", *lines)))
    return "\n\n".join(lists)


def given_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that were on the command line, by name."""
    return {name: getattr(options, name) for name in SETTINGS if hasattr(options, name)}


def chosen_config(options: argparse.Namespace) -> TrainConfig:
    """Return the preset with the given settings changed.

    Raises
    ------
    UserError
        A setting is out of its range.
    """
    preset = PRESETS[options.preset or DEFAULT_PRESET]
    return preset.config.with_(**given_settings(options))


def _help(info: SettingInfo) -> str:
    span = ""
    if info.low is not None:
        unit = f" {info.unit}" if info.unit else ""
        span = f"{info.low:,} to {info.high:,}{unit}; "
    if isinstance(info.default, bool):
        shown = "yes" if info.default else "no"
    else:
        shown = f"{info.default:,}" if isinstance(info.default, int) else str(info.default)
    text = f"{info.help} ({span}default: {shown})"
    return text.replace("%", "%%")  # argparse fills in where it finds one
