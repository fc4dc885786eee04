"""Which names of the namespace are the user's variables."""

from __future__ import annotations

import re
from typing import Any, Dict, FrozenSet, List, Mapping

#: IPython's history and results, and what Python itself keeps in a module.
_NOT_VARIABLES = re.compile(
    r"_i|_ii|_iii|_i\d+|_\d+|_ih|_oh|_dh|In|Out"
    r"|__(doc|package|loader|spec|builtin|builtins|annotations|annotate|warningregistry"
    r"|conditional_annotations|session|vsc_ipynb_file)__"
)


#: The latest results, which IPython keeps up to date until a cell binds the name itself.
LATEST = ("_", "__", "___")


def hidden(shell: Any) -> Dict[str, Any]:
    """What the shell has put into its namespace itself, by name."""
    latest = {name: getattr(shell.displayhook, name) for name in LATEST}
    return {**shell.user_ns_hidden, **latest}


def variables(namespace: Mapping[Any, Any], hidden: Mapping[str, Any]) -> List[str]:
    """The names of the user's variables, sorted.

    ``hidden`` are the names that the shell has put there itself; a name of these that the user has
    bound to something else is a variable.
    """
    missing = object()
    return sorted(
        name
        for name, value in list(namespace.items())
        if isinstance(name, str)
        and not _NOT_VARIABLES.fullmatch(name)
        and hidden.get(name, missing) is not value
        and not (name == "__name__" and type(value) is str and value == "__main__")
    )


def identities(namespace: Mapping[str, Any]) -> Dict[str, int]:
    """The id of each value, to see what a cell has bound."""
    return {name: id(value) for name, value in list(namespace.items())}


def bound_between(before: Mapping[str, int], after: Mapping[str, int]) -> FrozenSet[str]:
    """The names that hold another object than before."""
    return frozenset(name for name, value in after.items() if before.get(name) != value)
