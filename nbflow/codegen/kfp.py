"""A pipeline for Kubeflow Pipelines: a module in its SDK's own language, one component a step.

The module reads the steps' cells and the runtime from files beside it, and hands them to the compiler as
data. Source: https://kubeflow-pipelines.readthedocs.io (kfp 2), kfp-kubernetes for what pods need.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from nbflow import __version__
from nbflow.codegen import steps
from nbflow.codegen.assembly import Artifact, Assembly, Component
from nbflow.codegen.names import identifiers, kubernetes_name
from nbflow.model import Parameter, Resources, StepName

MODULE: Final = "pipeline.py"
RUNTIME: Final = "runtime.txt"
#: Names that the module itself uses, which no step may have.
_RESERVED: Final = frozenset(
    {
        "Artifact", "HERE", "HTML", "IMAGE", "Input", "Metrics", "Optional", "Output", "Path",
        "base64", "compiler", "dsl", "json", "kubernetes", "lzma", "pipeline", "runtime", "task_of",
    }
)  # fmt: skip
_GENERATORS: Final = frozenset({"@random", "@numpy.random", "@torch.random"})
_TYPES: Final = {
    "int": "int",
    "float": "float",
    "str": "str",
    "bool": "bool",
    "list": "list",
    "dict": "dict",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How the pipeline is to run: its image, and for each step the distributions that are installed."""

    image: str
    notebook: str
    requirements: Mapping[StepName, tuple[str, ...]] = field(default_factory=dict)


def files(assembly: Assembly, runtime: str, options: Options) -> dict[str, str]:
    """The files by their paths; ``runtime`` is what ``brought.packed`` gives."""
    found = {MODULE: module(assembly, options), RUNTIME: runtime + "\n"}
    return {**found, **dict(steps.files(assembly))}


def module(assembly: Assembly, options: Options) -> str:
    """The text of the module; it is proven to be Python."""
    writer = _Module(assembly, options)
    text = "\n".join(writer.lines()).rstrip() + "\n"
    ast.parse(text)
    return text


class _Module:
    def __init__(self, assembly: Assembly, options: Options) -> None:
        self.assembly, self.options = assembly, options
        names = [component.name for component in assembly.components]
        legal = identifiers([f"{n}_" if n in _RESERVED else n for n in names])
        self.functions = {c.step.name: n for c, n in zip(assembly.components, legal, strict=True)}

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
        yield f'"""{_quiet(about)}'
        yield ""
        yield f"Made by nbflow {__version__}. Compile it: python {MODULE} [pipeline.yaml]"
        yield '"""'
        used = self._uses_kubernetes()
        yield from _HEAD.replace(
            "{kubernetes}", "from kfp import kubernetes\n" if used else ""
        ).splitlines()
        yield f"IMAGE = {self.options.image!r}"
        yield ""
        yield from _RUNTIME.splitlines()

    def _uses_kubernetes(self) -> bool:
        found = (self._settings("", c.step.resources) for c in self.assembly.components)
        return any("kubernetes." in line for lines in found for line in lines)

    # Components

    def _component(self, component: Component) -> Iterator[str]:
        name = self.functions[component.step.name]
        wanted = self.options.requirements.get(component.step.name, ())
        image = component.step.resources.image
        yield from ("", "", "@dsl.component(")
        yield f"    base_image={image!r}," if image else "    base_image=IMAGE,"
        yield from _listed("packages_to_install", wanted)
        yield ")"
        yield f"def {name}("
        yield "    task: str,"
        if _draws(component):
            yield "    run_id: str,"
        for parameter in component.parameters:
            yield f"    {self._argument(component, parameter)}: {_type(parameter)},"
        yield "    runtime: Input[Artifact],"
        for argument in self._taken(component).values():
            yield f"    {argument}: Input[Artifact],"
        for argument in self._given(component).values():
            yield f"    {argument}: Output[Artifact],"
        yield "    state: Output[Artifact],"
        yield "    report: Output[HTML],"
        if component.task.metrics:
            yield "    metrics: Output[Metrics],"
        yield "):"
        yield f'    """{_quiet(component.title or component.step.name)}"""'
        yield from ("    import sys", "", "    sys.path.insert(0, runtime.path)")
        yield from (
            "    from nbflow_runtime import component",
            "",
            "    component.run(",
            "        task,",
        )
        values = {p.name: self._argument(component, p) for p in component.parameters}
        yield from _dictionary("parameters", values)
        yield f"        taken=[{', '.join(self._taken(component).values())}],"
        yield from _dictionary("given", {a.variable: n for a, n in self._given(component).items()})
        yield from ("        state=state,", "        report=report,")
        if component.task.metrics:
            yield "        metrics=metrics,"
        if _draws(component):
            yield "        run_id=run_id,"
        yield "    )"

    def _argument(self, component: Component, parameter: Parameter) -> str:
        del component
        return _free(parameter.name)

    def _given(self, component: Component) -> dict[Artifact, str]:
        """The argument for each variable that a step hands on: its name, unless that is taken."""
        taken = {_free(parameter.name) for parameter in component.parameters}
        return {each: _free(each.name, taken) for each in component.gives}

    def _taken(self, component: Component) -> dict[tuple[StepName, str], str]:
        """The argument for each artifact that a step is given, by its writer and that one's argument."""
        found: dict[tuple[StepName, str], str] = {}
        for artifact in component.takes:
            writer = self.assembly.component(artifact.writer)
            output = self._given(writer)[artifact]
            found[artifact.writer, output] = f"{output}_of_{self.functions[artifact.writer]}"
        for step in component.after:
            found[step, "state"] = f"state_of_{self.functions[step]}"
        return found

    # The pipeline

    def _pipeline(self) -> Iterator[str]:
        pipeline = self.assembly.pipeline
        about = (
            pipeline.metadata.description or f"The notebook {self.options.notebook} as a pipeline."
        )
        yield from ("", "", "@dsl.pipeline(")
        yield f"    name={kubernetes_name(self.assembly.name)!r},"
        yield from (f"    description={about!r},", ")")
        used = {p.name for c in self.assembly.components for p in c.parameters}
        parameters = [p for p in pipeline.parameters if p.name in used]
        if parameters:
            yield "def pipeline("
            for each in parameters:
                yield f"    {_free(each.name)}: {_type(each)} = {each.default!r},"
            yield "):"
        else:
            yield "def pipeline():"
        yield f'    """{_quiet(about)}"""'
        yield '    code = runtime(code=(HERE / "runtime.txt").read_text()).outputs["runtime"]'
        for component in self.assembly.components:
            yield from self._task(component)

    def _task(self, component: Component) -> Iterator[str]:
        name = self.functions[component.step.name]
        task = f"{name}_task"
        yield f"    {task} = {name}("
        yield f"        task=task_of({component.name!r}),"
        if _draws(component):
            yield "        run_id=dsl.PIPELINE_JOB_ID_PLACEHOLDER,"
        for parameter in component.parameters:
            yield f"        {_free(parameter.name)}={_free(parameter.name)},"
        yield "        runtime=code,"
        for (step, output), argument in self._taken(component).items():
            yield f"        {argument}={self.functions[step]}_task.outputs[{output!r}],"
        yield "    )"
        yield f"    {task}.set_display_name({component.step.name!r})"
        yield from self._settings(task, component.step.resources)

    def _settings(self, task: str, resources: Resources) -> Iterator[str]:
        for key, value in (*resources.limits, *resources.requests):
            kind = "limit" if (key, value) in resources.limits else "request"
            if key in ("cpu", "memory"):
                yield f"    {task}.set_{key}_{kind}({value!r})"
            elif kind == "limit":
                yield f"    {task}.set_accelerator_type({key!r}).set_accelerator_limit({value!r})"
        for name, value in resources.env:
            yield f"    {task}.set_env_variable({name!r}, {value!r})"
        if resources.retry:
            yield f"    {task}.set_retry({resources.retry}, backoff_duration='10s', backoff_factor=2.0)"
        if resources.cache is not None:
            yield f"    {task}.set_caching_options({resources.cache!r})"
        if resources.timeout:
            yield f"    kubernetes.set_timeout({task}, {resources.timeout})"
        for key, value in resources.node_selector:
            yield f"    kubernetes.add_node_selector({task}, {key!r}, {value!r})"
        for key, value in resources.labels:
            yield f"    kubernetes.add_pod_label({task}, {key!r}, {value!r})"
        for key, value in resources.annotations:
            yield f"    kubernetes.add_pod_annotation({task}, {key!r}, {value!r})"
        for each in resources.tolerations:
            told = {"key": each.key, "value": each.value, "effect": each.effect}
            words = ", ".join(f"{name}={value!r}" for name, value in told.items() if value)
            operator = "Equal" if each.value else "Exists"
            yield f"    kubernetes.add_toleration({task}, operator={operator!r}, {words})"
        for secret in resources.secrets:
            where = f"{{{secret.key!r}: {secret.env!r}}}"
            yield f"    kubernetes.use_secret_as_env({task}, {secret.name!r}, {where})"
        for volume in resources.volumes:
            yield f"    kubernetes.mount_pvc({task}, {volume.claim!r}, {volume.path!r})"


def _free(name: str, taken: Iterable[str] = ()) -> str:
    """The name of an argument that is none of those that every component has."""
    own = {"task", "run_id", "runtime", "state", "report", "metrics", *taken}
    plain = identifiers([name])[0]
    while plain in own:
        plain += "_"
    return plain


def _type(parameter: Parameter) -> str:
    return _TYPES.get(parameter.type, "Optional[str]")


def _draws(component: Component) -> bool:
    """Whether random numbers that no seed of the notebook repeats may go into the step."""
    return not _GENERATORS.isdisjoint((*component.task.reads, *component.task.foreseen))


def _listed(name: str, values: Iterable[str]) -> Iterator[str]:
    chosen = list(values)
    if chosen:
        yield f"    {name}=["
        yield from (f"        {value!r}," for value in chosen)
        yield "    ],"


def _dictionary(name: str, values: Mapping[str, str]) -> Iterator[str]:
    inner = ", ".join(f"{key!r}: {value}" for key, value in values.items())
    yield f"        {name}={{{inner}}},"


def _quiet(text: str) -> str:
    """A text that may stand in a docstring."""
    one = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return one[:-1] + "'" if one.endswith('"') else one


_HEAD: Final = """
import base64
import json
import lzma
import sys
from pathlib import Path
from typing import Optional

from kfp import compiler, dsl
{kubernetes}from kfp.dsl import HTML, Artifact, Input, Metrics, Output

HERE = Path(__file__).parent
"""
_RUNTIME: Final = '''
def task_of(step: str) -> str:
    """What a step is to do, with its cells, as text that stands for nothing else."""
    about = json.loads((HERE / "steps" / f"{step}.json").read_bytes())
    lines = (HERE / "steps" / f"{step}.py").read_bytes().decode().split("\\n")
    for cell in about["prelude"] + about["cells"]:
        first, count = cell.pop("lines")
        cell["source"] = "\\n".join(lines[first : first + count])
    return base64.b64encode(lzma.compress(json.dumps(about).encode())).decode()


@dsl.component(base_image=IMAGE)
def runtime(code: str, runtime: Output[Artifact]):
    """Hands on the code that runs the cells of a step: nbflow need not be installed."""
    import base64
    import lzma

    with open(runtime.path, "wb") as archive:
        archive.write(lzma.decompress(base64.b64decode(code)))
'''
_FOOT: Final = """

if __name__ == "__main__":
    target = sys.argv[1] if len(sys.argv) > 1 else str(HERE / "pipeline.yaml")
    compiler.Compiler().compile(pipeline, target)
"""
