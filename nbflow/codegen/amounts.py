"""Quantities of Kubernetes as numbers."""

from __future__ import annotations

from typing import Final

from nbflow.tags import QUANTITY

_SCALES: Final = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3,
    **{sign: 1000.0**power for power, sign in enumerate("MGTPE", 2)},
    **{f"{sign}i": 1024.0**power for power, sign in enumerate("KMGTPE", 1)},
}  # fmt: skip


def amount(value: str) -> float:
    """A quantity as a number; the grammar of tags has checked it."""
    found = QUANTITY.fullmatch(value)
    if found is None:
        return 0.0
    number, power, suffix = found.groups()
    return float(number) * (10.0 ** int(power) if power else _SCALES.get(suffix or "", 1.0))
