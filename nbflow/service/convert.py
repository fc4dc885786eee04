"""Convert a notebook to the files of a target, without running it."""

from __future__ import annotations

import json
import lzma
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final

from nbflow.analysis.rules import in_order
from nbflow.codegen import artifact_types, assembly, kfp, kfp_settings, readme
from nbflow.diagnostics import Finding
from nbflow.engines.local.keeping import Keep
from nbflow.engines.local.packages import Packages, owners, packages
from nbflow.engines.local.plan import Plan
from nbflow.kernels import environment, python_of
from nbflow.model import CellKind, Notebook, StepName
from nbflow.runtime.task import as_json
from nbflow.service import compiling, made_folder, target_findings
from nbflow.service.local_runs import shown, store_near
from nbflow.service.needs import step_needs
from nbflow.service.refused import refuse
from nbflow.service.request import Request, plan_of, request
from nbflow.service.requirements import Requirements, requirements
from nbflow.service.runtime_text import runtime_text
from nbflow.service.shipped import Shipped, shipped

REQUIREMENTS: Final = "requirements.txt"
README: Final = "README.md"


class Target(str, Enum):
    """What a notebook can be converted to."""

    KFP = "kfp"


@dataclass(frozen=True, slots=True)
class Converted:
    """What was made: the folder, the paths in it, the size of the manifest in bytes.

    ``missing`` says why the manifest was not compiled, or is "". ``carried`` are the sizes of the files
    that go along, ``requirements`` what all steps install. ``findings`` are those about the target.
    """

    folder: Path
    files: tuple[str, ...]
    steps: int
    bytes: int = 0
    missing: str = ""
    carried: Mapping[str, int] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def convert(
    path: str,
    target: Target,
    *,
    output: str | None = None,
    image: str | None = None,
    python: str | None = None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> Converted:
    """What came of converting the notebook at ``path``.

    Args:
        path: the notebook; nothing of it is run.
        target: what it is converted to.
        output: the folder for the files; by default one beside where the caller stands, NAME-kfp.
        image: the image of all steps that name none; by default the notebook's, else Python's own.
        python: the interpreter whose packages are asked for; by default that of the notebook's kernelspec.
        on_findings: hears the findings, of the notebook and of the target, before anything is written.

    Raises:
        Refused: there are findings of severity error.
        NbflowError: the notebook, its kernel or the folder is at fault.
    """
    asked = request(path, {}, ())
    if any(finding.severity.value == "error" for finding in asked.analysis.findings):
        on_findings(asked.analysis.findings)
        refuse(asked.analysis.findings, "converted")
    folder = Path(output) if output else Path(f"{asked.path.stem}-{target.value}")
    made_folder.check_free(folder)
    found = _found(asked, python, image)
    on_findings(in_order([*asked.analysis.findings, *found.findings]))
    refuse(found.findings, "converted")
    return _written(found, folder)


@dataclass(frozen=True, slots=True)
class _Found:
    """All that the files are made of."""

    assembly: assembly.Assembly
    options: kfp.Options
    requirements: Requirements
    carried: Shipped
    findings: tuple[Finding, ...]


def _found(asked: Request, python: str | None, image: str | None) -> _Found:
    kernel = python_of(asked.notebook, python)
    env = environment(kernel)
    plan = plan_of(asked, Keep.ALL)
    installed = packages(kernel.python, env, store_near(asked.path) / "packages.json")
    needs = step_needs(plan)
    beside = shipped(asked.path, plan, needs, partial(_is_installed, installed))
    own_image = image or plan.pipeline.metadata.image
    wanted = requirements(
        needs,
        beside.imports,
        beside.modules,
        installed,
        partial(owners, kernel.python, env),
        own_image,
    )
    known = shown(asked.path, plan)
    source = assembly.Source(plan.pipeline, plan.cells, plan.effects, plan.uses)
    whole = assembly.assemble(source, titles(asked.notebook, plan))
    tasks = {c.step.name: _packed_size(c) for c in whole.components}
    findings = in_order(
        [
            *target_findings.about_obstacles(
                kfp_settings.obstacles(plan.pipeline),
                "Kubeflow Pipelines",
                plan.pipeline,
                plan.cells,
            ),
            *target_findings.about_calls(plan.pipeline, plan.cells),
            *target_findings.about_gpus(needs),
            *target_findings.about_files(plan.pipeline, plan.cells),
            *target_findings.about_runs(verified=known.verified),
            *target_findings.about_size(0, tasks),
            *beside.findings,
            *wanted.findings,
        ]
    )
    types = {key: artifact_types.artifact_type(name) for key, name in known.types.items()}
    options = kfp.Options(
        image=own_image or f"python:{_minor(installed)}",
        notebook=asked.path.name,
        requirements=wanted.by_step,
        files=beside.text,
        reading=beside.steps,
        types={key: kind for key, kind in types.items() if kind != artifact_types.ARTIFACT},
    )
    return _Found(whole, options, wanted, beside, findings)


def _is_installed(installed: Packages, module: str) -> bool:
    return module in sys.stdlib_module_names or bool(installed.of(module))


def _minor(installed: Packages) -> str:
    """The version of the kernel's Python as images name it: 3.11."""
    found = ".".join(installed.python.split(" ")[0].split(".")[:2])
    return found if found.replace(".", "").isdigit() else ".".join(map(str, sys.version_info[:2]))


def _packed_size(component: assembly.Component) -> int:
    return len(b64encode(lzma.compress(json.dumps(as_json(component.task)).encode())))


def _written(found: _Found, folder: Path) -> Converted:
    files = kfp.files(found.assembly, runtime_text(), found.options)
    needed = found.requirements.all
    files[REQUIREMENTS] = "".join(f"{line}\n" for line in (*needed, *_SDK))
    with made_folder.staged(folder) as stage:
        made_folder.write(stage, files)
        compiled = compiling.compiled(
            stage, folder, with_kubernetes=kfp.uses_kubernetes(found.assembly)
        )
        late = tuple(target_findings.about_size(compiled.bytes, {}))
        text = readme.readme(
            found.assembly, found.options, found.carried.sizes, (*found.findings, *late)
        )
        made_folder.write(stage, {README: text})
    made = sorted([*files, README, *([] if compiled.missing else [kfp.MANIFEST])])
    return Converted(
        folder=folder,
        files=tuple(made),
        steps=len(found.assembly.components),
        bytes=compiled.bytes,
        missing=compiled.missing,
        carried=found.carried.sizes,
        requirements=needed,
        findings=(*found.findings, *late),
    )


#: What compiles and submits the pipeline.
_SDK: Final = ("kfp>=2.17,<3", "kfp-kubernetes>=2.17,<3")


def titles(notebook: Notebook, plan: Plan) -> dict[StepName, str]:
    """The heading right above the first cell of each step, where there is one."""
    cells = {cell.id: place for place, cell in enumerate(notebook.cells)}
    found = {}
    for step in plan.pipeline.steps:
        place = next((cells[cell] for cell in step.cells if cell in cells), 0)
        above = []
        while place > 0 and notebook.cells[place - 1].kind is CellKind.MARKDOWN:
            place -= 1
            above.append(notebook.cells[place].source)
        title = next((heading for text in above if (heading := _heading(text))), "")
        if title:
            found[step.name] = title
    return found


def _heading(text: str) -> str:
    """The last heading in a text of Markdown."""
    lines: Sequence[str] = [line.strip() for line in text.splitlines()]
    found = [line.lstrip("#").strip().rstrip("#").strip() for line in lines if line.startswith("#")]
    return found[-1] if found else ""
