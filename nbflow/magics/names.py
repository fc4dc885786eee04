"""Names that can stand in a line of ``%nbflow``: runs, steps and parameters of a notebook."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from nbflow.errors import NotRecordedError
from nbflow.magics.which import run_of
from nbflow.service import history
from nbflow.service.check import Checked, check


def _checked(path: Path) -> Checked:
    return _checked_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _checked_at(path: Path, changed: int) -> Checked:
    return check(path)


def _steps(path: Path, given: Sequence[str]) -> Iterable[str]:
    return [shlex.quote(step.name) for step in _checked(path).analysis.pipeline.steps]


def _steps_of_run(path: Path, given: Sequence[str]) -> Iterable[str]:
    """The steps of the run that stands before; those of the notebook where there is none."""
    try:
        id_ = next((word for word in given if word.isdecimal()), history.LAST)
        record = history.run(run_of(path, id_), path.parent)
        return [shlex.quote(step.name) for step in record.steps]
    except NotRecordedError:
        return _steps(path, given)


def _runs(path: Path, given: Sequence[str]) -> Iterable[str]:
    try:
        rows = history.runs(str(path), path.parent)
    except NotRecordedError:
        return []
    return [*(row.id for row in rows), *([history.LAST] if rows else [])]


def _parameters(path: Path, given: Sequence[str]) -> Iterable[str]:
    return [f"{each.name}=" for each in _checked(path).analysis.pipeline.parameters]


#: What the values of arguments and options can be, by their names.
NAMES: Final[Mapping[str, Callable[[Path, Sequence[str]], Iterable[str]]]] = {
    "run_id": _runs,
    "before": _runs,
    "after": _runs,
    "step": _steps_of_run,
    "steps": _steps,
    "force": _steps,
    "plain": _parameters,
    "raw": _parameters,
}
