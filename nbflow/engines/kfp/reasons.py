"""Why a task has failed, from its log; pure."""

from __future__ import annotations

import re
from typing import Final

from nbflow.engines.hiding import hidden

#: What the runtime raises: its text is made for users.
_SENTENCE: Final = re.compile(r"^(?:[\w.]+\.)?StepError: (.+)$", re.MULTILINE)
_ERROR: Final = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)\b.*)$", re.MULTILINE)


def failure(log: str) -> str:
    """Why a task has failed by its log: the sentence of the runtime, else the last error, else ""."""
    for pattern in (_SENTENCE, _ERROR):
        found = pattern.findall(log)
        if found:
            return hidden(str(found[-1]))
    return ""
