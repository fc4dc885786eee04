"""The protocol of engines that run pipelines elsewhere: values in, values out, all IO behind it.

A run is known by its ``Handle``, which holds nothing secret and is kept in the store, so that it is found
again from another process and after the machine was off. Everything that goes wrong is an ``EngineError``
whose sentence says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nbflow.engines.events import RunState, StepState
from nbflow.errors import EngineError
from nbflow.model import Json


class NoSuchRunError(EngineError):
    """The engine knows the run no more: it was removed there, or the profile leads somewhere else."""


class NoLogError(EngineError):
    """There is no text of a task, and there will be none: it wrote nothing, or its pod is gone."""


@dataclass(frozen=True, slots=True)
class Order:
    """A pipeline that is to run.

    ``manifest`` is the text that ``nbflow convert`` writes for the target, ``name`` that of the
    pipeline. ``run`` is a legal name of Kubernetes that no other run has: submitting an order twice
    makes one run. ``experiment`` is the group of runs that it belongs to, and ``account`` the service
    account that all its steps have, where the notebook names them and the manifest does not.
    ``arguments`` are the values of parameters, by their names in the manifest and as these are prepared
    for them (``Submission``): Kubeflow Pipelines gets them as they are, Argo as JSON.
    """

    manifest: str
    name: str
    run: str
    arguments: Mapping[str, Json] = field(default_factory=dict)
    experiment: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Handle:
    """A run on an engine. ``url`` is the page where its users see it, or ""."""

    id: str
    name: str = ""
    namespace: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """What is known of a task. ``started`` and ``ended`` are in seconds since the epoch.

    ``message`` says why it failed, or, while it waits, what it waits for where that is not its turn: an
    image that cannot be pulled, a machine with enough room. ``tries`` counts attempts. ``metrics`` are
    the numbers that it has reported. ``reused`` says that the engine used an earlier result.
    """

    state: StepState
    started: float | None = None
    ended: float | None = None
    message: str = ""
    tries: int = 1
    metrics: Mapping[str, float] = field(default_factory=dict)
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a run, its tasks by their names in the manifest (those that there are by now)."""

    state: RunState
    tasks: Mapping[str, TaskStatus] = field(default_factory=dict)
    message: str = ""
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that ``Engine.test`` has tried: what, whether it went well, and what to do where not."""

    what: str
    good: bool
    detail: str = ""


class Engine(Protocol):
    """An engine that is reached over a network; several threads may use it at once."""

    def submit(self, order: Order) -> Handle:
        """The run that was made of an order; the one that is there where it was submitted before."""

    def poll(self, run: Handle) -> Status:
        """What is known of a run now."""

    def watch(self, run: Handle) -> Iterator[Status]:
        """What is known of a run, each time that it changes, up to its end.

        It goes on after dropped connections."""

    def logs(self, run: Handle, task: str, *, follow: bool = False) -> Iterator[str]:
        """The text that a task has written, in pieces; with ``follow`` up to the task's end.

        Raises:
            NoLogError: there is none, and there will be none.
        """

    def cancel(self, run: Handle) -> None:
        """Stop a run; nothing, where it has ended."""

    def retry(self, run: Handle) -> Handle:
        """The run that goes on where a failed or stopped one has ended; what went well there is kept."""

    def test(self) -> tuple[Checked, ...]:
        """What a user needs for runs here, tried one after the other: address, sign-in, rights."""
