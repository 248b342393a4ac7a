"""How rare a picture is among the real ones of its class, as a rank that can be checked.

The thinner real pictures lie around a picture, the rarer it is: what counts is the distance to its
k-th nearest real neighbour in the judge's features (Loftsgaarden and Quesenberry, 1965, estimate a
density so). Of that distance only the rank among the same distances of other real pictures is told,
so that one real picture in ten is in the rarest tenth. Those are pictures that the judge did not
learn from, as it did not from generated ones: it packs what it has learned from a little tighter.
"""

from __future__ import annotations

import torch
from torch import Tensor

NEIGHBOURS = 10
CHUNK = 2000  # rows of a distance matrix held at once


class Rarity:
    """Ranks pictures of each class by how rare they are.

    Parameters
    ----------
    features : Tensor
        float32 (N, d) of the real pictures that neighbours are searched among.
    labels : Tensor
        int64 (N,), their classes; all 0 where there are none.
    distances : tuple of Tensor
        For each class the sorted distances (U,) of other real pictures to their k-th neighbour.
    """

    def __init__(self, features: Tensor, labels: Tensor, distances: tuple[Tensor, ...]) -> None:
        self.distances = distances
        self._of_class = [features[labels == label] for label in range(len(distances))]

    @classmethod
    def from_pictures(
        cls, features: Tensor, labels: Tensor, unseen: Tensor, unseen_labels: Tensor, classes: int
    ) -> Rarity:
        """Compare with real pictures, ranked among real pictures that the judge has not seen.

        Parameters
        ----------
        features, labels : Tensor
            As above.
        unseen, unseen_labels : Tensor
            The same of the pictures whose distances give the ranks, (U, d) and (U,).
        classes : int
            Number of classes, at least 1.
        """
        rarity = cls(features, labels, tuple(torch.empty(0) for _ in range(classes)))
        found = rarity.neighbour_distances(unseen, unseen_labels)
        rarity.distances = tuple(
            found[unseen_labels == label].sort().values for label in range(classes)
        )
        return rarity

    def own_ranks(self, labels: Tensor) -> Tensor:
        """Return the ranks (N,) of the real pictures among each other; none neighbours itself."""
        found = torch.full((len(labels),), torch.nan)
        for label, real in enumerate(self._of_class):
            if len(real) > 1:
                k = min(NEIGHBOURS, len(real) - 1) + 1  # the nearest is the picture itself
                near = [torch.cdist(part, real).kthvalue(k).values for part in real.split(CHUNK)]
                order = torch.cat(near).argsort().argsort()
                found[labels == label] = (order + 0.5) / len(real)
        return found

    def neighbour_distances(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the distance (M,) to the k-th nearest real picture of a class; nan without any."""
        found = torch.full((len(features),), torch.nan)
        for label, real in enumerate(self._of_class):
            rows = torch.nonzero(labels == label)[:, 0]
            k = min(NEIGHBOURS, len(real))
            for part in rows.split(CHUNK) if k else ():
                near = torch.cdist(features[part], real)
                found[part] = near.kthvalue(k, dim=1).values
        return found

    def ranks(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the share of real pictures of its class that each picture is rarer than.

        Parameters
        ----------
        features, labels : Tensor
            (M, d) and (M,).

        Returns
        -------
        Tensor
            float32 (M,), above 0 and below 1; nan where the class has too few real pictures.
        """
        distance = self.neighbour_distances(features, labels)
        found = torch.full_like(distance, torch.nan)
        for label, known in enumerate(self.distances):
            rows = labels == label
            if len(known):
                before = torch.searchsorted(known, distance[rows].contiguous())
                found[rows] = (before + 0.5) / (len(known) + 1)
        return torch.where(distance.isnan(), distance, found)
