"""Findings as text with the source line, as JSON, and as annotations of GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

import click

from nbflow.diagnostics import Finding, Severity, as_record
from nbflow.model import Location, Notebook
from nbflow.wording.tables import Entry, Table, entries
from nbflow.wording.words import counted

_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_ANNOTATIONS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_WORDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
#: A line of source longer than this is not shown whole.
_WIDEST: Final = 160


def as_text(path: str, notebook: Notebook, findings: Sequence[Finding]) -> str:
    """The findings as lines for people; coloured, for ``click.echo`` to strip where need be."""
    return "".join(f"{line}\n" for finding in findings for line in _lines(path, notebook, finding))


def summary(findings: Sequence[Finding]) -> str:
    """How many findings there are of each severity, or ""."""
    numbers = {
        severity: sum(1 for finding in findings if finding.severity is severity)
        for severity in Severity
    }
    return ", ".join(
        counted(number, _WORDS[severity]) for severity, number in numbers.items() if number
    )


def findings_table(findings: Sequence[Finding]) -> Table:
    """The findings, one a row."""
    heading = ("code", "severity", "cell", "line", "finding")
    return Table(heading, tuple(map(_row, findings)), "nothing found")


def _row(finding: Finding) -> tuple[Entry, ...]:
    place = finding.location
    cell, line = (place.number, place.line) if place else (0, 0)
    grave = list(Severity).index(finding.severity)
    return entries(
        finding.code,
        (finding.severity.value, float(grave)),
        (str(cell or ""), float(cell)),
        (str(line or ""), float(line)),
        f"{_ended(finding.message)} {finding.hint}".strip(),
    )


def _lines(path: str, notebook: Notebook, finding: Finding) -> Iterator[str]:
    severity = click.style(
        f"{finding.code} {finding.severity.value}", fg=_COLOURS[finding.severity], bold=True
    )
    hint = f" {finding.hint}" if finding.hint else ""
    yield f"{click.style(f'{path}:{_where(finding.location)}', bold=True)} {severity}: " + (
        f"{_ended(finding.message)}{hint}"
    )
    yield from _source(notebook, finding)


def _where(location: Location | None) -> str:
    if location is None:
        return ""
    line = f", line {location.line}" if location.line else ""
    return f" cell {location.number}{line}:"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _source(notebook: Notebook, finding: Finding) -> Iterator[str]:
    place = finding.location
    if place is None or not place.line:
        return
    source = next((cell.source for cell in notebook.cells if cell.id == place.cell), "")
    lines = source.split("\n")
    if place.line > len(lines):
        return
    text = lines[place.line - 1].rstrip()[:_WIDEST]
    gutter = " " * len(str(place.line))
    before = "".join("\t" if character == "\t" else " " for character in text[: place.column])
    yield click.style(f"  {place.line} | ", fg="blue") + text
    if place.column < len(text):
        yield click.style(f"  {gutter} | ", fg="blue") + click.style(
            f"{before}^", fg=_COLOURS[finding.severity], bold=True
        )


def as_records(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """The findings as JSON carries them."""
    return [as_record(finding) for finding in findings]


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as a JSON list."""
    return json.dumps(as_records(findings), indent=2) + "\n"


def as_github(path: str, findings: Sequence[Finding]) -> str:
    """The findings as commands of GitHub Actions, one a line.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "".join(
        f"::{_ANNOTATIONS[finding.severity]} file={_property(path)},"
        f"title={_property(finding.code)}::{_data(_told(finding))}\n"
        for finding in findings
    )


def _told(finding: Finding) -> str:
    return f"{_where(finding.location)} {_ended(finding.message)} {finding.hint}".strip()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
