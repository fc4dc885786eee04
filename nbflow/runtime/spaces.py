"""The names of each notebook of a pipeline, among the versions that a pod is given.

A called notebook has names of its own. What it takes is handed over by the step that calls it; what it gives
back is looked for among its names when a step of its caller begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict, Iterable, Mapping, Sequence, Set, Tuple

from .crate import FILE, VARIABLE, Version

#: A call as ``Task.calls`` has it.
Call = Mapping[str, Any]
Holds = Callable[[str], bool]


def around(space: str, calls: Sequence[Call]) -> Set[str]:
    """The notebook called ``space``, and all that it is called from."""
    within = {call["name"]: call["within"] for call in calls}
    found = {space}
    while space:
        space = within[space]
        found.add(space)
    return found


def seen(
    versions: Iterable[Version], space: str, calls: Sequence[Call], index: int, holds_code: Holds
) -> Dict[Tuple[str, str], Version]:
    """What step ``index`` of the notebook ``space`` begins with, by kind and name.

    ``versions`` are the latest of each name of each notebook; ``holds_code`` is asked for their contents.
    """
    given = list(versions)
    own = {(v.kind, v.name): v for v in given if v.space == space or v.kind == FILE}
    found, settled = dict(own), set()
    ended = [call for call in calls if call["within"] == space and call["last"] < index]
    for call in reversed(ended):
        inside = seen(given, call["name"], calls, index, holds_code)
        for key in [(VARIABLE, name) for name in call["given"] if name not in settled]:
            mine, made = own.get(key), inside.get(key)
            if mine and mine.writer > call["first"]:
                settled.add(key[1])
            elif made and made.writer > call["first"] and not made.deleted:
                settled.add(key[1])
                found[key] = across(call["name"], made, holds_code)
    return found


def across(call: str, version: Version, holds_code: Holds) -> Version:
    """A version as it is on the other side of a call."""
    if not (version.content and holds_code(version.content)):
        return version
    reason = (
        f"it holds functions or classes of a notebook, and only data crosses the call `{call}`: put them into"
        " a module beside the notebooks"
    )
    return replace(version, content="", obstacle=reason)
