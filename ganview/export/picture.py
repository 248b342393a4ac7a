"""Pictures that carry their recipe: one function draws them for window, command line and replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganview.data.pictures import MAX_PIXELS
from ganview.errors import UserError
from ganview.export.colours import apply_colormap
from ganview.export.recipe import KEY, MAX_NAME, ModelRef, Recipe
from ganview.export.samples import draw_inputs
from ganview.export.sheet import CAPTION_HEIGHT, tile_images
from ganview.files.open_model import SHIPPED, open_model
from ganview.files.png import decode_png, write_png, write_webp
from ganview.gan.fingerprint import weights_sha256
from ganview.gan.latent import one_hot, truncate
from ganview.gan.model import Model, ModelSpec

CHUNK = 60  # tiles between two reports of progress


def model_ref(model: Model) -> ModelRef:
    """Return how recipes name a model."""
    name, step = model.info.get("name"), model.info.get("step")
    shown = "".join(c for c in str(name or "") if c.isprintable())[:MAX_NAME]
    known = step if type(step) is int and step >= 0 else None
    return ModelRef(weights_sha256(model.generator), shown, known, model.spec.image_shape)


def render_recipe(
    recipe: Recipe, model: Model, progress: Callable[[int], object] | None = None
) -> NDArray[np.uint8]:
    """Draw the sheet of a recipe.

    Parameters
    ----------
    progress : callable, optional
        Told how many more tiles are done, now and then.

    Returns
    -------
    ndarray
        uint8 (height, width) or (height, width, 3).

    Raises
    ------
    UserError
        It is another model, the recipe doesn't fit it, or the sheet is too large.
    """
    found = model_ref(model)
    if (found.sha256, found.image_shape) != (recipe.model.sha256, recipe.model.image_shape):
        raise UserError(f"The picture was drawn by {recipe.model}, not by {found}.")
    if is_too_large(recipe):
        raise UserError("The picture is too large; choose a smaller zoom or fewer tiles.")
    z, y = inputs_of(recipe, model.spec)
    parts = []
    for start in range(0, len(z), CHUNK):
        part = slice(start, start + CHUNK)
        parts.append(model.sample(z[part], None if y is None else y[part]))
        if progress is not None:
            progress(len(parts[-1]))
    captions = None
    if recipe.captions:
        if y is None:
            raise UserError("This model has no classes to write below its pictures.")
        labels = y.argmax(axis=1) if y.ndim == 2 else y
        captions = [model.spec.class_names[label] for label in labels]
    return tile_images(
        apply_colormap(np.concatenate(parts), recipe.colours),
        recipe.columns,
        zoom=recipe.zoom,
        gap=recipe.gap,
        background=recipe.background,
        captions=captions,
    )


def inputs_of(
    recipe: Recipe, spec: ModelSpec
) -> tuple[NDArray[np.float32], NDArray[np.int64] | NDArray[np.float32] | None]:
    """Return what the generator is given: noise (N, D) with ψ in it, and labels or class weights.

    Raises
    ------
    UserError
        The recipe is of a model with other noise or classes.
    """
    count, classes = recipe.count, recipe.classes
    if isinstance(recipe.z, int):
        assert classes is not None
        assert not isinstance(classes, np.ndarray)
        return draw_inputs(spec, count, label=classes, seed=recipe.z, truncation=recipe.psi)
    if recipe.z.shape[1] != spec.z_dim:
        raise UserError(
            f"The recipe has {recipe.z.shape[1]} noise dimensions, the model {spec.z_dim}."
        )
    z = truncate(recipe.z.repeat(count // len(recipe.z), axis=0), recipe.psi)
    if not spec.classes and classes is None:
        return z, None
    fits = isinstance(classes, np.ndarray) and (
        classes.shape[1] == spec.classes if classes.ndim == 2 else classes.max() < spec.classes
    )
    if not fits:
        raise UserError(f"The recipe's classes are not the {spec.classes} of the model.")
    assert isinstance(classes, np.ndarray)
    return z, classes[np.arange(count) % len(classes)]


def first_point(
    recipe: Recipe, spec: ModelSpec
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Return noise (D,) before ψ, class weights (K,) and ψ of a recipe's first tile.

    Raises
    ------
    UserError
        As `inputs_of`.
    """
    z, y = inputs_of(replace(recipe, psi=1.0), spec)
    if y is None:
        weights = np.zeros(0, np.float32)
    else:
        weights = y[0].astype(np.float32) if y.ndim == 2 else one_hot(y[0], spec.classes)
    return z[0], weights, recipe.psi


def write_picture(
    path: str | Path, recipe: Recipe, model: Model, progress: Callable[[int], object] | None = None
) -> bool:
    """Draw a recipe and write it as PNG with the recipe inside, or as bare WebP, atomically.

    Returns
    -------
    bool
        Whether the recipe is in the picture.

    Raises
    ------
    UserError
        As `render_recipe`, or the file can't be written (`WriteError`).
    """
    text = recipe.to_text()
    pixels = render_recipe(recipe, model, progress)
    if Path(path).suffix.lower() == ".webp":
        write_webp(path, pixels)
        return False
    write_png(path, pixels, None if text is None else {KEY: text})
    return text is not None


def read_recipe(path: str | Path) -> Recipe:
    """Read the recipe that a picture carries.

    Raises
    ------
    UserError
        It is no PNG, carries none, or one that can't be used.
    """
    text = read_recipe_text(path)
    if text is None:
        raise UserError(f"{path} carries no recipe: it was not exported by ganview.")
    return Recipe.from_text(text)


def read_recipe_text(path: str | Path) -> str | None:
    """Return the recipe that a PNG carries as it is written there, None if it carries none.

    Raises
    ------
    UserError
        It is no PNG.
    """
    return decode_png(path)[1].get(KEY)


def find_model(ref: ModelRef, at_hand: Iterable[Model] = ()) -> Model | None:
    """Return the model that a recipe names: one at hand, one that ships, or None."""
    for model in at_hand:
        if weights_sha256(model.generator) == ref.sha256:
            return model
    for name in SHIPPED:
        try:
            model = open_model(name)
        except UserError:
            continue  # a missing one can't be the one that is asked for
        if weights_sha256(model.generator) == ref.sha256:
            return model
    return None


def is_too_large(recipe: Recipe) -> bool:
    """Tell whether a sheet has more pixels than a picture may have that is opened again."""
    _, height, width = recipe.model.image_shape
    rows = -(-recipe.count // recipe.columns)
    below = CAPTION_HEIGHT if recipe.captions else 0
    down = height * recipe.zoom + below + recipe.gap
    across = width * recipe.zoom + recipe.gap
    return rows * down * recipe.columns * across > MAX_PIXELS
