"""What a check has found, as lines."""

from __future__ import annotations

from nbflow.service.check import Checked
from nbflow.wording.findings import as_text, summary
from nbflow.wording.words import counted


def checked_text(path: str, checked: Checked) -> str:
    """All findings with their source lines, and the closing lines; coloured as those of ``as_text``."""
    found = as_text(path, checked.notebook, checked.analysis.findings)
    return f"{found}{closing(path, checked)}\n"


def closing(path: str, checked: Checked) -> str:
    """How much was found, and of how large a pipeline."""
    pipeline = checked.analysis.pipeline
    found = summary(checked.analysis.findings) or "nothing found"
    steps = counted(len(pipeline.steps), "step")
    line = f"{path}: {found}; {steps}, {counted(len(pipeline.edges), 'edge')}"
    if checked.kernel:
        line += f"\nnote: {checked.kernel}"
    return line
