"""Start of a process that runs steps: ``PYTHON .../nbflow/runtime/__main__.py MODE ...``.

Loads the package from this file's own folder under a private name, so that the interpreter needs no
nbflow and its ``sys.path`` shows nothing of it.
"""

from __future__ import annotations

import importlib.util
import os
import sys

PRIVATE_NAME = "_nbflow_runtime"


def _load_package() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        PRIVATE_NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PRIVATE_NAME] = package
    spec.loader.exec_module(package)


def _run() -> int:
    _load_package()
    # By name, because the package has just been made under its private name.
    entry = importlib.import_module(f"{PRIVATE_NAME}.entry")
    code: int = entry.main(sys.argv[1:])
    return code


if __name__ == "__main__":
    # Python puts the script's folder first; a kernel has '' before site-packages instead.
    del sys.path[0]
    sys.exit(_run())
