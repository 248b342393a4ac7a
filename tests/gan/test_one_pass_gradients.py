"""Gradients from the second walk forwards, against automatic differentiation of the same cost."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganview.gan import aux_classifier, one_pass_gradients
from ganview.gan.networks.residual import ResidualDiscriminator, Widths
from ganview.gan.seeded import Seeded


def discriminator(
    classes: int, blocks: int = 1, shape: tuple[int, int, int] = (1, 12, 12)
) -> ResidualDiscriminator:
    with Seeded(1):
        made = ResidualDiscriminator(shape, classes, Widths((6, 4), blocks))
    with torch.no_grad():  # biases of zero would hide their part
        for weight in made.parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(2))
    return made.double()


@settings(max_examples=15, deadline=None)
@given(
    classes=st.sampled_from([0, 3]),
    blocks=st.integers(0, 2),
    shape=st.sampled_from([(1, 12, 12), (3, 10, 13)]),
    weight=st.sampled_from([0.0, 0.05, 3.0]),
    seed=st.integers(0, 1000),
)
def test_gradients_are_those_of_automatic_differentiation(
    classes: int, blocks: int, shape: tuple[int, int, int], weight: float, seed: int
) -> None:
    net = discriminator(classes, blocks, shape)
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(5, *shape, generator=random, dtype=torch.float64)
    y = torch.randint(classes, (5,), generator=random) if classes else None
    pull = torch.randn(5, generator=random, dtype=torch.float64)

    x.requires_grad_()
    logits = net(x, y)
    (slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    (logits @ pull + weight / 2 * slope.square().sum()).backward()
    expected = {name: w.grad for name, w in net.named_parameters()}
    net.zero_grad()

    seen = one_pass_gradients.forward_with_input_grad(net, x, y)
    torch.testing.assert_close(seen.logits, logits.detach())
    torch.testing.assert_close(seen.input_grad, slope.detach())
    one_pass_gradients.accumulate_d_grads(net, seen, pull, weight)
    for name, w in net.named_parameters():
        torch.testing.assert_close(w.grad, expected[name], msg=name)


def test_a_frozen_last_bias_stays_without_gradient() -> None:
    net = discriminator(3)
    net.head.bias.requires_grad_(False)
    seen = one_pass_gradients.forward_with_input_grad(
        net, torch.zeros(2, 1, 12, 12).double(), torch.tensor([0, 1])
    )
    one_pass_gradients.accumulate_d_grads(net, seen, torch.ones(2).double(), 1.0)
    assert net.head.bias.grad is None
    assert all(w.grad is not None for w in net.parameters() if w.requires_grad)


def test_a_look_leaves_no_graph_behind() -> None:
    seen = one_pass_gradients.forward_with_input_grad(
        discriminator(0), torch.zeros(1, 1, 12, 12).double(), None
    )
    assert not seen.logits.requires_grad
    assert not seen.input_grad.requires_grad


def test_names_of_some_images_add_the_gradient_of_their_cost() -> None:
    net = discriminator(3)
    with Seeded(4):
        classifier = aux_classifier.build_classifier(net).double()
    random = torch.Generator().manual_seed(5)
    x = torch.randn(5, 1, 12, 12, generator=random, dtype=torch.float64).requires_grad_()
    y = torch.tensor([0, 2, 1, 1, 0])

    # automatic differentiation: −log p(y|x) of the first three, and its slope over every image
    costs = -classifier(net.features(x)).log_softmax(1)[torch.arange(5), y]
    (slope,) = torch.autograd.grad(costs.sum(), x, retain_graph=True)
    (net(x, y).sum() + 0.7 * costs[:3].sum()).backward()
    expected = {name: w.grad for name, w in net.named_parameters()}
    of_classifier = {name: w.grad for name, w in classifier.named_parameters()}
    net.zero_grad()
    classifier.zero_grad()

    seen = one_pass_gradients.forward_with_input_grad(net, x, y, classifier)
    assert seen.prediction is not None
    assert seen.ce_grads is not None
    torch.testing.assert_close(seen.prediction.cost, costs.detach())
    torch.testing.assert_close(seen.ce_grads.image, slope)
    one_pass_gradients.accumulate_d_grads(net, seen, torch.ones(5, dtype=torch.float64), 0.0)
    one_pass_gradients.accumulate_classifier_grads(classifier, seen, 3, 0.7)
    for name, w in net.named_parameters():
        torch.testing.assert_close(w.grad, expected[name], msg=name)
    for name, w in classifier.named_parameters():
        torch.testing.assert_close(w.grad, of_classifier[name], msg=name)
