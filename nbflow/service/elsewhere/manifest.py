"""A notebook as what an engine takes: the manifest, the names of its tasks, the values of parameters."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nbflow.codegen.names import kubernetes_name
from nbflow.diagnostics import Finding
from nbflow.errors import EngineError
from nbflow.kernels import python_of
from nbflow.model import Cell, CellId, Json, Name, Step, StepName
from nbflow.profiles import Profile
from nbflow.service import made_folder, target_findings
from nbflow.service.convert import checked
from nbflow.service.material import Material
from nbflow.service.request import Request
from nbflow.service.targets import SUBMITTABLE, Submittable


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is sent: ``text`` under the ``name`` of the pipeline, ``arguments`` by their names there.

    ``experiment`` is the notebook's, ``account`` the service account of its steps where all have the
    same one. ``tasks`` are the names of tasks by their steps; ``steps`` and ``cells`` are what they
    stand for.
    """

    text: str
    name: str
    tasks: Mapping[StepName, str]
    arguments: Mapping[str, Json]
    experiment: str
    account: str
    python: str
    steps: tuple[Step, ...]
    cells: Mapping[CellId, Cell]
    findings: tuple[Finding, ...]


def manifest(
    asked: Request,
    profile: Profile,
    *,
    python: str | None,
    image: str | None,
    on_findings: Callable[[tuple[Finding, ...]], None],
) -> Manifest:
    """The manifest of a notebook for the engine of ``profile``; ``on_findings`` hears what was found.

    Raises:
        Refused: there are findings of severity error.
        ParameterError: a value cannot reach the steps unharmed.
        EngineError: what compiles the manifest is not installed here, or refuses it.
    """
    return manifests(asked, profile, python=python, image=image, on_findings=on_findings).made


@dataclass(frozen=True, slots=True)
class Manifests:
    """What is sent of a notebook, whatever its parameters are: compiled once.

    ``made`` is what is sent for the values that it was made with.
    """

    made: Manifest
    material: Material
    target: Submittable

    def of(self, parameters: Mapping[Name, Json]) -> Manifest:
        """What is sent for these values.

        Raises:
            ParameterError: one cannot reach the steps unharmed.
        """
        arguments = self.target.submission(self.material, parameters).arguments
        return replace(self.made, arguments=arguments)


def manifests(
    asked: Request,
    profile: Profile,
    *,
    python: str | None,
    image: str | None,
    on_findings: Callable[[tuple[Finding, ...]], None],
) -> Manifests:
    """The same for any values of parameters, of which those of ``asked`` are looked at first.

    Raises:
        NbflowError: as for ``manifest``.
    """
    target = SUBMITTABLE[profile.engine]
    wanted = image or asked.analysis.pipeline.metadata.image or profile.image or None
    found, told = checked(
        asked, target, image=wanted, python=python, on_findings=on_findings, done="submitted"
    )
    submission = target.submission(found, asked.parameters)
    with tempfile.TemporaryDirectory(prefix="nbflow-submit-") as name:
        folder = Path(name)
        made_folder.write(folder, target.files(found))
        compiled = target.compiled(found, folder, folder)
    if compiled.missing:
        raise EngineError(
            f"{profile.engine} is not installed here: `pip install 'nbflow[{profile.engine}]'`"
        )
    late = tuple(target_findings.about_manifest(len(compiled.text.encode())))
    if late:
        on_findings(late)
    pipeline = found.source.pipeline
    accounts = {step.resources.service_account for step in pipeline.steps}
    made = Manifest(
        text=compiled.text,
        name=kubernetes_name(found.assembly.name),
        tasks=submission.tasks,
        arguments=submission.arguments,
        experiment=pipeline.metadata.experiment,
        account=accounts.pop() if len(accounts) == 1 else "",
        python=python_of(asked.notebook, python).python,
        steps=pipeline.steps,
        cells=found.source.cells,
        findings=(*asked.analysis.findings, *told, *late),
    )
    return Manifests(made, found, target)
