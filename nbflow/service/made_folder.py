"""A folder of files that nbflow makes, and makes again: it never touches what it has not made itself."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from nbflow.errors import EngineError

#: Lies in a folder that nbflow has made, and lists what it has made there.
MARKER: Final = ".nbflow-made.json"


def check_free(folder: Path) -> None:
    """Nothing, where files may be made in ``folder``: it is not there, is empty, or was made before.

    Raises:
        EngineError: it holds something else.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise EngineError(f"{folder} is there and is no folder; name another place with --output")
    if any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise EngineError(
            f"the folder {folder} holds files that nbflow did not make; name another one with --output"
        )


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder``; what lies in it at the end takes the place of what was made before.

    Raises:
        EngineError: the folder cannot be written, or holds files that nbflow did not make.
    """
    check_free(folder)
    stage = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        stage.mkdir(parents=True)
        try:
            yield stage
            _install(stage, folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise EngineError(f"{folder} cannot be written: {error.strerror or error}") from error


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by their paths from ``folder``; of texts every sign as it is."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(
            content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )


def _install(stage: Path, folder: Path) -> None:
    made = sorted(str(p.relative_to(stage).as_posix()) for p in stage.rglob("*") if p.is_file())
    folder.mkdir(exist_ok=True)
    _remove(folder, set(_listed(folder)) - set(made))
    for path in made:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / path, target)
    marker = stage / MARKER
    marker.write_text(json.dumps({"made": made}, indent=1) + "\n", encoding="utf-8")
    os.replace(marker, folder / MARKER)


def _listed(folder: Path) -> list[str]:
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))["made"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [path for path in found if _is_below(path)]


def _is_below(path: object) -> bool:
    return isinstance(path, str) and not path.startswith("/") and ".." not in Path(path).parts


def _remove(folder: Path, paths: Iterable[str]) -> None:
    for path in sorted(paths):
        target = folder / path
        target.unlink(missing_ok=True)
        if target.parent != folder and target.parent.is_dir() and not any(target.parent.iterdir()):
            target.parent.rmdir()
