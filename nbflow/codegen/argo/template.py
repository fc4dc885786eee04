"""The template of one step, and that of the runtime, which comes before all of them.

The runtime is an artifact that the first pod makes out of a text in the manifest. It cannot be an input of
each step: Argo keeps the inputs of every pod in the state of the run, raw data included, and a dozen copies
are more than Kubernetes stores of one object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nbflow.codegen import brought
from nbflow.codegen.argo import orders, pod
from nbflow.codegen.argo.claims import Claims
from nbflow.codegen.argo.names import FILES, INPUTS, METRICS, OUTPUTS, REPORT, RUNTIME, STATE, Names
from nbflow.codegen.argo.options import Options
from nbflow.codegen.assembly import Component
from nbflow.codegen.obstacle import sayable
from nbflow.codegen.yaml import Value
from nbflow.model import Resources
from nbflow.runtime import ordered

#: Argo fetches artifacts that are no archives for their owner alone, whoever the image runs as:
#: https://github.com/argoproj/argo-workflows/issues/14792.
_READABLE: Final = 0o644
_READ: Final = f'open("{INPUTS}/{{}}", encoding="ascii").read()'
#: Makes the archive of the runtime.
_UNPACK: Final = (
    "import os",
    f'os.mkdir("{OUTPUTS}")',
    *brought.unpacking(_READ.format(RUNTIME), f'"{OUTPUTS}/{RUNTIME}"'),
)
#: Makes the archive of the files.
_CARRY: Final = (
    f'with open("{OUTPUTS}/{FILES}", "wb") as made:',
    f"    made.write(base64.b64decode({_READ.format(FILES)}))",
)
_START: Final = f"""\
import sys
sys.path.insert(0, "{INPUTS}/{RUNTIME}")
from nbflow_runtime import ordered
sys.exit(ordered.main(sys.argv[1:]))
"""


def runtime(code: str, options: Options, own: Resources) -> dict[str, Value]:
    """The template that hands on what runs the cells of a step, and files of the notebook's folder.

    ``own`` is what its pod asks for.
    """
    texts = {RUNTIME: code, **({FILES: options.files} if options.files else {})}
    program = "\n".join((*_UNPACK, *(_CARRY if options.files else ()))) + "\n"
    return {
        "name": RUNTIME,
        **dict(pod.fields(own, {})),
        "container": {
            "image": options.image,
            "command": ["python3", "-c", program],
            **dict(pod.container(own)),
        },
        "outputs": {"artifacts": [_output(name, f"{OUTPUTS}/{name}") for name in texts]},
        "inputs": {"artifacts": [_raw(name, text) for name, text in texts.items()]},
    }


def step(component: Component, names: Names, claims: Claims, options: Options) -> dict[str, Value]:
    """The template of a step."""
    carried = options.carried(component.step.name)
    order = orders.packed(component, names, carried=carried)
    long = len(order) > orders.LONGEST
    argument = f"@{INPUTS}/order" if long else order
    return {
        "name": names.tasks[component.step.name],
        **dict(pod.template(component.step)),
        "inputs": _inputs(component, names, options, order if long else ""),
        "outputs": _outputs(component, names),
        "container": _container(component, names, claims, options, argument),
    }


def _inputs(component: Component, names: Names, options: Options, order: str) -> dict[str, Value]:
    common = (RUNTIME, FILES) if options.carried(component.step.name) else (RUNTIME,)
    artifacts: list[Value] = [
        {"name": name, "path": f"{INPUTS}/{name}", "mode": _READABLE}
        for name in (*common, *names.taken(component))
    ]
    if order:
        artifacts.append(_raw("order", order))
    if not component.parameters:
        return {"artifacts": artifacts}
    parameters: list[Value] = [{"name": names.parameters[p.name]} for p in component.parameters]
    return {"parameters": parameters, "artifacts": artifacts}


def _outputs(component: Component, names: Names) -> dict[str, Value]:
    given = (*names.given(component).values(), STATE)
    artifacts = [_output(name, f"{OUTPUTS}/{name}") for name in given]
    if component.reported:
        artifacts.append(_output(REPORT, orders.page_path()))
    if not component.task.metrics:
        return {"artifacts": artifacts}
    metrics: Value = {"name": METRICS, "valueFrom": {"path": orders.metrics_path()}}
    return {"parameters": [metrics], "artifacts": artifacts}


def _raw(name: str, data: str) -> Value:
    return {
        "name": name,
        "path": f"{INPUTS}/{name}",
        "archive": {"none": {}},
        "raw": {"data": data},
    }


def _output(name: str, path: str) -> Value:
    return {"name": name, "path": path, "archive": {"none": {}}}


def _container(
    component: Component, names: Names, claims: Claims, options: Options, argument: str
) -> dict[str, Value]:
    own = component.step.resources
    found: dict[str, Value] = {
        "image": sayable(own.image) or options.image,
        "command": ["python3", "-c", _START],
        "args": [argument, *options.requirements.get(component.step.name, ())],
        "env": [
            *claims.variables(component.step),
            *pod.environment_of(own),
            *_environment(component, names),
        ],
        **dict(pod.container(own)),
    }
    mounts = claims.mounts(component.step)
    if mounts:
        found["volumeMounts"] = mounts
    return found


def _environment(component: Component, names: Names) -> Iterator[Value]:
    for each in component.parameters:
        reference = f"{{{{inputs.parameters.{names.parameters[each.name]}}}}}"
        yield {"name": names.variable(each), "value": reference}
    yield {"name": ordered.RUN, "value": "{{workflow.uid}}"}
