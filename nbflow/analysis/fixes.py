"""Findings to their repairs: what an editor can do with one click.

A repair makes its finding go away, adds no error, and lets the notebook give what it gave. Where only the
user can know what was meant there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from nbflow.analysis import line_fixes, pins, rules, step_fixes, tag_fixes
from nbflow.analysis.board import Board, board
from nbflow.analysis.edits import Fix
from nbflow.analysis.result import Analysis
from nbflow.diagnostics import Finding
from nbflow.errors import TagError
from nbflow.model import Notebook

_Maker = Callable[[Finding, Board], Iterator[Fix]]
_MAKERS: Final[Mapping[str, _Maker]] = {
    rules.BAD_TAG.code: tag_fixes.of_bad_tag,
    rules.CONFLICTING_TAGS.code: tag_fixes.of_conflict,
    rules.UNKNOWN_STEP.code: tag_fixes.of_unknown_step,
    rules.TAG_WITHOUT_STEP.code: tag_fixes.of_idle_tags,
    rules.STEP_IN_PIECES.code: step_fixes.of_piece,
    rules.DEMOTED_PRELUDE.code: tag_fixes.of_demoted,
    rules.CALL_NAME.code: step_fixes.of_call_name,
    rules.STEP_LINE_AND_TAGS.code: line_fixes.of_tags_beside,
    rules.UNUSED_SETTING.code: tag_fixes.of_unused_setting,
    rules.CANNOT_TRAVEL.code: step_fixes.of_stuck_variable,
    rules.ADDED_EDGE.code: tag_fixes.of_edge,
    rules.CYCLE.code: tag_fixes.of_cycle,
    rules.LATER_STEP.code: tag_fixes.of_wrong_prev,
    rules.OWN_STEP.code: tag_fixes.of_wrong_prev,
    rules.LEARNED_EDGE.code: tag_fixes.of_edge,
    rules.NAME_COLLISION.code: step_fixes.of_collision,
    # Of targets, whose rules are not known here: gpu-needed, gpu-welcome.
    "NB407": tag_fixes.of_missing_gpu,
    "NB408": tag_fixes.of_missing_gpu,
}
#: The codes of the findings that have repairs.
REPAIRED: Final = frozenset({*_MAKERS, rules.INSTALLS_PACKAGE.code})


def fixes(
    findings: Sequence[Finding],
    notebook: Notebook,
    analysis: Analysis,
    versions: Mapping[str, str],
) -> tuple[tuple[Fix, ...], ...]:
    """The repairs of each finding, the best one first; ``versions`` are those of distributions, by name."""
    if not any(finding.about for finding in findings):
        return ((),) * len(findings)
    known = board(notebook, analysis)
    return tuple(tuple(_of(finding, known, versions)) for finding in findings)


def unpinned(findings: Sequence[Finding], notebook: Notebook) -> frozenset[str]:
    """The distributions that the notebook installs without naming a version."""
    sources = {cell.id: cell.source for cell in notebook.cells}
    return frozenset(
        name
        for finding in findings
        if finding.rule is rules.INSTALLS_PACKAGE
        and finding.location is not None
        and finding.location.cell in sources
        for _, name in pins.unpinned(_line(sources[finding.location.cell], finding.location.line))
    )


def _of(finding: Finding, known: Board, versions: Mapping[str, str]) -> Iterator[Fix]:
    own = finding.location is None or finding.location.cell in known.given
    if not (own and finding.about):
        return
    if finding.rule is rules.INSTALLS_PACKAGE:
        yield from pins.of_install(finding, known, versions)
    elif finding.code in _MAKERS:
        try:
            for fix in _MAKERS[finding.code](finding, known):
                if fix.edits:
                    yield fix
        except TagError:  # a `%%step` line that cannot be read has a finding of its own
            return


def _line(source: str, number: int) -> str:
    lines = source.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""
