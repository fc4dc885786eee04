"""The cloudpickle that is brought along, loaded beside the user's own under a private name."""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType
from typing import Optional

#: Pickles name this module, so every process that reads them must have loaded it.
NAME = "_nbflow_cloudpickle"


def _installed_folder() -> str:
    spec = importlib.util.find_spec("cloudpickle")
    if spec is None or not spec.origin:
        raise ImportError("cloudpickle is not installed and no folder of it was given")
    return os.path.dirname(spec.origin)


def folder() -> str:
    """Where the package lies that ``load`` has loaded."""
    return os.path.dirname(str(sys.modules[NAME].__file__))


def load(folder: Optional[str] = None) -> ModuleType:
    """The brought cloudpickle (the inner module that holds its functions), loaded once.

    ``folder`` is the folder of the package; without it, the copy that is installed here is taken.

    Raises ``ImportError`` where there is none.
    """
    if NAME not in sys.modules:
        place = folder or _installed_folder()
        spec = importlib.util.spec_from_file_location(
            NAME, os.path.join(place, "__init__.py"), submodule_search_locations=[place]
        )
        if spec is None or spec.loader is None:
            raise ImportError(f"no cloudpickle in {place}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[NAME + ".cloudpickle"]
