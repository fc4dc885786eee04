"""The names in a module for Kubeflow Pipelines: of components, their arguments, and tasks; no two alike.

A name that the user gave stays as it is wherever it can.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nbflow.codegen.assembly import Artifact, Assembly, Component
from nbflow.codegen.names import identifiers
from nbflow.model import Parameter, StepName

#: What the module itself calls things, and what Python calls what it uses.
_MODULE: Final = frozenset(
    {
        "Artifact", "Dataset", "FILES", "HERE", "HTML", "IMAGE", "Input", "Metrics", "Model",
        "Output", "Path", "base64", "bool", "compiler", "dict", "dsl", "files", "float",
        "int", "json", "kubernetes", "len", "list", "lzma", "pipeline", "runtime", "str", "sys",
        "task_of",
    }
)  # fmt: skip
#: What the body of the pipeline uses besides steps and tasks.
_BODY: Final = frozenset({"FILES", "HERE", "dsl", "kubernetes", "self", "task_of"})
#: What every component has, in its head or in its body.
_COMPONENT: Final = frozenset(
    {"component", "metrics", "report", "run_id", "runtime", "self", "state", "sys", "task"}
)


class Names:
    """The names for one pipeline; ``parts`` is in how many pieces the files travel.

    ``runtime`` and ``carry`` are the components that hand on the code and the files, ``code`` what the
    first of them gives, ``files`` what the others give.
    """

    def __init__(self, assembly: Assembly, parts: int = 0) -> None:
        known = [p.name for p in assembly.pipeline.parameters]
        self._parameters = dict(zip(known, _chosen(known, _BODY), strict=True))
        own = {*_BODY, *self._parameters.values()}
        self.runtime, self.carry, self.code = _chosen(["runtime", "files", "code"], own)
        self.files = tuple(_chosen([f"files_{n + 1}" for n in range(parts)], own))
        volumes = [f"volume_{n + 1}" for n in range(len(assembly.pipeline.metadata.volumes))]
        self.volumes = tuple(_chosen(volumes, own))
        steps = [component.step.name for component in assembly.components]
        taken = {*_MODULE, *own, self.runtime, self.carry, self.code, *self.files, *self.volumes}
        self.functions = dict(
            zip(
                steps,
                _chosen([_short(c.name, 32) for c in assembly.components], taken),
                strict=True,
            )
        )
        taken |= set(self.functions.values())
        tasks = _chosen([f"{name}_task" for name in self.functions.values()], taken)
        self.tasks = dict(zip(steps, tasks, strict=True))
        self._components = {c.step.name: c for c in assembly.components}
        self._given: dict[StepName, dict[Artifact, str]] = {}

    def parameter(self, parameter: Parameter) -> str:
        """A parameter of the pipeline."""
        return self._parameters[parameter.name]

    def arguments(self, component: Component) -> tuple[tuple[Parameter, str], ...]:
        """The parameters that a component uses, each with its argument there."""
        wanted = [self.parameter(each) for each in component.parameters]
        chosen = _chosen(wanted, {*_COMPONENT, *self.files})
        return tuple(zip(component.parameters, chosen, strict=True))

    def _own(self, component: Component) -> set[str]:
        return {*_COMPONENT, *self.files, *(name for _, name in self.arguments(component))}

    def given(self, component: Component) -> dict[Artifact, str]:
        """The arguments for the variables that a step hands on."""
        step = component.step.name
        if step not in self._given:
            chosen = _chosen([each.name for each in component.gives], self._own(component))
            self._given[step] = dict(zip(component.gives, chosen, strict=True))
        return self._given[step]

    def taken(self, component: Component) -> dict[tuple[StepName, str], str]:
        """The arguments for what a step is given, by the step that hands it on and its name there."""
        sources: list[tuple[StepName, str]] = []
        for artifact in component.takes:
            writer = self._components[artifact.writer]
            sources.append((artifact.writer, self.given(writer)[artifact]))
        sources.extend((step, "state") for step in component.after)
        wanted = [_short(f"{output}_of_{self.functions[step]}", 44) for step, output in sources]
        own = {*self._own(component), *self.given(component).values()}
        chosen = _chosen(wanted, own)
        return dict(zip(sources, chosen, strict=True))


def _short(name: str, most: int) -> str:
    """A name of at most so many signs, cut behind a word where there is one."""
    if len(name) <= most:
        return name
    cut = name[:most].rpartition("_")[0]
    return cut if len(cut) > most // 2 else name[:most]


def _chosen(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Legal names, as those that are wanted as can be, no two alike and none of those that are taken."""
    used, found = set(taken), []
    for name in identifiers(list(wanted)):
        chosen = name
        while chosen in used:
            chosen += "_"
        used.add(chosen)
        found.append(chosen)
    return found
