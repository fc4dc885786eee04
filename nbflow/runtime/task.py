"""What one step is to do wherever it runs: made when a notebook is converted, read in the pod."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Dict, List, Mapping, Tuple

from . import spec

VERSION = 1


@dataclass(frozen=True)
class Task:
    """A step of a pipeline.

    ``steps`` are the names of all steps in notebook order, of which this is number ``index``. Cells are as
    ``spec`` has them, with their ``number`` in the notebook; those of ``binding`` bind parameters. Of
    variables, ``reads`` are those that the step may read, ``gives`` those that travel in artifacts of their
    own. ``foreseen`` is ambient state that it is known to change. ``missed`` leads from a name to a later
    step that reads it and is given nothing of this one: its name, what of the two is to be tagged, and with
    which step; from "@" to any that is given nothing. ``apart`` are the steps before it of which this one is
    given nothing. ``read_later`` are names that any later step reads. ``home`` is a word that steps of one
    pipeline share, and no others. ``defaults`` is JSON: the notebook's own values of the parameters, which
    engines may hand over less exactly.

    ``call`` is the name of the call whose notebook the step stands in, "" for the pipeline's own. ``calls``
    are those around it, before it in its own notebook, and its own, if it calls one: each with its ``name``,
    the call that it stands ``within``, the ``first`` step (which hands over) and the ``last``, and the names
    that are ``taken``, of which those of ``arguments`` are parameters, and ``given`` back. ``values`` is
    JSON: what the calling cell gives to parameters. ``folder`` leads from the folder of the pipeline's
    notebook to that of the step's, ``folders`` to those of all that are called; the last parts of the path
    of the first are ``place``, where one of these ways leads out of it. ``secrets`` are variables of the
    environment whose values stay in the pod.
    """

    step: str
    index: int
    steps: Tuple[str, ...]
    cells: Tuple[Mapping[str, Any], ...]
    prelude: Tuple[Mapping[str, Any], ...] = ()
    binding: Tuple[str, ...] = ()
    reads: Tuple[str, ...] = ()
    reads_all: bool = False
    gives: Tuple[str, ...] = ()
    foreseen: Tuple[str, ...] = ()
    missed: Mapping[str, Tuple[str, str, str]] = field(default_factory=dict)
    apart: Tuple[int, ...] = ()
    read_later: Tuple[str, ...] = ()
    all_read_later: bool = False
    files_read_later: bool = False
    metrics: Tuple[str, ...] = ()
    attributes: Tuple[str, ...] = ()
    keep_out: bool = False
    history: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    home: str = ""
    defaults: str = ""
    call: str = ""
    calls: Tuple[Mapping[str, Any], ...] = ()
    values: str = ""
    folder: str = ""
    folders: Tuple[str, ...] = ()
    place: str = ""
    secrets: Tuple[str, ...] = ()
    version: int = VERSION

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Task:
        """The task in ``data``.

        Raises ``ValueError`` for a version that this code does not know.
        """
        if data.get("version") != VERSION:
            raise ValueError(
                f"a task of version {data.get('version')}, but this runs version {VERSION}"
            )
        known = {each.name for each in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in data.items() if name in known})

    def number(self, cell: str) -> int:
        """The number of a cell in the notebook, counted from 1; 0 where it is none of this step's."""
        numbers = {each["id"]: int(each["number"]) for each in (*self.prelude, *self.cells)}
        return numbers.get(cell, 0)

    def fixed(self, parameters: Mapping[str, Any], arguments: Mapping[str, str]) -> Dict[str, Any]:
        """The parts of the step's specification that do not depend on what it is given besides these.

        ``arguments`` are values for parameters that lie in bundles. Engines give each parameter: one that is
        as the notebook has it is left to its cells, of which several may bind the name.
        """
        usual = json.loads(self.defaults or "{}")
        other = {n: v for n, v in parameters.items() if n not in usual or repr(v) != repr(usual[n])}
        told = {
            "parameters": {**other, **json.loads(self.values or "{}")},
            "arguments": dict(arguments),
        }
        return {
            "version": spec.VERSION,
            "step": self.step,
            "index": self.index,
            "prelude": [self._cell(each, told) for each in self.prelude],
            "cells": [self._cell(each, told) for each in self.cells],
            "attributes": list(self.attributes),
            "keep_out": self.keep_out,
            "history": dict(self.history),
            "env": dict(self.env),
        }

    def _cell(self, cell: Mapping[str, Any], told: Mapping[str, Any]) -> Dict[str, Any]:
        return {**cell, **(told if cell["id"] in self.binding else {})}


def _frozen(value: Any) -> Any:
    """Lists as tuples, also those in a mapping."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        found: Dict[str, Any] = {name: _frozen(each) for name, each in value.items()}
        return found
    return value


def as_json(task: Task) -> Dict[str, Any]:
    """What ``Task.parse`` reads; parts that are as usual are left out."""
    data: Dict[str, Any] = {}
    for each in fields(task):
        value = getattr(task, each.name)
        if each.name in _ALWAYS or value:
            data[each.name] = _plain(value)
    return data


_ALWAYS = frozenset({"step", "index", "steps", "cells", "version"})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        found: List[Any] = [_plain(each) for each in value]
        return found
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value
