"""Convert a notebook to the files of a target, without running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nbflow.analysis.rules import in_order
from nbflow.codegen.readme import readme
from nbflow.diagnostics import Finding
from nbflow.service import made_folder, target_findings
from nbflow.service.material import Material, material
from nbflow.service.refused import refuse
from nbflow.service.request import Request, request
from nbflow.service.targets import TARGETS, Compiled, Target

README: Final = "README.md"


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


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a target in a folder: their paths, the manifest, what was found of it."""

    files: tuple[str, ...]
    manifest: Compiled
    findings: tuple[Finding, ...] = ()


def convert(
    path: str,
    target: str,
    *,
    output: str | None = None,
    image: str | None = None,
    python: str | None = None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> Converted:
    """What came of converting the notebook at ``path``.

    Args:
        path: the notebook; nothing of it is run.
        target: what it is converted to, one of ``TARGETS``.
        output: the folder for the files; by default one beside where the caller stands, NAME-TARGET.
        image: the image of all steps that name none; by default the notebook's, else Python's own.
        python: the interpreter whose packages are asked for; by default that of the notebook's kernelspec.
        on_findings: hears the findings, of the notebook and of the target, before anything is written.

    Raises:
        Refused: there are findings of severity error.
        NbflowError: the notebook, its kernel or the folder is at fault.
    """
    asked = request(path, {}, ())
    folder = Path(output) if output else Path(f"{asked.path.stem}-{target}")
    made_folder.check_free(folder)
    own = TARGETS[target]
    found, told = checked(asked, own, image=image, python=python, on_findings=on_findings)
    with made_folder.staged(folder) as stage:
        made = make(own, found, told, stage, folder)
    return Converted(
        folder=folder,
        files=made.files,
        steps=len(found.assembly.components),
        bytes=len(made.manifest.text.encode()),
        missing=made.manifest.missing,
        carried=own.carried(found),
        requirements=own.requirements(found),
        findings=(*told, *made.findings),
    )


def checked(
    asked: Request,
    target: Target,
    *,
    image: str | None,
    python: str | None,
    on_findings: Callable[[tuple[Finding, ...]], None],
    done: str = "converted",
) -> tuple[Material, tuple[Finding, ...]]:
    """What the files are made of, and the findings about the target; ``done`` is what errors forbid.

    Raises:
        Refused: there are findings of severity error, of the notebook or of the target.
    """
    own = asked.analysis.findings
    if any(finding.severity.value == "error" for finding in own):
        on_findings(own)
        refuse(own, done)
    found = material(asked, python=python, image=image)
    told = in_order(list(target_findings.told_where_called(target.findings(found), found.source)))
    on_findings(in_order([*own, *told]))
    refuse(told, done)
    return found, told


def make(
    target: Target,
    found: Material,
    told: tuple[Finding, ...],
    folder: Path,
    shown: Path,
) -> Made:
    """The files of a target, in ``folder``, which the user knows as ``shown``.

    Raises:
        EngineError: they are not whole, or the folder cannot be written.
    """
    made_folder.write(folder, target.files(found))
    manifest = target.compiled(found, folder, shown)
    late = tuple(target_findings.about_manifest(len(manifest.text.encode())))
    about, sizes = target.about(found), target.carried(found)
    text = readme(found.assembly, found.path.name, about, sizes, (*told, *late))
    made_folder.write(folder, {README: text})
    paths = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return Made(tuple(paths), manifest, late)
