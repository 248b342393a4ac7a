"""Files that are nearly right: a valid one, and something done to it. Same seed, same mutant."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

NUMBERS = (0, 1, 2, 7, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1)
VALUES: tuple[Any, ...] = (
    *(None, True, "", "x" * 5000, "\x1b[2J", "\ud800", "../../etc/passwd", "/dev/zero", "1e999"),
    *(-1, 0, 1, 2**31, 2**53, 2**64, 10**40, 1e308, 1e-308, 0.5, [], {}, [[[]]], [0] * 3000),
    "__import__('os').system('true')",
)
Mutate = Callable[[bytes, random.Random], bytes]


def mutate_bytes(data: bytes, chance: random.Random) -> bytes:
    """Do one to four things to bytes, whatever they mean."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out)) if out else 0
        if chance.random() < 0.5:
            at = min(at, chance.randrange(1, 200))  # the beginning is what is read with care
        length = chance.choice((1, 2, 4, 8, 64, 1000))
        match chance.randrange(7):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1 if out:
                out[min(at, len(out) - 1)] ^= 1 << chance.randrange(8)
            case 2:
                del out[at:]
            case 3:
                del out[at : at + length]
            case 4:
                out[at:at] = chance.randbytes(length)
            case 5:
                out[at:at] = out[at : at + length] * chance.choice((1, 2, 50))
            case _:
                form = chance.choice(("<I", ">I", "<Q", ">Q", ">H", "B"))
                number = chance.choice(NUMBERS) % (1 << 8 * struct.calcsize(form))
                out[at : at + struct.calcsize(form)] = struct.pack(form, number)
    return bytes(out)


def mutate_value(value: Any, chance: random.Random) -> Any:
    """Put something odd into one place of a JSON value."""
    if isinstance(value, dict | list) and value and chance.random() < 0.85:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = chance.choice(keys)
        copy = value.copy()
        match chance.randrange(8):
            case 0:
                del copy[key]
            case 1 if isinstance(copy, dict):
                copy[str(chance.choice(VALUES))[:50]] = copy.pop(key)
            case 2 if isinstance(copy, list):
                copy *= chance.choice((2, 100))
            case _:
                copy[key] = mutate_value(copy[key], chance)
        return copy
    if type(value) is int and chance.random() < 0.5:
        return value + chance.choice((-1, 1, 10**6)) * chance.choice((1, value))
    return chance.choice(VALUES)


def mutate_json(data: bytes, chance: random.Random) -> bytes:
    """Mutate a JSON document as a value or as bytes."""
    if chance.random() < 0.3:
        return mutate_bytes(data, chance)
    return _dump(mutate_value(json.loads(data), chance))


def mutate_lines(data: bytes, chance: random.Random) -> bytes:
    """Mutate one line of JSON among others, as a value or as bytes, or repeat it."""
    lines = data.splitlines()
    at = chance.randrange(len(lines))
    lines[at] = mutate_json(lines[at], chance)
    if chance.random() < 0.2:
        lines[at:at] = [lines[at]] * chance.choice((2, 500))
    return b"\n".join(lines) + b"\n"


def mutate_safetensors(data: bytes, chance: random.Random) -> bytes:
    """Mutate a model file: its header, the JSON within its header, its weights, or anything."""
    kind = chance.random()
    if kind < 0.3:
        return mutate_bytes(data, chance)
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    texts = header["__metadata__"]
    if kind < 0.6 and texts:
        name = chance.choice(list(texts))
        texts[name] = _dump(mutate_value(json.loads(texts[name]), chance)).decode()
    elif kind < 0.9:
        header = mutate_value(header, chance)
    else:
        at = 4 * chance.randrange(len(body) // 4)
        value = chance.choice((float("nan"), float("inf"), 3e38, 0.0))
        body = body[:at] + struct.pack("<f", value) + body[at + 4 :]
    text = _dump(header)
    return struct.pack("<Q", len(text)) + text + body


def mutate_png(data: bytes, chance: random.Random) -> bytes:
    """Mutate a PNG: its bytes, or what is in its chunks, with check sums that agree."""
    if chance.random() < 0.25:
        return mutate_bytes(data, chance)
    chunks, at = [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    index = chance.randrange(len(chunks))
    name, content = chunks[index]
    match chance.randrange(8):
        case 0:
            del chunks[index]
        case 1:
            chunks.insert(chance.randrange(len(chunks)), (name, content))
        case 2:
            chunks.insert(index, (chance.choice((b"zTXt", b"iCCP", b"eXIf", b"tRNS")), content))
        case 3:
            bomb = zlib.compress(bytes(10**7), 9)
            chunks.insert(1, (b"iTXt", b"ganview\0\1\0\0\0" + bomb))
        case 4:
            chunks[0] = (b"IHDR", mutate_bytes(chunks[0][1], chance))
        case _ if name == b"iTXt":
            head, _, text = content.rpartition(b"\0")
            chunks[index] = (name, head + b"\0" + mutate_json(text, chance))
        case _:
            chunks[index] = (name, mutate_bytes(content, chance))
    return data[:8] + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def mutate_gzip(data: bytes, chance: random.Random) -> bytes:
    """Mutate what is packed, or the package."""
    if chance.random() < 0.4:
        return mutate_bytes(data, chance)
    inner = mutate_bytes(gzip.decompress(data), chance)
    if chance.random() < 0.1:
        inner = inner[:16] + bytes(10**7)
    return gzip.compress(inner, mtime=0)


def mutate_zip(data: bytes, chance: random.Random) -> bytes:
    """Mutate a ZIP file: its bytes, a name in it, or what one of its files holds."""
    if chance.random() < 0.3:
        return mutate_bytes(data, chance)
    out, names = (
        io.BytesIO(),
        ("../x.png", "/etc/x.png", "a\x00.png", "con", "x" * 300, "images.npy"),
    )
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name == chosen and chance.random() < 0.8:
                content = mutate_bytes(content, chance)
            elif name == chosen:
                name = chance.choice(names)
            if content[:6] == b"\x93NUMPY" and name == chosen and chance.random() < 0.3:
                sizes = (
                    b"(40000, 28, 28)",
                    b"(9999999, 28, 28)",
                    b"(2, 4000000000)",
                    b"(-4, 28, 28)",
                )
                content = content.replace(b"(4, 28, 28)", chance.choice(sizes))
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def mutate_state(data: bytes, chance: random.Random) -> bytes:
    """Mutate a state string: its letters, or its numbers with a check sum that agrees."""
    if chance.random() < 0.3:
        return mutate_bytes(data, chance)
    prefix, _, digits = data.partition(b":")
    packed = base64.urlsafe_b64decode(digits + b"=" * (-len(digits) % 4))
    content = mutate_bytes(packed[:-4], chance)
    packed = content + struct.pack("<I", zlib.crc32(content))
    return prefix + b":" + base64.urlsafe_b64encode(packed).rstrip(b"=")


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()
