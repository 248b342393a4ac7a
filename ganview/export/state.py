"""State strings and the models that they belong to, for window and command line."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.export.picture import model_ref
from ganview.export.recipe import Recipe
from ganview.files.open_model import SHIPPED, open_model
from ganview.gan.explore.state_string import State, check_fits, decode_state, encode_state
from ganview.gan.fingerprint import SHORT, weights_sha256
from ganview.gan.model import Model


def short_model_hash(model: Model) -> str:
    """Return the eight hexadecimal digits by which a state names its model."""
    return weights_sha256(model.generator)[:SHORT]


def write_state(
    model: Model,
    z: NDArray[np.float32],
    weights: NDArray[np.float32],
    *,
    drawn: bool = False,
    psi: float = 1.0,
) -> str:
    """Return a place of a model as a line of text; `State` says what the arguments are."""
    return encode_state(State(z, weights, drawn, psi, short_model_hash(model)))


def read_state(text: str, at_hand: Iterable[Model] = ()) -> tuple[Model, State]:
    """Read a state from text, and find its model: one at hand, or one that ships.

    Raises
    ------
    UserError
        The text is not a state, or its model is neither at hand nor one that ships.
    """
    state = decode_state(text)
    models = list(at_hand)
    for model in models:
        if short_model_hash(model) == state.model:
            check_fits(state, model.spec.z_dim, model.spec.classes, state.model)
            return model, state
    for name in SHIPPED:
        try:
            model = open_model(name)
        except UserError:
            continue  # a missing one can't be the one that is asked for
        if short_model_hash(model) == state.model:
            check_fits(state, model.spec.z_dim, model.spec.classes, state.model)
            return model, state
    this = (
        f", not to this one, {short_model_hash(models[0])}" if models else ", which does not ship"
    )
    raise UserError(
        f"This state belongs to the model {state.model}{this}: open the model that it was "
        "copied from."
    )


def state_recipe(
    state: State, model: Model, classes: NDArray[np.int64] | None = None, *, zoom: int = 1
) -> Recipe:
    """Return how to draw a state: its own picture, or its noise in each of some classes (N,)."""
    own = state.weights[None] if state.weights.size else None
    chosen = own if classes is None else classes
    count = 1 if chosen is None else len(chosen)
    return Recipe(
        model=model_ref(model),
        count=count,
        z=state.z[None],
        classes=chosen,
        psi=state.psi,
        columns=count,
        zoom=zoom,
        gap=2 * zoom if count > 1 else 0,
    )
