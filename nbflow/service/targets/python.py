"""A plain Python module as a target: for those who leave notebooks behind."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nbflow.codegen import rules
from nbflow.codegen.names import identifiers
from nbflow.codegen.python import module, problems
from nbflow.codegen.python.layout import Layout, lay_out
from nbflow.codegen.readme import About
from nbflow.diagnostics import Finding
from nbflow.model import Location
from nbflow.service.material import Material
from nbflow.service.targets.target import REQUIREMENTS, Compiled, as_lines

#: What runs the cells of steps elsewhere, and what a function does not need.
_SHELL: Final = "IPython"


def findings(material: Material) -> Iterator[Finding]:
    """What a module of functions cannot mean as the notebook does."""
    yield from _about_calls(material)
    yield from material.requirements.findings
    steps = [each for each in material.source.pipeline.steps if each.call]
    called = {cell for step in steps for cell in (*step.prelude, *step.cells)}
    for each in problems(_layout(material)):
        if each.location.cell in called:
            continue
        yield Finding(
            rules.NOT_A_FUNCTION,
            f"{each.message}, so a plain module cannot do what the cell does.",
            each.hint,
            each.location,
        )


def _about_calls(material: Material) -> Iterator[Finding]:
    cells = material.source.cells
    for step in material.source.pipeline.steps:
        if step.notebook and not step.call:
            first = cells[step.cells[0]]
            yield Finding(
                rules.NOT_A_FUNCTION,
                f"the step {step.name} calls the notebook {step.notebook}, which has names and a folder of"
                " its own, so a function cannot mean what the cell means.",
                "Convert that notebook by itself, or copy its cells into this one.",
                Location(first.id, first.number),
            )


def _layout(material: Material) -> Layout:
    return lay_out(material.source, material.texts, _beside(material))


def _beside(material: Material) -> frozenset[str]:
    """The modules beside the notebook that its code imports."""
    return frozenset[str]().union(*material.carried.modules.values())


def _name(material: Material) -> str:
    """The name of the module: the notebook's, as Python allows it, but none that something imports."""
    name = identifiers([material.path.stem])[0]
    taken = _imported(material) | {_root(e.partition("==")[0]) for e in material.requirements.all}
    taken |= {_root(path) for path in _modules(material)}
    return f"{name}_steps.py" if name in taken or name in sys.stdlib_module_names else f"{name}.py"


def _root(path: str) -> str:
    """The name by which a module, or a distribution that is called like its module, is imported."""
    return path.partition("/")[0].removesuffix(".py").replace("-", "_").lower()


def _modules(material: Material) -> list[str]:
    """The files of modules beside the notebook that its code imports."""
    own, paths = _beside(material), material.carried.sizes
    return [path for path in paths if path.partition("/")[0].removesuffix(".py") in own]


def files(material: Material) -> dict[str, str | bytes]:
    """The module, and the modules beside the notebook that it imports."""
    found: dict[str, str | bytes] = {
        path: (material.path.parent / path).read_bytes() for path in _modules(material)
    }
    pipeline = material.source.pipeline
    found[REQUIREMENTS] = as_lines(requirements(material))
    found[_name(material)] = module(_layout(material), pipeline, material.path.name)
    return found


def requirements(material: Material) -> tuple[str, ...]:
    """What the module imports."""
    imported = _imported(material)
    found = material.requirements.all
    return found if _SHELL in imported else tuple(e for e in found if not _is_shell(e))


def _imported(material: Material) -> set[str]:
    return {one.module.partition(".")[0] for each in material.needs for one in each.imports}


def _is_shell(requirement: str) -> bool:
    return requirement.partition("==")[0].lower() == _SHELL.lower()


def carried(material: Material) -> Mapping[str, int]:
    """Nothing: the module runs where the notebook lies."""
    return {}


def compiled(material: Material, folder: Path, shown: Path) -> Compiled:
    """Nothing: there is no manifest."""
    return Compiled()


def about(material: Material) -> About:
    """What the README says of it."""
    name = _name(material)
    described = {name: "the steps as functions, and a main that runs them in their order"}
    described |= {
        path: "what it imports" if path == REQUIREMENTS else "a module from beside the notebook"
        for path in sorted((*_modules(material), REQUIREMENTS))
    }
    return About(
        what="a plain Python module",
        how=(
            "```sh",
            "pip install -r " + REQUIREMENTS,
            f"python {name} --help",
            "```",
            "",
            "Run it where the notebook lies: paths of files are those of the notebook.",
        ),
        files=described,
    )
