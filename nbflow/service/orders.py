"""What a process of its own is told to run, as text on its stdin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

from nbflow.engines.local.keeping import Keep
from nbflow.model import Json


@dataclass(frozen=True, slots=True)
class Choices:
    """How a run is done: as the arguments of ``nbflow.service.run.run`` of these names.

    ``forced`` are steps that run even if nothing they depend on has changed.
    """

    jobs: int | None = None
    steps: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    output: str | None = None
    report: str | None = None
    keep: str = Keep.ALL.value
    fork: bool = True


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run of the notebook at ``path``, recorded in the store of ``place``, with these values.

    A ``fresh`` one uses no results of earlier runs.
    """

    place: str
    path: str
    parameters: Mapping[str, Json]
    python: str | None
    fresh: bool
    choices: Choices


@dataclass(frozen=True, slots=True)
class RunAgain:
    """The run of this number in ``folder`` going on, from ``step`` if one is named."""

    place: str
    run: str
    folder: str
    step: str


@dataclass(frozen=True, slots=True)
class BatchAgain:
    """The batch of this name in ``folder`` going on."""

    place: str
    batch: str
    folder: str


Order: TypeAlias = NewRun | RunAgain | BatchAgain
#: The exit code of a process that could not begin for no reason of the user's.
BUG: Final = 70
_KINDS: Final[Mapping[str, type[Order]]] = {
    each.__name__: each for each in (NewRun, RunAgain, BatchAgain)
}


def written(order: Order) -> str:
    """An order as text."""
    return json.dumps({"kind": type(order).__name__, "told": asdict(order)})


def read(text: str) -> Order:
    """The order that was written as this text."""
    data = json.loads(text)
    told: dict[str, Any] = data["told"]
    if "choices" in told:
        choices: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each
            for name, each in told["choices"].items()
        }
        told["choices"] = Choices(**choices)
    return _KINDS[data["kind"]](**told)
