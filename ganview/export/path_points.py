"""Reads latent points of a model from exported pictures and copied states, for a path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganview.errors import UserError
from ganview.export.picture import first_point, model_ref, read_recipe
from ganview.gan.explore.state_string import PREFIX, check_fits, decode_state
from ganview.gan.fingerprint import SHORT, weights_sha256
from ganview.gan.model import Model


def read_points(
    model: Model, sources: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None, NDArray[np.float32]]:
    """Read places of a model.

    Parameters
    ----------
    sources : sequence of str
        Each the path of a picture that ganview exported, of which the first tile counts, or a
        state as the window copies it.

    Returns
    -------
    z : ndarray
        float32 (F, D), before ψ.
    weights : ndarray or None
        float32 (F, K) class weights; None without classes.
    psi : ndarray
        float32 (F,).

    Raises
    ------
    UserError
        One can't be read or belongs to another model.
    """
    z, weights, psi = [], [], []
    for source in sources:
        place = _state(model, source) if source.startswith(PREFIX) else _picture(model, source)
        z.append(place[0])
        weights.append(place[1])
        psi.append(place[2])
    mix = np.stack(weights) if model.spec.classes else None
    return np.stack(z), mix, np.array(psi, np.float32)


def _state(model: Model, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    state = decode_state(text)
    name = weights_sha256(model.generator)[:SHORT]
    check_fits(state, model.spec.z_dim, model.spec.classes, name)
    return state.z, state.weights, state.psi


def _picture(model: Model, path: str) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    recipe, ours = read_recipe(path), model_ref(model)
    if recipe.model.sha256 != ours.sha256:
        raise UserError(f"{path} was drawn by {recipe.model}, not by {ours}.")
    return first_point(recipe, model.spec)
