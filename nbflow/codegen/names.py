"""Names that a target allows, made of those that users have given."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Sequence


def identifiers(names: Sequence[str]) -> list[str]:
    """A Python identifier in ASCII for each name, no two alike; names that are ones already stay."""
    taken: set[str] = {name for name in names if _is_plain(name)}
    found = []
    for name in names:
        if _is_plain(name):
            found.append(name)
            continue
        base = _plain(name)
        made, number = base, 2
        while made in taken:
            made, number = f"{base}_{number}", number + 1
        taken.add(made)
        found.append(made)
    return found


def _is_plain(name: str) -> bool:
    return bool(re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]*", name)) and not keyword.iskeyword(name)


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    text = re.sub(r"\W+", "_", text).strip("_") or "x"
    if text[0].isdigit() or keyword.iskeyword(text):
        text = f"x_{text}"
    return text


def kubernetes_name(name: str) -> str:
    """A name that Kubernetes allows (RFC 1123: lower case, digits and dashes, at most 63)."""
    text = _plain(name).lower().replace("_", "-")
    return re.sub(r"-+", "-", text)[:63].strip("-") or "x"
