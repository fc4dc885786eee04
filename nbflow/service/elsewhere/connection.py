"""A run elsewhere and the engine that it is on: found again by what the store knows of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from nbflow.engines.remote import Engine, Handle
from nbflow.errors import EngineError, NbflowError, ProfileError
from nbflow.store import RemoteRecord, RunRecord

_T = TypeVar("_T")
#: Exceptions of a thread that is left alone go nowhere.
_ABANDONED: Final = "nbflow-abandoned"


def handle(remote: RemoteRecord) -> Handle:
    """What the engine knows the run by."""
    return Handle(remote.id, remote.name, remote.namespace, remote.url)


def engine_of(record: RunRecord) -> Engine:
    """The engine that a run is on.

    Raises:
        ProfileError: its connection is not named any more, is one to another kind of engine by now, or
            does not fit.
        EngineError: the engine cannot be used.
    """
    # Deferred: what reads profiles takes a while to import, and most runs are on this machine.
    from nbflow.profiles.file import ProfileFile  # noqa: PLC0415
    from nbflow.service.engines import engine, unnamed  # noqa: PLC0415

    assert record.remote is not None
    name, kind = record.remote.profile, record.engine
    file = ProfileFile()
    if name not in file.names and name == kind:
        return engine(unnamed(kind))
    found = file.read(name)
    if found.engine != kind:
        raise ProfileError(
            f"run {record.id} is on an engine {name} of the kind {kind}, which is {found.engine} by now"
        )
    return engine(found)


def within(seconds: float, who: str, work: Callable[[], _T]) -> _T:
    """What ``work`` gives, if it gives it in so many seconds; else it is left alone.

    Raises:
        EngineError: ``who`` did not answer in time.
        NbflowError: whatever ``work`` raises.
    """
    return started(work)(seconds, who)


def started(work: Callable[[], _T]) -> Callable[[float, str], _T]:
    """A function like ``within`` for work that has begun: several things can be waited for at once."""
    answers: list[_T] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as problem:
            problems.append(problem)

    def answer(seconds: float, who: str) -> _T:
        thread.join(seconds)
        if problems:
            raise problems[0]
        if not answers:
            raise EngineError(f"{who} has not answered within {seconds:.0f} s")
        return answers[0]

    thread = threading.Thread(target=run, name=_ABANDONED, daemon=True)
    thread.start()
    return answer


def told(error: NbflowError) -> str:
    """What went wrong as a clause of another sentence."""
    return str(error).rstrip(".")
