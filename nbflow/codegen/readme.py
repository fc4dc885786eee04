"""The README beside a generated pipeline: what lies there, how it runs, what each step is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from nbflow import __version__
from nbflow.codegen import kfp
from nbflow.codegen.assembly import Assembly, Component
from nbflow.diagnostics import Finding, Severity


def readme(
    assembly: Assembly,
    options: kfp.Options,
    sizes: Mapping[str, int],
    findings: Sequence[Finding],
) -> str:
    """The text; ``sizes`` are those of the files that go along, by their paths."""
    parts = (
        _head(assembly, options),
        _files(bool(sizes)),
        _steps(assembly, options),
        _parameters(assembly),
        _carried(sizes),
        _findings(findings),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(assembly: Assembly, options: kfp.Options) -> Iterator[str]:
    yield f"# {_plain(assembly.name)}"
    yield ""
    yield f"The notebook `{options.notebook}` as a pipeline for Kubeflow Pipelines."
    yield f"Made by nbflow {__version__}."
    yield "Make it again with `nbflow convert`; what is changed here by hand is lost then."
    yield ""
    yield "```sh"
    yield "pip install -r requirements.txt   # what the steps import, and the SDK"
    yield f"python {kfp.MODULE}                # compiles {kfp.MANIFEST}"
    yield "```"
    yield ""
    yield f"Upload `{kfp.MANIFEST}` in the Kubeflow Pipelines UI, or run it from Python:"
    yield ""
    yield "```python"
    yield "import kfp"
    yield ""
    yield f'kfp.Client().create_run_from_pipeline_package("{kfp.MANIFEST}", arguments={{}})'
    yield "```"
    yield ""


def _files(carries: bool) -> Iterator[str]:
    yield "| file | what it is |"
    yield "|---|---|"
    yield f"| `{kfp.MODULE}` | the pipeline in the SDK's language, one component a step |"
    yield f"| `{kfp.MANIFEST}` | the same, compiled |"
    yield "| `steps/NAME.py` | the cells of a step, as they stand in the notebook |"
    yield "| `steps/NAME.json` | what else a step is told: which cells these are, what it reads and gives |"
    yield f"| `{kfp.RUNTIME}` | the code that runs the cells in a pod, packed; nbflow is not needed there |"
    if carries:
        yield f"| `{kfp.FILES}` | files from beside the notebook, packed |"
    yield "| `requirements.txt` | what all steps together install |"
    yield ""


def _steps(assembly: Assembly, options: kfp.Options) -> Iterator[str]:
    yield "## Steps"
    yield ""
    yield "| step | waits for | is given | hands on | installs |"
    yield "|---|---|---|---|---|"
    for component in assembly.components:
        cells = (
            component.step.name,
            ", ".join(component.after),
            ", ".join(dict.fromkeys(each.variable for each in component.takes)),
            ", ".join(_handed_on(component, options)),
            ", ".join(options.requirements.get(component.step.name, ())),
        )
        yield f"| {' | '.join(_plain(cell) for cell in cells)} |"
    yield ""
    yield "Each step also hands on `state`: what it changed that has no name, such as random generators,"
    yield "options of libraries and files that it wrote into its working folder."
    yield ""


def _handed_on(component: Component, options: kfp.Options) -> Iterator[str]:
    for each in component.gives:
        kind = options.types.get((each.writer, each.variable))
        yield f"{each.variable} ({kind})" if kind else each.variable


def _parameters(assembly: Assembly) -> Iterator[str]:
    found = kfp.parameters(assembly)
    if not found:
        return
    yield "## Parameters"
    yield ""
    yield "| name | type | default |"
    yield "|---|---|---|"
    for name, each in found.items():
        kind = "JSON" if each.delicate else each.type
        yield f"| {_plain(name)} | {kind} | {_plain(json.dumps(each.default, ensure_ascii=False))} |"
    yield ""


def _carried(sizes: Mapping[str, int]) -> Iterator[str]:
    if not sizes:
        return
    yield "## Files that go along"
    yield ""
    yield "They lie in each step's working folder as they lie beside the notebook."
    yield ""
    yield from ("| file | bytes |", "|---|---|")
    for path, size in sizes.items():
        yield f"| {_plain(path)} | {size} |"
    yield ""


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    told = [each for each in findings if each.severity is not Severity.INFO]
    if not told:
        return
    yield "## What was found"
    yield ""
    for each in told:
        place = f"cell {each.location.number}: " if each.location else ""
        yield f"- {each.code}: {_plain(place + each.message)} {_plain(each.hint)}"
    yield ""


def _plain(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    one = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return one.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
