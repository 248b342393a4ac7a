from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ganview.data.dataset import Dataset
from ganview.errors import UserError
from ganview.files.run_summary import summarise_run
from ganview.gan.config import SETTINGS
from ganview.runtime.failure_lab import FailureLab, Pace, tell_outcome
from ganview.runtime.failure_pairs import PAIRS, RARE, FailurePair, with_rare_class
from ganview.runtime.failure_words import (
    compare_quality,
    compare_variety,
    describe_run_so_far,
    newest_steps,
    variety,
)
from ganview.runtime.health import LONG
from ganview.runtime.history import History
from ganview.runtime.messages import RunState, SampleGrid
from ganview.runtime.quality_record import QualityRecord
from ganview.runtime.run_setup import set_up_resumed_run
from tests.runtime.conftest import SMALL
from tests.runtime.run_maker import LOOK

TINY = FailurePair("tiny", "Tiny", "one", "the other", "Look.", SMALL, {"gamma": 0.0})


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_the_two_of_a_pair_differ_in_what_it_says_alone(pair: FailurePair, digits: Dataset) -> None:
    first, second = pair.configs
    differ = {name for name in SETTINGS if getattr(first, name) != getattr(second, name)}
    assert differ <= set(pair.changes)
    assert first.seed == second.seed
    assert bool(differ) is not bool(pair.data)
    whole, altered = pair.datasets(digits)
    assert whole is digits
    assert (altered is digits) is not bool(pair.data)
    assert pair.look.endswith(".")


def test_random_labels_are_those_of_other_pictures(digits: Dataset) -> None:
    altered = PAIRS["hidden-labels"].datasets(digits)[1]
    assert torch.equal(altered.images, digits.images)
    assert torch.equal(altered.labels.sort().values, digits.labels.sort().values)
    assert float((altered.labels == digits.labels).float().mean()) < 0.2
    assert altered.sha256 != digits.sha256


def test_one_in_ten_of_the_rare_class_stays(digits: Dataset) -> None:
    altered = with_rare_class(digits, 4)
    before = torch.bincount(digits.labels, minlength=10)
    after = torch.bincount(altered.labels, minlength=10)
    assert int(after[4]) == -(-int(before[4]) // RARE)
    assert torch.equal(after[:4], before[:4])
    assert torch.equal(after[5:], before[5:])


@pytest.mark.parametrize("slack", [1, 8])
def test_nobody_is_further_ahead_than_is_allowed(slack: int) -> None:
    pace, steps, worst = Pace(3, 60.0, slack), [0, 0, 0], []

    def work(number: int) -> None:
        for _ in range(200):
            pace.begin_step(number)
            steps[number] += 1
            worst.append(max(steps) - min(steps))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert steps == [200] * 3
    assert max(worst) <= slack + 1  # the count of another is not written yet


def test_who_rests_is_not_waited_for_and_a_released_pace_lets_all_pass() -> None:
    pace = Pace(2, 0.01, 1)
    for _ in range(5):
        pace.begin_step(0)  # would wait for ever for the other
    pace = Pace(2, 1000.0, 1)
    pace.begin_step(0)
    waiting = threading.Thread(target=pace.begin_step, args=(0,))
    waiting.start()
    pace.release()
    waiting.join()


def train(lab: FailureLab) -> list:
    last: list = [None, None]
    lab.resume()
    while not all(one is not None and one.state is RunState.FINISHED for one in last):
        for number, one in enumerate(lab.runs):
            last[number] = one.run.snapshots.wait(0.05) or last[number]
    return last


def test_both_do_the_same_steps_and_are_kept_in_the_list(digits: Dataset, tmp_path: Path) -> None:
    lab = FailureLab(TINY, tmp_path, steps=12, dataset=digits)
    try:
        last = train(lab)
        assert [len(one.run.history) for one in lab.runs] == [12, 12]
        told = tell_outcome(lab, (last[0], last[1]))
    finally:
        lab.stop()
        lab.join()
    assert told.startswith("One: ")
    rows = sorted((summarise_run(one.run.folder) for one in lab.runs), key=lambda row: row.path)
    assert [row.name for row in rows] == ["Tiny: one", "Tiny: the other"]
    assert [(row.step, row.state) for row in rows] == [(12, "finished")] * 2


def test_a_lab_that_waits_ends_at_once(digits: Dataset, tmp_path: Path) -> None:
    lab = FailureLab(TINY, tmp_path, steps=10**6, dataset=digits)
    lab.resume()
    lab.stop()
    lab.join()
    assert not lab.alive


def test_no_run_goes_on_with_the_whole_data_by_mistake(digits: Dataset, tmp_path: Path) -> None:
    pair = FailurePair("few", "Few", "all", "few", "Look.", SMALL, data="rare class")
    lab = FailureLab(pair, tmp_path, steps=2, dataset=digits)
    train(lab)
    lab.stop()
    lab.join()
    folder = lab.runs[1].run.folder
    assert folder is not None
    with pytest.raises(UserError, match="other pictures"):
        set_up_resumed_run(folder)


# ---- words ---------------------------------------------------------------------------------------


def run_with(y_hat_real: float, y_hat_fake: float) -> SimpleNamespace:
    history = History()
    for step in range(1, 201):
        numbers = (0.0, 9.0, y_hat_real, y_hat_fake, 1, 1, 0)
        history.append_row((step, 200 * step, step / 20, *numbers))
    return SimpleNamespace(
        history=history, quality=QualityRecord(), config=SMALL.with_(objective="bce")
    )


def test_what_went_wrong_is_said() -> None:
    won, fair = run_with(0.999, 0.001), run_with(0.6, 0.4)
    assert "tells every fake from real" in describe_run_so_far(won, None)
    assert describe_run_so_far(fair, None) == "nothing is measured yet."
    fair.quality.append(LOOK, 1.0)
    assert describe_run_so_far(fair, None) == "judge-FD 12.5, 90 % read as the class asked for."


def test_the_last_steps_are_as_the_trainer_gave_them() -> None:
    steps = newest_steps(run_with(0.6, 0.4))
    assert len(steps) == LONG
    assert steps[-1].step == 200
    assert steps[-1].step_seconds == pytest.approx(0.05, rel=1e-3)
    assert steps[-1].grad_norm_g == 1.0


def grid_of(images: np.ndarray, names: tuple[str, ...]) -> SampleGrid:
    return SampleGrid(images, np.zeros((len(images), 2), np.float32), names)


@pytest.mark.parametrize("names", [("a", "b", "c"), ()])
@pytest.mark.parametrize("colour", [(), (3,)])
def test_samples_that_are_more_alike_are_told(
    names: tuple[str, ...], colour: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    varied = rng.integers(0, 256, (8, 3, 28, 28, *colour), np.uint8)
    one = np.broadcast_to(varied[:1, :1], varied.shape)
    classes = np.broadcast_to(varied[:1], varied.shape)  # one picture each
    assert variety(grid_of(varied, names)) == pytest.approx(0.9, abs=0.1)
    assert variety(grid_of(one, names)) == pytest.approx(0.0, abs=1e-3)
    assert bool(variety(grid_of(classes, names)) > 0.5) is not bool(names)
    assert variety(grid_of(np.zeros_like(varied), names)) == 0.0
    told = compare_variety(grid_of(varied, names), grid_of(one, names))
    assert told.endswith("only 0 % as much.")
    assert told.startswith("Within a class") is bool(names)
    assert compare_variety(grid_of(varied, names), grid_of(varied, names)) == ""
    empty = grid_of(np.zeros_like(varied), names)
    assert compare_variety(empty, empty) == ""


def test_two_qualities_are_compared_in_plain_words() -> None:
    worse = LOOK._replace(frechet=50.0, worst=0.2)
    assert "4.0 times as far" in compare_quality(LOOK, worse)
    assert "worst class" in compare_quality(LOOK, worse)
    assert "nearer" in compare_quality(worse, LOOK)
    assert "equally far" in compare_quality(LOOK, LOOK._replace(frechet=13.0))
