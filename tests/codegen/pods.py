"""Notebooks run as they run on a cluster, without one: each step in a process of its own, in an empty folder.

What travels between steps are the files that targets declare as artifacts; the runtime is the packed one.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import cloudpickle

from nbflow import runtime
from nbflow.analysis.narrowed import narrowed
from nbflow.codegen import brought, carried
from nbflow.codegen.assembly import Artifact, Assembly, Component, Source
from nbflow.diagnostics import Severity
from nbflow.engines.local.keeping import Keep
from nbflow.engines.outputs import Output, Outputs
from nbflow.model import (
    Access,
    CellId,
    Edge,
    Json,
    Location,
    Name,
    Step,
    StepEffects,
    StepName,
    StepUse,
)
from nbflow.runtime import crate
from nbflow.runtime import task as tasks
from nbflow.service.material import source_of
from nbflow.service.request import plan_of, request
from nbflow.service.target_findings import about_calls

#: What runs in the process of a pod. Paths stand for artifacts.
_DRIVER = """
import json, sys, tempfile
with open(sys.argv[1], encoding="utf-8") as file:
    order = json.load(file)
sys.path.insert(0, order["runtime"])
from nbflow_runtime import archive, pod, task
try:
    with tempfile.TemporaryDirectory() as folder:
        runtime = archive.unpack(folder)
        ended = pod.run(task.Task.parse(order["task"]), runtime=runtime, **order["given"])
    told = {name: getattr(ended, name) for name in ("events", "metrics", "described", "page")}
except pod.StepError as error:
    told = {"events": error.events, "error": str(error)}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(told, file)
"""
#: The step that reads all that the others have left, where the end of a run is asked for.
END = StepName("@end")


class Refused(Exception):  # noqa: N818 - as in nbflow.service
    """The notebook is not converted: its findings say why."""

    def __init__(self, codes: Sequence[str], text: str) -> None:
        super().__init__(text)
        self.codes = tuple(codes)


@dataclass(slots=True)
class Ran:
    """What the steps have given; ``failed`` leads from a step that has failed to the sentence it told.

    ``crashed`` is the same for steps that ended without a sentence. ``texts`` is what the process of each
    pod has written.
    """

    outputs: Outputs = field(default_factory=Outputs)
    failed: dict[str, str] = field(default_factory=dict)
    crashed: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    pages: dict[StepName, str] = field(default_factory=dict)
    described: dict[Name, Mapping[str, object]] = field(default_factory=dict)
    order: list[StepName] = field(default_factory=list)

    def stdout(self, cell: str) -> str:
        """The text that a cell has written to stdout."""
        return "".join(
            str(each["text"])
            for each in self.of(cell)
            if each["output_type"] == "stream" and each["name"] == "stdout"
        )

    def of(self, cell: str) -> list[Output]:
        """The outputs of a cell."""
        return self.outputs.of(CellId(cell))


@dataclass(frozen=True, slots=True)
class Setting:
    """How pods run: their Python and environment, and whether the later of two steps goes first.

    Every file of ``beside`` is laid out in each pod, by its path from there.
    """

    python: str = sys.executable
    env: Mapping[str, str] | None = None
    backwards: bool = False
    beside: Path | None = None
    seed: int = 7


def analysed(
    notebook: Path,
    parameters: Mapping[str, str] | None = None,
    changed: Mapping[StepName, frozenset[Name]] | None = None,
) -> tuple[Source, Mapping[Name, Json]]:
    """The notebook as targets are given it, and the values of parameters that are given.

    ``changed`` is what a verified run has shown of steps (see ``analysis.narrowed``).

    Raises ``Refused``.
    """
    asked = request(str(notebook), parameters or {}, ())
    errors = [each for each in asked.analysis.findings if each.severity is Severity.ERROR]
    if errors:
        codes = sorted({each.code for each in errors})
        raise Refused(codes, "; ".join(each.message for each in errors))
    asked = replace(asked, analysis=narrowed(asked.analysis, changed or {}))
    plan = plan_of(asked, Keep.ALL)
    source = source_of(asked, plan)
    told = about_calls(source, asked.analysis.notebooks)
    calls = [each for each in told if each.severity is Severity.ERROR]
    if calls:
        raise Refused([each.code for each in calls], "; ".join(each.message for each in calls))
    return source, plan.parameters


def ending(source: Source) -> Source:
    """The same with a step behind all others that reads whatever they have left."""
    steps = source.pipeline.steps
    own = [step for step in steps if not step.call]
    prelude = tuple(dict.fromkeys(cell for step in own for cell in step.prelude))
    written = {step.name: source.effects[step.name].written for step in steps}
    edges = tuple(Edge(name, END, tuple(sorted(names))) for name, names in written.items())
    names = sorted({name for found in written.values() for name in found})
    reads = tuple(Access(name, Location(CellId(""), 0)) for name in names)
    pipeline = replace(
        source.pipeline,
        steps=(*steps, Step(END, (), prelude)),
        edges=(*source.pipeline.edges, *edges),
    )
    return replace(
        source,
        pipeline=pipeline,
        effects={**source.effects, END: StepEffects(END, reads, reads_all=True)},
        uses={**source.uses, END: StepUse(END, {})},
    )


@lru_cache(maxsize=1)
def runtime_text() -> str:
    """The runtime as it travels."""
    texts = [
        {path.name: path.read_text(encoding="utf-8") for path in _folder(module).glob("*.py")}
        for module in (runtime.__file__, cloudpickle.__file__)
    ]
    return brought.packed(*texts)


def _folder(module: str | None) -> Path:
    assert module is not None
    return Path(module).parent


class Pods:
    """Runs the components of an assembly; the files of a run lie below ``folder``."""

    def __init__(self, assembly: Assembly, folder: Path, setting: Setting = Setting()) -> None:
        self.assembly, self.folder, self.setting = assembly, folder, setting
        self.runtime = folder / "runtime"
        folder.mkdir(parents=True, exist_ok=True)
        self.runtime.write_bytes(_archive(setting.python))
        self.beside = _archived(setting.beside, folder / "beside")
        self.ran = Ran()

    def run(self, parameters: Mapping[Name, Json] | None = None) -> Ran:
        """What the steps give, the parameters having these values; those behind a failed step do not run."""
        for component in self.order():
            given = {p.name: p.default for p in component.parameters}
            given |= {n: v for n, v in (parameters or {}).items() if n in given}
            if all(self._done(name) for name in _before(component)):
                self.step(component, given)
        return self.ran

    def left(self) -> dict[Name, str]:
        """Fingerprints of the variables that the run has left (see ``ending``)."""
        found: dict[Name, str] = json.loads((self.folder / "fingerprints.json").read_text())
        return found

    def obstacles(self) -> set[Name]:
        """The variables that could not be stored when a step ended."""
        with tempfile.TemporaryDirectory() as place:
            crates = [
                crate.read(str(p), lambda name: f"{place}/{name}")
                for p in self.folder.glob("*/of_*")
            ]
        return {each.name for versions in crates for each in versions if each.obstacle}

    def order(self) -> list[Component]:
        """The components in an order that their artifacts allow."""
        left, found = list(self.assembly.components), list[Component]()
        while left:
            waiting = {component.step.name for component in left}
            ready = [each for each in left if waiting.isdisjoint(_before(each))]
            found.append(ready[-1 if self.setting.backwards else 0])
            left.remove(found[-1])
        return found

    def _done(self, step: StepName) -> bool:
        return (self.folder / self._name(step) / "state").exists() and step in self.ran.order

    def _name(self, step: StepName) -> str:
        return self.assembly.component(step).name

    def _path(self, artifact: Artifact) -> str:
        return str(self.folder / self._name(artifact.writer) / f"of_{artifact.name}")

    def step(self, component: Component, parameters: Mapping[Name, Json]) -> None:
        """Run one step, once more if it has been run before."""
        name = component.step.name
        own = self.folder / component.name
        own.mkdir(exist_ok=True)
        (own / "told.json").unlink(missing_ok=True)
        order, told = own / "order.json", own / "told.json"
        taken = [self._path(artifact) for artifact in component.takes]
        taken += [str(self.folder / self._name(step) / "state") for step in component.after]
        given = {
            "taken": taken,
            "given": {artifact.variable: self._path(artifact) for artifact in component.gives},
            "state": str(own / "state"),
            "parameters": parameters,
            "seed": self.setting.seed,
            "carried": self.beside,
            "fingerprints": str(self.folder / "fingerprints.json") if name == END else None,
        }
        text = json.dumps(
            {"task": tasks.as_json(component.task), "given": given, "runtime": str(self.runtime)}
        )
        order.write_text(text, encoding="utf-8")
        with tempfile.TemporaryDirectory(prefix="pod-") as empty:
            done = subprocess.run(
                [self.setting.python, "-c", _DRIVER, str(order), str(told)],
                capture_output=True,
                check=False,
                cwd=empty,
                env=None if self.setting.env is None else dict(self.setting.env),
            )
        streams = [each.decode("utf-8", "replace") for each in (done.stdout, done.stderr)]
        self.ran.texts[name] = (streams[0], streams[1])
        self.ran.order.append(name)
        self._hear(name, json.loads(told.read_text(encoding="utf-8")) if told.exists() else None)

    def _hear(self, step: StepName, told: Mapping[str, object] | None) -> None:
        if told is None:
            self.ran.crashed[step] = self.ran.texts[step][1]
            self.ran.order.remove(step)
            return
        for event in _list(told["events"]):
            self._output(event)
        if "error" in told:
            self.ran.failed[step] = str(told["error"])
            self.ran.order.remove(step)
            return
        self.ran.metrics |= _dict(told["metrics"])
        self.ran.described |= _dict(told["described"])
        self.ran.pages[step] = str(told["page"])

    def _output(self, event: dict[str, object]) -> None:
        if event["event"] == "stream":
            cell = CellId(str(event["cell"]))
            self.ran.outputs.stream(cell, str(event["name"]), str(event["text"]))
        elif event["event"] != "cell_start":
            self.ran.outputs.add(event)


def _before(component: Component) -> set[StepName]:
    return {*component.after, *(artifact.writer for artifact in component.takes)}


@cache
def _archive(python: str) -> bytes:
    """The archive that the runtime is imported from, made as the first pod makes it."""
    lines = brought.unpacking("open(sys.argv[1]).read()", "sys.argv[2]")
    code = "\n".join(("import sys", *lines))
    with tempfile.TemporaryDirectory() as folder:
        text, target = Path(folder) / "runtime.txt", Path(folder) / "runtime"
        text.write_text(runtime_text(), encoding="ascii")
        subprocess.run([python, "-c", code, str(text), str(target)], check=True)
        return target.read_bytes()


def _archived(folder: Path | None, target: Path) -> list[str]:
    """The archive of a folder's files, as the path that a pod is given it by; none of no folder."""
    if folder is None:
        return []
    found = (path for path in folder.rglob("*") if path.is_file())
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    target.write_bytes(base64.b64decode(carried.packed(contents)))
    return [str(target)]


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def _dict(value: object) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value
