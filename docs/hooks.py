"""What MkDocs does besides: lists the pages of findings and of commands, so that no list goes stale."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_LIST = "<!-- the list of findings -->"
_FOLDERS = {"Findings": "findings", "Command line": "cli"}


def on_config(config: Any) -> Any:
    """The configuration with the pages of the folders in the navigation."""
    for entry in config["nav"]:
        for title, folder in _FOLDERS.items():
            if title in entry:
                entry[title] += pages(Path(config["docs_dir"]), folder)
    return config


def on_page_markdown(markdown: str, *, config: Any, **_: Any) -> str:
    """The page with the table of findings in its place."""
    if _LIST not in markdown:
        return markdown
    folder = Path(config["docs_dir"]) / "findings"
    rows = [
        f"| [{path.stem}](findings/{path.name}) | {title(path)} | {severity(path)} |"
        for path in sorted(folder.glob("NB*.md"))
    ]
    head = ["| code | finding | severity |", "|---|---|---|"]
    return markdown.replace(_LIST, "\n".join([*head, *rows]))


def pages(docs: Path, folder: str) -> list[str]:
    """The pages of a folder in order of their names, its index first."""
    found = sorted((docs / folder).glob("*.md"), key=lambda p: (p.name != "index.md", p.name))
    return [f"{folder}/{path.name}" for path in found]


def title(page: Path) -> str:
    """The heading of a page, without the code that it may begin with."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            return line[2:].removeprefix(page.stem).lstrip(" :-—")
    return page.stem


def severity(page: Path) -> str:
    """The severity that a finding's page states."""
    found = re.search(r"^Severity: (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""
