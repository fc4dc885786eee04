"""Reads variables back from their bundles in a process of their own, as fingerprints of what they mean."""

from __future__ import annotations

import json
import selectors
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from nbflow.engines.local.launcher import Exit, Pipes, drained
from nbflow.engines.local.outcome import reason_of
from nbflow.engines.local.plan import CLASS, Place, Plan, final_spec
from nbflow.engines.local.specification import write_json
from nbflow.engines.local.versions import Names, Version, Versions
from nbflow.errors import EngineError
from nbflow.model import Name


class Lender(Protocol):
    """What is needed of a launcher to read variables back (see ``Launcher``)."""

    def fileno(self) -> int: ...

    def launch(self, id: int, spec: Path) -> Pipes: ...

    def news(self) -> list[Exit]: ...


def fingerprints(
    plan: Plan, place: Place, versions: Names, launcher: Lender, call: str = ""
) -> dict[Name, str]:
    """A fingerprint of every variable that a run left, by name; taken in a process of its own.

    The variables are those of the notebook of ``call``, for which plan and place are.

    Raises:
        EngineError: the process did not end well.
    """
    folder = place.folder / "steps" / "final"
    target = folder / "fingerprints.json"
    target.unlink(missing_ok=True)
    spec = final_spec(plan, place, versions, target, call)
    pipes = launcher.launch(0, write_json(folder, spec))
    pipes.let_go()
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(launcher, selectors.EVENT_READ)
        for pipe in pipes.readable:
            selector.register(pipe, selectors.EVENT_READ)
        exits: list[Exit] = []
        while not exits:
            ready = {key.fd for key, _ in selector.select()}
            for pipe in ready.intersection(pipes.readable):
                data, ended = drained(pipe)
                said += data if pipe == pipes.events else b""
                if ended:
                    selector.unregister(pipe)
            exits = launcher.news() if launcher.fileno() in ready else []
    said += drained(pipes.events)[0]
    pipes.close()
    try:
        found: dict[Name, str] = json.loads(target.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        why = _fault(said) or reason_of(exits[0].status)
        raise EngineError(f"the run's variables cannot be read back: {why}") from error
    return found


def _fault(said: bytes) -> str:
    """What the process says of itself in its last events, or "" where it says nothing."""
    events = [json.loads(line) for line in said.splitlines()]
    faults = [str(event["error"]) for event in events if event["event"] == "internal"]
    errors = [str(event["evalue"]) for event in events if event["event"] == "error"]
    return next(iter(faults + errors), "")


class Borrowed:
    """A launcher that steps run on meanwhile: their exits are kept in ``others``, for who listens to them."""

    def __init__(self, lender: Lender, ids: Iterator[int]) -> None:
        self._lender = lender
        self._ids = ids
        self._own = -1
        self.others: list[Exit] = []

    def fileno(self) -> int:
        return self._lender.fileno()

    def launch(self, id: int, spec: Path) -> Pipes:
        self._own = next(self._ids)
        return self._lender.launch(self._own, spec)

    def news(self) -> list[Exit]:
        exits = self._lender.news()
        self.others += [exit for exit in exits if exit.id != self._own]
        return [exit for exit in exits if exit.id == self._own]


def same_meaning(
    plan: Plan,
    place: Place,
    versions: Names,
    pair: tuple[Version, Version],
    launcher: Lender,
    call: str = "",
) -> bool:
    """Whether two versions of a variable mean the same, whatever their bytes; no where one cannot be read."""
    found = []
    for version in pair:
        table = Versions()
        table.commit(version)
        for other in versions.all_before(len(plan.pipeline.steps)):
            if other.name.startswith(CLASS):
                table.commit(other)
        try:
            found.append(fingerprints(plan, place, table, launcher, call).get(version.name))
        except EngineError:
            return False
    return found[0] == found[1]
