"""Findings as text, JSON and annotations: exact."""

from __future__ import annotations

import json

from command_line import ANSI

from nbflow.diagnostics import Finding, Rule, Severity
from nbflow.model import Cell, CellId, CellKind, Location, Notebook
from nbflow.wording.findings import as_github, as_json, as_text, summary

NOTEBOOK = Notebook("n", (Cell(CellId("a"), CellKind.CODE, "x = 1\n\tprint(yy)\n", 3),))
NAME = Rule("NB201", "undefined-name", Severity.WARNING)
WHOLE = Rule("NB106", "no-code", Severity.ERROR)


def found(line: int, column: int) -> Finding:
    return Finding(NAME, "nobody binds yy", "Bind it.", Location(CellId("a"), 3, line, column))


def plain(*findings: Finding) -> str:
    return ANSI.sub("", as_text("n.ipynb", NOTEBOOK, findings))


def test_text_shows_the_source_line() -> None:
    assert plain(found(2, 7)) == (
        "n.ipynb: cell 3, line 2: NB201 warning: nobody binds yy. Bind it.\n"
        "  2 | \tprint(yy)\n"
        "    | \t      ^\n"
    )


def test_text_without_a_line() -> None:
    assert plain(found(0, 0)) == "n.ipynb: cell 3: NB201 warning: nobody binds yy. Bind it.\n"
    assert plain(Finding(WHOLE, "it is empty.", "")) == "n.ipynb: NB106 error: it is empty.\n"


def test_text_where_the_place_is_not_in_the_source() -> None:
    assert plain(found(9, 0)).count("\n") == 1
    assert plain(found(1, 99)).splitlines()[1:] == ["  1 | x = 1"]


def test_json() -> None:
    first, second = json.loads(as_json([found(2, 7), Finding(WHOLE, "m", "h")]))
    assert first == {
        "code": "NB201",
        "name": "undefined-name",
        "severity": "warning",
        "message": "nobody binds yy",
        "hint": "Bind it.",
        "cell": "a",
        "number": 3,
        "line": 2,
        "column": 7,
    }
    assert (second["cell"], second["number"], second["line"]) == (None, None, None)


def test_github_escapes_what_its_commands_hold() -> None:
    finding = Finding(WHOLE, "100%\nof it", "Look: there, too.")
    assert as_github("a,b:c.ipynb", [finding]) == (
        "::error file=a%2Cb%3Ac.ipynb,title=NB106::100%25%0Aof it. Look: there, too.\n"
    )
    assert as_github("n", [found(2, 7)]).startswith("::warning file=n,title=NB201::cell 3, line 2")


def test_summary() -> None:
    assert summary([]) == ""
    assert summary([found(1, 0), found(2, 0), Finding(WHOLE, "", "")]) == "1 error, 2 warnings"
