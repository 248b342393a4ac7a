"""The log of a run's numbers: read whole, in bounded memory, and thinned when it is long."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest

from ganview.files import metrics_log
from ganview.files.metrics_log import append_rows, forget_rows, read_metrics


@pytest.fixture
def log(tmp_path):
    return tmp_path / "metrics.jsonl"


def write_rows(log, *rows):
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_float32_come_back_exactly_and_rows_are_short(log):
    values = np.random.default_rng(0).standard_normal((1000, 6)).astype(np.float32)
    names = ("loss_d", "loss_g", "y_hat_real", "y_hat_fake", "grad_norm_d", "grad_norm_g")
    rows = [
        {
            "step": 10**6 + step,
            "images_seen": (10**6 + step) * 128,
            "seconds": 0.0151515151515 * (10**6 + step),
            **dict(zip(names, map(float, row), strict=True)),
        }
        for step, row in enumerate(values)
    ]
    append_rows(log, rows)
    found = read_metrics(log)
    read = np.stack([found[name] for name in names], axis=1)
    np.testing.assert_array_equal(read.astype(np.float32), values)
    assert found["images_seen"].tolist() == [row["images_seen"] for row in rows]
    assert log.stat().st_size / len(rows) < 210


def test_rows_of_many_chunks_with_changing_columns(log, monkeypatch):
    monkeypatch.setattr(metrics_log, "CHUNK", 64)
    rows = [{"step": step, "a" if step % 3 else "b": step / 2} for step in range(100)]
    write_rows(log, *rows)
    found = read_metrics(log)
    assert found["step"].tolist() == list(range(100))
    for name in "ab":
        wanted = [row.get(name, np.nan) for row in rows]
        np.testing.assert_array_equal(found[name], wanted)


def test_rows_that_were_taken_back_twice_do_not_count(log):
    steps = [1, 2, 3, 4, 3, 4, 5, 2, 3, 6]
    write_rows(log, *({"step": step, "row": row} for row, step in enumerate(steps)))
    found = read_metrics(log)
    assert found["step"].tolist() == [1, 2, 3, 6]
    assert found["row"].tolist() == [0, 7, 8, 9]


def test_columns_that_occur_once_take_no_memory(log):
    with log.open("w") as file:
        file.write(json.dumps({"step": 0, **{f"c{number}": 1 for number in range(99)}}) + "\n")
        file.writelines(f'{{"step":{step}}}\n' for step in range(1, 100_000))
    tracemalloc.start()
    try:
        assert len(read_metrics(log)["step"]) == 100_000
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("number", ["1e400", "1" + "0" * 400, "-1e301"])
def test_numbers_beyond_floats_are_no_numbers(log, number):
    log.write_text(f'{{"step":1,"a":1}}\n{{"step":2,"a":{number}}}\n{{"step":-3,"a":1}}\n')
    found = read_metrics(log)
    assert found["a"][0] == 1
    assert np.isnan(found["a"][1:]).all()
    assert (found["step"] >= 0).all()


def test_cutting_counts_the_bytes_of_lines_that_are_too_long(log):
    write_rows(log, {"step": 1})
    with log.open("a") as file:
        file.write("x" * 3_000_000 + "\n" + '{"step":2}\n{"step":3}\n')
    forget_rows(log, 2)
    assert log.read_bytes().endswith(b'x\n{"step":2}\n')
    assert read_metrics(log)["step"].tolist() == [1, 2]
