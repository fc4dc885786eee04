"""The registry of rules: each kind of finding, with the code that never changes its meaning.

NB1xx speak of tags and the notebook, NB2xx of names, NB3xx of the graph, NB4xx of the target. Each
rule has a page in ``docs/findings``.
"""

from __future__ import annotations

from typing import Final

from nbflow.diagnostics import Finding, Rule, Severity
from nbflow.model import CellId, Location

BAD_TAG: Final = Rule("NB101", "bad-tag", Severity.ERROR)
CONFLICTING_TAGS: Final = Rule("NB102", "conflicting-tags", Severity.ERROR)
UNKNOWN_STEP: Final = Rule("NB103", "unknown-step", Severity.ERROR)
TAG_WITHOUT_STEP: Final = Rule("NB104", "tag-without-step", Severity.WARNING)
STEP_IN_PIECES: Final = Rule("NB105", "step-in-pieces", Severity.ERROR)
NO_CODE: Final = Rule("NB106", "no-code", Severity.ERROR)
OTHER_LANGUAGE: Final = Rule("NB107", "other-language", Severity.ERROR)
SYNTAX_ERROR: Final = Rule("NB108", "syntax-error", Severity.ERROR)
DEMOTED_PRELUDE: Final = Rule("NB109", "demoted-prelude", Severity.INFO)
MISPLACED_PARAMETERS: Final = Rule("NB110", "misplaced-parameters", Severity.ERROR)
SEVERAL_PARAMETERS: Final = Rule("NB111", "several-parameters-cells", Severity.INFO)
PARAMETER_NOT_JSON: Final = Rule("NB112", "parameter-not-json", Severity.INFO)
NOTEBOOK_MISSING: Final = Rule("NB113", "notebook-missing", Severity.ERROR)
NOTEBOOK_CYCLE: Final = Rule("NB114", "notebook-cycle", Severity.ERROR)
CALL_WITH_CODE: Final = Rule("NB115", "call-with-code", Severity.ERROR)
CALL_NAME: Final = Rule("NB116", "call-name", Severity.ERROR)
CALL_PARAMETER: Final = Rule("NB117", "call-parameter", Severity.ERROR)
CALL_OUTPUT: Final = Rule("NB118", "call-output", Severity.ERROR)
OTHER_KERNEL: Final = Rule("NB119", "other-kernel", Severity.WARNING)
UNUSED_SETTING: Final = Rule("NB120", "unused-setting", Severity.WARNING)
STEP_LINE: Final = Rule("NB121", "step-line", Severity.ERROR)
STEP_LINE_AND_TAGS: Final = Rule("NB122", "step-line-and-tags", Severity.ERROR)
LIVE_LINE: Final = Rule("NB123", "live-line", Severity.ERROR)
NOT_LOADED: Final = Rule("NB124", "extension-not-loaded", Severity.WARNING)
RESTORED_HERE: Final = Rule("NB125", "restored-here", Severity.WARNING)

UNDEFINED_NAME: Final = Rule("NB201", "undefined-name", Severity.WARNING)
CANNOT_TRAVEL: Final = Rule("NB202", "cannot-travel", Severity.ERROR)
ANY_NAME: Final = Rule("NB203", "any-name", Severity.INFO)
PATCHED_MODULE: Final = Rule("NB204", "patched-module", Severity.INFO)
THREAD: Final = Rule("NB205", "thread", Severity.WARNING)
ASKS_FOR_INPUT: Final = Rule("NB206", "asks-for-input", Severity.WARNING)
WIDGET: Final = Rule("NB207", "widget", Severity.INFO)
INSTALLS_PACKAGE: Final = Rule("NB208", "installs-package", Severity.INFO)
SECRET_TRAVELS: Final = Rule("NB209", "secret-travels", Severity.WARNING)
STAYS_BEHIND: Final = Rule("NB210", "stays-behind", Severity.WARNING)
SEVERAL_MAKERS: Final = Rule("NB211", "several-makers", Severity.ERROR)
COPY_CHANGED: Final = Rule("NB212", "copy-changed", Severity.WARNING)
CODE_CROSSES: Final = Rule("NB213", "code-crosses", Severity.ERROR)

ADDED_EDGE: Final = Rule("NB301", "added-edge", Severity.INFO)
CYCLE: Final = Rule("NB302", "cycle", Severity.ERROR)
LATER_STEP: Final = Rule("NB303", "prev-to-later-step", Severity.ERROR)
OWN_STEP: Final = Rule("NB304", "prev-to-itself", Severity.ERROR)
LEARNED_EDGE: Final = Rule("NB305", "learned-edge", Severity.INFO)

NAME_COLLISION: Final = Rule("NB402", "name-collision", Severity.INFO)

_NOWHERE: Final = Location(CellId(""), 0)

#: All rules, by code.
RULES: Final[dict[str, Rule]] = {
    rule.code: rule for rule in list(globals().values()) if isinstance(rule, Rule)
}


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings by place, those about the notebook as a whole first; each once."""
    return tuple(sorted(dict.fromkeys(findings), key=_place))


def _place(finding: Finding) -> tuple[int, int, int, str, str]:
    at = finding.location or _NOWHERE
    return at.number, at.line, at.column, finding.code, finding.message
