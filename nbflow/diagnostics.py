"""Findings: what nbflow tells the user about a notebook, with a stable code for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from nbflow.model import Location


class Severity(str, Enum):
    """ERROR stops a run before it begins; WARNING and INFO are told."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding. ``code`` never changes its meaning; ``name`` is its kebab-case name in the docs."""

    code: str
    name: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the user: what is wrong (``message``) and the way out (``hint``).

    ``location`` is None where the finding is about the notebook as a whole. ``about`` is what it speaks of,
    in an order of its rule's own: tags, names of steps, variables (``nbflow.analysis.fixes`` repairs by it).
    """

    rule: Rule
    message: str
    hint: str
    location: Location | None = None
    about: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The stable code, for example ``NB201``."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return self.rule.severity


def as_record(finding: Finding) -> dict[str, Any]:
    """The finding as JSON carries it; of a place that it does not have, all is None."""
    place = finding.location
    return {
        "code": finding.code,
        "name": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "cell": place.cell if place else None,
        "number": place.number if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }
