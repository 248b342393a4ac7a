"""Limited-memory BFGS for many small problems at once, each with its own curvature and step."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

MEMORY = 12  # remembered steps
LONGEST = 3.0  # of one step, in the unit of the unknowns
FIRST = 0.5  # length of the first step, before any curvature is known
DESCENT = 1e-4  # share of the promised descent that a step must bring (Armijo)
SHRINK = 0.4  # of a step that did not


class Values(NamedTuple):
    """Cost and gradient of each problem at its present point.

    ``cost`` (B,), its ``slope`` (B, D), and an ``extra`` (B, …) that the caller wants kept with it.
    """

    cost: Tensor
    slope: Tensor
    extra: Tensor


Problem = Callable[[Tensor], Values]


class BatchedLBFGS:
    """Minimise B independent costs of D unknowns (Liu and Nocedal, 1989).

    All rows take their steps together, so that a network is asked once for all of them. A step that
    brings too little is not taken and the next is shorter, but what it showed of the curvature is
    used: no row waits for another's line search.

    Parameters
    ----------
    problem : callable
        From points (B, D) to `Values`.
    start : Tensor
        (B, D).
    """

    def __init__(self, problem: Problem, start: Tensor) -> None:
        self.problem = problem
        self.point = start
        self.values = problem(start)
        self._step = torch.ones(len(start), 1)
        length = self.values.slope.norm(dim=1, keepdim=True)
        self._scale = FIRST / length.clamp_min(1e-12)  # of the first guess at the inverse Hessian
        self._moves: list[Tensor] = []  # each (B, D)
        self._turns: list[Tensor] = []
        self._inverse: list[Tensor] = []  # 1 / <move, turn>, (B, 1); 0 where there was no curvature

    def step(self) -> None:
        """Try one step in every row, and keep it where the cost falls."""
        slope = self.values.slope
        way = self._direction(slope)
        move = self._step * way
        tried = self.point + move
        values = self.problem(tried)
        promised = DESCENT * (slope * move).sum(1)
        better = values.cost < self.values.cost + promised
        self._remember(move, values.slope - slope)
        kept = better[:, None]
        self.point = torch.where(kept, tried, self.point)
        extra = better.view(-1, *[1] * (values.extra.ndim - 1))
        self.values = Values(
            torch.where(better, values.cost, self.values.cost),
            torch.where(kept, values.slope, slope),
            torch.where(extra, values.extra, self.values.extra),
        )
        self._step = torch.where(kept, 1.0, (self._step * SHRINK).clamp_min(1e-4))

    def keep(self, rows: Tensor, problem: Problem) -> None:
        """Go on with some rows only, given by index (R,), and the problem that belongs to them."""
        self.problem = problem
        self.point = self.point[rows]
        self.values = Values(*(value[rows] for value in self.values))
        self._step, self._scale = self._step[rows], self._scale[rows]
        for memory in (self._moves, self._turns, self._inverse):
            memory[:] = [entry[rows] for entry in memory]

    def _direction(self, slope: Tensor) -> Tensor:
        """Return the descent direction (B, D), by the two loops over what is remembered."""
        way = -slope
        shares = []
        memory = list(zip(self._moves, self._turns, self._inverse, strict=True))
        for move, turn, inverse in reversed(memory):
            share = inverse * (move * way).sum(1, keepdim=True)
            way = way - share * turn
            shares.append(share)
        way = way * self._scale
        for (move, turn, inverse), share in zip(memory, reversed(shares), strict=True):
            way = way + (share - inverse * (turn * way).sum(1, keepdim=True)) * move
        length = way.norm(dim=1, keepdim=True).clamp_min(1e-12)
        bounded: Tensor = way * (LONGEST / length).clamp(max=1)
        return bounded

    def _remember(self, move: Tensor, turn: Tensor) -> None:
        """Add a pair to the memory; rows that showed no curvature add nothing."""
        product = (move * turn).sum(1, keepdim=True)
        limit = 1e-8 * move.norm(dim=1, keepdim=True) * turn.norm(dim=1, keepdim=True)
        curved = (product > limit) & (product > 0)
        self._moves.append(torch.where(curved, move, 0.0))
        self._turns.append(torch.where(curved, turn, 0.0))
        self._inverse.append(torch.where(curved, 1 / product.clamp_min(1e-30), 0.0))
        if len(self._moves) > MEMORY:
            for memory in (self._moves, self._turns, self._inverse):
                memory.pop(0)
        squared = turn.square().sum(1, keepdim=True).clamp_min(1e-30)
        self._scale = torch.where(curved, product / squared, self._scale)
