"""What everything is called in a manifest, and where files lie in a pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from nbflow.codegen.assembly import Artifact, Assembly, Component
from nbflow.codegen.names import identifiers, kubernetes_names
from nbflow.model import Name, Parameter, StepName

ENTRY: Final = "pipeline"
RUNTIME: Final = "runtime"
FILES: Final = "files"
STATE: Final = "state"
REPORT: Final = "report"
METRICS: Final = "metrics"
#: Argo makes the folders of inputs, for which only root may have leave; those of outputs are the step's.
INPUTS: Final = "/tmp/nbflow-in"
OUTPUTS: Final = "/tmp/nbflow-out"
PACKAGES: Final = "/tmp/nbflow-packages"


@dataclass(frozen=True)
class Names:
    """The legal names of an assembly's parts, no two alike of a kind."""

    assembly: Assembly

    @cached_property
    def tasks(self) -> Mapping[StepName, str]:
        """The name of each step's template and task."""
        steps = [component.step.name for component in self.assembly.components]
        return dict(zip(steps, kubernetes_names(steps, (ENTRY, RUNTIME)), strict=True))

    @cached_property
    def parameters(self) -> Mapping[Name, str]:
        """The name of each parameter."""
        names = [parameter.name for parameter in self.assembly.pipeline.parameters]
        return dict(zip(names, identifiers(names), strict=True))

    def variable(self, parameter: Parameter) -> str:
        """The variable of the environment in which a step is given a parameter."""
        return f"NBFLOW_PARAMETER_{self.parameters[parameter.name]}"

    def given(self, component: Component) -> dict[Artifact, str]:
        """The name of each variable's artifact, as the step hands it on."""
        return {each: _free(each.name) for each in component.gives}

    def taken(self, component: Component) -> dict[str, tuple[StepName, str]]:
        """The writer and its name for it of each artifact that a step takes, by the step's name for it."""
        found = {}
        for artifact in component.takes:
            made = self.given(self.assembly.component(artifact.writer))[artifact]
            found[f"{made}-of-{self.tasks[artifact.writer]}"] = (artifact.writer, made)
        for step in component.after:
            found[f"{STATE}-of-{self.tasks[step]}"] = (step, STATE)
        return found


def _free(name: str) -> str:
    return f"{name}_" if name.rstrip("_") in (STATE, REPORT) else name
