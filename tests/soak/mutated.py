"""The process of `test_mutants`: opens mutants, watched, within limits; prints figures as JSON.

``python -m tests.soak.mutated KIND COUNT FIRST FOLDER``. A mutant that does harm is kept in FOLDER
as ``KIND-SEED``; ``python -m tests.soak.mutated KIND 1 SEED FOLDER`` makes it again.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from ganview.app.controllers.settings import Setting, Settings
from ganview.cli import main as command_line
from ganview.data.idx import encode_idx
from ganview.data.idx_dataset import load_idx
from ganview.data.locate import weights_folder
from ganview.data.pictures import Preparation, read_picture
from ganview.data.source import DataSource
from ganview.errors import UserError
from ganview.export import report
from ganview.export.picture import read_recipe, write_picture
from ganview.export.plot import csv_text
from ganview.files.directions_file import load_directions, save_directions
from ganview.files.evaluators import (
    REFERENCE,
    load_classifier,
    load_real_statistics,
    save_classifier,
    shipped_evaluators,
)
from ganview.files.health_log import append_samples
from ganview.files.landscape_file import LANDSCAPE, load_landscape
from ganview.files.metrics_log import append_rows, read_metrics
from ganview.files.model_file import load_model, save_model
from ganview.files.moment_info import Mark, Moment
from ganview.files.pin_file import load_pins, save_pins
from ganview.files.png import decode_png
from ganview.files.run_files import CHECKPOINT, COLUMNS, HEALTH
from ganview.files.run_folder import RunFolder
from ganview.files.run_metrics import RunMetrics
from ganview.files.run_summary import summarise_run
from ganview.gan.config import TrainConfig
from ganview.gan.explore.named_directions import NamedDirection
from ganview.gan.explore.state_string import State, decode_state, encode_state
from ganview.gan.explore.surrogate import HIDDEN, Surrogate
from ganview.gan.health_sample import HealthSample, LayerHealth
from ganview.gan.metrics.classifier import ClassifierNet
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks.build import build_discriminator, build_generator
from ganview.plain_text import printable
from ganview.runtime.run_list import to_document
from tests.export.states import random_recipe
from tests.soak import mutants

MOST_SECONDS = 2.0
MOST_BYTES = 512 * 2**20
FORBIDDEN = (
    *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn"),
    *("os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink", "os.truncate"),
    *("pickle.find_class", "socket.connect", "ctypes.dlopen", "exec", "compile", "os.rename"),
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Kind(NamedTuple):
    """A kind of file: a valid one, what is done to it, and who reads it."""

    name: str
    make: Callable[[Path], None]
    mutate: mutants.Mutate
    read: Callable[[Path], object]
    allowed: tuple[str, ...] = ()


def model() -> Model:
    """Make the smallest model with a class and a discriminator."""
    spec = ModelSpec("mlp", "small", 2, (1, 28, 28), ("a", "b"), (0.5, 0.5))
    config = {"config": TrainConfig().to_dict(), "report": {"figures": {"a": {"value": 1.0}}}}
    info = {"name": "little", "step": 7, "seconds": 1.5, **config}
    return Model(spec, build_generator(spec).eval(), build_discriminator(spec).eval(), info)


def make_picture(path: Path) -> None:
    """Write a picture with its recipe."""
    little = model()
    write_picture(path, random_recipe(np.random.default_rng(2), little), little)


def make_log(path: Path) -> None:
    """Write the numbers of a few steps."""
    append_rows(path, [{"step": step, "loss_d": 0.5, "loss_g": None} for step in range(1, 20)])


def make_settings(path: Path) -> None:
    """Write settings."""
    settings = Settings(path)
    for name in (name for name, value in vars(Settings).items() if isinstance(value, Setting)):
        setattr(settings, name, getattr(settings, name))
    settings.save()


def make_state(path: Path) -> None:
    """Write a state string."""
    noise = np.random.default_rng(0).standard_normal(64).astype(np.float32)
    path.write_text(encode_state(State(noise, np.full(10, 0.1, np.float32))))


def make_run(path: Path) -> None:
    """Write the settings of a run."""
    folder = path.parent / "run"
    if not folder.exists():
        RunFolder.create(folder, TrainConfig()).close()
    path.write_bytes((folder / "config.json").read_bytes())


def make_run_with_model(path: Path) -> None:
    """Write a model, and a run that it is put into."""
    make_run(path)
    save_model(path, model())


def make_checkpoint(path: Path) -> None:
    """Write a checkpoint, and the run that it belongs to."""
    make_run(path)
    with RunFolder.open(path.parent / "run") as folder:
        folder.save_checkpoint({"a": torch.arange(12.0), "b": torch.ones(2, 3)}, {"step": 3})
    path.write_bytes((path.parent / "run" / CHECKPOINT).read_bytes())


def make_pins(path: Path) -> None:
    """Write two pins."""
    save_pins(
        path,
        [
            (name, State(np.full(4, 0.5, np.float32), np.zeros(0, np.float32)))
            for name in ("a", "b")
        ],
    )


def make_picture_of(form: str) -> Callable[[Path], None]:
    """Return what writes a picture of somebody else's in one of Pillow's formats."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    return lambda path: Image.fromarray(pixels).save(path, form)


def read_foreign(path: Path) -> object:
    """Read a picture as one of a folder to train on."""
    return read_picture(path, Preparation(28))


def read_checkpoint(path: Path) -> None:
    """Read a checkpoint in its run."""
    folder = path.parent / "run"
    (folder / CHECKPOINT).unlink()
    os.link(path, folder / CHECKPOINT)
    RunFolder.open(folder, write=False).load_checkpoint()


def read_png(path: Path) -> None:
    """Read a picture in every way there is."""
    for read in (decode_png, read_recipe, lambda path: read_picture(path, Preparation(28))):
        with contextlib.suppress(UserError):
            read(path)


def read_settings(path: Path) -> None:
    """Read every setting."""
    settings = Settings(path)
    for name, value in vars(Settings).items():
        if isinstance(value, Setting):
            getattr(settings, name)


def read_run(path: Path) -> None:
    """Read the settings of a run from its folder."""
    folder = path.parent / "run"
    (folder / "config.json").unlink()
    os.link(path, folder / "config.json")
    RunFolder.open(folder, write=False)


def make_quality(path: Path) -> None:
    """Write what was measured along a run, and the run that it belongs to."""
    make_run(path)
    path.unlink()
    figures = {"judge-FD@12345678": 3.5, "judge-FD@12345678 real": 0.5, "class_accuracy": 0.75}
    append_rows(path, [{"step": step, "seconds": 0.5, **figures} for step in range(1, 6)])


def make_health(path: Path) -> None:
    """Write how a game went, and the run that it belongs to."""
    make_run(path)
    path.unlink()
    layers = {name: {"block": LayerHealth(0.5, 1e-3)} for name in ("G", "D")}
    append_samples(
        path, [HealthSample(step, layers, [0.5], [0.25], 0.9, 2e-4, 0.1) for step in range(1, 6)]
    )


def make_columns(path: Path) -> None:
    """Write the earlier numbers of a run as columns, and the run that they belong to."""
    make_run(path)
    metrics = RunMetrics(path.parent / "run")
    metrics.append({"step": step, "loss_d": 0.5, "loss_g": None} for step in range(1, 2000))
    metrics.compact()
    path.write_bytes((path.parent / "run" / COLUMNS).read_bytes())


def read_as(name: str) -> Callable[[Path], None]:
    """Return what writes the report of a run, and its numbers in CSV, with a file put into it."""

    def read(path: Path) -> None:
        folder = path.parent / "run"
        (folder / name).unlink(missing_ok=True)
        os.link(path, folder / name)
        report.write_bytes = lambda _path, page: page.decode()  # what is written is not the trial
        with RunFolder.open(folder, write=False) as run:
            report.write_report(path, run)
            csv_text(run.metrics())
            csv_text(run.quality())
            run.health()

    return read


def read_info(path: Path) -> None:
    """Let the command line say what a file is, for people and for programs."""
    for words in (["info", str(path)], ["info", str(path), "--json"]):
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
            status = command_line(words)
        text = out.getvalue()
        if status not in (0, 2) or "\x1b" in text or "\x9b" in text:
            raise AssertionError(f"{words}: exit status {status}, {text[:500]!r}")
        if words[-1] == "--json" and status == 0:
            json.loads(text)


def make_directions(path: Path) -> None:
    """Write named directions."""
    random_numbers = np.random.default_rng(0)

    def numbers(*shape: int) -> np.ndarray:
        return random_numbers.standard_normal(shape).astype(np.float32)

    surrogate = Surrogate(
        (numbers(4, HIDDEN), numbers(HIDDEN, HIDDEN), numbers(HIDDEN, 6)),
        (numbers(HIDDEN), numbers(HIDDEN), numbers(6)),
        numbers(2, 6),
        np.array([True, False]),
        numbers(6),
    )
    quality = {"rank_correlation": 0.9, "change": 7.5, "own": 0.6, "others": {}, "classes": ["a"]}
    save_directions(
        path, [NamedDirection("slant", numbers(2), "named", quality, surrogate=surrogate)]
    )


def make_reference(path: Path) -> None:
    """Write what the classifiers that ship measured of real digits."""
    path.write_bytes((weights_folder() / REFERENCE).read_bytes())


def make_labels(path: Path) -> None:
    """Write labels, and images beside them."""
    path.write_bytes(encode_idx(np.array([0, 1, 1, 3], np.uint8)))
    (path.parent / "a-images-idx3-ubyte").write_bytes(encode_idx(PICTURES))


def read_labels(path: Path) -> None:
    """Read labels beside their images."""
    beside = path.parent / "a-labels-idx1-ubyte"
    beside.unlink(missing_ok=True)
    os.link(path, beside)
    load_idx(path.parent / "a-images-idx3-ubyte")


def make_index(path: Path) -> None:
    """Write the index of a run's moments."""
    make_run(path)
    with RunFolder.open(path.parent / "run") as run:
        run.save_moment(Moment(3, 1.5, np.zeros((28, 28), np.uint8), model(), name="a"))
        run.mark(Mark(3, "best", "note"))
    path.write_bytes((path.parent / "run" / "moments" / "index.json").read_bytes())


def read_index(path: Path) -> None:
    """Read a run with an index of moments, and as a row of a list."""
    folder = path.parent / "run"
    index = folder / "moments" / "index.json"
    index.unlink()
    os.link(path, index)
    with RunFolder.open(folder, write=False) as run:
        str(run.moments())
    str(summarise_run(folder))


def read_summary(path: Path) -> None:
    """Read the settings of a run as a list of runs does."""
    config = path.parent / "run" / "config.json"
    config.unlink(missing_ok=True)
    os.link(path, config)
    printable(str(to_document(summarise_run(config.parent))))


def make_zip(path: Path) -> None:
    """Write pictures in two folders in a ZIP file."""
    pixels = np.random.default_rng(0).integers(0, 256, (4, 30, 30), np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, picture in enumerate(pixels):
            data = io.BytesIO()
            Image.fromarray(picture).save(data, "PNG")
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", data.getvalue())


def make_npz(path: Path) -> None:
    """Write pictures and labels as NPZ."""
    with path.open("wb") as file:
        np.savez_compressed(file, images=PICTURES, labels=np.array([0, 1, 1, 0]))


def read_data(path: Path) -> object:
    """Read data by its name, as the command line does."""
    return DataSource(str(path)).open()


def make_landscape(path: Path) -> None:
    """Write the landscape of the digits as it ships."""
    path.write_bytes((weights_folder() / LANDSCAPE).read_bytes())


LINKS = ("os.remove", "os.link")  # what the trial itself does
OWN = ("ctypes.dlopen",)  # what the command line does itself (ganview.runtime.memory)
PICTURES = np.arange(4 * 28 * 28, dtype=np.uint8).reshape(4, 28, 28)
KINDS = (
    Kind("model", lambda path: save_model(path, model()), mutants.mutate_safetensors, load_model),
    Kind("png", make_picture, mutants.mutate_png, read_png),
    Kind(
        "idx",
        lambda path: path.write_bytes(encode_idx(PICTURES)) and None,
        mutants.mutate_bytes,
        load_idx,
    ),
    Kind(
        "idx.gz",
        lambda path: path.write_bytes(gzip.compress(encode_idx(PICTURES))) and None,
        mutants.mutate_gzip,
        load_idx,
    ),
    Kind("settings", make_settings, mutants.mutate_json, read_settings, ("os.rename",)),
    Kind(
        "state",
        make_state,
        mutants.mutate_state,
        lambda path: decode_state(path.read_bytes().decode("latin-1")),
    ),
    Kind("run", make_run, mutants.mutate_json, read_run, LINKS),
    Kind("checkpoint", make_checkpoint, mutants.mutate_safetensors, read_checkpoint, LINKS),
    Kind("pins", make_pins, mutants.mutate_json, lambda path: load_pins(path, 4, 0)),
    Kind(
        "judge",
        lambda path: save_classifier(path, ClassifierNet((1, 8, 8), 2, "classifier"), {}),
        mutants.mutate_safetensors,
        load_classifier,
    ),
    *(
        Kind(form.lower(), make_picture_of(form), mutants.mutate_bytes, read_foreign)
        for form in ("JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
    ),
    Kind("metrics", make_log, mutants.mutate_lines, read_metrics),
    Kind("quality", make_quality, mutants.mutate_lines, read_as("quality.jsonl"), LINKS),
    Kind("health", make_health, mutants.mutate_lines, read_as(HEALTH), LINKS),
    Kind("columns", make_columns, mutants.mutate_safetensors, read_as(COLUMNS), LINKS),
    Kind("settings-of-run", make_run, mutants.mutate_json, read_as("config.json"), LINKS),
    Kind(
        "report",
        make_run_with_model,
        mutants.mutate_safetensors,
        read_as("model.safetensors"),
        LINKS,
    ),
    Kind(
        "info", lambda path: save_model(path, model()), mutants.mutate_safetensors, read_info, OWN
    ),
    Kind("info.png", make_picture, mutants.mutate_png, read_info, OWN),
    Kind(
        "directions",
        make_directions,
        mutants.mutate_safetensors,
        lambda path: load_directions(path, model().spec),
    ),
    Kind(
        "reference",
        make_reference,
        mutants.mutate_safetensors,
        lambda path: load_real_statistics(path, shipped_evaluators()),
    ),
    Kind("moments", make_index, mutants.mutate_json, read_index, LINKS),
    Kind("summary", make_run, mutants.mutate_json, read_summary, LINKS),
    Kind("zip", make_zip, mutants.mutate_zip, read_data),
    Kind("npz", make_npz, mutants.mutate_zip, read_data, ("compile",)),  # numpy's literal_eval
    Kind(
        "landscape",
        make_landscape,
        mutants.mutate_safetensors,
        lambda path: load_landscape(path, shipped_evaluators()),
    ),
    Kind("labels", make_labels, mutants.mutate_bytes, read_labels, LINKS),
)


class Watch:
    """Sees what a classifier does to the system while it is armed."""

    def __init__(self) -> None:
        self.armed = False
        self.allowed: tuple[str, ...] = ()
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.armed:
            return
        if event == "open":
            name, mode, flags = arguments
            if str(name).endswith(".lock"):  # which is opened to see if somebody holds it
                return
            writes = (isinstance(mode, str) and set(mode) & set("wax+")) or flags & WRITING
            if writes:
                self.seen.append(f"open {arguments}")
        elif event in FORBIDDEN and event not in self.allowed:
            self.seen.append(f"{event} {arguments}"[:300])


def memory(name: str) -> int:
    """Return a figure of this process's memory, in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def run(kind: Kind, count: int, first: int, keep: Path) -> dict[str, Any]:
    """Open so many mutants, and return what came of it."""
    Image.init()  # loads Pillow's formats, as the first picture of a rare one does
    printable("\x1b")  # and Python's codec of escapes
    watch = Watch()
    watch.allowed = kind.allowed
    harm: list[str] = []
    outcomes: Counter[str] = Counter()
    slowest, slowest_seed = 0.0, first
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"a.{kind.name}"
        kind.make(path)
        valid = path.read_bytes()
        kind.read(path)  # loads what is loaded when it is first needed
        before = memory("VmSize")
        resource.setrlimit(resource.RLIMIT_AS, (before + MOST_BYTES, resource.RLIM_INFINITY))
        for seed in range(first, first + count):
            mutant = kind.mutate(valid, random.Random(seed))
            path.write_bytes(mutant)
            (keep / f"{kind.name}-last").write_text(str(seed))
            watch.seen.clear()
            began = time.process_time()
            watch.armed = True
            try:
                kind.read(path)
                outcome = "read"
            except UserError:
                outcome = "refused"
            except BaseException:  # noqa: BLE001 - whatever it is, it is a crash
                outcome = "crash"
                harm.append(f"seed {seed}: {traceback.format_exc(limit=-3)}")
            finally:
                watch.armed = False
            seconds = time.process_time() - began
            if seconds > slowest:
                slowest, slowest_seed = seconds, seed
            if seconds > MOST_SECONDS:
                harm.append(f"seed {seed}: took {seconds:.1f} s")
            harm += [f"seed {seed}: {event}" for event in watch.seen]
            outcomes[outcome] += 1
            if harm and harm[-1].startswith(f"seed {seed}:"):
                (keep / f"{kind.name}-{seed}").write_bytes(mutant)
        (keep / f"{kind.name}-last").unlink(missing_ok=True)
    return {
        "kind": kind.name,
        **outcomes,
        "harm": harm[:20],
        "harmful": len(harm),
        "slowest_s": round(slowest, 3),
        "slowest_seed": slowest_seed,
        "memory_mb": max(0, memory("VmPeak") - before) >> 20,
    }


def main() -> None:
    """Run what the command line says."""
    name, count, first, keep = sys.argv[1:]
    warnings.simplefilter("ignore")
    kind = next(kind for kind in KINDS if kind.name == name)
    Path(keep).mkdir(parents=True, exist_ok=True)
    print(json.dumps(run(kind, int(count), int(first), Path(keep))))


if __name__ == "__main__":
    main()
