"""Which steps of which members are the same work, and which member may begin now.

Two members share a step where all parameters that reach it have the same values. While one of them
computes it, the others wait: then they find its result, and nothing is computed twice.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from nbflow.analysis import Analysis
from nbflow.engines.events import Event, StepEnded, StepStarted, StepState
from nbflow.graph import ancestors
from nbflow.model import Json, Name, StepName

#: A step and the values of the parameters that reach it.
Key: TypeAlias = tuple[StepName, str]


def reaching(analysis: Analysis) -> dict[StepName, frozenset[Name]]:
    """The parameters that the result of each step may depend on, through earlier steps as well."""
    own = {use.step: frozenset(use.parameters) for use in analysis.uses}
    before = ancestors(analysis.pipeline)
    return {
        step: own.get(step, frozenset()).union(*(own.get(each, frozenset()) for each in earlier))
        for step, earlier in before.items()
    }


def keys(
    reached: Mapping[StepName, frozenset[Name]], parameters: Mapping[Name, Json]
) -> dict[StepName, Key]:
    """What tells each step of a member, which runs with ``parameters``, from those of others."""
    values = {
        names: json.dumps({n: parameters[n] for n in sorted(names) if n in parameters})
        for names in set(reached.values())
    }
    return {step: (step, values[names]) for step, names in reached.items()}


class UnderWay:
    """The steps that members which run have not settled yet.

    Where a member was not given a parameter, it has that of ``defaults``.
    """

    def __init__(
        self, reached: Mapping[StepName, frozenset[Name]], defaults: Mapping[Name, Json]
    ) -> None:
        self._reached = reached
        self._defaults = defaults
        self._keys: dict[int, dict[StepName, Key]] = {}
        self._open: dict[int, set[StepName]] = {}
        self._ended: dict[int, set[StepName]] = {}
        self._known: set[Key] = set()

    @property
    def members(self) -> Collection[int]:
        """The members that run."""
        return self._keys.keys()

    def may_begin(self, parameters: Mapping[Name, Json]) -> bool:
        """Whether no member that runs is about to compute what this one needs as well."""
        busy = {
            self._keys[member][step]
            for member, steps in self._open.items()
            for step in steps | self._ended[member]
        }
        return (busy - self._known).isdisjoint(self._keys_of(parameters).values())

    def begin(self, member: int, parameters: Mapping[Name, Json]) -> None:
        """A member begins: all its steps are under way."""
        self._keys[member] = self._keys_of(parameters)
        self._open[member] = set(self._keys[member])
        self._ended[member] = set()

    def hear(self, member: int, event: Event) -> bool:
        """Follow what happens in a member; whether it has settled steps.

        The result of a step is kept right after its end was told: it is there when the next thing is told.
        """
        settled = bool(self._ended[member])
        self._settle(member)
        match event:
            case StepEnded(step, StepState.DONE) if step in self._open[member]:
                self._open[member].remove(step)
                self._ended[member].add(step)
            case StepStarted(step) if step in self._reached:  # perhaps again
                self._open[member].add(step)
                self._known.discard(self._keys[member][step])
        return settled

    def end(self, member: int) -> None:
        """A member has ended, however it did."""
        self._settle(member)
        del self._keys[member], self._open[member], self._ended[member]

    def _settle(self, member: int) -> None:
        """The results of steps that have ended are there: nobody has to wait for them again."""
        self._known.update(self._keys[member][step] for step in self._ended[member])
        self._ended[member].clear()

    def _keys_of(self, parameters: Mapping[Name, Json]) -> dict[StepName, Key]:
        return keys(self._reached, {**self._defaults, **parameters})


def fitting(waiting: Sequence[tuple[int, Mapping[Name, Json]]], under_way: UnderWay) -> int | None:
    """The first of the members that wait that may begin now, or None."""
    return next((member for member, given in waiting if under_way.may_begin(given)), None)
