"""``ganview completion``: prints the shell code that completes commands, options and choices."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ganview.cli.output import print_answer

if TYPE_CHECKING:
    from ganview.cli.argument_types import Commands

SHELLS = ("bash", "zsh", "fish")

EPILOG = """\
It needs the extra: pip install 'ganview[completion]'. Then, once:

  bash   ganview completion bash >> ~/.bash_completion
  zsh    ganview completion zsh > ~/.zfunc/_ganview      (with ~/.zfunc in fpath)
  fish   ganview completion fish > ~/.config/fish/completions/ganview.fish

examples:
  eval "$(ganview completion bash)"      for this shell alone
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="complete commands with Tab",
        description="Print what bash, zsh or fish needs to complete ganview's commands.",
        epilog=EPILOG,
    )
    parser.add_argument("shell", choices=SHELLS, help="which shell")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the shell's code."""
    from ganview.export.optional_imports import import_optional

    argcomplete = import_optional("argcomplete", "completion", "Completion")
    print_answer(argcomplete.shellcode(["ganview"], shell=options.shell).rstrip())
    return 0
