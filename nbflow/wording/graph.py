"""What is told besides the graph itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nbflow.diagnostics import Severity
from nbflow.service.graph import Graph
from nbflow.wording.findings import summary

#: What an earlier run has shown: it explains edges that the code does not.
_LEARNED: Final = "learned-edge"


def graph_notes(path: str, found: Graph) -> Iterator[str]:
    """Why the graph has edges that the code does not show, and whether it is the one that will run."""
    for finding in found.findings:
        if finding.rule.name == _LEARNED:
            yield f"{path}: note: {finding.message}"
    errors = [finding for finding in found.findings if finding.severity is Severity.ERROR]
    if errors:
        yield f"{path}: {summary(errors)}; nbflow check shows them"
