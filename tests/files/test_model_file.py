"""Model files: exact when written here, and never dangerous when written elsewhere."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from ganview.errors import UserError
from ganview.files.json_document import to_text
from ganview.files.model_file import KEY, MAX_DOCUMENT, load_model, read_model_header, save_model
from ganview.files.tensor_file import MODEL_LIMITS, read_tensors
from ganview.files.uninitialised import uninitialised
from ganview.gan.config import TrainConfig
from ganview.gan.model import ModelSpec
from ganview.gan.networks.build import ARCHITECTURES, SIZES, build_discriminator, build_generator
from tests.files.conftest import make_model


def flat(net) -> dict[str, torch.Tensor]:
    return {key: value for key, value in net.state_dict().items() if value.is_floating_point()}


def parts(data: bytes) -> tuple[dict, bytes]:
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header: dict | str, body: bytes) -> bytes:
    text = (header if isinstance(header, str) else json.dumps(header)).encode()
    return struct.pack("<Q", len(text)) + text + body


@pytest.fixture
def path(tmp_path, model):
    save_model(tmp_path / "model.safetensors", model)
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("architecture", ["residual", "dcgan", "mlp"])
@pytest.mark.parametrize("classes", [0, 3])
def test_what_is_saved_comes_back_exactly(tmp_path, architecture, classes):
    model = make_model(architecture, classes)
    save_model(tmp_path / "m", model)
    found = load_model(tmp_path / "m")
    assert found.spec == model.spec
    assert found.info == model.info
    z = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))
    y = torch.arange(5) % classes if classes else None
    images = model.generate(z, y)
    assert torch.equal(found.generate(z, y), images)
    assert (found.read_images(images, y) == model.read_images(images, y)).all()
    assert not found.generator.training
    assert not any(weight.requires_grad for weight in found.generator.parameters())


def test_the_discriminator_can_be_left_out(tmp_path, model):
    save_model(tmp_path / "m", model, discriminator=False)
    assert not read_model_header(tmp_path / "m").has_discriminator
    assert load_model(tmp_path / "m").discriminator is None


def test_header_counts_the_generator(path, model):
    header = read_model_header(path)
    assert header.parameters == sum(weight.numel() for weight in model.generator.parameters())
    assert header.has_discriminator


def test_a_report_without_a_number_is_saved_as_null(tmp_path):
    save_model(tmp_path / "m", make_model(report={"fd": float("nan"), "kid": [1.0, float("inf")]}))
    assert load_model(tmp_path / "m").info["report"] == {"fd": None, "kid": [1.0, None]}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_largest_model_that_can_be_trained_can_be_opened(architecture):
    """Nothing of it is computed: its weights are memory that nobody touches."""
    names = tuple(f"{number:050}" for number in range(1000))
    spec = ModelSpec(architecture, SIZES[-1], 512, (3, 64, 64), names, (0.001,) * 1000)
    nets = (
        uninitialised(lambda: build_generator(spec)),
        uninitialised(lambda: build_discriminator(spec)),
    )
    weights = [weight for net in nets for weight in flat(net).values()]
    assert 4 * sum(weight.numel() for weight in weights) <= MODEL_LIMITS.tensor_bytes
    assert len(weights) <= MODEL_LIMITS.tensors
    text = to_text({"spec": spec.to_dict(), "info": {"config": TrainConfig().to_dict()}})
    assert len(text.encode()) < MAX_DOCUMENT // 2, "a report has room, too"
    with pytest.raises(UserError, match="too long"):
        replace(spec, class_names=(*names[1:], "x" * 150))


def test_too_much_to_say_is_refused_before_it_is_written(tmp_path):
    with pytest.raises(UserError, match="too long"):
        save_model(tmp_path / "m", make_model(report={"x": "y" * 10**6}))
    assert not (tmp_path / "m").exists()


def pickled() -> bytes:
    out = io.BytesIO()
    torch.save({"weight": torch.zeros(2)}, out)
    return out.getvalue()


def old_pickled() -> bytes:
    out = io.BytesIO()
    torch.save({"weight": torch.zeros(2)}, out, _use_new_zipfile_serialization=False)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("data.pkl", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pickled, "can run any program.*weights_only=True"),
        (old_pickled, "can run any program"),
        (zipped, "can run any program"),
        (lambda: b"", "not a safetensors file"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "is a picture, not a model"),
        (lambda: b"\x89HDF\r\n\x1a\n" + b"\0" * 50, "HDF5"),
        (lambda: struct.pack("<Q", 2**63) + b"{}", "not a safetensors file"),
        (lambda: struct.pack("<Q", 2**21) + b" " * 2**21, "too long"),
        (lambda: joined("[" * 10**5, b""), "not readable JSON"),
        (lambda: joined('{"a":' + "9" * 5000 + "}", b""), "not readable JSON"),
        (lambda: joined("[]", b""), "not a JSON object"),
        (lambda: joined('{"a":1,"a":1}', b""), "a key occurs twice"),
        (lambda: joined({"__metadata__": {"ganview": 5}}, b""), "metadata is not text"),
        (lambda: joined({"a": {"dtype": "F32"}}, b""), "is damaged: "),
        (lambda: joined({"__metadata__": {}}, b"xx"), "is damaged: "),
        (lambda: save({"weight": torch.zeros(2)}), "no 'ganview' header"),
    ],
)
def test_what_is_not_a_model_is_refused_in_a_sentence(tmp_path, content, words):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content())
    for read in (load_model, read_model_header):
        with pytest.raises(UserError, match=words):
            read(path)


@pytest.mark.parametrize("length", range(0x80, 0x600, 0x100))
def test_no_length_of_a_header_is_taken_for_a_pickle(tmp_path, length):
    """A header of 0x380 bytes begins with the byte that a pickle of protocol 3 begins with."""
    header = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(length)
    (tmp_path / "a.safetensors").write_bytes(joined_header(header) + bytes(4))
    assert read_tensors(tmp_path / "a.safetensors", MODEL_LIMITS).keys() == {"a"}


def joined_header(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header


@pytest.mark.parametrize("name", ["old.pt", "old.PTH", "old.pkl", "old.ckpt"])
def test_what_is_named_as_a_pickle_is_refused_as_one(tmp_path, name):
    """The oldest pickles begin with nothing by which they could be known."""
    path = tmp_path / name
    path.write_bytes(pickle.dumps({"weight": [1.0]}, protocol=0))
    with pytest.raises(UserError, match=r"can run any program.*weights_only=True"):
        load_model(path)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(UserError, match="There is no file"):
        load_model(tmp_path / "gone")
    with pytest.raises(UserError, match="is not a file"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(schema=99), "newer ganview"),
        (lambda d: d.update(schema="1"), "no schema version"),
        (lambda d: d.pop("schema"), "no schema version"),
        (lambda d: d.pop("spec"), "does not describe"),
        (lambda d: d["spec"].update(architecture="pickle"), "architecture"),
        (lambda d: d["spec"].update(z_dim=10**9), "512"),
        (lambda d: d["spec"].update(z_dim=5), "are F32"),
        (lambda d: d["spec"].update(image_shape=[1, 10**6, 28]), "pixels"),
        (lambda d: d["spec"].update(class_names=["a", "b"]), "do not fit together"),
        (lambda d: d["spec"].update(class_names=["a", "b", "\x1b[2J"]), "cannot be shown"),
        (lambda d: d["spec"].update(architecture="residual"), "other weights"),
        (lambda d: d.update(info=[]), "says of itself"),
        (lambda d: d["info"].update(step="many"), r"`\.step`"),
        (lambda d: d["info"].update(step=-1), r"`\.step`"),
        (lambda d: d["info"].update(name="\x1b]0;x\a"), "cannot be shown"),
        (lambda d: d["info"].update(name="x" * 999), r"`\.name`"),
    ],
)
def test_headers_that_lie(path, change, words):
    header, body = parts(path.read_bytes())
    document = json.loads(header["__metadata__"][KEY])
    change(document)
    header["__metadata__"][KEY] = json.dumps(document)
    path.write_bytes(joined(header, body))
    with pytest.raises(UserError, match=words):
        load_model(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers(tmp_path, model, value):
    next(iter(flat(model.generator).values())).view(-1)[3] = value
    save_model(tmp_path / "m", model)
    with pytest.raises(UserError, match="NaN or infinities"):
        load_model(tmp_path / "m")
    read_model_header(tmp_path / "m")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int32])
def test_only_float32(tmp_path, path, dtype):
    header, _ = parts(path.read_bytes())
    model = load_model(path)
    tensors = {f"generator.{k}": v.to(dtype) for k, v in flat(model.generator).items()}
    path.write_bytes(save(tensors, header["__metadata__"]))
    with pytest.raises(UserError, match="where F32"):
        load_model(path)


def test_too_many_tensors(path):
    header, _ = parts(path.read_bytes())
    tensors = {str(i): torch.zeros(1) for i in range(513)}
    path.write_bytes(save(tensors, header["__metadata__"]))
    with pytest.raises(UserError, match="513 tensors"):
        load_model(path)


def test_a_sparse_gigabyte_is_refused_unread(path):
    with path.open("r+b") as file:
        file.truncate(2**30)
    with pytest.raises(UserError, match="640 MB"):
        load_model(path)


def shift(header: dict) -> None:
    name = next(key for key in header if key != "__metadata__")
    header[name]["data_offsets"] = [offset + 4 for offset in header[name]["data_offsets"]]


def empty_overlap(header: dict) -> None:
    names = [key for key in header if key != "__metadata__"]
    header[names[0]]["data_offsets"] = header[names[1]]["data_offsets"]


def negative(header: dict) -> None:
    name = next(key for key in header if key != "__metadata__")
    header[name]["shape"] = [-side for side in header[name]["shape"]]


@pytest.mark.parametrize("change", [shift, empty_overlap, negative])
def test_places_that_make_no_sense(path, change):
    header, body = parts(path.read_bytes())
    change(header)
    path.write_bytes(joined(header, body))
    with pytest.raises(UserError, match="damaged"):
        load_model(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "m"
    save_model(path, make_model(classes=0), discriminator=False)
    return path


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_mutated_headers_raise_only_user_errors(whole, data):
    content = whole.read_bytes()
    path = whole.with_name("bad")
    (length,) = struct.unpack("<Q", content[:8])
    bad = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        bad[data.draw(st.integers(0, length + 8))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(bad[: data.draw(st.sampled_from([len(bad)] * 9 + [length, 40]))]))
    with suppress(UserError):
        load_model(path)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = SCALARS | st.lists(SCALARS, max_size=4) | st.dictionaries(st.text(max_size=5), SCALARS)


FIELDS = ["architecture", "size", "z_dim", "image_shape", "class_names", "class_prior"]
PLACES = [("spec",), ("info",), ("schema",), *(("spec", field) for field in FIELDS)]


@given(place=st.sampled_from(PLACES), value=JSON)
@settings(max_examples=200, deadline=None)
def test_headers_with_other_values_raise_only_user_errors(whole, place, value):
    content = whole.read_bytes()
    path = whole.with_name("odd")
    header, body = parts(content)
    document = json.loads(header["__metadata__"][KEY])
    *above, key = place
    (document[above[0]] if above else document)[key] = value
    header["__metadata__"][KEY] = json.dumps(document)
    path.write_bytes(joined(header, body))
    with suppress(UserError):
        model = load_model(path)
        model.sample(np.zeros((1, 4), np.float32), None)
