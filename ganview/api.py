"""Generators for other programs: ``ganview.load(path).sample(n)``."""

from __future__ import annotations

import os
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ganview.export.latent_path import PathKind
    from ganview.export.samples import LabelChoice
    from ganview.gan.model import Model


_forks: list[int] = []  # the processes that were forked after this was imported, down to this one
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _forks.append(os.getpid()))


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
        Where the model came from: name, step, images_seen, seed, seconds, dataset, dataset_sha256,
        config, report; what is not known is left out.

    Notes
    -----
    torch computes in threads that a forked child does not inherit, and would wait for them for
    ever: in such a child, the methods set torch to one thread (`torch.set_num_threads`).
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
            Name of a class, which may be a number where the classes are called so; "any" draws with
            the frequencies of the training set, "each" takes all classes in turn.
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
        TypeError
            ``n``, ``label`` or ``seed`` is not of a type above; integers of numpy are.
        ganview.errors.UserError
            The arguments don't fit the model.
        """
        from ganview.export.samples import draw_samples

        _use_own_threads()
        choice = self._choice(label)
        drawn = draw_samples(
            self._model, index(n), label=choice, seed=index(seed), truncation=truncation
        )
        return drawn.images

    def animate(
        self,
        path: str | Path,
        kind: PathKind = "path",
        *,
        label: int | str = "any",
        count: int = 1,
        seed: int = 0,
        truncation: float = 1.0,
        places: int = 5,
        dimension: int = 0,
        seconds: float = 4.0,
        rate: float = 20.0,
        loop: bool = True,
        zoom: int = 4,
    ) -> None:
        """Write an animation, as ``ganview animate`` does.

        Parameters
        ----------
        path : str or Path
            ``*.gif``, ``*.webp``, ``*.apng`` or ``*.mp4``.
        kind : {"path", "sweep", "morph"}
            Through ``places`` drawn at random, along one ``dimension`` of the noise, or from class
            to class.
        label, seed, truncation
            As in `sample`.
        count : int
            Pictures side by side.
        seconds, rate : float
            How long it is, and frames a second.
        loop : bool
            Whether it begins again at its end.
        zoom : int
            Side of the square that each pixel becomes.

        Raises
        ------
        ganview.errors.UserError
            The arguments don't fit the model, or the file can't be written.
        """
        from ganview.export.animation import Timing, default_columns, write_path_animation
        from ganview.export.latent_path import make_path

        _use_own_threads()
        timing = Timing(rate, seconds, loop)
        latents = make_path(
            self._model.spec,
            kind,
            timing.frames,
            label=self._choice(label),
            count=index(count),
            seed=index(seed),
            psi=truncation,
            places=places,
            dimension=dimension,
            loop=loop,
        )
        columns = default_columns(latents.z.shape[1])
        write_path_animation(path, self._model, latents, timing, columns=columns, zoom=zoom)

    def export_onnx(self, path: str | Path) -> None:
        """Write the generator as ONNX, as ``ganview export`` does; needs the extra ``onnx``.

        Raises
        ------
        ganview.errors.UserError
            The extra is missing, or the file can't be written.
        """
        from ganview.export.onnx_file import write_onnx

        _use_own_threads()
        write_onnx(path, self._model)

    def _choice(self, label: int | str) -> LabelChoice:
        from ganview.export.samples import parse_label

        return parse_label(self._model.spec, label if isinstance(label, str) else str(index(label)))


def _use_own_threads() -> None:
    if _forks:
        import torch

        torch.set_num_threads(1)


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
