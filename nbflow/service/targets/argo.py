"""Argo Workflows as a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nbflow.codegen import argo, readme
from nbflow.codegen.argo.names import Names
from nbflow.codegen.readme import About
from nbflow.diagnostics import Finding
from nbflow.model import Json, Name
from nbflow.service import target_findings
from nbflow.service.material import Material
from nbflow.service.runtime_text import runtime_text
from nbflow.service.targets.target import REQUIREMENTS, Compiled, Submission, as_lines

_HOW: Final = f"""\
```sh
argo submit {argo.MANIFEST}        # or: kubectl create -f {argo.MANIFEST}
```

It needs Argo Workflows with an artifact repository, and no nbflow."""


def findings(material: Material) -> Iterator[Finding]:
    """What is to be told of the notebook as a pipeline there."""
    yield from target_findings.of_clusters(material)
    obstacles = argo.obstacles(material.assembly)
    yield from target_findings.about_obstacles(obstacles, "Argo Workflows", material.source)


def files(material: Material) -> dict[str, str | bytes]:
    """The manifest, and the steps' cells."""
    found = argo.files(material.assembly, runtime_text(), argo.Options(**material.options()))
    return {**found, REQUIREMENTS: as_lines(material.requirements.all)}


def requirements(material: Material) -> tuple[str, ...]:
    """What all steps together install."""
    return material.requirements.all


def carried(material: Material) -> Mapping[str, int]:
    """The files that every step finds in its working folder."""
    return material.carried.sizes


def compiled(material: Material, folder: Path, shown: Path) -> Compiled:
    """The manifest."""
    return Compiled((folder / argo.MANIFEST).read_text(encoding="utf-8"))


def about(material: Material) -> About:
    """What the README says of it."""
    names = _parameters(material)
    rows = {
        names[each.name]: (each.type, each.default)
        for each in material.assembly.pipeline.parameters
        if each.name in names
    }
    how = list(_HOW.splitlines())
    if rows:
        first = next(iter(rows))
        how[1:1] = [
            f"argo submit {argo.MANIFEST} -p {first}=...  # a value as JSON; a text as it is"
        ]
    return About(
        what="a pipeline for Argo Workflows",
        how=tuple(how),
        files={
            argo.MANIFEST: "the pipeline: its parameters, the graph, a template for each step",
            "steps/NAME.py": "the cells of a step, as they stand in the notebook, to review",
            "steps/NAME.json": "what else a step is told: which cells these are, what it reads and gives",
            **readme.called(material.assembly),
            REQUIREMENTS: "what all steps together install",
        },
        sections=(
            *readme.steps(material.assembly, argo.Options(**material.options()), {}),
            *readme.parameters(rows),
        ),
    )


def submission(material: Material, values: Mapping[Name, Json]) -> Submission:
    """What an engine is told.

    Raises:
        ParameterError: a value is too large.
    """
    target_findings.check_values(values)
    names = _parameters(material)
    return Submission(
        tasks=Names(material.assembly).tasks,
        arguments={names[name]: given for name, given in values.items() if name in names},
    )


def _parameters(material: Material) -> dict[Name, str]:
    """The names in the manifest of those parameters that steps use."""
    names = Names(material.assembly).parameters
    return {p.name: names[p.name] for c in material.assembly.components for p in c.parameters}
