"""The plan and the place of each notebook of a pipeline, as its steps see them."""

from __future__ import annotations

from nbflow.engines.local.plan import Place, Plan
from nbflow.model import Call, Step


class Parts:
    """The parts of a pipeline: its own notebook, and each that it calls."""

    def __init__(self, plan: Plan, place: Place) -> None:
        calls: dict[str, Call | None] = {"": None}
        calls.update((call.name, call) for call in plan.pipeline.calls)
        self._plans = {name: plan.within(name) for name in calls}
        self._places = {name: place.within(call) for name, call in calls.items()}

    def plan(self, step: Step) -> Plan:
        """The plan of the step's notebook."""
        return self._plans[step.call]

    def place(self, step: Step) -> Place:
        """The place of the step's notebook."""
        return self._places[step.call]
