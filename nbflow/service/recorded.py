"""Findings as the store keeps them."""

from __future__ import annotations

from nbflow.diagnostics import Finding
from nbflow.store import FindingRecord


def finding_record(finding: Finding) -> FindingRecord:
    """A finding that was told when a run began."""
    place = finding.location
    return FindingRecord(
        code=finding.code,
        severity=finding.severity.value,
        message=finding.message,
        hint=finding.hint,
        cell=place.cell if place else None,
        number=place.number if place else 0,
        line=place.line if place else 0,
    )
