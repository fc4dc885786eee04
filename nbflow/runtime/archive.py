"""The archive that the runtime travels in, as files: a step's process starts from those."""

from __future__ import annotations

import os
import sys
import zipfile


def unpack(folder: str) -> str:
    """The folder of the runtime in ``folder``, where the archive is laid out that it was imported from."""
    package = __name__.partition(".")[0]
    archive = __file__.rpartition(package)[0].rstrip(os.sep)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return os.path.join(folder, package)


if sys.version_info < (3, 9):
    raise ImportError("a step needs Python 3.9 or newer; choose another image")
