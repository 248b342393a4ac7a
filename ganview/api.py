"""Generators for other programs: ``ganview.load(path).sample(n)``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.gan.model import Model


class Generator:
    """A trained generator; `load` opens one.

    Attributes
    ----------
    z_dim : int
        Length of the noise vector.
    image_shape : tuple of int
        (C, H, W).
    class_names : tuple of str
        Empty without classes.
    info : dict
        Where the model came from: name, step, seed, data, settings.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        spec = model.spec
        self.z_dim, self.image_shape, self.class_names = (
            spec.z_dim,
            spec.image_shape,
            spec.class_names,
        )
        self.info: dict[str, Any] = dict(model.info)

    def sample(
        self, n: int, *, label: int | str = "any", seed: int = 0, truncation: float = 1.0
    ) -> NDArray[np.uint8]:
        """Draw pictures; the same arguments give the same ones, as ``ganview sample`` does.

        Parameters
        ----------
        n : int
            How many, up to a million.
        label : int or str
            Number or name of a class; "any" draws with the frequencies of the training set, "each"
            takes all classes in turn.
        seed : int
            Of noise and classes, 0 to 2³¹ − 1.
        truncation : float
            ψ: below 1 more typical, above 1 more unusual.

        Returns
        -------
        ndarray
            uint8 (n, H, W) grey or (n, H, W, 3) colour.

        Raises
        ------
        ganview.errors.UserError
            The arguments don't fit the model.
        """
        from ganview.export.samples import draw_samples, read_choice

        choice = read_choice(self._model.spec, label) if isinstance(label, str) else int(label)
        drawn = draw_samples(self._model, n, label=choice, seed=seed, truncation=truncation)
        return drawn.images


def load(path: str | Path) -> Generator:
    """Open a trained generator.

    Parameters
    ----------
    path : str or Path
        A model file, the folder of a run, or ``"conditional"`` or ``"unconditional"`` for the
        models that ship.

    Raises
    ------
    ganview.errors.UserError
        There is no such model, or it is refused.
    """
    from ganview.files.open_model import open_model

    return Generator(open_model(path))
