"""The answer to a request that the findings forbid."""

from __future__ import annotations

from nbflow.diagnostics import Finding, Severity
from nbflow.errors import NbflowError


class Refused(NbflowError):  # noqa: N818  # an answer to a request, as the user reads it
    """The notebook has findings of severity error: it was not run, or not ``done`` what was asked."""

    exit_code = 8

    def __init__(self, findings: tuple[Finding, ...], done: str = "run") -> None:
        errors = [f for f in findings if f.severity is Severity.ERROR]
        super().__init__(f"the notebook was not {done}: {errors[0].code} {errors[0].message}")
        self.findings = findings


def refuse(findings: tuple[Finding, ...], done: str) -> None:
    """Nothing, where there is no finding of severity error.

    Raises:
        Refused: there is one.
    """
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise Refused(findings, done)
