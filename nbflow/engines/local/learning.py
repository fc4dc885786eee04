"""What a run shows of steps that the analysis of their code does not: kept for the next analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nbflow.engines.events import StepState
from nbflow.engines.local.outcome import StepResult
from nbflow.engines.local.plan import CLASS, MODULE
from nbflow.engines.local.validation import Change
from nbflow.model import SET_BY_IMPORTS, Effect, Grade, Name, StepEffects, StepName
from nbflow.runtime.spec import class_name

_FILE: Final = "@file:"


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """A step was seen to do something to a name."""

    step: StepName
    name: Name
    effect: Effect


def unforeseen(
    effects: Mapping[StepName, StepEffects], results: Iterable[StepResult]
) -> Iterator[Shown]:
    """What steps that have ended well have changed, and the analysis does not count as likely."""
    for result in results:
        if result.state is not StepState.DONE:
            continue
        known, done = _likely(effects[result.step]), result.outcome
        state = set(done.ambient) - SET_BY_IMPORTS
        for name in sorted({*done.written, *done.unpicklable, *state} - known):
            yield Shown(result.step, name, Effect.CHANGES)
        for name in sorted(set(done.deleted) - known):
            yield Shown(result.step, name, Effect.DELETES)


def _likely(effects: StepEffects) -> set[Name]:
    every = (*effects.binds, *effects.mutates, *effects.deletes)
    return {access.name for access in every if access.grade is Grade.LIKELY}


def repaired(change: Change, writer: StepName, reader: StepName, folder: Path) -> Iterator[Shown]:
    """What it shows that ``reader`` has to run again since ``writer`` changed what it had read."""
    name = _plain(change.name, folder)
    yield Shown(writer, name, Effect.CHANGES)
    yield Shown(reader, name, Effect.READS)


def _plain(name: Name, folder: Path) -> Name:
    """The name as the analysis knows it: of a class or module its own, of a file the path from ``folder``."""
    if name.startswith(MODULE):
        return name.removeprefix(MODULE).partition(".")[0]
    if name.startswith(CLASS):
        return class_name(name.removeprefix(CLASS))
    if name.startswith(_FILE):
        return _FILE + name.removeprefix(_FILE).removeprefix(f"{folder}/")
    return name
