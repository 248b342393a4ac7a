"""Plots as SVG and CSV, and the report of a run: whole, escaped, without a network."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganview.data.source import DataSource
from ganview.export.palette import LIGHT
from ganview.export.plot import Line, csv_text, plot_svg
from ganview.export.report import PARTS, write_report
from ganview.export.ticks import short_count
from ganview.files.moment_info import Moment
from ganview.files.run_folder import RunFolder
from ganview.gan.config import TrainConfig

STEPS = np.arange(1, 2001, dtype=np.float64)


def curve(values) -> Line:
    return Line("D <x>", STEPS, values, "#123456")


def test_a_plot_is_xml_with_its_words_and_few_points():
    text = plot_svg([curve(np.sin(STEPS / 100))], "step", title="A & B", marks=[(0.5, "half")])
    root = ElementTree.fromstring(text)
    words = [element.text for element in root.iter() if element.text]
    assert {"A & B", "D <x>", "step", "half"} <= set(words)
    assert len(text) < 30_000


def test_a_plot_has_no_lines_but_those_of_axes_marks_and_curves():
    text = plot_svg([curve(np.ones(2000))], "step", title="Losses", marks=[(1.0, "ln 2")])
    assert text.count(f'stroke="{LIGHT.line}"') == 1  # both axes
    assert text.count(f'stroke="{LIGHT.muted}"') == 1  # the mark
    assert text.count('stroke="#123456"') == 2  # the curve, and the legend's
    assert ">Losses</text>" in text
    assert [number for number in ("0", "500", "2000") if f">{number}</text>" in text] == [
        "0",
        "500",
        "2000",
    ]


@pytest.mark.parametrize("values", [np.nan, 0.0, 1e30, -1e-12])
def test_any_numbers_can_be_drawn(values):
    ElementTree.fromstring(plot_svg([curve(np.full(2000, values))], "step"))
    ElementTree.fromstring(plot_svg([Line("", np.zeros(0), np.zeros(0), "#123456")], "step"))
    one = Line("", np.ones(1), np.full(1, values), "#123456")
    ElementTree.fromstring(plot_svg([one], "step", limits=(0, 1)))


FLOATS = st.floats(-1e300, 1e300) | st.sampled_from([np.nan, np.inf, 5e-324, -5e-324, 0.0])


@given(
    x=st.lists(st.floats(-1e300, 1e300), max_size=5),
    data=st.data(),
    log=st.booleans(),
    limits=st.none() | st.just((0.0, 1.0)),
)
def test_no_numbers_end_a_plot(x, data, log, limits):
    y = data.draw(st.lists(FLOATS, min_size=len(x), max_size=len(x)))
    line = Line("a", np.array(sorted(x)), np.array(y), "#123456")
    with np.errstate(all="ignore"):
        ElementTree.fromstring(plot_svg([line], "step", log=log, limits=limits, marks=[(0.0, "")]))


def test_texts_are_drawn_as_texts():
    hostile = "\x00\x1b[31m<b>\ud800&\ufffe"
    text = plot_svg([replace(curve(np.ones(2000)), name=hostile)], hostile, title=hostile)
    text.encode()
    words = [element.text for element in ElementTree.fromstring(text).iter() if element.text]
    assert words.count("\ufffd\ufffd[31m<b>\ufffd&\ufffd") == 4


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(name):
    text = csv_text({name: np.zeros(1), "two\nlines\x1b": np.zeros(1)})
    first, second = next(csv.reader(io.StringIO(text)))
    assert first.startswith("'")
    assert second == "two\ufffdlines\ufffd"


def test_gaps_stay_gaps():
    values = np.ones(2000)
    values[500:1500] = np.nan
    assert plot_svg([curve(values)], "step").count('stroke="#123456"') == 2 + 1  # and the legend's


def test_csv_has_whole_numbers_and_empty_cells():
    columns = {"step": np.array([1.0, 2.0]), "loss": np.array([0.25, np.nan])}
    assert csv_text(columns) == "step,loss\n1,0.25\n2,\n"


@pytest.fixture
def run(tmp_path):
    with RunFolder.create(tmp_path / "a <b>", TrainConfig(), data=DataSource("<script>")) as folder:
        yield folder


def page_of(run, tmp_path):
    done = []
    write_report(tmp_path / "r.html", run, done.append)
    assert sum(done) == PARTS
    return (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_report_of_nothing_is_a_report(run, tmp_path):
    page = page_of(run, tmp_path)
    assert "Nothing has been learned yet" in page
    assert "Not measured" in page


def test_a_report_has_curves_samples_quality_and_settings(run, tmp_path):
    row = {"images_seen": 64, "seconds": 1.5, "loss_d": 0.7, "loss_g": 0.6}
    row |= {"y_hat_real": 0.5, "y_hat_fake": 0.4}
    run.append_metrics([{"step": step, **row} for step in range(1, 6)])
    for step in range(0, 90, 3):
        run.save_moment(Moment(step, 0.0, np.full((30, 90), step, np.uint8), None))
    quality = {"step": 5, "judge-FD@abc": 3.25, "judge-FD@abc real": 0.125, "read_as_asked": 0.875}
    quality["samples"] = 1250
    (run.path / "quality.jsonl").write_text(json.dumps(quality) + "\n", encoding="utf-8")
    page = page_of(run, tmp_path)
    assert page.count("<svg") == 4
    assert page.count("data:image/png;base64,") == 8
    assert "step 0<" in page
    assert "step 87<" in page
    for word in (
        "1,250 samples",
        "3.25",
        "0.125",
        "0.875",
        "Learning rate",
        "&lt;script&gt;",
        "a &lt;b&gt;",
    ):
        assert word in page
    assert "<script" not in page
    # the name of SVG's namespace is no address that is asked for anything
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []


def test_a_report_draws_quality_in_the_hues_of_the_window(run, tmp_path):
    rows = [{"step": step, "judge-FD@abc": 3.0, "class_accuracy": 0.5} for step in (1, 2)]
    run.append_quality(rows)
    figures = re.findall(r"<figure>.*?</figure>", page_of(run, tmp_path), re.DOTALL)
    hues = [
        [hue for hue in (LIGHT.distance, LIGHT.accuracy, LIGHT.fake) if hue in figure]
        for figure in figures
    ]
    assert hues == [[LIGHT.distance], [LIGHT.accuracy]]


def test_hostile_numbers_and_texts_of_a_run_make_a_report(run, tmp_path):
    lines = [
        '{"step": -5, "loss_d": 1}',
        '{"step": 1, "loss_d": 1e400, "\\ud800": 1}',
        '{"step": 2, "loss_d": 1' + "0" * 400 + "}",
        '{"step": 3, "loss_d": 5e-324, "\\ud800": 2, "\\u0000": 1}',
        '{"step": 4, "judge-FD@\\ud800": 0, "judge-FD@\\ud800 real": 0}',
    ]
    for name in ("metrics.jsonl", "quality.jsonl"):
        (run.path / name).write_text("\n".join(lines) + "\n")
    write_report(tmp_path / "r.html", run)
    assert (tmp_path / "r.html").read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("count", "step", "text"),
    [
        (0, 1e6, "0"),
        (800, 200, "800"),
        (11500, 500, "11500"),
        (15000, 5000, "15k"),
        (2.5e6, 5e5, "2.5M"),
        (1e5, 1e5, "100k"),
        (4000, 2000, "4k"),
        (4000, 1000, "4000"),
    ],
)
def test_counts_on_an_axis_are_short(count: float, step: float, text: str) -> None:
    assert short_count(count, step) == text
