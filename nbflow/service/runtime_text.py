"""The packed runtime: made once for each version of its sources, and kept beside Python's own caches."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import cloudpickle

import nbflow
from nbflow.codegen import brought

_CACHE: Final = Path(brought.__file__).parent / "__pycache__"


def runtime_text() -> str:
    """What ``brought.packed`` gives for the runtime and cloudpickle as they are installed here."""
    runtime = _sources(Path(nbflow.__file__).parent / "runtime")
    pickling = _sources(Path(cloudpickle.__file__).parent)
    packer = {"brought.py": Path(brought.__file__).read_text(encoding="utf-8")}
    kept = _CACHE / f"runtime-{_digest(packer, runtime, pickling)}.txt"
    with suppress(OSError):
        return kept.read_text(encoding="ascii")
    text = brought.packed(runtime, pickling)
    if not sys.dont_write_bytecode:
        _keep(kept, text)
    return text


def _sources(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}


def _digest(*sources: Mapping[str, str]) -> str:
    hasher = hashlib.blake2b(f"{sys.version_info}".encode(), digest_size=12)
    for files in sources:
        for name, text in files.items():
            hasher.update(f"{name} {len(text)} {text}".encode())
    return hasher.hexdigest()


def _keep(place: Path, text: str) -> None:
    """Write the text, whole or not at all, in place of older ones; nothing where that may not be."""
    temporary = place.with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):
        place.parent.mkdir(exist_ok=True)
        older = list(place.parent.glob("runtime-*.txt"))
        temporary.write_text(text, encoding="ascii")
        temporary.replace(place)
        for each in older:
            each.unlink(missing_ok=True)
