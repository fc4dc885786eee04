"""All that the files of a target are made of: found without running anything of the notebook."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from nbflow.analysis.narrowed import narrowed
from nbflow.codegen import artifact_types
from nbflow.codegen.assembly import Assembly, Source, assemble, pairs
from nbflow.codegen.obstacle import sayable
from nbflow.engines.local.keeping import Keep
from nbflow.engines.local.packages import Packages, owners, packages
from nbflow.engines.local.plan import Plan
from nbflow.errors import ParameterError
from nbflow.kernels import environment, python_of
from nbflow.model import CellKind, Name, Notebook, StepName
from nbflow.runtime.files import ABOVE
from nbflow.service.local_runs import shown, store_near
from nbflow.service.needs import StepNeeds, step_needs
from nbflow.service.request import Request, plan_of
from nbflow.service.requirements import Requirements, requirements
from nbflow.service.shipped import Shipped, shipped


@dataclass(frozen=True, slots=True)
class Material:
    """A notebook taken apart, and what its steps need around them.

    ``path`` is the notebook's, ``called`` are the notebooks that it calls, by the names of the calls.
    ``texts`` is what stands in Markdown right above steps, ``image`` that of steps that name none. ``source``
    is what the code shows; the edges of ``assembly`` are narrowed by what a verified run has shown. ``types``
    are the types of artifacts by the variables that steps hand on, as runs on this machine have seen them;
    ``python`` is the version of the kernel's, as images name it; ``verified`` says that such a run was
    compared with the notebook and found the same.
    """

    path: Path
    source: Source
    called: Mapping[str, Notebook]
    texts: Mapping[StepName, str]
    assembly: Assembly
    needs: tuple[StepNeeds, ...]
    requirements: Requirements
    carried: Shipped
    image: str
    python: str
    types: Mapping[tuple[StepName, Name], str]
    verified: bool

    def options(self) -> dict[str, Any]:
        """What every target is told of how the pipeline is to run (``codegen.options``)."""
        return {
            "image": self.image,
            "notebook": self.path.name,
            "requirements": self.requirements.by_step,
            "files": self.carried.text,
            "reading": self.carried.steps,
        }


def material(asked: Request, *, python: str | None, image: str | None) -> Material:
    """What is found of a notebook.

    Args:
        python: the interpreter whose packages are asked for; by default that of the notebook's kernelspec.
        image: the image of all steps that name none; by default the notebook's, else Python's own.

    Raises:
        NbflowError: the kernel is at fault.
        ParameterError: there is no such image.
    """
    kernel = python_of(asked.notebook, python)
    env = environment(kernel)
    plan = plan_of(asked, Keep.ALL)
    installed = packages(kernel.python, env, store_near(asked.path) / "packages.json")
    needs = step_needs(plan)
    beside = shipped(asked.path, plan, needs, partial(_is_installed, installed))
    if image and not sayable(image):
        raise ParameterError(
            f"no image can be called {image}: engines fill in what stands behind {{{{"
        )
    own_image = image or sayable(plan.pipeline.metadata.image)
    wanted = requirements(
        needs,
        beside.imports,
        _with_written(beside.modules, plan),
        installed,
        partial(owners, kernel.python, env),
        own_image,
    )
    known = shown(asked.path, plan)
    types = {key: artifact_types.artifact_type(name) for key, name in known.types.items()}
    source = source_of(asked, plan)
    less = replace(asked, analysis=narrowed(asked.analysis, known.changed))
    fewer = source_of(less, plan_of(less, Keep.ALL))
    called = asked.analysis.notebooks
    texts = _texts([asked.notebook, *called.values()], plan)
    return Material(
        path=asked.path,
        source=source,
        called=called,
        texts=texts,
        assembly=replace(
            assemble(fewer, _headings(texts)),
            left_out=len(pairs(plan.pipeline.edges) - pairs(fewer.pipeline.edges)),
        ),
        needs=needs,
        requirements=wanted,
        carried=beside,
        image=own_image or f"python:{_minor(installed)}",
        python=_minor(installed),
        types={key: kind for key, kind in types.items() if kind != artifact_types.ARTIFACT},
        verified=known.verified,
    )


def source_of(asked: Request, plan: Plan) -> Source:
    """The notebook as targets are made of it, and where it lies."""
    folders = PurePath(os.path.normpath(asked.path.parent)).parts[1:]
    near = "/".join(folders[-ABOVE:])
    return Source(plan.pipeline, plan.cells, plan.effects, plan.uses, near)


def _with_written(
    beside: Mapping[StepName, frozenset[str]], plan: Plan
) -> dict[StepName, frozenset[str]]:
    """The modules beside the notebook by their steps, with those that other steps write there."""
    found = dict(beside)
    for edge in plan.pipeline.edges:
        paths = [
            PurePath(n.removeprefix("@file:")) for n in edge.variables if n.startswith("@file:")
        ]
        names = frozenset(path.stem for path in paths if path.suffix == ".py")
        found[edge.reader] = found.get(edge.reader, frozenset()) | names
    return found


def _is_installed(installed: Packages, module: str) -> bool:
    return module in sys.stdlib_module_names or bool(installed.of(module))


def _minor(installed: Packages) -> str:
    """The version of the kernel's Python as images name it: 3.11."""
    found = ".".join(installed.python.split(" ")[0].split(".")[:2])
    return found if found.replace(".", "").isdigit() else ".".join(map(str, sys.version_info[:2]))


def _texts(notebooks: Iterable[Notebook], plan: Plan) -> dict[StepName, str]:
    """The text in Markdown right above the first cell of each step, where there is one."""
    found = {}
    for notebook in notebooks:
        places = {cell.id: place for place, cell in enumerate(notebook.cells)}
        for step in plan.pipeline.steps:
            place = next((places[cell] for cell in step.cells if cell in places), 0)
            if text := _text_above(notebook, place):
                found[step.name] = text
    return found


def _text_above(notebook: Notebook, place: int) -> str:
    above: list[str] = []
    while place > 0 and notebook.cells[place - 1].kind is CellKind.MARKDOWN:
        place -= 1
        above.insert(0, notebook.cells[place].source.strip())
    return "\n\n".join(filter(None, above))


def _headings(texts: Mapping[StepName, str]) -> dict[StepName, str]:
    """The last heading in each text that has one."""
    found = {}
    for step, text in texts.items():
        lines = [line.strip() for line in text.splitlines()]
        headings = [line.strip("#").strip() for line in lines if line.startswith("#")]
        if headings and headings[-1]:
            found[step] = headings[-1]
    return found
