"""Findings as answers hold them."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.diagnostics import Finding, as_record
from nbflow.server import schema


def shown(findings: Sequence[Finding]) -> tuple[schema.Finding, ...]:
    """The findings as JSON carries them."""
    return tuple(schema.Finding(**as_record(finding)) for finding in findings)
