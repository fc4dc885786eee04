"""Statements in the body of a pipeline: calls of the SDK of Kubeflow Pipelines for one task."""

from __future__ import annotations

from typing import Final

from nbflow.codegen.layout import Lines, argument, call

#: As wide as a statement in the body of a function may be.
ROOM: Final = 96


def told(**values: object) -> list[Lines]:
    """The values of JSON as arguments of such a call."""
    return [argument(name, value, room=ROOM - 4) for name, value in values.items()]


def method(task: str, name: str, /, **values: object) -> Lines:
    """A call of a method of the task."""
    return call(f"{task}.{name}(", told(**values), room=ROOM)


def kubernetes(function: str, task: str, /, **values: object) -> Lines:
    """A call of a function of ``kfp-kubernetes`` for the task."""
    return call(f"kubernetes.{function}(", [[task], *told(**values)], room=ROOM)
