"""Large outputs of cells: each kept once, in a file named by its content, and not in the database.

They are written and cleared away under the write lock of the database, so that what a row refers to is there.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

#: So many characters of JSON are kept in the database itself.
LIMIT: Final = 64 * 1024
SUFFIX: Final = ".json"


class Contents:
    """The folder of large outputs."""

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the text of a digest lies."""
        return self.folder / f"{digest}{SUFFIX}"

    def put(self, text: str) -> str:
        """The digest of a text that is kept from now on."""
        digest = _digest(text.encode("utf-8"))
        target = self.path(digest)
        if not target.exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
            try:
                temporary.write_bytes(text.encode("utf-8"))
                temporary.replace(target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        return digest

    def get(self, digest: str) -> str:
        """The text of a digest.

        Raises:
            LookupError: it is not there, or not as it was written.
        """
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise LookupError(digest) from error
        if _digest(data) != digest:
            raise LookupError(digest)
        return data.decode("utf-8")

    def put_outputs(self, kept: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """What cells have given (see ``engines.outputs``) with digests for what is large, and those."""
        digests: list[str] = []

        def aside(value: object) -> object:
            text = json.dumps(value)
            if len(text) <= LIMIT:
                return value
            digests.append(self.put(text))
            return digests[-1]

        short = {
            "cells": {cell: aside(outputs) for cell, outputs in kept["cells"].items()},
            "displays": [[*who, aside(shown), place] for *who, shown, place in kept["displays"]],
        }
        return short, digests

    def get_outputs(self, short: Mapping[str, Any]) -> dict[str, Any]:
        """What ``put_outputs`` was given.

        Raises:
            LookupError: a part of it is not there.
        """

        def whole(value: object) -> object:
            return json.loads(self.get(value)) if isinstance(value, str) else value

        return {
            "cells": {cell: whole(outputs) for cell, outputs in short["cells"].items()},
            "displays": [[*who, whole(shown), place] for *who, shown, place in short["displays"]],
        }


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
