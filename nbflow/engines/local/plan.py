"""What the local engine is to run, and what one step is told: values, and pure functions from them.

The specification of a step is JSON, read by ``nbflow.runtime``; its fields are described there.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbflow.engines.local.interpreter import Interpreter
from nbflow.engines.local.versions import Names, Version
from nbflow.model import (
    Call,
    Cell,
    CellId,
    Json,
    Name,
    Pipeline,
    Step,
    StepEffects,
    StepName,
    StepUse,
    assigned_attributes,
    reads_results,
)
from nbflow.runtime.spec import VERSION, class_name, may_hold
from nbflow.tags import binds_parameters


@dataclass(frozen=True, slots=True)
class Plan:
    """A pipeline with all that its steps need: cells, effects, values of parameters.

    ``counts`` are the execution counts that the cells have when the notebook runs from top to bottom.
    """

    pipeline: Pipeline
    cells: Mapping[CellId, Cell]
    effects: Mapping[StepName, StepEffects]
    counts: Mapping[CellId, int]
    parameters: Mapping[Name, Json]
    uses: Mapping[StepName, StepUse] = field(default_factory=dict)
    #: The names that are stored of each step (see ``keeping``); of one that is not there, all.
    kept: Mapping[StepName, frozenset[Name]] = field(default_factory=dict)
    #: The most bytes that steps have taken in earlier runs.
    peaks: Mapping[StepName, int] = field(default_factory=dict)

    def within(self, call: str) -> Plan:
        """The plan as the steps of one notebook see it: "" stands for the pipeline's own."""
        calls = {each.name: each for each in self.pipeline.calls}
        if not calls:
            return self
        steps = [step for step in self.pipeline.steps if step.call == call]
        names = {step.name for step in steps}
        cells = {cell for step in steps for cell in (*step.prelude, *step.cells)}
        own = calls.get(StepName(call))
        return replace(
            self,
            pipeline=replace(self.pipeline, parameters=own.parameters) if own else self.pipeline,
            effects={name: each for name, each in self.effects.items() if name in names},
            counts={cell: count for cell, count in self.counts.items() if cell in cells},
            parameters=own.values if own else self.parameters,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where steps run: the interpreter, its working directory and environment, and the run's folders."""

    python: str
    cwd: Path
    env: Mapping[str, str]
    bundles: Path
    folder: Path
    seed: int
    preload: tuple[str, ...] = ()
    #: Top-level modules that may be imported before a step is forked.
    preloadable: frozenset[str] = frozenset()
    #: Codecs that the interpreter's libraries offer: a type's dotted name, and "module:attribute".
    codecs: Mapping[str, str] = field(default_factory=dict)

    @property
    def interpreter(self) -> Interpreter:
        """The Python of the steps."""
        return Interpreter(self.python, self.cwd, self.env)

    def within(self, call: Call | None) -> Place:
        """The place of the steps of a called notebook: its own folder, and random numbers of its own."""
        if call is None:
            return self
        cwd = Path(os.path.normpath(self.cwd / call.path)).parent
        return replace(self, cwd=cwd, seed=self.seed ^ zlib.crc32(call.name.encode()))


def needed(effects: StepEffects, index: int, versions: Names) -> tuple[Version, ...]:
    """The versions that a step starts with, in the order of their names.

    Names that share objects with one that is read lie in the same bundle and come along, so that what
    is one object stays one object.
    """
    if effects.reads_all:
        found = {v.name: v for v in versions.all_before(index) if is_variable(v.name)}
    else:
        read = (versions.before(a.name, index) for a in effects.reads if is_variable(a.name))
        found = {v.name: v for v in read if v is not None}
    bundles = {v.bundle for v in found.values() if v.bundle}
    # The definition of a class that shares an object with variables lies in their bundle.
    names = {a.name for a in effects.reads}
    bundles |= {v.bundle for v in versions.all_before(index) if _class_name(v.name) in names}
    # What these hold may be what variables name.
    bundles |= {v.bundle for v in versions.all_before(index) if v.bundle and may_hold(v.name)}
    for version in versions.all_before(index):
        if version.bundle in bundles and is_variable(version.name):
            found[version.name] = version
    return tuple(found[name] for name in sorted(found))


def obstacles(effects: StepEffects, versions: tuple[Version, ...]) -> tuple[Version, ...]:
    """The versions that could not be stored though the step surely reads them."""
    overwritten = {a.name for a in effects.binds}
    read = {a.name for a in effects.reads} - overwritten
    return tuple(v for v in versions if v.obstacle and v.name in read and not effects.reads_all)


def step_spec(
    plan: Plan,
    place: Place,
    step: Step,
    index: int,
    versions: Names,
    folder: Path,
    marker: str = "",
    written: Mapping[str, int] | None = None,
) -> dict[str, object]:
    """The JSON that tells a process of ``nbflow.runtime`` what to do for one step.

    The step's outcome is written into ``folder``. ``written`` are the bundles that this run has written,
    with the times of their files in nanoseconds.
    """
    calls = {call.name: call for call in plan.pipeline.calls}
    arguments = _arguments(plan.pipeline, calls.get(StepName(step.call)), versions)
    hands_over = calls.get(step.name) if step.notebook else None
    start = () if hands_over else needed(plan.effects[step.name], index, versions)
    loaded = [version for version in start if version != arguments.get(version.name)]
    everything = tuple(versions.all_before(index))
    shown = plan.pipeline.shown_before(index)
    given = {name: _path(place, version.bundle) for name, version in arguments.items()}

    def cell(each: CellId, *, show: bool) -> dict[str, object]:
        told = _cell(plan, each, show=show)
        return {**told, "arguments": given} if given and _binds(plan, each) else told

    keeps_out = reads_results(plan.effects.values())
    return {
        "version": VERSION,
        "step": step.name,
        "index": index,
        "prelude": [cell(each, show=each not in shown) for each in step.prelude],
        "cells": [cell(each, show=True) for each in step.cells],
        "hand_over": [n for n in hands_over.taken if versions.before(n, index) is None]
        if hands_over
        else [],
        **brought(place, loaded, everything),
        "attributes": assigned_attributes(plan.effects.values()),
        "keep_out": keeps_out,
        "history": {count: plan.cells[cell].source for cell, count in plan.counts.items()}
        if keeps_out
        else {},
        "env": dict(step.resources.env),
        "trusted": {
            _path(place, version.bundle): written[version.bundle]
            for version in (*start, *everything)
            if version.bundle in written
        }
        if written
        else {},
        "codecs": dict(place.codecs),
        "marker": marker,
        "store": str(place.bundles),
        "outcome": str(folder / "outcome.json"),
        "cwd": str(place.cwd),
        "seed": place.seed,
        "fingerprints": None,
        "keep": sorted(plan.kept[step.name]) if step.name in plan.kept else None,
        "secrets": sorted({s.env for each in plan.pipeline.steps for s in each.resources.secrets}),
    }


def brought(
    place: Place, loaded: Iterable[Version], everything: Sequence[Version]
) -> dict[str, object]:
    """The part of a specification that says what is there when the step begins.

    ``loaded`` are the variables that it starts with, ``everything`` is all that steps before it have left.
    """
    loads: dict[str, list[Name]] = {}
    for version in loaded:
        if version.bundle:
            loads.setdefault(version.bundle, []).append(version.name)
    return {
        "loads": [
            {"bundle": _path(place, bundle), "names": names} for bundle, names in loads.items()
        ],
        "absent": sorted(v.name for v in everything if v.deleted),
        "ambient": {
            v.name: _path(place, v.bundle)
            # Colour maps before the parameters that name them.
            for v in sorted(everything, key=lambda v: v.name)
            if v.name.startswith("@") and v.bundle
        },
        "classes": {
            v.name.removeprefix(CLASS): _path(place, v.bundle)
            for v in everything
            if v.name.startswith(CLASS)
        },
        "modules": {
            v.name.removeprefix(MODULE): _path(place, v.bundle)
            for v in sorted(everything, key=lambda v: v.name)
            if v.name.startswith(MODULE) and v.bundle
        },
    }


#: Definitions of the notebook's classes are versions too, under names with this prefix.
CLASS = "class:"
#: The same for modules beside the notebook that a step has imported.
MODULE = "module:"


def _class_name(name: Name) -> Name:
    """The name by which the notebook knows the class of a definition, "" for anything else."""
    return class_name(name.removeprefix(CLASS)) if name.startswith(CLASS) else ""


def is_variable(name: Name) -> bool:
    """Whether the name is one of the user's, and not ambient state, the definition of a class or a module."""
    return not name.startswith(("@", CLASS, MODULE))


def final_spec(
    plan: Plan, place: Place, versions: Names, target: Path, call: str = ""
) -> dict[str, object]:
    """The JSON of a process that loads what the whole run left and writes fingerprints to ``target``."""
    index = len(plan.pipeline.steps)
    steps = [step for step in plan.pipeline.steps if step.call == call]
    prelude = tuple(dict.fromkeys(c for step in steps for c in step.prelude))
    last = Step(name=StepName("@final"), cells=(), prelude=prelude, call=call)
    return {
        **whole_spec(plan, place, last, index, versions, target.parent),
        "fingerprints": str(target),
    }


def whole_spec(
    plan: Plan, place: Place, step: Step, index: int, versions: Names, folder: Path
) -> dict[str, object]:
    """The same as ``step_spec`` for a step that is none of the plan's and begins with all variables."""
    everything = StepEffects(step=step.name, everything=True, reads_all=True)
    extended = replace(plan, effects={**plan.effects, step.name: everything})
    return step_spec(extended, place, step, index, versions, folder)


def _path(place: Place, bundle: str) -> str:
    return str(place.bundles / f"{bundle}.nbb")


def _cell(plan: Plan, cell: CellId, *, show: bool) -> dict[str, object]:
    source = plan.cells[cell]
    return {
        "id": cell,
        "source": source.source,
        "count": plan.counts.get(cell, 0),
        "show": show,
        "allow_error": "raises-exception" in source.tags,
        "parameters": dict(plan.parameters) if _binds(plan, cell) else {},
    }


def _binds(plan: Plan, cell: CellId) -> bool:
    """Whether it is a cell of parameters."""
    return binds_parameters(plan.cells[cell].tags)


def _arguments(pipeline: Pipeline, call: Call | None, versions: Names) -> dict[Name, Version]:
    """What the step that calls a notebook has handed over for its parameters."""
    names = [step.name for step in pipeline.steps] if call else []
    found: dict[Name, Version] = {}
    for name in call.arguments if call else ():
        version = versions.before(name, names.index(call.name) + 1) if call else None
        if version is not None and version.bundle:
            found[name] = version
    return found
