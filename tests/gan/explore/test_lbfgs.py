"""Many problems at once end where each would end alone."""

from __future__ import annotations

import torch

from ganview.gan.explore.lbfgs import MEMORY, BatchedLBFGS, Values


def quadratic(rows: int, size: int, seed: int = 0):
    """Cost ½ (p − goal)ᵀ A (p − goal) with a condition number of 1000 in each row."""
    random = torch.Generator().manual_seed(seed)
    turn = torch.linalg.qr(torch.randn(rows, size, size, generator=random)).Q
    matrix = turn @ torch.diag(torch.logspace(-1, 2, size)) @ turn.transpose(1, 2)
    goal = torch.randn(rows, size, generator=random)

    def problem(chosen: torch.Tensor):
        def values(point: torch.Tensor) -> Values:
            away = point - goal[chosen]
            slope = (matrix[chosen] @ away[:, :, None])[:, :, 0]
            return Values((away * slope).sum(1) / 2, slope, away.norm(dim=1))

        return values

    return problem, goal


def test_reaches_the_goal_of_every_row():
    problem, goal = quadratic(5, 20)
    search = BatchedLBFGS(problem(torch.arange(5)), torch.zeros(5, 20))
    for _ in range(150):
        search.step()
    assert torch.allclose(search.point, goal, atol=1e-2)
    assert len(search._moves) == MEMORY


def test_never_goes_up_and_keeps_its_values_together():
    def values(point: torch.Tensor) -> Values:  # Rosenbrock's valley
        point = point.detach().requires_grad_()
        x, y = point.unbind(1)
        cost = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        (slope,) = torch.autograd.grad(cost.sum(), point)
        return Values(cost.detach(), slope, point.detach().clone())

    search = BatchedLBFGS(values, torch.tensor([[-1.2, 1.0], [2.0, 2.0], [0.0, -3.0]]))
    costs = [search.values.cost]
    for _ in range(200):
        search.step()
        costs.append(search.values.cost)
        assert torch.equal(search.values.extra, search.point)
    assert (torch.stack(costs).diff(dim=0) <= 0).all()
    assert torch.allclose(search.point, torch.ones(3, 2), atol=1e-2)


def test_rows_do_not_disturb_each_other_and_can_be_dropped():
    problem, _ = quadratic(4, 10)
    together = BatchedLBFGS(problem(torch.arange(4)), torch.zeros(4, 10))
    alone = BatchedLBFGS(problem(torch.tensor([2])), torch.zeros(1, 10))
    for step in range(30):
        if step == 12:
            together.keep(torch.tensor([3, 2]), problem(torch.tensor([3, 2])))
        together.step()
        alone.step()
    assert torch.allclose(together.point[1], alone.point[0], atol=1e-4)


def test_a_finished_row_stays():
    search = BatchedLBFGS(
        lambda point: Values(point.square().sum(1), 2 * point, point), torch.zeros(2, 3)
    )
    for _ in range(5):
        search.step()
    assert torch.equal(search.point, torch.zeros(2, 3))
