"""A pipeline for Kubeflow Pipelines: a module in its SDK's own language, one component a step.

The module reads the steps' cells, the runtime and the files that go along from files beside it, and hands
them to the compiler as data. Source: https://kubeflow-pipelines.readthedocs.io (kfp 2), kfp-kubernetes for
what pods need.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from nbflow import __version__
from nbflow.codegen import brought, carried, kfp_settings, kfp_volumes, steps
from nbflow.codegen.assembly import Artifact, Assembly, Component
from nbflow.codegen.kfp_names import Names
from nbflow.codegen.layout import (
    Lines,
    argument,
    assigned,
    call,
    docstring,
    indented,
    inline,
)
from nbflow.codegen.names import kubernetes_name
from nbflow.codegen.notebook_volumes import NotebookVolume
from nbflow.codegen.obstacle import sayable
from nbflow.codegen.options import CommonOptions
from nbflow.codegen.own_pods import own_pods
from nbflow.model import Json, Parameter, StepName, is_delicate

MODULE: Final = "pipeline.py"
MANIFEST: Final = "pipeline.yaml"
RUNTIME: Final = "runtime.txt"
FILES: Final = "files.txt"
#: The type of an artifact of which nothing is known.
PLAIN: Final = "Artifact"


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """How the pipeline is to run.

    ``types`` leads from variables that steps hand on to the types of their artifacts.
    """

    types: Mapping[tuple[StepName, str], str] = field(default_factory=dict)


def files(assembly: Assembly, runtime: str, options: Options) -> dict[str, str]:
    """The files by their paths; ``runtime`` is what ``brought.packed`` gives."""
    found = {MODULE: module(assembly, options), RUNTIME: runtime + "\n"}
    if options.files:
        found[FILES] = options.files + "\n"
    return {**found, **dict(steps.files(assembly))}


def module(assembly: Assembly, options: Options) -> str:
    """The text of the module; it is proven to be Python."""
    writer = _Module(assembly, options)
    text = "\n".join(writer.lines()).rstrip() + "\n"
    ast.parse(text)
    return text


def parameters(assembly: Assembly) -> dict[str, Parameter]:
    """The parameters of the pipeline that its steps use, by the names that they have there."""
    names = Names(assembly)
    used = {p.name for c in assembly.components for p in c.parameters}
    return {names.parameter(p): p for p in assembly.pipeline.parameters if p.name in used}


def argument_value(parameter: Parameter, value: Json) -> Json:
    """A value for a parameter as a run is given it; None where it would not arrive as it is."""
    if parameter.delicate:
        return _as_text(value)
    return None if is_delicate(value) else value


def tasks(assembly: Assembly, options: Options) -> dict[StepName, str]:
    """The name of each step's task in the manifest, as the SDK makes it of the name of its component."""
    names = Names(assembly, len(carried.parts(options.files)))
    before = [names.runtime, *([names.carry] * len(names.files))]
    legal = [_task_name(each) for each in (*before, *names.functions.values())]
    found: dict[str, None] = {}
    for name in legal:
        numbered = (f"{name}-{number}" for number in itertools.count(2))
        found[name if name not in found else next(n for n in numbered if n not in found)] = None
    return dict(zip(names.functions, list(found)[len(before) :], strict=True))


def _task_name(component: str) -> str:
    return re.sub("[^0-9a-z]+", "-", component.lower()).strip("-")


def uses_kubernetes(assembly: Assembly) -> bool:
    """Whether the module needs ``kfp-kubernetes``."""
    pipeline = assembly.pipeline
    found = [
        kfp_settings.settings("", own, kfp_volumes.mounts(pipeline, own))
        for own in (own_pods(pipeline), *(c.step.resources for c in assembly.components))
    ]
    calls = any(
        line.startswith("kubernetes.") for each in found for lines in each for line in lines
    )
    return calls or bool(kfp_volumes.volumes(pipeline))


class _Module:
    def __init__(self, assembly: Assembly, options: Options) -> None:
        self.assembly, self.options = assembly, options
        self.parts = len(carried.parts(options.files))
        self.names = Names(assembly, self.parts)

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for component in self.assembly.components:
            yield from self._component(component)
        yield from self._pipeline()
        yield from _FOOT.splitlines()

    def _head(self) -> Iterator[str]:
        about = (
            f"The pipeline {self.assembly.name} of {self.options.notebook}, for Kubeflow Pipelines."
        )
        told = docstring(about, room=100)
        yield from [told[0].removesuffix('"""'), *told[1:-1]]
        yield from (
            "",
            f"Made by nbflow {__version__}. Compile it: python {MODULE} [{MANIFEST}]",
            '"""',
        )
        types: set[str] = {"HTML", PLAIN, "Input", "Output", *self.options.types.values()}
        types -= set() if any(c.reported for c in self.assembly.components) else {"HTML"}
        types |= {"Metrics"} if any(c.task.metrics for c in self.assembly.components) else set()
        yield from _HEAD.splitlines()
        yield from ("", "from kfp import compiler, dsl")
        if uses_kubernetes(self.assembly):
            yield "from kfp import kubernetes"
        # As ruff sorts them: names in capitals first.
        ordered = sorted(types, key=lambda name: (not name.isupper(), name))
        yield from (f"from kfp.dsl import {', '.join(ordered)}", "")
        yield "HERE = Path(__file__).parent"
        yield from assigned("IMAGE = ", self.options.image)
        if self.parts:
            yield f'FILES = (HERE / "{FILES}").read_text().strip()'
        names = self.names
        yield from ("", *_runtime(names.runtime))
        if self.parts:
            yield from _CARRY.replace("def files(", f"def {names.carry}(").splitlines()

    # Components

    def _component(self, component: Component) -> Iterator[str]:
        wanted = self.options.requirements.get(component.step.name, ())
        image = sayable(component.step.resources.image)
        base = argument("base_image", image) if image else ["base_image=IMAGE"]
        packages = [argument("packages_to_install", list(wanted), room=96)] if wanted else []
        yield from ("", "", *call("@dsl.component(", [base, *packages]))
        head = list(self._arguments(component))
        yield from call(
            f"def {self.names.functions[component.step.name]}(", head, "):", always=True
        )
        yield from indented(docstring(component.title or component.step.name))
        yield from ("    import sys", "", "    sys.path.insert(0, runtime.path)")
        yield from ("    from nbflow_runtime import component", "")
        yield from indented(call("component.run(", list(self._values(component)), always=True))

    def _arguments(self, component: Component) -> Iterator[Lines]:
        """The arguments of a component with their types."""
        yield ["task: str"]
        if component.draws:
            yield ["run_id: str"]
        for parameter, name in self.names.arguments(component):
            yield [f"{name}: {_type(parameter)}"]
        yield [f"runtime: Input[{PLAIN}]"]
        for name in self._files(component):
            yield [f"{name}: Input[{PLAIN}]"]
        for source, name in self.names.taken(component).items():
            yield [f"{name}: Input[{self._kind(*source)}]"]
        for artifact, name in self.names.given(component).items():
            yield [f"{name}: Output[{self._type_of(artifact)}]"]
        yield [f"state: Output[{PLAIN}]"]
        if component.reported:
            yield ["report: Output[HTML]"]
        if component.task.metrics:
            yield ["metrics: Output[Metrics]"]

    def _values(self, component: Component) -> Iterator[Lines]:
        """What a component hands to the runtime."""
        yield ["task"]
        values = {p.name: name for p, name in self.names.arguments(component)}
        yield _dictionary("parameters", values)
        yield _list("taken", self.names.taken(component).values())
        yield _dictionary(
            "given", {a.variable: name for a, name in self.names.given(component).items()}
        )
        yield ["state=state"]
        if self._files(component):
            yield _list("files", self._files(component))
        if component.reported:
            yield ["report=report"]
        if component.task.metrics:
            yield ["metrics=metrics"]
        if component.draws:
            yield ["run_id=run_id"]

    def _files(self, component: Component) -> tuple[str, ...]:
        """The arguments for the files that a step may read."""
        return self.names.files if self.options.carried(component.step.name) else ()

    def _type_of(self, artifact: Artifact) -> str:
        return self.options.types.get((artifact.writer, artifact.variable), PLAIN)

    def _kind(self, step: StepName, output: str) -> str:
        """The type of what a step hands on under a name of its component."""
        given = self.names.given(self.assembly.component(step))
        return next((self._type_of(a) for a, name in given.items() if name == output), PLAIN)

    # The pipeline

    def _pipeline(self) -> Iterator[str]:
        pipeline = self.assembly.pipeline
        about = (
            pipeline.metadata.description or f"The notebook {self.options.notebook} as a pipeline."
        )
        told = [
            argument("name", kubernetes_name(self.assembly.name), room=96),
            argument("description", _harmless(about), room=96),
        ]
        yield from ("", "", *call("@dsl.pipeline(", told, always=True))
        heads = [
            assigned(f"{name}: {_type(p)} = ", _default(p), room=95)
            for name, p in parameters(self.assembly).items()
        ]
        yield from call("def pipeline(", heads, "):", always=True)
        yield from indented(docstring(about))
        yield from indented(self._body())

    def _body(self) -> Iterator[str]:
        names = self.names
        code = f'(HERE / "{RUNTIME}").read_text().strip()'
        yield from self._own_pod(names.code, f"{names.runtime}(code={code})", "runtime")
        for number, name in enumerate(self.names.files):
            first, last = number * carried.LONGEST, (number + 1) * carried.LONGEST
            part = f"FILES[{first}:{last}]" if self.parts > 1 else "FILES"
            yield from self._own_pod(name, f"{names.carry}(part={part})", "files")
        for volume, variable in self._volumes():
            if volume.is_new:
                yield from kfp_volumes.new_volume(variable, volume)
        for component in self.assembly.components:
            yield ""
            yield from self._task(component)

    def _task(self, component: Component) -> Iterator[str]:
        step = component.step
        task, name = self.names.tasks[step.name], self.names.functions[step.name]
        values = [[f"task=task_of({inline(component.path)})"]]
        if component.draws:
            values.append(["run_id=dsl.PIPELINE_JOB_ID_PLACEHOLDER"])
        for parameter, own in self.names.arguments(component):
            values.append([f"{own}={self.names.parameter(parameter)}"])
        values.append([f"runtime={self.names.code}"])
        values.extend([f"{each}={each}"] for each in self._files(component))
        for (writer, output), own in self.names.taken(component).items():
            source = f"{own}={self.names.tasks[writer]}.outputs["
            one = [f"{source}{inline(output)}]"]
            values.append(one if len(one[0]) <= 91 else [source, f"    {inline(output)}", "]"])
        yield from call(f"{task} = {name}(", values, room=96, always=True)
        if step.name != name.replace("_", "-"):
            yield from call(
                f"{task}.set_display_name(", [assigned("", _harmless(step.name))], room=96
            )
        mounts = kfp_volumes.mounts(self.assembly.pipeline, step.resources)
        for lines in kfp_settings.settings(task, step.resources, mounts):
            yield from lines
        for volume, variable in self._volumes():
            if volume in mounts.notebook:
                yield from kfp_volumes.mounted(task, volume, variable)

    def _own_pod(self, name: str, made: str, output: str) -> Iterator[str]:
        """The task of a pod that is no step's, and what it gives under ``name``."""
        settings = list(kfp_settings.settings(name, own_pods(self.assembly.pipeline)))
        if not settings:
            yield f'{name} = {made}.outputs["{output}"]'
            return
        yield f"{name} = {made}"
        for lines in settings:
            yield from lines
        yield f'{name} = {name}.outputs["{output}"]'

    def _volumes(self) -> Iterator[tuple[NotebookVolume, str]]:
        """The volumes that steps mount, each with a name for what makes it."""
        known = kfp_volumes.volumes(self.assembly.pipeline)
        yield from zip(known, self.names.volumes, strict=False)


def _type(parameter: Parameter) -> str:
    return "str" if parameter.delicate else parameter.type


def _default(parameter: Parameter) -> Json:
    """The value as the SDK takes it; one that it or an engine would change is written as JSON."""
    return _as_text(parameter.default) if parameter.delicate else parameter.default


def _as_text(value: Json) -> str:
    """JSON in which an engine finds nothing to fill in."""
    return _TEXT.sub(_spelled, json.dumps(value, ensure_ascii=False))


def _spelled(text: re.Match[str]) -> str:
    return text[0].replace("{", "\\u007b").replace("$(", "\\u0024(")


#: A text in JSON.
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


def _list(name: str, values: Iterable[str]) -> Lines:
    return call(f"{name}=[", [[value] for value in values], "]", room=91)


def _dictionary(name: str, values: Mapping[str, str]) -> Lines:
    pairs = [[f"{inline(key)}: {value}"] for key, value in values.items()]
    return call(f"{name}={{", pairs, "}", room=91)


def _harmless(text: str) -> str:
    """A text for people, in which an engine finds no name to fill in."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    for pair, apart in (("{{", "{ {"), ("}}", "} }")):
        while pair in plain:
            plain = plain.replace(pair, apart)
    return plain


def _runtime(name: str) -> list[str]:
    unpacking = [f"    {line}".rstrip() for line in brought.unpacking("code", "runtime.path")]
    text = _RUNTIME.replace("def runtime(", f"def {name}(")
    return text.replace("{unpacking}", "\n".join(unpacking)).splitlines()


_HEAD: Final = """
import base64
import json
import lzma
import sys
from pathlib import Path
"""
_RUNTIME: Final = '''
def task_of(step: str) -> str:
    """What a step is to do, with its cells, as text that stands for nothing else."""
    about = json.loads((HERE / "steps" / f"{step}.json").read_bytes())
    cells = (HERE / "steps" / f"{step}.py").read_bytes().decode("utf-8", "surrogatepass")
    lines = cells.split("\\n")
    for cell in about.get("prelude", []) + about["cells"]:
        first, count = cell.pop("lines")
        cell["source"] = "\\n".join(lines[first : first + count])
    return base64.b64encode(lzma.compress(json.dumps(about).encode())).decode()


@dsl.component(base_image=IMAGE)
def runtime(code: str, runtime: Output[Artifact]):
    """Hands on the code that runs the cells of a step: nbflow need not be installed."""
{unpacking}
'''
_CARRY: Final = '''

@dsl.component(base_image=IMAGE)
def files(part: str, files: Output[Artifact]):
    """Hands on files that lie beside the notebook, or a part of them."""
    import base64

    with open(files.path, "wb") as archive:
        archive.write(base64.b64decode(part))
'''
_FOOT: Final = """

if __name__ == "__main__":
    target = sys.argv[1] if len(sys.argv) > 1 else str(HERE / "pipeline.yaml")
    compiler.Compiler().compile(pipeline, target)
"""
