"""Findings as answers hold them."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.diagnostics import Finding, as_record
from nbflow.server import schema
from nbflow.service.check import Checked
from nbflow.service.fixes import repairs


def shown(
    findings: Sequence[Finding], checked: Checked | None = None
) -> tuple[schema.Finding, ...]:
    """The findings as JSON carries them; of a ``checked`` notebook with their repairs."""
    fixes = repairs(checked, findings) if checked else ((),) * len(findings)
    return tuple(
        schema.Finding(**as_record(finding), fixes=each)
        for finding, each in zip(findings, fixes, strict=True)
    )
