"""Texts of others without what may be a secret."""

from __future__ import annotations

import re
from typing import Final

_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
#: A JSON Web Token, as Kubernetes and sign-in services make them.
_TOKEN: Final = re.compile(r"\beyJ[\w-]+\.[\w-]*(\.[\w-]*)?")
_LONGEST: Final = 1000


def hidden(text: str) -> str:
    """The text on one line, of bearable length, with "..." in place of tokens."""
    line = " ".join(text.split())
    line = _TOKEN.sub("...", _BEARER.sub(r"\1 ...", line))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
