"""What papermill and its callers ask of the engine, and what is told of what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import IO, Final

from papermill.exceptions import PapermillException

#: How long papermill waits for a kernel where nothing is said of it.
_START: Final = 60
#: The options that nbflow knows and that have no effect.
_IDLE: Final = frozenset({"start_timeout", "execution_timeout", "timeout"})


@dataclass(frozen=True, slots=True)
class Options:
    """The options that have an effect.

    Args:
        input_path: what papermill has read the notebook from: a path, an address, a notebook, or None.
        log_output: whether papermill's log takes what cells print and show.
        stdout_file, stderr_file: what takes their text.
        jobs: how many steps may run at once, None for one for each core.
        cache: whether results of earlier runs that still hold are used.
    """

    input_path: object = None
    log_output: bool = False
    stdout_file: IO[str] | None = None
    stderr_file: IO[str] | None = None
    jobs: int | None = None
    cache: bool = True


_NAMES: Final = frozenset(each.name for each in fields(Options))


def options(given: Mapping[str, object]) -> Options:
    """The options in papermill's keyword arguments.

    Raises:
        PapermillException: ``jobs`` or ``cache`` has a value that it cannot have.
    """
    known = {name: given[name] for name in _NAMES & given.keys()}
    jobs, cache = known.get("jobs"), known.get("cache", True)
    if jobs is not None and (not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 1):
        raise PapermillException(f"jobs is a whole number from 1 up for nbflow, not {jobs!r}")
    if not isinstance(cache, bool):
        raise PapermillException(f"cache is True or False for nbflow, not {cache!r}")
    return Options(**known)  # type: ignore[arg-type]  # papermill's own arguments have their types


def without_effect(given: Mapping[str, object]) -> Iterator[str]:
    """A sentence for each of papermill's options that was given and that nbflow cannot honour."""
    if given.get("execution_timeout") or given.get("timeout"):
        yield (
            "nbflow does not limit the time of a cell, so the execution timeout has no effect; "
            "the tag `timeout:10m` limits the time of a step"
        )
    if given.get("start_timeout", _START) != _START:
        yield "nbflow starts no kernel, so the start timeout has no effect"
    for name in sorted(given.keys() - _NAMES - _IDLE):
        yield f"nbflow does not know the option {name}, so it has no effect"
