"""Files replaced as a whole: a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from nbflow.errors import NotebookError


def replace_file(path: str, content: bytes) -> None:
    """Write ``content`` to ``path`` through a temporary file beside it, keeping the file's mode.

    A symbolic link stays one: the file that it leads to is replaced.

    Raises:
        NotebookError: the folder or the file cannot be written; nothing was changed then.
    """
    target = os.path.realpath(path)
    try:
        mode = _mode_of(target)
        folder, name = os.path.split(target)
        # `tempfile` takes longer to import than a notebook to read.
        temporary = os.path.join(folder, f".{name[:100]}.{os.urandom(6).hex()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as problem:
        raise NotebookError(
            f"{path} cannot be written: {problem.strerror or problem}; nothing was changed"
        ) from None


def _mode_of(target: str) -> int:
    if not os.path.exists(target):
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is read-only")
    return stat.S_IMODE(os.stat(target).st_mode)


def replace_text(path: str, content: bytes, text: str, changed: str) -> None:
    """Replace the file at ``path``, whose ``content`` was ``text``, by one with the text ``changed``.

    Raises:
        NotebookError: it cannot be written.
    """
    mark = content[: len(content) - len(text.encode())]  # the byte order mark, if there is one
    replace_file(path, mark + changed.encode())
