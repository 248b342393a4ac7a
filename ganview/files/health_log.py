"""The health of a run, one line of JSON a sample, appended; some 1 kB each.

Samples come ever more rarely (`ganview.runtime.health_record`), so a log stays below 1 MB for a
week. Numbers have five digits, and are null where they are not finite. A process that is killed may
leave half a line, which readers skip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from ganview.files.log_position import LogPosition
from ganview.files.metrics_log import append_lines, whole_lines
from ganview.gan.health_sample import HealthSample

MOST_SAMPLES = 20_000  # that are read, the newest
MOST_LAYERS = 500
MOST_NUMBER = 1e30  # beyond it, squares overflow


def append_samples(path: Path, samples: Iterable[HealthSample]) -> None:
    """Add samples and wait until they would survive a power cut.

    Raises
    ------
    WriteError
        They could not be written, and none of them is there.
    """
    append_lines(
        path, [msgspec.json.encode(_mapped(msgspec.to_builtins(it), _short)) for it in samples]
    )


def read_samples(path: Path) -> list[HealthSample]:
    """Read all samples that count, in order of steps; invalid lines are skipped.

    A run that went back goes on with a lower step: what was there from it on no longer counts.

    Raises
    ------
    UserError
        The file cannot be read. One that isn't there is empty.
    """
    return read_new_samples(LogPosition(path))[0]


def read_new_samples(position: LogPosition) -> tuple[list[HealthSample], bool]:
    """Return the samples since the last call, and whether they stand in place of all before.

    Raises
    ------
    UserError
        As `read_samples`.
    """
    start = position.start()
    end = start or 0
    found: list[HealthSample] = []
    for line in whole_lines(position.path, end) if position.path.exists() else ():
        end += len(line)
        sample = _sample(line)
        if sample is not None:
            while found and found[-1].step >= sample.step:
                found.pop()
            found.append(sample)
            del found[:-MOST_SAMPLES]
    position.advance(end)
    return found, start is None


def _sample(line: bytes) -> HealthSample | None:
    try:
        sample = msgspec.convert(_mapped(msgspec.json.decode(line), _known), HealthSample)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    layers = [of for net in sample.layers.values() for of in net.values()]
    numbers = [sample.variety, sample.learning_rate, sample.gamma, *sample.real, *sample.fake]
    sizes = [abs(number) for number in (*numbers, *(it for of in layers for it in of))]
    fits = 0 <= sample.step < MOST_NUMBER and len(layers) <= MOST_LAYERS
    return sample if fits and not any(size >= MOST_NUMBER for size in sizes) else None


def _short(value: Any) -> Any:
    """Round a number to five digits; JSON knows none that is not finite, and has null for it."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.5g}") if math.isfinite(value) else None


def _known(value: Any) -> Any:
    return math.nan if value is None else value


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a JSON value with each of its parts that is no list or object changed."""
    if isinstance(value, dict):
        return {key: _mapped(part, change) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(part, change) for part in value]
    return change(value)
