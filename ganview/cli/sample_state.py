"""``ganview sample --state``: the picture of a place that was copied in the window."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ganview.cli.output import print_path
from ganview.errors import UserError
from ganview.export.colours import BACKGROUNDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ganview.gan.model import ModelSpec

KINDS = (".png", ".webp", ".npz")


def run(options: argparse.Namespace) -> int:
    """Draw the state of ``options.state``, in its own class or in those of ``--class``.

    Raises
    ------
    UserError
        The text is not a state, its model is not there, or the options don't fit it.
    """
    kind = options.out.suffix.lower()
    if kind not in KINDS:
        raise UserError(f"A state is drawn as {' or '.join(KINDS)}, not as '{options.out.name}'.")

    from ganview.export.state import read_state, state_recipe
    from ganview.files.open_model import open_model

    given = [open_model(options.model)] if options.model else []
    model, state = read_state(options.state, given)
    classes = _classes(model.spec, options.label)
    if kind == ".npz":
        import numpy as np

        from ganview.export.npz import write_npz
        from ganview.export.picture import inputs_of

        z, y = inputs_of(state_recipe(state, model, classes), model.spec)
        labels: NDArray[np.int64] | None = None
        if y is not None:
            labels = (y.argmax(axis=1) if y.ndim == 2 else y).astype(np.int64)
        write_npz(options.out, model.sample(z, y), labels, z)
    else:
        from dataclasses import replace

        from ganview.export.picture import write_picture

        recipe = replace(
            state_recipe(state, model, classes, zoom=options.zoom),
            background=BACKGROUNDS[options.background],
            colours=options.colours,
            captions=options.captions,
        )
        write_picture(options.out, recipe, model)
    print_path(options.out)
    return 0


def _classes(spec: ModelSpec, label: str) -> NDArray[Any] | None:
    """Return the classes (N,) to draw a state in; None for its own."""
    import numpy as np

    from ganview.export.samples import parse_label

    choice = parse_label(spec, label)
    if choice == "any":
        return None
    return np.arange(spec.classes) if choice == "each" else np.array([choice])
