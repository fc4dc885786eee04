"""The file in which variables travel: a JSON header, a pickle stream, aligned buffers.

Layout: ``MAGIC``, the header's length and its CRC-32 (4 bytes each, little endian), the header, then the
stream and each out-of-band buffer, every one of them at a multiple of 64 bytes. Offsets in the header
count from the first such multiple after the header. A bundle's name is the hash of what it holds.

Source: PEP 574 (pickle protocol 5 with out-of-band data).
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from . import hashing, space

MAGIC = b"NBFLOWB2"
SUFFIX = ".nbb"
ALIGNMENT = 64
_FRONT = len(MAGIC) + 8
#: Payloads of this size are hashed piece by piece as they are written: memory is read once.
_LARGE, _PIECE = 1 << 20, 1 << 21
#: The bundles that this process has written, and the times of their files in nanoseconds.
made: Dict[str, int] = {}
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


class BundleError(Exception):
    """The file is no bundle, is cut short, or was written under another Python."""


class DamagedError(BundleError):
    """The file does not hold what was written to it."""


@dataclass(frozen=True)
class Payload:
    """Pickled values, not yet a file: the stream and the buffers that it refers to.

    ``joint`` says that the stream holds a dict of names to values, not one value. ``classes`` are the
    keys of notebook classes that loading needs, ``sources`` the cells from which functions in it come
    (file name to execution count and text).
    """

    stream: bytes
    buffers: Tuple[memoryview, ...] = ()
    joint: bool = False
    classes: Tuple[str, ...] = ()
    sources: Mapping[str, Tuple[int, str]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Size of stream and buffers."""
        return len(self.stream) + sum(buffer.nbytes for buffer in self.buffers)


@dataclass(frozen=True)
class Bundle:
    """An opened bundle; the buffers are writable views of a private mapping of the file."""

    path: str
    names: Tuple[str, ...]
    joint: bool
    classes: Tuple[str, ...]
    sources: Mapping[str, Tuple[int, str]]
    stream: memoryview
    buffers: Tuple[memoryview, ...]
    hash: str = hashing.NAME


def digest(payload: Payload, names: Sequence[str]) -> str:
    """The name under which ``payload`` is kept when it holds ``names``."""
    return _digest(hashing.NAME, payload.joint, names, payload.stream, payload.buffers)


def _digest(
    hash_name: str,
    joint: bool,
    names: Sequence[str],
    stream: Union[bytes, memoryview],
    buffers: Sequence[memoryview],
) -> str:
    hasher = _begun(hash_name, joint, names, len(stream))
    hasher.update(stream)
    for buffer in buffers:
        hasher.update(_size(buffer))
        hasher.update(buffer)
    return hasher.hexdigest()


def _begun(hash_name: str, joint: bool, names: Sequence[str], size: int) -> hashing.Hasher:
    """The hash of a bundle, before its stream."""
    hasher = hashing.new(hash_name)
    hasher.update(json.dumps([PYTHON, joint, sorted(names), size]).encode())
    return hasher


def _size(buffer: memoryview) -> bytes:
    """What stands before a buffer in the hash."""
    return struct.pack("<Q", buffer.nbytes)


def path_of(store: str, key: str) -> str:
    """Where the bundle ``key`` lies in the folder ``store``."""
    return os.path.join(store, key + SUFFIX)


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


def _header(payload: Payload, names: Sequence[str]) -> Tuple[bytes, List[int]]:
    """The encoded header and the offsets of stream and buffers, counted from the data's start."""
    sizes = [len(payload.stream), *(buffer.nbytes for buffer in payload.buffers)]
    offsets = [0]
    for size in sizes:
        offsets.append(_aligned(offsets[-1] + size))
    header = {
        "hash": hashing.NAME,
        "python": PYTHON,
        "protocol": 5,
        "names": sorted(names),
        "joint": payload.joint,
        "classes": list(payload.classes),
        "sources": {name: list(source) for name, source in payload.sources.items()},
        "parts": [[offset, size] for offset, size in zip(offsets, sizes)],
    }
    return json.dumps(header).encode(), offsets


def write(
    payload: Payload,
    names: Sequence[str],
    store: str,
    key: Optional[str] = None,
    claim: Callable[[str], None] = lambda key: None,
) -> str:
    """Keep ``payload`` in ``store`` and return its key; what is there already is not written again.

    ``claim`` hears the key before the bundle is there. The file is written under a temporary name and
    renamed, so a reader sees a whole bundle or none. The key of a large one is computed on the way.
    """
    if key is None and payload.nbytes >= _LARGE:
        return _write_hashed(payload, names, store, claim)
    key = key or digest(payload, names)
    claim(key)
    target = path_of(store, key)
    if not os.path.exists(target):
        temporary = f"{target}.{os.getpid()}.tmp"
        with _removed_on_failure(temporary):
            _write_file(payload, names, temporary)
            _put(temporary, target, key)
    return key


def _write_hashed(
    payload: Payload, names: Sequence[str], store: str, claim: Callable[[str], None]
) -> str:
    temporary = os.path.join(store, f"{os.urandom(8).hex()}.{os.getpid()}.tmp")
    hasher = _begun(hashing.NAME, payload.joint, names, len(payload.stream))
    with _removed_on_failure(temporary):
        _write_file(payload, names, temporary, hasher.update)
        key = hasher.hexdigest()
        claim(key)
        target = path_of(store, key)
        if os.path.exists(target):
            os.unlink(temporary)
        else:
            _put(temporary, target, key)
    return key


def _put(temporary: str, target: str, key: str) -> None:
    time_ns = os.stat(temporary).st_mtime_ns
    os.replace(temporary, target)
    made[key] = time_ns


@contextmanager
def _removed_on_failure(path: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if os.path.exists(path):
            os.unlink(path)
        raise


def _write_file(
    payload: Payload,
    names: Sequence[str],
    path: str,
    hear: Callable[[Union[bytes, memoryview]], object] = lambda part: None,
) -> None:
    """Write a bundle; ``hear`` is given each piece right before it is written, while it is at hand."""
    header, offsets = _header(payload, names)
    start = _aligned(_FRONT + len(header))
    with open(path, "wb") as file:
        space.reserve(file, start + offsets[-1])
        file.write(MAGIC + struct.pack("<II", len(header), zlib.crc32(header)) + header)
        for number, part in enumerate((memoryview(payload.stream), *payload.buffers)):
            if number:
                hear(_size(part))
            file.seek(start + offsets[number])
            for place in range(0, part.nbytes, _PIECE):
                piece = part[place : place + _PIECE]
                hear(piece)
                file.write(piece)
        file.truncate(start + offsets[-1])


def _map(path: str) -> memoryview:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise DamagedError(f"{path} is empty")
        # A private mapping: writing to a loaded array changes this process's pages alone.
        return memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY))


def _header_of(path: str, view: memoryview) -> Tuple[Dict[str, Any], int]:
    if view.nbytes < _FRONT or bytes(view[: len(MAGIC)]) != MAGIC:
        raise DamagedError(f"{path} is not a bundle, or one of another version of nbflow")
    length, checksum = struct.unpack("<II", view[len(MAGIC) : _FRONT])
    end = _FRONT + length
    if end > view.nbytes:
        raise DamagedError(f"{path} is cut short")
    text = bytes(view[_FRONT:end])
    if zlib.crc32(text) != checksum:
        raise DamagedError(f"{path} is damaged")
    header: Dict[str, Any] = json.loads(text)
    start = _aligned(end)
    if any(start + offset + size > view.nbytes for offset, size in header["parts"]):
        raise DamagedError(f"{path} is cut short")
    return header, start


def _checked_header(path: str, view: memoryview) -> Tuple[Dict[str, Any], int]:
    header, start = _header_of(path, view)
    if header["python"] != PYTHON:
        raise BundleError(
            f"this value was stored under Python {header['python']} and cannot be loaded under "
            f"Python {PYTHON}: run every step with the same Python, or run the notebook again"
        )
    return header, start


def holds_code(store: str, key: str) -> bool:
    """Whether the bundle ``key`` holds functions or classes of a notebook, or instances of these."""
    path = path_of(store, key)
    header, _ = _header_of(path, _map(path))
    return bool(header["classes"] or header["sources"])


def read(path: str) -> Bundle:
    """The bundle at ``path``, mapped and not yet unpickled.

    Raises ``BundleError`` with a sentence for the user.
    """
    view = _map(path)
    header, start = _checked_header(path, view)
    parts = tuple(view[start + o : start + o + size] for o, size in header["parts"])
    return Bundle(
        path=path,
        names=tuple(header["names"]),
        joint=bool(header["joint"]),
        classes=tuple(header["classes"]),
        sources={name: (int(s[0]), str(s[1])) for name, s in header["sources"].items()},
        stream=parts[0],
        buffers=parts[1:],
        hash=str(header["hash"]),
    )


def check(bundle: Bundle) -> None:
    """Read all of a bundle and see that it is what was written: its name is the hash of its content.

    Raises ``DamagedError``.
    """
    try:
        found = _digest(bundle.hash, bundle.joint, bundle.names, bundle.stream, bundle.buffers)
    except hashing.UnknownHashError:
        return  # written where another hash could be imported: the header alone was checked
    if found != os.path.basename(bundle.path)[: -len(SUFFIX)]:
        raise DamagedError(f"{bundle.path} is damaged")
