"""A run on one page of HTML that needs nothing but itself: no network, no scripts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from ganview import __version__
from ganview.errors import UserError
from ganview.export.palette import LIGHT
from ganview.export.plot import Line, plot_svg
from ganview.export.sheet import enlarge
from ganview.files.atomic import write_bytes
from ganview.files.metrics_log import read_metrics
from ganview.files.model_file import read_model_header
from ganview.files.png import decode_png, encode_png
from ganview.files.run_files import MODEL
from ganview.files.run_folder import RunFolder
from ganview.gan.config import SETTINGS, TrainConfig
from ganview.gan.metrics.quality import with_current_names
from ganview.gan.objectives import OBJECTIVES
from ganview.plain_text import markup_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

QUALITY = "quality.jsonl"
REAL = " real"  # what the column of the same figure for real pictures ends with
PICTURES = 8  # of the sample history
FIGURES = {"class_accuracy": "Class accuracy", "worst_class": "Class accuracy, worst class"}
BETTER = {"lower": "lower is better", "higher": "higher is better", "as real": "as real is best"}

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; margin: 2rem auto;
  max-width: 62rem; padding: 0 1.25rem; background: #fff; color: #1f2328; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
.muted { color: #59636e; } .row { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; } figcaption { color: #59636e; font-size: .85rem; }
svg { max-width: 100%; height: auto; border: 1px solid #d8dee4; border-radius: 6px; }
img { max-width: 100%; border-radius: 4px; image-rendering: pixelated; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: .2rem 1.1rem .2rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; } td.n, th.n { text-align: right; }
@media (prefers-color-scheme: dark) {
  body { background: #16191d; color: #e6e8eb; } .muted, figcaption { color: #9aa4af; }
  svg { border-color: #333a42; } }
"""


def write_report(
    path: str | Path, run: RunFolder, progress: Callable[[int], object] | None = None
) -> None:
    """Write a run's report, atomically: settings, curves, sample history and quality.

    Parameters
    ----------
    progress : callable, optional
        Told that one more of `PARTS` parts is done.

    Raises
    ------
    UserError
        The run can't be read; `WriteError` if the file can't be written.
    """
    tell = progress or (lambda _more: None)
    columns = run.metrics()
    parts = [_heading(run, columns)]
    for section in (_curves, _samples, _quality, _settings):
        parts.append(section(run, columns))
        tell(1)
    name = markup_text(run.path.resolve().name)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name} · ganview</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + f'\n<p class="muted">Written by ganview {markup_text(__version__)}.</p>\n</body></html>\n'
    )
    write_bytes(path, page.encode())
    tell(1)


PARTS = 5


def _heading(run: RunFolder, columns: Columns) -> str:
    told = [f"begun {run.info.created}", f"data: {run.info.data.name}"]
    if len(columns.get("step", ())):
        step, images, seconds = (
            float(columns[name][-1]) if name in columns else float("nan")
            for name in ("step", "images_seen", "seconds")
        )
        told += [
            f"{step:,.0f} steps",
            f"{images:,.0f} images seen",
            f"{seconds:,.0f} s of training",
        ]
    name = markup_text(run.path.resolve().name)
    return f'<h1>{name}</h1><p class="muted">{markup_text("  ·  ".join(told))}</p>'


def _curves(run: RunFolder, columns: Columns) -> str:
    x = columns.get("step")
    if x is None or not len(x):
        return "<h2>Curves</h2><p>Nothing has been learned yet.</p>"

    def line(name: str, label: str, actor: str, *, dashed: bool = False) -> Line:
        y = columns.get(name, np.full(len(x), np.nan))
        return Line(label, x, y, LIGHT.actor(actor), dashed)

    objective = OBJECTIVES[run.info.config.objective]
    believes = objective.belief is not None
    losses = plot_svg(
        [line("loss_d", "D", "discriminator"), line("loss_g", "G", "generator", dashed=True)],
        "step",
        title="Losses",
    )
    answers = [line("y_hat_real", "real", "real"), line("y_hat_fake", "fake", "fake", dashed=True)]
    if np.isfinite(columns.get("augment_p", np.array([np.nan]))).any():
        answers.append(line("augment_p", "augmented", "accent"))
    beliefs = plot_svg(
        answers,
        "step",
        title=objective.answer_title,
        limits=(0.0, 1.0) if believes else None,
        marks=[(0.5, "")] if believes else [],
    )
    return (
        f'<h2>Curves</h2><div class="row"><figure>{losses}<figcaption>Losses. In this game a '
        "falling loss is not the goal.</figcaption></figure>"
        f"<figure>{beliefs}<figcaption>{markup_text(objective.answer_about)}"
        "</figcaption></figure></div>"
    )


def _samples(run: RunFolder, _columns: Columns) -> str:
    kept = run.samples()
    if not kept:
        return ""
    chosen = sorted({round(i) for i in np.linspace(0, len(kept) - 1, PICTURES).tolist()})
    figures = []
    for index in chosen:
        step, path = kept[index]
        try:
            pixels = decode_png(path)[0]
        except UserError:
            continue  # one damaged picture of many; the rest is worth showing
        large = enlarge(pixels, 2) if pixels.shape[1] < 200 else pixels
        data = base64.b64encode(encode_png(large)).decode()
        figures.append(
            f'<figure><img alt="Samples at step {step:,}" src="data:image/png;base64,{data}">'
            f"<figcaption>step {step:,}</figcaption></figure>"
        )
    return f'<h2>Samples, of the same noise</h2><div class="row">{"".join(figures)}</div>'


def _quality(run: RunFolder, _columns: Columns) -> str:
    measured = _measured_along_the_way(run) + _measured_of_the_model(run)
    if not measured:
        data = " --data DATA" if run.info.data.is_path else ""
        return (
            f"<h2>Quality</h2><p>Not measured. <code>ganview eval RUN{data}</code> measures it, "
            "beside the same figures for real pictures.</p>"
        )
    return f"<h2>Quality</h2>{measured}"


def _measured_along_the_way(run: RunFolder) -> str:
    columns = with_current_names(read_metrics(run.path / QUALITY))
    x = columns.get("step")
    if x is None or not len(x):
        return ""
    rows, plots = [], []
    for name, values in columns.items():
        known = name.startswith("judge-") or name in FIGURES
        if not known or name.endswith(REAL) or not np.isfinite(values).any():
            continue
        beside = columns.get(name + REAL)
        last = int(np.flatnonzero(np.isfinite(values))[-1])
        real = float("nan") if beside is None else float(beside[last])
        label = FIGURES.get(name, name)
        rows.append((label, float(values[last]), real, ""))
        hue = LIGHT.accuracy if name in FIGURES else LIGHT.distance  # as in the window
        lines = [Line("generated", x, values, hue)]
        if beside is not None:
            lines.append(Line("real", x, beside, LIGHT.real, dashed=True))
        plots.append(
            f"<figure>{plot_svg(lines, 'step', title=label)}<figcaption>{markup_text(label)}"
            "</figcaption></figure>"
        )
    if not rows:
        return ""
    samples = columns.get("samples", np.array([np.nan]))[-1]
    told = f"<p>Of {samples:,.0f} samples, and of as many real pictures.</p>"
    told = told if np.isfinite(samples) else ""
    return f'{_table(rows)}{told}<div class="row">{"".join(plots)}</div>'


def _measured_of_the_model(run: RunFolder) -> str:
    if not (run.path / MODEL).is_file():
        return ""
    report = read_model_header(run.path / MODEL).info.get("report")
    figures = report.get("figures") if isinstance(report, dict) else None
    if not isinstance(figures, dict):
        return ""
    rows: list[tuple[str, float, float, str]] = []
    for figure in figures.values():
        match figure:
            case {
                "label": str(label),
                "value": int() | float() as value,
                "real": int() | float() as real,
                "better": str(better),
            }:
                rows.append((label, float(value), float(real), BETTER.get(better, "")))
    if not rows:
        return ""
    told = ""
    match report:
        case {
            "samples": int() as samples,
            "judge_accuracy": int() | float() as judge,
            "classifier_accuracy": int() | float() as classifier,
        } if judge:
            told = (
                f"<p>Of {samples:,} samples. Of unseen real pictures the judge reads {judge:.1%} "
                f"right, and the classifier {classifier:.1%}.</p>"
            )
    return _table(rows) + told


def _table(rows: list[tuple[str, float, float, str]]) -> str:
    body = "".join(
        f'<tr><td>{markup_text(label)}</td><td class="n">{value:.4g}</td>'
        f'<td class="n">{"–" if real != real else f"{real:.4g}"}</td>'
        f'<td class="muted">{markup_text(note)}</td></tr>'
        for label, value, real, note in rows
    )
    return (
        '<table><tr><th></th><th class="n">model</th><th class="n">real against real</th>'
        f"<th></th></tr>{body}</table>"
    )


def _settings(run: RunFolder, _columns: Columns) -> str:
    config = run.info.config
    body = "".join(
        f"<tr><td>{markup_text(info.label)}</td><td>{markup_text(_plain(config, name))}"
        f'</td><td class="muted">{markup_text(info.help)}</td></tr>'
        for name, info in SETTINGS.items()
    )
    return f"<h2>Settings</h2><table>{body}</table>"


def _plain(config: TrainConfig, name: str) -> str:
    value: Any = getattr(config, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
