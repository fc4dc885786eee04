"""What steps have taken in the runs of a notebook, and the tags that ask a cluster for as much."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nbflow.model import StepName
from nbflow.store import Figures, Store
from nbflow.tags import Limit, Request, Tag, unparse

_MI: Final = 2**20
#: Memory is asked for in such portions, below and above 1 Gi.
_SMALL: Final = 64
_LARGE: Final = 256
#: How much more than ever before a step may take: data grow, and a step beyond its limit is killed.
_MARGIN: Final = 1.5


@dataclass(frozen=True, slots=True)
class Proposal:
    """The tags that fit what a step has taken in as many runs."""

    runs: int
    tags: tuple[str, ...]


def proposals(notebook: str, folder: str | Path = ".") -> dict[StepName, Proposal]:
    """The tags that fit each step of a notebook, from all runs in which it ran and ended well.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        return proposals_of(store.figures(notebook))


def proposals_of(figures: Iterable[Figures]) -> dict[StepName, Proposal]:
    """The tags that fit each step, from what it has taken each time that it ran."""
    by_step: dict[StepName, list[Figures]] = {}
    for each in figures:
        by_step.setdefault(each.step, []).append(each)
    found = {step: Proposal(len(taken), _tags(taken)) for step, taken in by_step.items()}
    return {step: proposal for step, proposal in found.items() if proposal.tags}


def _tags(taken: Sequence[Figures]) -> tuple[str, ...]:
    peak = max(each.peak_bytes for each in taken)
    cores = max(each.cpu_seconds / max(each.seconds, 0.001) for each in taken)
    tags: list[Tag] = []
    if peak:
        tags += [Request("memory", _memory(peak)), Limit("memory", _memory(peak * _MARGIN))]
    if cores:
        tags += [Request("cpu", _cpu(cores)), Limit("cpu", str(math.ceil(cores)))]
    return tuple(map(unparse, tags))


def _memory(count: float) -> str:
    """As many bytes in whole portions, as Kubernetes writes them."""
    portion = _SMALL if count <= 1024 * _MI else _LARGE
    amount = math.ceil(count / _MI / portion) * portion
    return f"{amount // 1024}Gi" if amount % 1024 == 0 else f"{amount}Mi"


def _cpu(cores: float) -> str:
    """As many cores in tenths, as Kubernetes writes them."""
    tenths = math.ceil(cores * 10)
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths}00m"
