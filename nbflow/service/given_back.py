"""The variables at the end of a step, with what notebooks that were called before it have given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nbflow.errors import VariableError
from nbflow.model import Call, Name
from nbflow.runtime import bundle
from nbflow.service import previews
from nbflow.service.previews import HeldVariable
from nbflow.service.ran import ran
from nbflow.store import RunRecord, StepRecord, Store, VariableRecord


def held(record: RunRecord, store: Store, step: StepRecord) -> dict[Name, VariableRecord]:
    """The variables at the end of a step, as its notebook has them there, by their names.

    Raises:
        VariableError: its notebook has called others, and it is not known any more what they give back.
    """
    calls: Sequence[Call] = ()
    if _has_called(record, step):
        found = ran(record, store.run_folder(record.id))
        if found is None:
            raise VariableError(
                f"the notebook has changed since run {record.id}, and no copy of it is left:"
                " what the notebooks that it calls give back is not known any more; run it again"
            )
        calls = found.analysis.pipeline.calls
    all_held = _with_given(record, store, step, calls)
    return {name: each.variable for name, each in sorted(all_held.items())}


def _has_called(record: RunRecord, step: StepRecord) -> bool:
    start = step.name[: step.name.rfind("/") + 1]
    return any(
        each.name.startswith(start) and "/" in each.name[len(start) :] for each in record.steps
    )


def _with_given(
    record: RunRecord, store: Store, step: StepRecord, calls: Sequence[Call]
) -> dict[Name, HeldVariable]:
    index = {each.name: each.index for each in record.steps}
    found = {each.variable.name: each for each in previews.held(record, step.name)}
    for call in calls:
        inside = [each for each in record.steps if each.name.startswith(f"{call.name}/")]
        ended = bool(inside) and inside[-1].index <= step.index
        if not ended or call.within != step.name.rpartition("/")[0]:
            continue
        last = next(e for e in reversed(inside) if e.name.rpartition("/")[0] == call.name)
        made = _with_given(record, store, last, calls)
        for name in (name for name in call.given if name in made):
            if name not in found or index[found[name].step] < inside[0].index:
                given = _across(store, call, made[name].variable)
                found[name] = HeldVariable(last.name, given)
    return found


def _across(store: Store, call: Call, variable: VariableRecord) -> VariableRecord:
    """A variable as it is on the other side of a call: functions and classes stay in their notebook."""
    try:
        stays = bool(variable.version) and bundle.holds_code(str(store.bundles), variable.version)
    except (OSError, bundle.BundleError):  # told when it is loaded
        return variable
    if not stays:
        return variable
    why = (
        f"it holds functions or classes of a notebook, and only data crosses the call `{call.name}`"
    )
    return replace(variable, version="", obstacle=why)
