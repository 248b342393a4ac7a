"""Named sets, fetched from a server of the test's own: the real ones were never asked."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from ganview.data import fetch, named_sets
from ganview.data.fetch import fetch_file
from ganview.data.idx import encode_idx
from ganview.data.named_sets import NAMED_SETS, Remote, sets_folder
from ganview.data.source import DataSource
from ganview.errors import UserError

RNG = np.random.default_rng(0)


class Server:
    """Serves ``files`` on loopback, and breaks off after ``most`` bytes if that is set."""

    def __init__(self):
        self.files, self.most, self.asked = {}, None, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                content = server.files.get(self.path)
                first = int((self.headers.get("Range") or "bytes=0-")[6:].rstrip("-"))
                server.asked.append((self.path, first))
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(206 if first else 200)
                self.send_header("Content-Length", str(len(content) - first))
                self.end_headers()
                self.wfile.write(content[first:][: server.most])

            def log_message(self, *_arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()
        self.base = f"http://127.0.0.1:{self.http.server_port}"

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def remote(self, name, content):
        self.files[f"/{name}"] = content
        return Remote(f"{self.base}/{name}", hashlib.md5(content).hexdigest())


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    yield server
    server.close()


def test_a_file_is_fetched_once(server, tmp_path):
    remote = server.remote("a.gz", bytes(10**6))
    told = []
    for _ in range(2):
        fetch_file(*remote, tmp_path / "sets" / "a.gz", lambda *two: told.append(two))
    assert (tmp_path / "sets" / "a.gz").stat().st_size == 10**6
    assert told[-1] == (10**6, 10**6)
    assert len(server.asked) == 1


def test_a_broken_connection_goes_on_where_it_stopped(server, tmp_path):
    content = RNG.bytes(10**6)
    remote = server.remote("a.gz", content)
    server.most = 400_000
    with pytest.raises(UserError, match="What has come is kept"):
        fetch_file(*remote, tmp_path / "a.gz")
    assert not (tmp_path / "a.gz").exists()
    server.most = None
    fetch_file(*remote, tmp_path / "a.gz")
    assert (tmp_path / "a.gz").read_bytes() == content
    assert server.asked[1][1] == 400_000


def test_cancelling_keeps_what_has_come(server, tmp_path):
    remote = server.remote("a.gz", RNG.bytes(10**6))

    def leave(done, _total):
        if done > 300_000:
            raise InterruptedError("cancelled")

    with pytest.raises((InterruptedError, UserError)):
        fetch_file(*remote, tmp_path / "a.gz", leave)
    fetch_file(*remote, tmp_path / "a.gz")
    assert server.asked[1][1] > 300_000


def test_another_check_sum_is_refused_and_nothing_kept(server, tmp_path):
    remote = server.remote("a.gz", b"something else")
    with pytest.raises(UserError, match="not the published file"):
        fetch_file(remote.url, "0" * 32, tmp_path / "a.gz")
    assert list(tmp_path.iterdir()) == []


def test_offline_and_missing_are_sentences(server, tmp_path):
    with pytest.raises(UserError, match=r"could not be fetched from 127\.0\.0\.1"):
        fetch_file(f"{server.base}/gone", "0" * 32, tmp_path / "a")
    with pytest.raises(UserError, match="check the connection"):
        fetch_file("http://127.0.0.1:9/a", "0" * 32, tmp_path / "a")


def test_what_is_too_large_is_not_fetched(server, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    with pytest.raises(UserError, match="larger than expected"):
        fetch_file(*server.remote("a", bytes(2000)), tmp_path / "a")


def use(monkeypatch, name, *remotes):
    monkeypatch.setitem(NAMED_SETS, name, replace(NAMED_SETS[name], files=remotes))


def test_a_set_like_mnist(server, monkeypatch):
    images = RNG.integers(0, 256, (20, 28, 28), np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10
    remotes = []
    for part, count in (("train", 20), ("t10k", 10)):
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            content = encode_idx(array[:count], compress=True)
            remotes.append(server.remote(f"{part}-{kind}-ubyte.gz", content))
    use(monkeypatch, "fashion-mnist", *remotes)
    source = DataSource("fashion-mnist")
    assert not source.is_path
    data = source.open()
    assert data.name == "fashion-mnist"
    assert data.class_names[:2] == ("T-shirt", "Trouser")
    assert (data.images[:, 0].numpy() == images).all()
    assert len(data.unseen) == 10
    assert "MIT" in data.reading.notes[0]
    assert (sets_folder() / "fashion-mnist").is_dir()
    assert source.open().sha256 == data.sha256
    assert len(server.asked) == 4  # the second time nothing was fetched


def test_letters_lie_on_their_side_and_have_names(server, monkeypatch):
    images = RNG.integers(0, 256, (26, 28, 28), np.uint8)
    labels = np.arange(1, 27, dtype=np.uint8)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in ("train", "test"):
            for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
                content = gzip.compress(encode_idx(array))
                archive.writestr(f"gzip/emnist-letters-{part}-{kind}-ubyte.gz", content)
        mapping = "".join(f"{i + 1} {65 + i} {97 + i}\n" for i in range(26))
        archive.writestr("gzip/emnist-letters-mapping.txt", mapping)
    use(monkeypatch, "emnist-letters", server.remote("gzip.zip", packed.getvalue()))
    data = DataSource("emnist-letters").open()
    assert "".join(data.class_names) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert (data.images[:, 0].numpy() == images.swapaxes(1, 2)).all()
    assert len(data.unseen) == 26


def test_cifar_in_its_binary_form(server, monkeypatch):
    monkeypatch.setattr(named_sets, "PER_BATCH", 20)
    rows = RNG.integers(0, 256, (20, 3073), np.uint8)
    rows[:, 0] = np.arange(20) % 10
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            member.size = rows.size
            archive.addfile(member, io.BytesIO(rows.tobytes()))
    use(monkeypatch, "cifar-10", server.remote("cifar-10-binary.tar.gz", packed.getvalue()))
    data = DataSource("cifar-10").open()
    assert (len(data), len(data.unseen), data.shape) == (100, 20, (3, 32, 32))
    assert data.class_names[3] == "cat"
    assert (data.images[0].numpy().ravel() == rows[0, 1:]).all()
