"""Values of secrets: kept out of what a step shows and of what it hands on.

A value is known by its text; one that is shorter than ``SHORTEST`` may stand anywhere by chance, and is not
looked for.
"""

from __future__ import annotations

import mmap
import os
from typing import Any, Dict, Iterable

SHORTEST = 8
HIDDEN = "***"


class Guard:
    """Knows the values that variables of the environment hold; ``names`` are those of the variables."""

    def __init__(self, names: Iterable[str]) -> None:
        found = {name: os.environ.get(name, "") for name in names}
        self._values = {name: text for name, text in found.items() if len(text) >= SHORTEST}

    def hidden(self, told: Any) -> Any:
        """What was told, with the values replaced in all its texts."""
        if not self._values:
            return told
        if isinstance(told, str):
            for text in self._values.values():
                told = told.replace(text, HIDDEN)
            return told
        if isinstance(told, list):
            return [self.hidden(each) for each in told]
        if isinstance(told, dict):
            found: Dict[str, Any] = {name: self.hidden(each) for name, each in told.items()}
            return found
        return told

    def held(self, path: str) -> str:
        """The variable whose value stands in the file at ``path``, "" if none does."""
        if not self._values or not os.path.getsize(path):
            return ""
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            for name, value in self._values.items():
                if text.find(value.encode("utf-8", "surrogateescape")) >= 0:
                    return name
        return ""
