"""Findings as answers hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbflow.diagnostics import Finding, as_record
from nbflow.server import schema
from nbflow.server.wording import spoken
from nbflow.service.check import Checked
from nbflow.service.fixes import repairs


def shown(
    findings: Sequence[Finding], checked: Checked | None = None
) -> tuple[schema.Finding, ...]:
    """The findings as JSON carries them; of a ``checked`` notebook with their repairs."""
    fixes = repairs(checked, findings) if checked else ((),) * len(findings)
    return tuple(
        schema.Finding(**_record(finding), fixes=each)
        for finding, each in zip(findings, fixes, strict=True)
    )


def _record(finding: Finding) -> dict[str, Any]:
    sentences = {"message": spoken(finding.message), "hint": spoken(finding.hint)}
    return as_record(finding) | sentences
