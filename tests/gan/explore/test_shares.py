from __future__ import annotations

import numpy as np

from ganview.gan.explore.shares import compare_shares


def test_classes_that_hardly_come_are_lost_and_others_are_few() -> None:
    read = np.repeat(np.arange(4), [50, 40, 1, 9])
    shares = compare_shares(read, np.full(4, 0.25))
    assert shares.lost == (2,)
    assert shares.few == (3,)


def test_of_few_pictures_nothing_is_said() -> None:
    shares = compare_shares(np.zeros(20, np.int64), np.full(4, 0.25))
    assert shares.lost == ()


def test_a_class_that_is_rare_in_the_data_is_not_missed() -> None:
    wanted = np.array([0.9, 0.1])
    assert compare_shares(np.repeat([0, 1], [900, 100]), wanted).few == ()
