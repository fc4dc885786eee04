"""Names that a target allows, made of those that users have given."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

_LONGEST: Final = 63


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


def kubernetes_names(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """A name for each that Kubernetes allows, no two alike; names that are legal and free stay."""
    used = set(taken)
    used |= {name for name in names if name not in used and kubernetes_name(name) == name}
    kept = used.difference(taken)
    found = []
    for name in names:
        base, number = kubernetes_name(name), 2
        made = base
        while made in used and not (made == name and name in kept):
            tail = f"-{number}"
            made, number = f"{base[: _LONGEST - len(tail)].rstrip('-')}{tail}", number + 1
        used.add(made)
        kept.discard(made)
        found.append(made)
    return found


def kubernetes_name(name: str) -> str:
    """A name that Kubernetes allows (RFC 1123: lower case, digits and dashes, at most 63)."""
    text = _plain(name).lower().replace("_", "-")
    return re.sub(r"-+", "-", text)[:_LONGEST].strip("-") or "x"
