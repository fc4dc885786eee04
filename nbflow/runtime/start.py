"""What a step begins with, brought into its shell: ambient state, then classes, then variables."""

from __future__ import annotations

from typing import Any, Callable, Collection, Dict, Iterable, Mapping

from . import folders, ipython_state
from .loading import Loader
from .spec import Spec

#: Ambient state that decides what an import finds.
_BEFORE_IMPORTS = frozenset({"@cwd", "@environ", "@sys.modules", "@sys.path"})


def objects(spec: Spec) -> Dict[str, str]:
    """The bundles of the ambient state that holds objects of the user's, by its names."""
    return {name: path for name, path in spec.ambient.items() if name in ipython_state.OBJECTS}


def bring(
    spec: Spec,
    shell: Any,
    loader: Loader,
    *,
    restore: Callable[[Iterable[str]], None],
    late: Collection[str],
    import_again: Callable[[], None],
) -> Dict[str, str]:
    """Bring in all but ``objects`` and what is ``late``; the bundles of the variables, by their names.

    ``restore`` brings ambient state back, and ``import_again`` imports what earlier steps have imported.

    Raises whatever loading a value raises.
    """
    for name in spec.absent:
        shell.user_ns.pop(name, None)
    state = [name for name in spec.ambient if name not in {*objects(spec), *late}]
    restore(name for name in state if name in _BEFORE_IMPORTS)
    import_again()
    restore(name for name in state if name not in _BEFORE_IMPORTS)
    loader.update_live_classes()
    loads: Dict[str, str] = {}
    # What unpickling an instance runs may read a module or a function that comes along.
    for load in sorted(spec.loads, key=lambda load: loader.has_instances(load.bundle)):
        values = loader.values(load.bundle)
        shell.user_ns.update({name: values[name] for name in load.names})
        loads.update(dict.fromkeys(load.names, load.bundle))
        folders.adopt(values.values())
    return loads


def hang(magics: ipython_state.MagicLog, loader: Loader, found: Mapping[str, str]) -> None:
    """Let the shell and the libraries have what ``objects`` has found."""
    for name, path in found.items():
        ipython_state.restore_objects(magics, name, loader.values(path)[name])
