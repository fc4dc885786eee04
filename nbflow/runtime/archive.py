"""The archive that the runtime travels in, and its files: a step's process starts from those."""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
import zipfile

#: These are found by the names of their files.
_NAMED = ("__init__.py", "__main__.py")


def add_compiled(path: str) -> None:
    """Put compiled modules into the archive at ``path``: steps with this Python begin sooner."""
    with zipfile.ZipFile(path, "a") as archive:
        for name in archive.namelist():
            text = archive.read(name)
            # Never held against the source (PEP 552).
            head = importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + importlib.util.source_hash(text)
            archive.writestr(f"{name}c", head + marshal.dumps(compile(text, name, "exec")))


def unpack(folder: str) -> str:
    """The folder of the runtime in ``folder``, where the archive is laid out that it was imported from."""
    package = __name__.partition(".")[0]
    path = __file__.rpartition(package)[0].rstrip(os.sep)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    for name, content in contents.items():
        compiled = contents.get(f"{name}c", b"").startswith(importlib.util.MAGIC_NUMBER)
        if name.endswith(".pyc") and not content.startswith(importlib.util.MAGIC_NUMBER):
            continue
        if compiled and not name.endswith(_NAMED):
            continue
        target = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
    return os.path.join(folder, package)


if sys.version_info < (3, 9):
    raise ImportError("a step needs Python 3.9 or newer; choose another image")
