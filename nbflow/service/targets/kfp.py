"""Kubeflow Pipelines as a target."""

from __future__ import annotations

import json
import lzma
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nbflow.codegen import kfp, kfp_settings, readme
from nbflow.codegen.assembly import Component
from nbflow.codegen.readme import About
from nbflow.diagnostics import Finding
from nbflow.errors import ParameterError
from nbflow.model import Json, Name
from nbflow.runtime.task import as_json
from nbflow.service import compiling, target_findings
from nbflow.service.material import Material
from nbflow.service.runtime_text import runtime_text
from nbflow.service.targets.target import REQUIREMENTS, Compiled, Submission, as_lines

#: What compiles and submits the pipeline.
_SDK: Final = ("kfp>=2.17,<3", "kfp-kubernetes>=2.17,<3")
_HOW: Final = f"""\
```sh
pip install -r requirements.txt   # what the steps import, and the SDK
python {kfp.MODULE}                # compiles {kfp.MANIFEST}
```

Upload `{kfp.MANIFEST}` in the Kubeflow Pipelines UI, or run it from Python:

```python
import kfp

kfp.Client().create_run_from_pipeline_package("{kfp.MANIFEST}", arguments={{}})
```"""


def findings(material: Material) -> Iterator[Finding]:
    """What is to be told of the notebook as a pipeline there."""
    tasks = {each.step.name: _told_size(each) for each in material.assembly.components}
    yield from target_findings.of_clusters(material)
    obstacles = kfp_settings.obstacles(material.source.pipeline)
    yield from target_findings.about_obstacles(obstacles, "Kubeflow Pipelines", material.source)
    yield from target_findings.about_cells(tasks)


def _told_size(component: Component) -> int:
    """As much as the one argument of a step takes: its cells, packed, and its parameters.

    Parameters that are too large by themselves are told of by themselves.
    """
    task = b64encode(lzma.compress(json.dumps(as_json(component.task)).encode()))
    values = [target_findings.parameter_size(each.default) for each in component.parameters]
    return len(task) + sum(size for size in values if size <= target_findings.MOST_TOLD)


def files(material: Material) -> dict[str, str | bytes]:
    """The module, the steps' cells, the runtime, and what goes along."""
    found = kfp.files(material.assembly, runtime_text(), _options(material))
    return {**found, REQUIREMENTS: as_lines((*material.requirements.all, *_SDK))}


def requirements(material: Material) -> tuple[str, ...]:
    """What all steps together install."""
    return material.requirements.all


def carried(material: Material) -> Mapping[str, int]:
    """The files that every step finds in its working folder."""
    return material.carried.sizes


def compiled(material: Material, folder: Path, shown: Path) -> Compiled:
    """The manifest, where the SDK is installed.

    Raises:
        EngineError: the SDK refuses the module, or what it made is not whole.
    """
    missing = compiling.missing(shown, with_kubernetes=kfp.uses_kubernetes(material.assembly))
    if missing:
        return Compiled(missing=missing)
    compiling.compile_module(folder)
    return Compiled((folder / kfp.MANIFEST).read_text(encoding="utf-8"))


def about(material: Material) -> About:
    """What the README says of it."""
    rows = {
        name: ("JSON" if each.delicate else each.type, each.default)
        for name, each in kfp.parameters(material.assembly).items()
    }
    described = {
        kfp.MODULE: "the pipeline in the SDK's language, one component a step",
        kfp.MANIFEST: "the same, compiled",
        "steps/NAME.py": "the cells of a step, as they stand in the notebook",
        "steps/NAME.json": "what else a step is told: which cells these are, what it reads and gives",
        **readme.called(material.assembly),
        kfp.RUNTIME: "the code that runs the cells in a pod, packed; nbflow is not needed there",
    }
    if material.carried.sizes:
        described[kfp.FILES] = "files from beside the notebook, packed"
    described[REQUIREMENTS] = "what all steps together install, and the SDK"
    options = _options(material)
    return About(
        what="a pipeline for Kubeflow Pipelines",
        how=tuple(_HOW.splitlines()),
        files=described,
        sections=(
            *readme.steps(material.assembly, options, options.types),
            *readme.parameters(rows),
        ),
    )


def submission(material: Material, values: Mapping[Name, Json]) -> Submission:
    """What an engine is told.

    Raises:
        ParameterError: a value is too large, or holds what the engine would fill in where the parameter is
            not prepared.
    """
    target_findings.check_values(values)
    arguments = {}
    for name, parameter in kfp.parameters(material.assembly).items():
        if parameter.name not in values:
            continue
        given = kfp.argument_value(parameter, values[parameter.name])
        if given is None:
            raise ParameterError(
                f"the value of {parameter.name} holds `{{{{`, `$(` or null, which Kubeflow Pipelines changes"
                " on its way; write it into the notebook as the default, and submit that"
            )
        arguments[name] = given
    return Submission(kfp.tasks(material.assembly, _options(material)), arguments)


def _options(material: Material) -> kfp.Options:
    return kfp.Options(**material.options(), types=material.types)
