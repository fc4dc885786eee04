"""What is to be told of a pipeline before it goes to a cluster (NB4xx), besides its files and packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from nbflow.analysis.dataflow import PACKAGES
from nbflow.analysis.needs import Gpu
from nbflow.analysis.settings import is_claim, metadata
from nbflow.codegen import rules
from nbflow.codegen.assembly import Source
from nbflow.codegen.obstacle import Obstacle, sayable
from nbflow.diagnostics import Finding
from nbflow.errors import ParameterError
from nbflow.model import (
    Cell,
    CellId,
    Json,
    Location,
    Name,
    Notebook,
    Parameter,
    Pipeline,
    Step,
    StepName,
    quiet_json,
)
from nbflow.runtime.files import ABOVE
from nbflow.service.material import Material
from nbflow.service.needs import StepNeeds

#: Manifests above this size come near to what the cluster's store takes (1.5 MB, with all that it adds).
LARGE: Final = 500 * 1024
#: As much of a step's cells as fits into one argument of its pod, packed.
MOST_TOLD: Final = 96 * 1024


def of_clusters(material: Material) -> Iterator[Finding]:
    """What is to be told wherever the pods run."""
    pipeline, cells = material.source.pipeline, material.source.cells
    yield from about_calls(material.source, material.called)
    yield from about_gpus(material.needs)
    yield from about_images(material)
    yield from about_parameters(pipeline.parameters)
    yield from about_files(pipeline, cells)
    yield from about_runs(verified=material.verified)
    yield from material.carried.findings
    yield from material.requirements.findings


def about_obstacles(
    obstacles: Iterable[Obstacle], engine: str, source: Source
) -> Iterator[Finding]:
    """What the notebook asks for and ``engine`` cannot be told."""
    steps = {step.name: step for step in source.pipeline.steps}
    for each in obstacles:
        whose = f"the tag `{each.tag}` of the step {each.step}" if each.step else f"`{each.tag}`"
        yield Finding(
            rules.NOT_ON_TARGET,
            f"{whose} cannot be told to {engine}: {each.why}.",
            f"{each.hint[:1].upper()}{each.hint[1:]}.",
            _begins(steps[each.step], source.cells) if each.step else None,
        )


def about_gpus(steps: Sequence[StepNeeds]) -> Iterator[Finding]:
    """Code that asks for a GPU in steps that ask the cluster for none.

    What all steps run, and uses a GPU only where there is one, is no matter where some step asks for one.
    """
    served = {gpu.location for each in steps if _has_device(each.step) for gpu in each.gpus}
    users: dict[Gpu, list[StepName]] = {}
    for each in steps:
        told = [gpu for gpu in each.gpus if gpu.needed or gpu.location not in served]
        if told and not _has_device(each.step):
            first = next((gpu for gpu in told if gpu.needed), told[0])
            users.setdefault(first, []).append(each.step.name)
    for gpu, names in users.items():
        who = f"the step {names[0]} uses" if len(names) == 1 else f"{len(names)} steps use"
        clause = "and will fail without one" if gpu.needed else "where there is one"
        yield Finding(
            rules.GPU_NEEDED if gpu.needed else rules.GPU_WELCOME,
            f"{who} a GPU ({gpu.what}) {clause}, and the cluster is asked for none.",
            "Tag the step with `gpu:1`."
            if len(names) == 1
            else "Tag those that use it with `gpu:1`.",
            gpu.location,
            tuple(names),
        )


#: The version of Python that an image says it has: ``python:3.9-slim``, ``scipy-notebook:python-3.12``.
_PYTHON: Final = re.compile(r"(?:^|[/:.-])python(?::|-?)(3\.[0-9]+)(?![0-9])")


def about_images(material: Material) -> Iterator[Finding]:
    """Images that say in their names that they have another Python than the notebook's kernel."""
    users: dict[str, list[Step]] = {}
    for step in material.source.pipeline.steps:
        users.setdefault(sayable(step.resources.image) or material.image, []).append(step)
    for image, steps in users.items():
        found = _PYTHON.search(image)
        if found is None or found[1] == material.python:
            continue
        whose = f"the step {steps[0].name}" if len(steps) == 1 else f"{len(steps)} steps"
        yield Finding(
            rules.OTHER_PYTHON,
            f"the image {image} of {whose} has Python {found[1]}, and the notebook's kernel"
            f" {material.python}: packages are asked for at the versions of the kernel, and variables can be"
            " read by the same Python only.",
            f"Name an image with Python {material.python}, or a kernel with Python {found[1]} for the"
            " notebook, and the same for all steps.",
            _begins(steps[0], material.source.cells) if steps[0].resources.image else None,
        )


def _has_device(step: Step) -> bool:
    return any("/" in key for key, _ in (*step.resources.limits, *step.resources.requests))


def about_calls(source: Source, called: Mapping[str, Notebook]) -> Iterator[Finding]:
    """Notebooks that are ``called``, by their calls, and cannot be in a pod what they are on this machine."""
    steps = {step.name: step for step in source.pipeline.steps}
    for call in source.pipeline.calls:
        place = _begins(steps[call.name], source.cells)
        if call.path.startswith("/") or call.path.split("/").count("..") > ABOVE:
            yield Finding(
                rules.CALLED_TOO_FAR,
                f"the step {call.name} calls the notebook {call.path}: a pod has the folder of the pipeline's"
                f" notebook and {ABOVE} above it, no more.",
                "Put the notebooks nearer to each other, and write the path from the folder of the one that"
                " calls.",
                place,
            )
        for volume in metadata(called[call.name]).volumes:
            if not is_claim(volume):
                yield Finding(
                    rules.NOT_ON_TARGET,
                    f"{call.path} asks in its metadata for the volume {volume.get('name', '')} of type"
                    f" {volume.get('type', 'none')}, and a called notebook has only claims that are there.",
                    "Make the claim in the cluster first, and name it there with the type `pvc`.",
                    place,
                )


def told_where_called(findings: Iterable[Finding], source: Source) -> Iterator[Finding]:
    """The findings; those in a called notebook are told at the cell of the pipeline's own that calls it."""
    pipeline = source.pipeline
    steps = {cell: step for step in pipeline.steps for cell in (*step.prelude, *step.cells)}
    handing = {step.name: step for step in pipeline.steps if step.notebook}
    paths = {call.name: call.path for call in pipeline.calls}
    for each in findings:
        step = steps.get(each.location.cell) if each.location else None
        if each.location is None or step is None or not step.call:
            yield each
            continue
        where = f"in {paths[StepName(step.call)]}, cell {each.location.number}: "
        outermost = handing[pipeline.around(step)[-1]]
        yield replace(each, message=where + each.message, location=_begins(outermost, source.cells))


def about_files(pipeline: Pipeline, cells: Mapping[CellId, Cell]) -> Iterator[Finding]:
    """Steps that wait for others only because of files."""
    steps = {step.name: step for step in pipeline.steps}
    for edge in pipeline.edges:
        names = [name for name in edge.variables if name.startswith("@file")]
        # What was installed travels as the requirements of each step.
        if {*edge.variables} - {PACKAGES} and len(names) == len(edge.variables):
            names = [name for name in names if name != PACKAGES]
            named = [name.removeprefix("@file:") for name in names if name != "@files"]
            what = ", ".join(named) or "the files that it writes"
            yield Finding(
                rules.FILES_TRAVEL,
                f"only files lead from the step {edge.writer} to {edge.reader} ({what}): what the first"
                " writes into the notebook's folder travels in its artifact `state`.",
                "Nothing has to be done. Large files go better to a volume: `volume:CLAIM:PATH`.",
                _begins(steps[edge.reader], cells),
            )


def about_runs(*, verified: bool) -> Iterator[Finding]:
    """That nothing has shown yet that the pipeline gives what the notebook gives."""
    if not verified:
        yield Finding(
            rules.NOT_VERIFIED,
            "no run of this code on this machine has been verified yet, and a cluster cannot run a step"
            " again as this machine does.",
            "`nbflow run --verify` shows whether the pipeline gives what the notebook gives.",
        )


def about_cells(tasks: Mapping[StepName, int]) -> Iterator[Finding]:
    """Steps whose cells and parameters come near to what one argument may be; sizes are in bytes."""
    for step, size in tasks.items():
        if size > MOST_TOLD:
            yield Finding(
                rules.MANIFEST_LARGE,
                f"the cells and the parameters of the step {step} take {size // 1024} KB, and Linux allows"
                " 128 KB for the arguments of a step.",
                "Move data that stands in the code, or in parameters, to a file, or part the step.",
            )


def about_parameters(parameters: Iterable[Parameter]) -> Iterator[Finding]:
    """Parameters whose default comes near to what a pod can be told."""
    for each in parameters:
        size = parameter_size(each.default)
        if size > MOST_TOLD:
            yield Finding(
                rules.MANIFEST_LARGE,
                f"the parameter {each.name} has {size // 1024} KB, and Linux allows 128 KB for what a step is"
                " told: it would not begin.",
                "Put the value into a file beside the notebook, and let its path be the parameter.",
            )


def check_values(values: Mapping[Name, Json]) -> None:
    """Nothing, where pods can be told these values of parameters.

    Raises:
        ParameterError: one is too large.
    """
    for name, value in values.items():
        size = parameter_size(value)
        if size > MOST_TOLD:
            raise ParameterError(
                f"the value of {name} has {size // 1024} KB, and a pod can be told {MOST_TOLD // 1024};"
                " put it into a file or a bucket, and give the path"
            )


def parameter_size(value: Json) -> int:
    """How many bytes a value takes on its way to a pod."""
    return len(quiet_json(value).encode("utf-8", "surrogatepass"))


def about_manifest(size: int) -> Iterator[Finding]:
    """A manifest that comes near to the limits of a cluster; its size is in bytes."""
    if size > LARGE:
        yield Finding(
            rules.MANIFEST_LARGE,
            f"the manifest has {size // 1024} KB; a cluster takes about 1000 KB, and adds to it while the"
            " pipeline runs.",
            "Put files that go along on a volume or into a bucket, or part the notebook in two.",
        )


def _begins(step: Step, cells: Mapping[CellId, Cell]) -> Location | None:
    """Where a step begins in the notebook."""
    first = next((cells[cell] for cell in step.cells if cell in cells), None)
    return Location(first.id, first.number) if first else None
