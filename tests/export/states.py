"""Recipes at random states."""

from __future__ import annotations

import numpy as np

from ganview.export.picture import model_ref
from ganview.export.recipe import Recipe
from ganview.gan.model import Model


def random_recipe(random: np.random.Generator, model: Model) -> Recipe:
    """Return the recipe of a picture, a strip, a grid or a seeded sheet."""
    classes = model.spec.classes
    kind = random.choice(["picture", "mix", "strip", "grid", "seed"])
    rows = int(random.integers(1, 5)) if kind == "grid" else 1
    z = (1.5 * random.standard_normal((rows, model.spec.z_dim))).astype(np.float32)
    labels = None if not classes else random.integers(0, classes, 1)
    count, columns = rows, 1
    if kind == "mix" and classes:
        shares = random.random(classes)
        labels = (shares / shares.sum()).astype(np.float32)[None]
    elif kind in ("strip", "grid") and classes:
        count, columns, labels = rows * classes, classes, np.arange(classes)
    elif kind == "seed":
        count, columns = int(random.integers(1, 12)), 1
        z = int(random.integers(0, 2**31))
        labels = str(random.choice(["any", "each"])) if classes else "any"
    return Recipe(
        model_ref(model),
        count,
        z,
        labels,
        psi=float(random.random() * 1.5),
        columns=columns,
        zoom=int(random.integers(1, 4)),
        gap=int(random.integers(0, 4)),
        background=int(random.integers(0, 256)),
        captions=bool(classes) and bool(random.random() < 0.3),
    )
