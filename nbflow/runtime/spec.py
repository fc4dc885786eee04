"""What a step is told to do: the JSON file that its process is started with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Tuple

VERSION = 1
#: Ambient state that imports change, or that only those see who name it (as in ``model``).
USUAL = frozenset(
    {
        "@annotations", "@environ", "@ipython", "@logging", "@matplotlib.colormaps", "@numpy.random", "@out",
        "@pyplot", "@random", "@sys.modules", "@sys.path", "@torch.random", "@warnings",
    }
)  # fmt: skip
#: Ambient state that may hold objects which variables name.
_HOLDERS = frozenset({"@pyplot", "@shell", "@out"})


def may_hold(name: str) -> bool:
    """Whether ambient state of this name may hold what variables name."""
    return name in _HOLDERS or name.startswith("@module:")


def class_name(key: str) -> str:
    """The name by which the notebook knows the class of a definition, by the key of that."""
    return key.rpartition("/")[2].partition(".")[0]


@dataclass(frozen=True)
class Cell:
    """A cell to run. Outputs of one that is not ``show``-n are dropped; its errors never are.

    ``parameters`` are values that win over what the cell binds; those of ``arguments`` lie in bundles.
    """

    id: str
    source: str
    count: int
    show: bool = True
    allow_error: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """Names to bind from a bundle. What else the bundle holds is out of date and left alone."""

    bundle: str
    names: Tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """A step: what runs, what is loaded before, where its results go.

    ``history`` are the texts of earlier cells by count, for steps that name ``In`` or ``_i``.
    ``keep_out`` asks for the results of cells as the ambient piece ``@out``. ``attributes`` are module
    attributes (``ssl._create_default_https_context``) that the notebook assigns. ``modules`` leads from
    those beside the notebook that earlier steps have imported to the bundles of their texts. ``trusted``
    are bundles that this run has written, with the times of their files. ``env`` are environment
    variables that the step is given. ``codecs`` leads from names of types to codecs that the environment
    offers for them. ``marker`` is written to both standard descriptors when a cell begins, so that the
    reader knows whose text follows. ``hand_over`` are names that are stored though no cell has changed them:
    the notebook that the step calls takes them. Of the variables only those are stored that ``keep`` names,
    and what shares objects with these; all without it.
    """

    step: str
    cells: Tuple[Cell, ...]
    store: str
    outcome: str
    cwd: str
    index: int = 0
    prelude: Tuple[Cell, ...] = ()
    loads: Tuple[Load, ...] = ()
    absent: Tuple[str, ...] = ()
    ambient: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    attributes: Tuple[str, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    trusted: Mapping[str, int] = field(default_factory=dict)
    codecs: Mapping[str, str] = field(default_factory=dict)
    marker: str = ""
    history: Mapping[int, str] = field(default_factory=dict)
    seed: Optional[int] = None
    stop_on_error: bool = True
    keep_out: bool = False
    fingerprints: Optional[str] = None
    hand_over: Tuple[str, ...] = ()
    keep: Optional[FrozenSet[str]] = None
    secrets: Tuple[str, ...] = ()


def _cells(entries: List[Dict[str, Any]]) -> Tuple[Cell, ...]:
    return tuple(
        Cell(
            id=entry["id"],
            source=entry["source"],
            count=int(entry["count"]),
            show=entry.get("show", True),
            allow_error=entry.get("allow_error", False),
            parameters=entry.get("parameters") or {},
            arguments=entry.get("arguments") or {},
        )
        for entry in entries
    )


def parse(data: Mapping[str, Any]) -> Spec:
    """The spec in ``data``.

    Raises ``ValueError`` for a version that this code does not know, ``KeyError`` for a missing field.
    """
    if data.get("version") != VERSION:
        raise ValueError(
            f"a step of version {data.get('version')}, but this runs version {VERSION}"
        )
    return Spec(
        step=data["step"],
        index=int(data.get("index", 0)),
        prelude=_cells(data.get("prelude", [])),
        cells=_cells(data["cells"]),
        loads=tuple(Load(e["bundle"], tuple(e["names"])) for e in data.get("loads", [])),
        absent=tuple(data.get("absent", ())),
        ambient=dict(data.get("ambient") or {}),
        classes=dict(data.get("classes") or {}),
        attributes=tuple(data.get("attributes") or ()),
        modules=dict(data.get("modules") or {}),
        env=dict(data.get("env") or {}),
        trusted=dict(data.get("trusted") or {}),
        codecs=dict(data.get("codecs") or {}),
        marker=data.get("marker", ""),
        history={int(count): text for count, text in (data.get("history") or {}).items()},
        store=data["store"],
        outcome=data["outcome"],
        cwd=data["cwd"],
        seed=data.get("seed"),
        stop_on_error=data.get("stop_on_error", True),
        keep_out=data.get("keep_out", False),
        fingerprints=data.get("fingerprints"),
        hand_over=tuple(data.get("hand_over") or ()),
        secrets=tuple(data.get("secrets") or ()),
        keep=None if data.get("keep") is None else frozenset(data["keep"]),
    )


def read(path: str) -> Spec:
    """The spec in the file at ``path``."""
    with open(path, encoding="utf-8") as file:
        return parse(json.load(file))
