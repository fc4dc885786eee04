"""The README beside generated files: what lies there, how it runs, what each step is given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbflow import __version__
from nbflow.codegen.assembly import Assembly, Component
from nbflow.codegen.options import CommonOptions
from nbflow.diagnostics import Finding, Severity
from nbflow.model import Json, Name, StepName


@dataclass(frozen=True, slots=True)
class About:
    """What a target says of its files.

    ``what`` ends the sentence "The notebook X as ...", ``how`` are lines on how it is run, ``files`` says
    what each is, ``sections`` are lines on what is in them.
    """

    what: str
    how: tuple[str, ...]
    files: Mapping[str, str]
    sections: tuple[str, ...] = field(default=())


def readme(
    assembly: Assembly,
    notebook: str,
    about: About,
    sizes: Mapping[str, int],
    findings: Sequence[Finding],
) -> str:
    """The text; ``sizes`` are those of the files that go along, by their paths."""
    parts = (
        _head(assembly, notebook, about),
        _files(about.files),
        about.sections,
        _carried(sizes),
        _findings(findings),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(assembly: Assembly, notebook: str, about: About) -> Iterator[str]:
    yield f"# {_plain(assembly.name)}"
    yield ""
    yield f"The notebook `{notebook}` as {about.what}."
    yield f"Made by nbflow {__version__}."
    yield "Make it again with `nbflow convert`; what is changed here by hand is lost then."
    yield ""
    yield from about.how
    yield ""


def _files(files: Mapping[str, str]) -> Iterator[str]:
    yield from _table(("file", "what it is"), ((f"`{name}`", what) for name, what in files.items()))


def called(assembly: Assembly) -> dict[str, str]:
    """The files of steps of called notebooks, where there are such, as one row."""
    what = "the same for the steps of a called notebook"
    return {"steps/CALL/NAME.py, .json": what} if assembly.pipeline.calls else {}


def steps(
    assembly: Assembly,
    options: CommonOptions,
    types: Mapping[tuple[StepName, Name], str],
) -> Iterator[str]:
    """Lines on the steps of a pipeline; ``types`` are those of artifacts of which one is known."""
    yield "## Steps"
    yield ""
    heading = ("step", "waits for", "is given", "hands on", "installs")
    rows = (
        (
            component.step.name,
            ", ".join(component.after),
            ", ".join(dict.fromkeys(each.variable for each in component.takes)),
            ", ".join(_handed_on(component, types)),
            ", ".join(options.requirements.get(component.step.name, ())),
        )
        for component in assembly.components
    )
    yield from _table(heading, (map(_plain, row) for row in rows))
    yield "Each step also hands on `state`: what it changed that has no name, such as random generators,"
    yield "options of libraries and files that it wrote into its working folder."
    yield ""
    if assembly.left_out:
        edges = "One edge is" if assembly.left_out == 1 else f"{assembly.left_out} edges are"
        yield f"{edges} left out that the code may need: a verified run of the same code has shown that"
        yield "nothing goes that way. If something does after all, the step that makes the change fails, and"
        yield "says which tag brings the edge back."
        yield ""


def _handed_on(component: Component, types: Mapping[tuple[StepName, Name], str]) -> Iterator[str]:
    for each in component.gives:
        kind = types.get((each.writer, each.variable))
        yield f"{each.variable} ({kind})" if kind else each.variable


def parameters(found: Mapping[str, tuple[str, Json]]) -> Iterator[str]:
    """Lines on the parameters: the type and the default of each, by name."""
    if not found:
        return
    yield "## Parameters"
    yield ""
    rows = (
        (_plain(name), kind, _plain(json.dumps(default, ensure_ascii=False)))
        for name, (kind, default) in found.items()
    )
    yield from _table(("name", "type", "default"), rows)


def _carried(sizes: Mapping[str, int]) -> Iterator[str]:
    if not sizes:
        return
    yield "## Files that go along"
    yield ""
    yield "They lie in each step's working folder as they lie beside the notebook."
    yield ""
    yield from _table(("file", "bytes"), ((_plain(path), str(n)) for path, n in sizes.items()))


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


def _table(heading: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield "|---" * len(heading) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _plain(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    one = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return one.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
