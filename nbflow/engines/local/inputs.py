"""What the result of a step depends on, as one table of kinds and names to digests.

Code, parameters, values, ambient state, environment variables, packages: the key of each is its kind and
its name (``variable df``). Files are told apart from them, in ``filestate``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nbflow import __version__
from nbflow.engines.local.filestate import digest_of
from nbflow.engines.local.outcome import Outcome
from nbflow.engines.local.packages import Packages
from nbflow.engines.local.plan import CLASS, MODULE, Place, Plan, is_variable
from nbflow.engines.local.versions import Names, Version
from nbflow.model import (
    GENERATORS,
    SET_BY_IMPORTS,
    CellId,
    Grade,
    Name,
    Step,
    StepEffects,
    StepName,
    reads_results,
)

#: Environment variables that libraries read without Python.
_ALWAYS: Final = (
    "CUDA_VISIBLE_DEVICES", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "MKL_NUM_THREADS", "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "PYTHONPATH", "TZ",
)  # fmt: skip
#: What says in which zone the machine stands.
_ZONE: Final = Path("/etc/localtime")
#: The form of the table; a result of another form is not looked at.
_FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Present:
    """What a step would be given if it began now: ``given`` maps names to the versions before it."""

    plan: Plan
    place: Place
    packages: Packages
    step: Step
    index: int
    given: Mapping[Name, str]
    #: The ambient state that counts for the step.
    states: frozenset[Name] = frozenset()

    def code(self) -> str:
        """A digest of the step's own code and all that comes with it."""
        use = self.plan.uses[self.step.name]
        resources = self.step.resources
        hidden = self.plan.pipeline.shown_before(self.index).intersection(self.step.prelude)
        cells = (*self.step.prelude, *self.step.cells)
        whole = [
            _FORM, __version__, self.step.name, [(cell, use.code.get(cell, "")) for cell in cells],
            use.parameters, sorted(hidden), list(resources.env), self._history(), *self._calls(),
        ]  # fmt: skip
        return digest_of(json.dumps(whole))

    def _calls(self) -> list[list[Name]]:
        """The names that the step hands over to the notebook it calls, and those that its own was handed."""
        calls = {call.name: call for call in self.plan.pipeline.calls}
        called = calls.get(self.step.name) if self.step.notebook else None
        own = calls.get(StepName(self.step.call))
        taken = list(called.taken) if called else []
        used = self.plan.uses[self.step.name].parameters
        arguments = [n for n in own.arguments if n in self.given and n in used] if own else []
        return [taken, arguments] if called or own else []

    def _history(self) -> list[tuple[int, str]]:
        """The texts of all cells, where the notebook looks at them by their counts."""
        counts, looks = self.plan.counts, reads_results(self.plan.effects.values())
        return [(counts[c], self.plan.cells[c].source) for c in counts] if looks else []

    def value(self, key: str) -> str:
        """The digest that stands for ``key`` now, "" where there is nothing of that name."""
        kind, _, name = key.partition(" ")
        return _VALUES[kind](self, name)

    def parameters(self) -> dict[str, str]:
        """What the parameters that the step reads are now, by their keys.

        Only of names that every database reads as they are written.
        """
        names = filter(str.isascii, self.plan.uses[self.step.name].parameters)
        return {key: self.value(key) for key in (f"parameter {name}" for name in names)}

    def _parameter(self, name: Name) -> object:
        defaults = {p.name: p.default for p in self.plan.pipeline.parameters}
        return self.plan.parameters.get(name, defaults.get(name))

    def _state(self, name: Name) -> str:
        first = f"seed {self.place.seed}" if name in GENERATORS else ""
        return self.given.get(name, first)

    def _names(self, wanted: Callable[[Name], bool]) -> str:
        return " ".join(sorted(filter(wanted, self.given)))

    def _modules(self) -> str:
        """The modules beside the notebook that earlier steps have imported, with their texts."""
        return digest_of(
            json.dumps(sorted(i for i in self.given.items() if i[0].startswith(MODULE)))
        )

    def inputs(self, outcome: Outcome) -> dict[str, str]:
        """All that a result with this outcome depends on, besides files.

        Of a module beside the notebook it is the text that the step has imported.
        """
        texts = {f"module {name}": text for name, text in outcome.modules.items() if text}
        return {key: self.value(key) for key in self._keys(outcome)} | texts

    def _keys(self, outcome: Outcome) -> Iterator[str]:
        effects, use = self.plan.effects[self.step.name], self.plan.uses[self.step.name]
        yield from ("python", "folder", "zone", "states")
        yield from (f"cell {cell}" for cell in use.code)
        yield from (f"parameter {name}" for name in use.parameters)
        names = {a.name for a in effects.reads if is_variable(a.name)}
        names |= outcome.loaded.intersection(outcome.written)  # a part of what it has stored
        if effects.reads_all:
            yield "variables"
            names.update(filter(is_variable, self.given))
        if "@sys.modules" in {access.name for access in effects.reads}:
            yield "modules"
        yield from (f"variable {name}" for name in sorted(names))
        yield from (f"state {name}" for name in sorted({*self.states, *_changed(outcome)}))
        yield from (f"state {name}" for name in sorted(_drawn(effects, outcome)))
        yield from (f"class {key}" for key in outcome.classes_read)
        yield from (f"environment {name}" for name in sorted({*_ALWAYS, *outcome.environ}))
        if outcome.environ_listed:
            yield "environ"
        yield from (f"package {name}" for name in sorted(outcome.libraries | outcome.missing))


#: What stands for an input now, by its kind.
_VALUES: Final[Mapping[str, Callable[[Present, str], str]]] = {
    "variable": lambda now, name: now.given.get(name, ""),
    "state": lambda now, name: now._state(name),
    "class": lambda now, name: now.given.get(CLASS + name, ""),
    "cell": lambda now, name: now.plan.uses[now.step.name].code.get(CellId(name), ""),
    "parameter": lambda now, name: json.dumps(now._parameter(name)),
    "environment": lambda now, name: digest_of(now.place.env.get(name, "\0absent")),
    "environ": lambda now, _: digest_of("\0".join(sorted(now.place.env))),
    "package": lambda now, name: now.packages.of(name),
    "variables": lambda now, _: now._names(is_variable),
    "states": lambda now, _: " ".join(sorted(now.states)),
    "module": lambda now, name: now.given.get(MODULE + name, ""),
    "modules": lambda now, _: now._modules(),
    "python": lambda now, _: now.packages.python,
    "folder": lambda now, _: str(now.place.cwd),
    "zone": lambda now, _: _zone(now.place.env),
}


def present(
    plan: Plan, place: Place, packages: Packages, step: Step, index: int, versions: Names
) -> Present:
    """What step ``index`` would be given now."""
    before = tuple(versions.all_before(index))
    given = {version.name: _of(version) for version in before}
    waited = (edge.variables for edge in plan.pipeline.edges if edge.reader == step.name)
    declared = {a.name for a in plan.effects[step.name].reads}.union(*waited)
    states = frozenset(
        version.name
        for version in before
        if _is_state(version.name) and (version.name in declared or not _is_foreseen(plan, version))
    )
    return Present(plan, place, packages, step, index, given, states)


def _is_foreseen(plan: Plan, version: Version) -> bool:
    """Whether it was to be expected that a version of ambient state is made.

    Whether such state is there when a step begins that does not wait for it depends on who is faster (see
    ``validation``).
    """
    writer = plan.effects[plan.pipeline.steps[version.writer].name]
    foreseen = (a.name for a in (*writer.binds, *writer.mutates) if not a.learned)
    return version.name in SET_BY_IMPORTS or version.name in foreseen


def _changed(outcome: Outcome) -> frozenset[Name]:
    """The ambient state that a step has changed, and so has used."""
    return frozenset(filter(_is_state, outcome.ambient))


def _zone(env: Mapping[str, str]) -> str:
    """The machine's time zone, where no environment variable gives another one."""
    if env.get("TZ"):
        return "TZ"
    try:
        return hashlib.blake2b(_ZONE.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return "none"


def _of(version: Version) -> str:
    if version.obstacle:
        return f"obstacle {version.writer}"
    return version.bundle or "deleted"


def _is_state(name: Name) -> bool:
    return name.startswith("@") and name not in GENERATORS


def _drawn(effects: StepEffects, outcome: Outcome) -> frozenset[Name]:
    """The generators whose state the step has begun with and used."""
    declared = {a.name for a in (*effects.reads, *effects.mutates) if a.grade is Grade.LIKELY}
    return (GENERATORS & {*declared, *outcome.ambient}) - outcome.seeded
