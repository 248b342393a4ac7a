"""What the files in the folder of a run are called, and where such folders are; without torch."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

CONFIG = "config.json"
METRICS = "metrics.jsonl"
COLUMNS = "metrics.safetensors"
QUALITY = "quality.jsonl"
HEALTH = "health.jsonl"
SAMPLES = "samples"  # grids of ganview 0.1
SNAPSHOTS = "snapshots"  # and others
MOMENTS = "moments"
CHECKPOINT = "checkpoint.safetensors"
MODEL = "model.safetensors"
ERROR = "error.txt"  # the traceback of what ended it, for whoever looks for the fault
EVENTS = "events"  # TensorBoard's, if they are wanted


def is_run_folder(path: Path) -> bool:
    """Return whether a path looks like the folder of a run."""
    try:
        return (path / CONFIG).is_file()
    except (OSError, ValueError):
        return False


def default_runs_folder() -> Path:
    """Return where the window keeps runs."""
    return user_data_path("ganview", appauthor=False) / "runs"
