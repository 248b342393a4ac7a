"""Each formula gives, on shapes drawn with a ruler, what a ruler gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from ganview.gan.explore.measures import MEASURES, UNITS, flood_level, measure_images, measure_ink

COLUMN = {name: index for index, name in enumerate(MEASURES)}


def of(name: str, picture: np.ndarray) -> float:
    return float(measure_images(picture[None])[0, COLUMN[name]])


def test_columns_have_units():
    assert len(UNITS) == len(MEASURES)


@pytest.mark.parametrize("thick", [2, 3, 4])
@pytest.mark.parametrize("angle", [-30, -15, 0, 10, 25, 40])
def test_slant_is_the_angle_of_a_stroke(strokes, angle, thick):
    assert of("slant", strokes.stroke(angle, 18, thick)) == pytest.approx(angle, abs=3)


@pytest.mark.parametrize("thick", [2, 2.5, 3, 4, 5])
@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90])
def test_thickness_is_that_of_a_stroke_at_any_angle(strokes, angle, thick):
    assert of("thickness", strokes.stroke(angle, 18, thick)) == pytest.approx(thick, rel=0.14)


@pytest.mark.parametrize("thick", [2, 3, 4])
def test_thickness_of_a_ring(strokes, thick):
    assert of("thickness", strokes.ring(9, 9, thick)) == pytest.approx(thick, rel=0.14)


@pytest.mark.parametrize(("height", "width"), [(20, 4), (12.5, 12.5), (18.3, 9.7), (6, 20)])
def test_width_and_height_are_those_of_a_block(strokes, height, width):
    picture = strokes.block(height, width)
    assert of("width", picture) == pytest.approx(width, abs=0.35)
    assert of("height", picture) == pytest.approx(height, abs=0.35)


@pytest.mark.parametrize(("across", "down"), [(8, 8), (5, 9), (10, 6)])
@pytest.mark.parametrize("thick", [2, 3])
def test_loop_is_the_area_inside_a_ring(strokes, across, down, thick):
    inside = np.pi * (across - thick) * (down - thick)
    assert of("loop size", strokes.ring(across, down, thick)) == pytest.approx(
        inside, rel=0.05, abs=1
    )


def test_an_open_or_diagonally_closed_stroke_counts_as_it_looks(strokes):
    whole = strokes.ring(8, 8, 2)
    cut = whole.copy()
    cut[12:16, 14:] = 0
    assert of("loop size", cut) == pytest.approx(0, abs=0.01)
    for faint, held in ((2, 1.0), (4, 0.5), (9, 0.05)):
        thin = whole.copy()
        thin[12:16, 14:] //= faint
        assert of("loop size", thin) / of("loop size", whole) == pytest.approx(held, abs=0.16)
    diamond = np.zeros((9, 9), np.uint8)
    for step in range(4):  # corners touch, sides do not: ink joins over eight neighbours
        for y in (step, 8 - step):
            diamond[y, [4 - step, 4 + step]] = 255
    diamond[4, 0] = diamond[4, 8] = 255
    assert of("loop size", diamond) == 25


def test_two_loops_add_up():
    eight = np.zeros((28, 28), np.uint8)
    eight[4:24, 8:20] = 255
    eight[6:12, 10:18] = 0
    eight[15:22, 10:18] = 0
    assert of("loop size", eight) == 6 * 8 + 7 * 8


def test_fill_finds_the_way_out_of_a_spiral():
    spiral = torch.zeros(1, 11, 11)
    spiral[0, 1:10, 1] = spiral[0, 1, 1:10] = spiral[0, 1:10, 9] = spiral[0, 9, 3:10] = 1
    spiral[0, 3:9, 3] = spiral[0, 3, 3:8] = spiral[0, 3:8, 7] = 1
    assert torch.equal(flood_level(spiral), spiral)


@pytest.mark.parametrize("name", MEASURES)
def test_measures_do_not_depend_on_where_the_stroke_is_or_how_large_the_picture(strokes, name):
    picture = strokes.ring(6, 8, 2, size=28)
    moved = np.roll(picture, (3, -2), (0, 1))
    larger = np.pad(picture, ((4, 12), (9, 2)))
    colour = np.repeat(picture[:, :, None], 3, axis=2)
    wanted = of(name, picture)
    for other in (moved, larger, colour):
        assert of(name, other) == pytest.approx(wanted, abs=0.05)


def test_haze_is_no_ink_and_nothing_is_not_a_number(strokes):
    picture = strokes.ring(6, 8, 2)
    hazy = np.maximum(picture, 20).astype(np.uint8)
    assert np.allclose(
        measure_images(picture[None]), measure_images(hazy[None]), rtol=0.02, atol=0.3
    )
    assert np.isnan(measure_images(np.zeros((2, 28, 28), np.uint8))).all()
    assert np.isnan(measure_images(np.full((1, 28, 28), 20, np.uint8))).all()
    assert measure_images(np.zeros((0, 28, 28), np.uint8)).shape == (0, 5)


def test_read_only_pictures_are_measured_and_left_alone(strokes):
    picture = strokes.ring(6, 8, 2)[None]
    picture.setflags(write=False)
    before = picture.copy()
    assert measure_images(picture).shape == (1, 5)
    assert np.array_equal(picture, before)


def test_thickness_and_slant_grow_with_the_stroke(strokes):
    thick = [of("thickness", strokes.stroke(20, 18, t)) for t in np.arange(1, 6, 0.5)]
    assert (np.diff(thick) > 0).all()
    slant = [of("slant", strokes.stroke(angle, 18, 2)) for angle in range(-40, 41, 5)]
    assert (np.diff(slant) > 0).all()


def test_every_measure_has_a_finite_gradient(strokes):
    picture = torch.tensor(strokes.ring(6, 8, 2) / 255.0, dtype=torch.float32)[None]
    ink = avg_pool2d(picture, 3, stride=1, padding=1).requires_grad_()
    measures = measure_ink(ink)
    for column in range(len(MEASURES)):
        (slope,) = torch.autograd.grad(measures[0, column], ink, retain_graph=True)
        assert torch.isfinite(slope).all()
        assert slope.abs().sum() > 0
