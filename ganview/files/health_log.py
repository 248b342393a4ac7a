"""The health of a run's game, one line of JSON a sample, appended; some 1 kB each.

Samples come ever more rarely (`ganview.runtime.health_record`), so a log stays below 1 MB for a
week. Numbers have five digits. A process that is killed may leave half a line, which readers skip.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec

from ganview.files.metrics_log import append_lines, whole_lines
from ganview.gan.health_sample import HealthSample

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_SAMPLES = 20_000  # that are read, the newest
MOST_LAYERS = 500
MOST_NUMBER = 1e30  # beyond it, squares overflow

_SAMPLE = msgspec.json.Decoder(HealthSample)


def append_samples(path: Path, samples: Iterable[HealthSample]) -> None:
    """Add samples and wait until they would survive a power cut.

    Raises
    ------
    WriteError
        They could not be written, and none of them is there.
    """
    append_lines(path, [msgspec.json.encode(_short(msgspec.to_builtins(it))) for it in samples])


def read_samples(path: Path) -> list[HealthSample]:
    """Read all samples that count, in order of steps; invalid lines are skipped.

    A run that went back goes on with a lower step: what was there from it on no longer counts.

    Raises
    ------
    UserError
        The file cannot be read. One that isn't there is empty.
    """
    found: deque[HealthSample] = deque(maxlen=MOST_SAMPLES)
    if not path.exists():
        return []
    for line in whole_lines(path):
        sample = _sample(line)
        if sample is not None:
            while found and found[-1].step >= sample.step:
                found.pop()
            found.append(sample)
    return list(found)


def _sample(line: bytes) -> HealthSample | None:
    try:
        sample = _SAMPLE.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    layers = [of for net in sample.layers.values() for of in net.values()]
    numbers = [sample.variety, sample.learning_rate, sample.gamma, *sample.real, *sample.fake]
    sizes = [abs(number) for number in (*numbers, *(it for of in layers for it in of))]
    fits = 0 <= sample.step < MOST_NUMBER and len(layers) <= MOST_LAYERS
    return sample if fits and max(sizes) < MOST_NUMBER else None


def _short(value: Any) -> Any:
    """Round all numbers to five digits, at any depth."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    return [_short(part) for part in value] if isinstance(value, (list, tuple)) else value
