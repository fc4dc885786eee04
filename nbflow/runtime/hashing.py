"""The hash that names bundles: xxh3 where xxhash is importable, else BLAKE2b of the same size."""

from __future__ import annotations

import hashlib
from typing import Any, Callable, Optional, Protocol, Union


class Hasher(Protocol):
    """What both hashes offer."""

    def update(self, data: Union[bytes, bytearray, memoryview], /) -> Any:
        """Take in more bytes."""

    def hexdigest(self) -> str:
        """The hash of what was taken in, as 32 hexadecimal digits."""
        ...


_xxh3: Optional[Callable[[], Hasher]]
try:
    from xxhash import xxh3_128 as _xxh3
except ImportError:
    _xxh3 = None

#: What a bundle's header calls the hash.
NAME = "xxh3-128" if _xxh3 else "blake2b-128"


class UnknownHashError(Exception):
    """A hash that cannot be computed here."""


def new(name: str = NAME) -> Hasher:
    """A fresh hash of 128 bits.

    Raises ``UnknownHashError`` for a name whose library is not importable.
    """
    if name == "blake2b-128":
        return hashlib.blake2b(digest_size=16)
    if _xxh3 is None:
        raise UnknownHashError(name)
    return _xxh3()
