from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.files.open_model import open_model
from ganview.gan.model import Model, ModelSpec
from ganview.runtime import renderer as renderer_module
from ganview.runtime.messages import RenderedImages
from ganview.runtime.renderer import Renderer

from .conftest import model_for

LONG = 60.0
SPEC = ModelSpec("mlp", "small", 4, (1, 28, 28))


class Slow(torch.nn.Module):
    """A generator that waits to be let go, and draws its first number of noise."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.sizes: list[int] = []
        self.error: Exception | None = None

    def forward(self, z: torch.Tensor, y: torch.Tensor | None = None) -> torch.Tensor:
        self.begun.release()
        if not self.go_on.acquire(timeout=LONG):
            raise TimeoutError
        if self.error is not None:
            raise self.error
        self.sizes.append(len(z))
        return z[:, :1, None, None].expand(-1, 1, 28, 28)

    def let_go(self, times: int = 1) -> None:
        self.go_on.release(times)

    def has_begun(self) -> None:
        assert self.begun.acquire(timeout=LONG)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def renderer(slow: Slow):
    with Renderer() as renderer:
        renderer.set_model(Model(SPEC, slow))  # type: ignore[arg-type]
        for _ in range(2):  # warming up
            slow.let_go()
            slow.has_begun()
        yield renderer
        renderer.stop()
        slow.let_go(1000)


def noise(value: float, count: int = 1) -> np.ndarray:
    return np.full((count, 4), value, np.float32)


def shade(value: float) -> int:
    return round((value + 1) * 127.5)


def received(renderer: Renderer, lane: str) -> RenderedImages:
    answer = renderer.wait(lane, LONG)
    assert answer is not None
    return answer


def test_it_draws_what_the_model_draws(digits: Dataset):
    model = model_for(digits)
    z = np.random.default_rng(0).standard_normal((11, 8)).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[[3, *range(10)]]
    y[0] = 0.1
    with Renderer() as renderer:
        renderer.set_model(model)
        stamp = renderer.request("picture", z, y, want_belief=True)
        answer = received(renderer, "picture")
        assert (answer.stamp, answer.lane) == (stamp, "picture")
        assert answer.model is model
        assert answer.complete
        assert answer.error is None
        np.testing.assert_array_equal(answer.images, model.preview(z, y))
        assert answer.beliefs is not None
        assert answer.beliefs.shape == (11,)
        assert not answer.images.flags.writeable
        assert renderer.take("picture") is None


def test_a_picture_at_rest_is_the_one_that_is_exported(monkeypatch):
    monkeypatch.setattr(renderer_module, "SETTLED_SECONDS", 0.0)
    model = open_model("conditional")
    z = np.random.default_rng(0).standard_normal((120, 64)).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[np.arange(120) % 10]
    exact = model.sample(z, y)
    assert (exact != model.preview(z, y)).any()
    with Renderer() as renderer:
        renderer.set_model(model)
        stamp = renderer.request("picture", z, y, want_belief=True)
        first = received(renderer, "picture")
        while not first.complete:
            first = received(renderer, "picture")
        settled = received(renderer, "picture")
        assert (settled.stamp, settled.seconds) == (stamp, first.seconds)
        np.testing.assert_array_equal(settled.images, exact)
        np.testing.assert_array_equal(settled.beliefs, first.beliefs)
        assert not renderer.busy()


def test_without_classes_or_discriminator(digits: Dataset):
    whole = model_for(digits, conditional=False)
    with Renderer() as renderer:
        renderer.set_model(Model(whole.spec, whole.generator))
        renderer.request("picture", noise(0.5, 2).repeat(2, 1), None, want_belief=True)
        answer = received(renderer, "picture")
        assert answer.beliefs is None
        assert answer.images.shape == (2, 28, 28)


def test_a_request_waits_for_the_first_model_and_the_newest_wins(slow: Slow):
    slow.let_go(1000)
    with Renderer() as renderer:
        stamps = [renderer.request("picture", noise(value), None) for value in (-1, 0, 1)]
        assert not renderer.busy()  # nothing can come yet
        renderer.set_model(Model(SPEC, slow))  # type: ignore[arg-type]
        answer = received(renderer, "picture")
        assert answer.stamp == stamps[-1]
        assert answer.images.max() == answer.images.min() == 255


def test_what_is_overtaken_while_it_waits_is_never_drawn(renderer: Renderer, slow: Slow):
    renderer.request("picture", noise(-1), None)
    slow.has_begun()
    drawn_before = len(slow.sizes)
    stamps = [renderer.request("picture", noise(value), None) for value in (0.1, 0.2, 0.3)]
    slow.let_go(2)
    stamp = 0
    while stamp != stamps[-1]:
        answer = received(renderer, "picture")
        assert answer.stamp > stamp
        assert answer.stamp not in stamps[:-1]
        stamp = answer.stamp
    assert answer.images[0, 0, 0] == shade(0.3)
    assert len(slow.sizes) == drawn_before + 2


def test_an_urgent_request_goes_first_between_two_pieces(renderer: Renderer, slow: Slow):
    stamp = renderer.request("thumbnails", noise(0, 400), None)
    slow.has_begun()
    renderer.request("picture", noise(0.5, 11), None)
    slow.let_go(2)
    picture = received(renderer, "picture")
    assert picture.images.shape[0] == 11
    part = received(renderer, "thumbnails")
    assert (part.stamp, part.complete) == (stamp, False)
    assert 0 < len(part.images) < 400
    slow.let_go(1000)
    while not part.complete:
        more = received(renderer, "thumbnails")
        assert len(more.images) > len(part.images)
        part = more
    assert part.images.shape == (400, 28, 28)
    assert not renderer.busy()


def test_a_large_request_that_is_overtaken_is_left(renderer: Renderer, slow: Slow):
    renderer.request("thumbnails", noise(-1, 400), None)
    slow.has_begun()
    stamp = renderer.request("thumbnails", noise(1, 400), None)
    slow.let_go(1000)
    answer = received(renderer, "thumbnails")
    assert answer.stamp == stamp
    while not answer.complete:
        answer = received(renderer, "thumbnails")
        assert answer.stamp == stamp
    assert answer.images.min() == 255


def test_an_answer_comes_from_one_model(renderer: Renderer, slow: Slow):
    renderer.request("thumbnails", noise(0, 400), None)
    slow.has_begun()
    other = Slow()
    other.let_go(1000)
    newer = Model(SPEC, other)  # type: ignore[arg-type]
    renderer.set_model(newer)
    slow.let_go(1000)
    answer = received(renderer, "thumbnails")
    while not answer.complete:
        answer = received(renderer, "thumbnails")
    assert answer.model is not newer
    renderer.request("thumbnails", noise(0, 2), None)
    assert received(renderer, "thumbnails").model is newer


def test_the_callers_array_is_its_own(renderer: Renderer, slow: Slow):
    z = noise(1)
    renderer.request("picture", z, None)
    z[:] = -1
    slow.let_go()
    assert received(renderer, "picture").images[0, 0, 0] == 255


def test_an_error_is_a_value_and_the_next_request_is_drawn(renderer: Renderer, slow: Slow):
    slow.error = RuntimeError("out of ink")
    stamp = renderer.request("picture", noise(0), None)
    slow.let_go()
    answer = received(renderer, "picture")
    assert answer.stamp == stamp
    assert answer.error == "An error while drawing: RuntimeError: out of ink."
    assert answer.details is not None
    assert answer.complete
    assert len(answer.images) == 0
    slow.error = None
    renderer.request("picture", noise(0), None)
    slow.let_go()
    assert received(renderer, "picture").error is None


@pytest.mark.parametrize(
    ("z", "y"),
    [
        (np.zeros((2, 5)), np.zeros((2, 10))),
        (np.zeros(8), np.zeros(10)),
        (np.zeros((0, 8)), np.zeros((0, 10))),
        (np.zeros((2, 8)), np.zeros((2, 9))),
        (np.zeros((2, 8)), None),
    ],
)
def test_noise_and_classes_that_do_not_fit_get_a_sentence(
    digits: Dataset, z: np.ndarray, y: np.ndarray | None
):
    with Renderer() as renderer:
        renderer.set_model(model_for(digits))
        renderer.request("picture", z, y)
        error = received(renderer, "picture").error
        assert error is not None
        assert "this model takes" in error


def test_classes_for_a_model_without_them_get_a_sentence(renderer: Renderer):
    renderer.request("picture", noise(0), np.zeros((1, 10)))
    assert received(renderer, "picture").error == "This model has no classes to choose from."


def test_an_unknown_lane_is_a_mistake(renderer: Renderer):
    with pytest.raises(ValueError, match="lane"):
        renderer.request("elsewhere", noise(0), None)


def test_it_draws_with_one_processor_and_leaves_others_theirs(digits: Dataset):
    model = model_for(digits, conditional=False)
    torch.set_num_threads(2)
    with Renderer() as renderer:
        renderer.set_model(model)
        renderer.request("picture", np.zeros((1, 8)), None)
        received(renderer, "picture")
        assert torch.get_num_threads() == 2


def test_stop_while_drawing_ends_the_thread(slow: Slow):
    renderer = Renderer()
    renderer.set_model(Model(SPEC, slow))  # type: ignore[arg-type]
    renderer.request("thumbnails", noise(0, 400), None)
    slow.has_begun()
    renderer.stop()
    assert not renderer.join(0)
    slow.let_go(2)  # it may be warming up, which takes two
    assert renderer.join(LONG)
    assert renderer.wait("picture", 0) is None


def test_an_answer_is_announced_when_it_can_be_taken(slow: Slow) -> None:
    announced = threading.Semaphore(0)
    with Renderer(announce=announced.release) as renderer:
        slow.let_go(1000)
        renderer.set_model(Model(SPEC, slow))  # type: ignore[arg-type]
        stamp = renderer.request("picture", np.zeros((1, 4)), None)
        assert announced.acquire(timeout=LONG)
        answer = renderer.take("picture")
    assert answer is not None
    assert answer.stamp == stamp
