"""The lines of a notebook that speak to nbflow: they mark steps for whoever reads them, and do nothing here.

``%%step`` in a cell's first line, ``%nbflow ...`` and ``%load_ext nbflow``. A kernel with nbflow's extension
and a step of a pipeline pass over ``%%step`` by the same transformer, so that cells, line numbers and ``In``
are the same in both. nbflow itself need not be there.
"""

from __future__ import annotations

import keyword
import re
from typing import Any, List, Optional, Sequence

#: The name of nbflow's extension, and of its line magic.
EXTENSION = "nbflow"

_STEP = re.compile(r"[ \t]*%%step(?=\s|$)")
#: A line that IPython may take for a magic without "%": a word, or a word with arguments.
_WORDS = re.compile(r"[^\W\d]\w*(?:[ \t]+[^\s=].*)?|[,;/].*")


def step_line(lines: Sequence[str]) -> Optional[int]:
    """The place of the ``%%step`` line among the lines of a cell, where its first one is that."""
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    return first if first is not None and _STEP.match(lines[first]) else None


def passed_over(lines: List[str]) -> List[str]:
    """The lines of a cell with a comment in the place of its ``%%step`` line.

    IPython takes empty first lines away, and numbers the rest anew; a comment keeps the numbers. Where the
    next line means something only as the first (``%%time``, ``ls``), the line does become empty.
    """
    place = step_line(lines)
    if place is None:
        return lines
    line, rest = lines[place], [each for each in lines[place + 1 :] if each.strip()]
    end = end_of(line)
    made = end
    if not (rest and _must_be_first(rest)) and end[-1:] in ("", "\n", "\r"):
        indent = rest[0][: len(rest[0]) - len(rest[0].lstrip())] if rest else ""
        made = f"{indent}# {line.strip()}{end}"
    return [*lines[:place], made, *lines[place + 1 :]]


def _must_be_first(rest: Sequence[str]) -> bool:
    """Whether IPython looks at the first of these lines only if nothing stands above it."""
    head = rest[0].strip()
    if head.startswith("%%") or len(rest) > 1:
        return head.startswith("%%")
    return bool(_WORDS.fullmatch(head)) and not keyword.iskeyword(head.split()[0])


def end_of(line: str) -> str:
    """What ends the line: "" for the last one of a text."""
    return line[len(line.splitlines()[0]) :]


def pass_over(shell: Any) -> None:
    """Let a shell, which needs no nbflow for it, take these lines for what they are: nothing."""
    transformers = shell.input_transformers_cleanup
    if passed_over not in transformers:
        transformers.insert(0, passed_over)
    shell.register_magic_function(_nothing, "line", EXTENSION)
    manager = shell.extension_manager
    for verb in ("load_extension", "reload_extension", "unload_extension"):
        setattr(manager, verb, _but_own(getattr(manager, verb)))


def _nothing(line: str) -> None:
    """Speaks to nbflow, which does nothing while a pipeline runs."""
    del line


_nothing._ipython_magic_no_var_expand = True  # type: ignore[attr-defined]  # what `no_var_expand` sets


def _but_own(verb: Any) -> Any:
    """``load_extension`` and its like, for the extensions of others."""

    def of_others(module_str: str) -> Any:
        return None if module_str == EXTENSION else verb(module_str)

    return of_others


def is_own(magic: str, text: str) -> bool:
    """Whether a line magic speaks to nbflow alone."""
    if magic in ("load_ext", "reload_ext", "unload_ext"):
        return text.strip() == EXTENSION
    return magic == EXTENSION
