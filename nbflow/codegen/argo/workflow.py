"""The manifest: how the steps hang together, what the run is given, and the steps' templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from nbflow import __version__
from nbflow.codegen import steps, yaml
from nbflow.codegen.argo import references, template
from nbflow.codegen.argo.claims import Claims
from nbflow.codegen.argo.names import ENTRY, FILES, RUNTIME, Names
from nbflow.codegen.argo.options import Options
from nbflow.codegen.argo.values import quiet, value
from nbflow.codegen.assembly import Assembly, Component
from nbflow.codegen.names import kubernetes_name
from nbflow.codegen.own_pods import own_pods
from nbflow.codegen.yaml import Value
from nbflow.model import Parameter

MANIFEST: Final = "workflow.yaml"
#: Argo labels pods with the name of the run, and Kubernetes puts five characters behind this.
_LONGEST_NAME: Final = 50


def files(assembly: Assembly, runtime: str, options: Options) -> dict[str, str]:
    """The files by their paths; ``runtime`` is what ``brought.packed`` gives."""
    made = workflow(assembly, runtime, options)
    references.check(made)
    about = quiet(f"The pipeline {assembly.name} of {options.notebook}, for Argo Workflows.")
    head = (
        f"# {_printable(about)}\n# Made by nbflow {__version__}. Submit it: argo submit {MANIFEST}, "
        f"or kubectl create -f {MANIFEST}\n"
    )
    return {MANIFEST: head + yaml.dumped(made), **dict(steps.files(assembly))}


def workflow(assembly: Assembly, runtime: str, options: Options) -> dict[str, Value]:
    """The manifest as plain values."""
    names = Names(assembly)
    spec: dict[str, Value] = {"entrypoint": ENTRY}
    if options.service_account:
        spec["serviceAccountName"] = options.service_account
    secrets = _pull_secrets(assembly, options)
    if secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in secrets]
    parameters = _parameters(assembly)
    if parameters:
        told: list[Value] = [
            {"name": names.parameters[each.name], "value": value(each.default)}
            for each in parameters
        ]
        spec["arguments"] = {"parameters": told}
    claims = Claims(assembly)
    spec |= dict(claims.spec())
    spec["templates"] = [
        {"name": ENTRY, "dag": {"tasks": list(_tasks(assembly, names, options))}},
        *(template.step(each, names, claims, options) for each in assembly.components),
        # The last one, as it ends with a very long line.
        template.runtime(runtime, options, own_pods(assembly.pipeline)),
    ]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": _metadata(assembly, options),
        "spec": spec,
    }


def _metadata(assembly: Assembly, options: Options) -> dict[str, Value]:
    short = kubernetes_name(assembly.name)[:_LONGEST_NAME].rstrip("-")
    about = assembly.pipeline.metadata.description
    found: dict[str, Value] = {"generateName": f"{short}-"}
    if options.namespace:
        found["namespace"] = options.namespace
    found["labels"] = {"app.kubernetes.io/managed-by": "nbflow"}
    found["annotations"] = {
        "workflows.argoproj.io/title": quiet(assembly.name),
        "workflows.argoproj.io/description": quiet(
            about or f"The notebook {options.notebook} as a pipeline."
        ),
    }
    return found


def _pull_secrets(assembly: Assembly, options: Options) -> tuple[str, ...]:
    """Those of all pods: Argo has one list for a whole workflow."""
    steps = assembly.pipeline.steps
    found = [*options.pull_secrets, *own_pods(assembly.pipeline).pull_secrets]
    found += [name for step in steps for name in step.resources.pull_secrets]
    return tuple(dict.fromkeys(found))


def _parameters(assembly: Assembly) -> list[Parameter]:
    """The parameters that any step uses."""
    used = {each.name for component in assembly.components for each in component.parameters}
    return [each for each in assembly.pipeline.parameters if each.name in used]


def _tasks(assembly: Assembly, names: Names, options: Options) -> Iterable[Value]:
    yield {"name": RUNTIME, "template": RUNTIME}
    for component in assembly.components:
        yield _task(component, names, options)


def _task(component: Component, names: Names, options: Options) -> Mapping[str, Value]:
    name = names.tasks[component.step.name]
    # Every other step comes after one of those that come right after the runtime.
    before = [names.tasks[step] for step in component.after] or [RUNTIME]
    artifacts: list[Value] = [{"name": RUNTIME, "from": _output(RUNTIME, RUNTIME)}]
    if options.carried(component.step.name):
        artifacts.append({"name": FILES, "from": _output(RUNTIME, FILES)})
    for taken, (writer, made) in names.taken(component).items():
        artifacts.append({"name": taken, "from": _output(names.tasks[writer], made)})
    arguments: dict[str, Value] = {}
    if component.parameters:
        legal = [names.parameters[each.name] for each in component.parameters]
        told = [{"name": n, "value": f"{{{{workflow.parameters.{n}}}}}"} for n in legal]
        arguments["parameters"] = told
    arguments["artifacts"] = artifacts
    return {"name": name, "template": name, "dependencies": before, "arguments": arguments}


def _output(task: str, artifact: str) -> str:
    return f"{{{{tasks.{task}.outputs.artifacts.{artifact}}}}}"


def _printable(text: str) -> str:
    """A text that may stand in a comment."""
    return "".join(each if each.isprintable() else " " for each in text)
