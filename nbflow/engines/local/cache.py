"""Results of earlier runs, used again where nothing that they depend on has changed.

Each result carries what it was made from; it is used again only where all of that is the same now, files
by their content. Why a step runs is told from the first thing that differs from its latest result.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from nbflow.engines.events import StepState
from nbflow.engines.local.filestate import (
    ABSENT,
    ASKED,
    FileState,
    FileStates,
    Look,
    look,
    parsed,
)
from nbflow.engines.local.inputs import Present, present
from nbflow.engines.local.outcome import StepResult, outcome
from nbflow.engines.local.packages import Packages
from nbflow.engines.local.parts import Parts
from nbflow.engines.local.plan import Place, Plan
from nbflow.engines.local.versions import Names
from nbflow.model import Grade, Name, Step, StepName
from nbflow.runtime.beside import FIRST
from nbflow.store import ResultRecord

#: How long a value may be that a reason shows.
_SHOWN: Final = 24
#: By how many seconds the clock may lag behind what has gone by.
_SET_BACK: Final = 0.05


class Results(Protocol):
    """Keeps results of steps."""

    def results(
        self, step: StepName, code: str, inputs: Mapping[str, str]
    ) -> Iterable[ResultRecord]:
        """The results of steps of this name and code that had these inputs, the newest first.

        The newest of all comes along, whatever its inputs were: it tells why there is no other.
        """

    def latest_result(self, notebook: str, step: StepName) -> ResultRecord | None:
        """The newest result of a step of this notebook, whatever its code."""

    def has_results(self, notebook: str) -> bool:
        """Whether there is any result of this notebook."""

    def keep_result(self, record: ResultRecord, outputs: Mapping[str, object]) -> None:
        """Keep a result, and what its cells have given."""

    def outputs_of(self, record: ResultRecord) -> Mapping[str, object] | None:
        """What the cells of a result have given, None where it is not stored any more."""

    def use_result(self, run: str, record: ResultRecord) -> bool:
        """Note that a run uses a result, so that it stays; false where it is gone."""

    def used_results(self, run: str) -> frozenset[int]:
        """The results of other runs that a run uses or may use since it resumes them, by their ids."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A result that is used again, and what its cells have shown."""

    result: StepResult
    outputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a step has to run, as a clause: "`depth` changed 3 -> 4"."""

    why: str


@dataclass(frozen=True, slots=True)
class Reuse:
    """Which results of earlier runs may be used: none (``off``), or none of the steps ``forced``.

    ``resumed`` is a run whose results are used although time or chance went into them; ``seed`` is its.
    """

    off: bool = False
    forced: frozenset[StepName] = frozenset()
    resumed: str = ""
    seed: int | None = None


class Cache:
    """The results that one run may use, and where it keeps its own."""

    def __init__(
        self,
        plan: Plan,
        place: Place,
        packages: Packages,
        results: Results,
        *,
        run: str,
        notebook: str,
        reuse: Reuse,
    ) -> None:
        self._plan = plan
        self._place = place
        self._parts = Parts(plan, place)
        self._packages = packages
        self._results = results
        self._run = run
        self._notebook = notebook
        self._reuse = reuse
        self._files = FileStates()
        self._begun: dict[int, Present] = {}
        self._looks: dict[int, Mapping[str, Look]] = {}
        self._is_first = not results.has_results(notebook)
        self._resumed = results.used_results(reuse.resumed) if reuse.resumed else frozenset()

    def look_up(self, step: Step, index: int, versions: Names) -> Hit | Miss:
        """The result of a step that would begin now, or why it has to run."""
        plan, place = self._parts.plan(step), self._parts.place(step)
        now = present(plan, place, self._packages, step, index, versions)
        self._begun[index] = now
        self._looks[index] = {path: look(path) for path in self._declared(step)}
        if self._reuse.off:
            return Miss("results of earlier runs are not used")
        if self._reuse.forced.intersection(self._plan.pipeline.around(step)):
            return Miss("asked for")
        first = None
        for record in self._results.results(step.name, now.code(), now.parameters()):
            difference = self._difference(record, now)
            if not difference and self._results.use_result(self._run, record):
                outputs = self._results.outputs_of(record)
                if outputs is not None:
                    return self._hit(record, outputs, step, index)
                difference = "what it has shown is no longer stored"
            first = first or difference
        return Miss(first or self._why_new(now))

    def _difference(self, record: ResultRecord, now: Present) -> str:
        """What keeps a result of the same code from being used, or ""."""
        resumed = record.run == self._reuse.resumed or record.id in self._resumed
        if now.step.resources.cache is False and not resumed:
            return "tagged cache:disabled"
        if record.passing and not (resumed or now.step.resources.cache):
            return f"it has used {self._short(record.passing[0])}"
        for key, value in record.inputs.items():
            found = now.value(key)
            if not found and key.startswith("module "):
                continue  # the step would import it from its file, which is looked at below
            if found != value:
                return _told(key, value, found)
        for files, what in ((record.read, "changed"), (record.written, "is not what it wrote")):
            for path, known in ((path, parsed(text)) for path, text in files.items()):
                if self._files.now(path, known).digest != known.digest:
                    return f"{self._described(path)} {what}"
        missing = [b for b in record.bundles if not (self._place.bundles / f"{b}.nbb").exists()]
        if missing:
            return "what it made is no longer stored"
        lost = self._not_kept(record, now.step)
        return f"`{lost[0]}` was not stored" if lost else ""

    def _not_kept(self, record: ResultRecord, step: Step) -> list[Name]:
        """The names that this run stores of a step, and the one that made the result did not."""
        dropped = json.loads(record.body)["outcome"].get("dropped", {})
        kept = self._plan.kept.get(step.name)
        return sorted(dropped if kept is None else kept.intersection(dropped))

    def _short(self, path: str) -> str:
        return path.removeprefix(ASKED).removeprefix(f"{self._place.cwd}/")

    def _described(self, path: str) -> str:
        if path == str(self._place.cwd):
            return "the notebook's folder"
        kind = "folder" if os.path.isdir(path.removeprefix(ASKED)) else "file"
        return f"{kind} {self._short(path)}"

    def _why_new(self, now: Present) -> str:
        latest = self._results.latest_result(self._notebook, now.step.name)
        if latest is None:
            return "" if self._is_first else "it has no earlier result"
        cells = [
            (key.removeprefix("cell "), value)
            for key, value in latest.inputs.items()
            if key.startswith("cell ")
        ]
        numbers = {str(cell.id): cell.number for cell in self._plan.cells.values()}
        for cell, digest in cells:
            if cell in numbers and now.value(f"cell {cell}") != digest:
                return f"cell {numbers[cell]} changed"
        same = set(dict(cells)) == set(self._plan.uses[now.step.name].code)
        return "its settings or its part of the prelude changed" if same else "its code changed"

    def _hit(
        self, record: ResultRecord, outputs: Mapping[str, object], step: Step, index: int
    ) -> Hit:
        body = json.loads(record.body)
        result = StepResult(
            step=step.name,
            index=index,
            state=StepState.DONE,
            reason=f"unchanged since run {record.run}",
            reused=record.run,
            outcome=outcome(body["outcome"]),
            peak_bytes=body["peak_bytes"],
            cell_seconds=body["cell_seconds"],
        )
        return Hit(result, outputs)

    def keep(
        self, step: Step, result: StepResult, folder: Path, outputs: Mapping[str, object]
    ) -> None:
        """Keep the result of a step that has ended well."""
        now = self._begun[result.index]
        done = result.outcome
        read = {path: self._files.now(path) for path in self._looked_at(step, result)}
        written = {path: self._files.now(path) for path in self._changed_files(step, result)}
        body = {
            "outcome": json.loads((folder / "outcome.json").read_text(encoding="utf-8")),
            "peak_bytes": result.peak_bytes,
            "cell_seconds": dict(result.cell_seconds),
        }
        self._results.keep_result(
            ResultRecord(
                run=self._run,
                notebook=self._notebook,
                step=step.name,
                code=now.code(),
                inputs=now.inputs(done),
                read={path: state.as_text() for path, state in read.items()},
                written={path: state.as_text() for path, state in written.items()},
                passing=self._passing(step, result, read),
                bundles=tuple(sorted(_bundles(body["outcome"]))),
                body=json.dumps(body),
            ),
            outputs,
        )

    def _looked_at(self, step: Step, result: StepResult) -> list[str]:
        done = result.outcome
        unseen = self._declared(step) - done.files_asked
        found = {*done.files_read, *done.module_files, *unseen} - done.files_written
        asked = done.files_asked - done.files_written
        links = {path for path in asked & found if os.path.islink(path)}
        asked = (asked - found) | links
        return sorted([*filter(None, found), *(ASKED + path for path in asked)])

    def _declared(self, step: Step) -> set[str]:
        """The files that the step reads, as far as its code shows."""
        reads = self._plan.effects[step.name].reads
        return {self._absolute(step, a.name) for a in reads if a.name.startswith("@file:")}

    def _changed_files(self, step: Step, result: StepResult) -> list[str]:
        mutates = self._plan.effects[step.name].mutates
        declared = {
            self._absolute(step, a.name)
            for a in mutates
            if a.name.startswith("@file:") and a.grade is Grade.LIKELY
        }
        return sorted({*result.outcome.files_written, *result.outcome.files_left, *declared})

    def _absolute(self, step: Step, name: str) -> str:
        return str(self._parts.place(step).cwd / name.removeprefix("@file:"))

    def _passing(
        self, step: Step, result: StepResult, read: Mapping[str, FileState]
    ) -> tuple[str, ...]:
        """What makes the same step give something else at another time."""
        done, reads = result.outcome, self._plan.effects[step.name].reads
        names = {a.name for a in reads if a.grade is Grade.LIKELY}
        clock = ["the clock"] if "@clock" in names else []
        chance = ["chance that no seed repeats"] if "@chance" in names else []
        unseen = ["a file that was opened without Python"] if "@unseen" in names else []
        moved = [
            f"{self._short(path)}, which changed meanwhile"
            for path, state in read.items()
            if self._has_moved(path.removeprefix(ASKED), state, result)
        ]
        return (*done.passing, *clock, *chance, *unseen, *moved)

    def _has_moved(self, path: str, state: FileState, result: StepResult) -> bool:
        """Whether a file is not what it was when the step first looked at it, or began.

        Of a file that nobody has looked at before, its time decides. Clocks that were set back meanwhile
        make every such time doubtful.
        """
        before = result.outcome.files_seen.get(path) or self._looks[result.index].get(path)
        if before is not None:
            return before != (state.size, state.time_ns)
        began = result.started or 0.0
        set_back = began + result.seconds - time.time() > _SET_BACK
        return state.digest != ABSENT and (set_back or state.time_ns / 1e9 > began)


def _told(key: str, before: str, after: str) -> str:
    """What the user reads of an input that is another now."""
    kind, _, name = key.partition(" ")
    name = name.removeprefix("@")
    if before.startswith("seed "):
        return f"it draws unseeded from {name}"
    told = {
        "parameter": f"`{name}` changed {_cut(before)} -> {_cut(after)}",
        "variable": f"`{name}` changed",
        "class": f"class `{name.rpartition('/')[2]}` changed",
        "cell": "its code changed",
        "module": f"module `{name.partition(FIRST)[0]}` changed",
        "modules": "what is imported changed",
        "state": f"{name} changed",
        "states": " and ".join(_others(before, after)).replace("@", "") + " changed",
        "variables": " and ".join(f"`{each}`" for each in _others(before, after)) + " came or went",
        "environment": f"environment variable {name} changed",
        "environ": "an environment variable was added or taken away",
        "zone": "the machine's time zone changed",
        "package": _told_of_package(before, after),
        "python": f"Python {before[:7].strip()} changed to {after[:7].strip()}",
    }
    return told.get(kind, "what it begins with changed")


def _others(before: str, after: str) -> list[str]:
    """The names that are only in one of two lists."""
    return sorted(set(before.split()) ^ set(after.split()))


def _told_of_package(before: str, after: str) -> str:
    if not before or not after:
        return f"{_versions(before or after)} was {'removed' if before else 'installed'}"
    return f"{_versions(before)} changed to {_versions(after)}"


def _bundles(data: Mapping[str, object]) -> set[str]:
    found: set[str] = set()
    for kind in ("written", "ambient", "handed"):
        table = data.get(kind, {})
        assert isinstance(table, dict)
        found.update(entry["bundle"] for entry in table.values())
    classes = data["classes"]
    assert isinstance(classes, dict)
    return found.union(classes.values())


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _versions(text: str) -> str:
    """ "numpy 2.4.6 f7c04dc4" without the digest of the content."""
    return ", ".join(" ".join(each.split()[:2]) for each in text.split(", "))
