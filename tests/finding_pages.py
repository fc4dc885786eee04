"""The pages of findings in the docs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nbflow.diagnostics import Rule

PAGES: Final = Path(__file__).parents[1] / "docs" / "findings"
SECTIONS: Final = ["What it does", "Why it matters", "Example", "What to do"]


def page(rule: Rule) -> str:
    """The text of a rule's page."""
    return (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
