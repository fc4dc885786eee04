"""Findings as answers hold them."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.diagnostics import Finding
from nbflow.server import schema


def shown(findings: Sequence[Finding]) -> tuple[schema.Finding, ...]:
    """The findings as JSON carries them."""
    return tuple(
        schema.Finding(
            code=finding.code,
            name=finding.rule.name,
            severity=finding.severity.value,
            message=finding.message,
            hint=finding.hint,
            cell=place.cell if place else None,
            number=place.number if place else None,
            line=place.line if place else None,
            column=place.column if place else None,
        )
        for finding in findings
        for place in (finding.location,)
    )
