"""``ganview export``: a model for other programs."""

from __future__ import annotations

import argparse

from ganview.cli.argument_types import Commands, add_output
from ganview.cli.output import output_path, print_path, progress_bar
from ganview.errors import UserError

EPILOG = """\
ONNX has the inputs z, float32 (N, z_dim), and with classes class, float32 (N, K), one-hot or mixed,
for any N; the output image is float32 (N, C, H, W) in [-1, 1]. The file is run with ONNX Runtime
and kept only if it draws the same pictures. It needs the extra: pip install 'ganview[onnx]'.

examples:
  ganview export conditional --out digits.onnx
  ganview export runs/a --out a.onnx
"""


def add_command(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "export",
        help="write a model for other programs",
        description="Write the generator of a model for programs without PyTorch.",
        epilog=EPILOG,
    )
    parser.add_argument("model", metavar="MODEL", help="what is exported")
    add_output(parser, "F.onnx")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the model."""
    if options.out.suffix.lower() != ".onnx":
        raise UserError(f"A model is exported as .onnx, not as '{options.out.name}'.")

    from ganview.export.onnx_file import STEPS, write_onnx
    from ganview.files.open_model import open_model

    options.out = output_path(options.out, replace=options.force)
    model = open_model(options.model)
    with progress_bar(total=STEPS, unit="steps", quiet=options.quiet) as bar:
        write_onnx(options.out, model, bar.update)
    print_path(options.out)
    return 0
