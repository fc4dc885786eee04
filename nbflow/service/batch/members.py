"""The members of a batch at work: one after the other, or several at once in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nbflow.engines.events import Event, RunStarted, RunState
from nbflow.engines.local.cache import Reuse
from nbflow.engines.local.launcher import Launchers
from nbflow.engines.local.sharing import Helpers
from nbflow.errors import EngineError, NotebookError
from nbflow.model import Learned, StepName, defaults
from nbflow.service.batch.beside import Beside
from nbflow.service.batch.events import (
    BatchEvent,
    BatchNote,
    MemberEnded,
    MemberHeard,
    MemberStarted,
)
from nbflow.service.batch.outputs import Outputs
from nbflow.service.batch.recorded import Recorded
from nbflow.service.batch.sharing import UnderWay, fitting, reaching
from nbflow.service.batch.stopping import Stoppable
from nbflow.service.batch.turns import Turns, gains, tied
from nbflow.service.request import Request, analysed_anew
from nbflow.service.run import cores, execute
from nbflow.store import MemberRecord, RunRecord

#: Why members run one after the other where more at once were asked for.
ONE_AT_A_TIME: Final = (
    "its steps write files or start programs, and members would take files from each other: they run one"
    " at a time"
)
#: What they do where only some steps touch files that others write.
IN_TURNS: Final = (
    "members run side by side up to the steps that touch files which members share; those run for one member"
    " at a time: {steps}"
)
#: What is done where they touched such files at the same time before that was known.
ONCE_MORE: Final = (
    "members {members} ran at the same time, and may have taken files from each other:"
    " they run once more"
)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be run: the batch, its notebook as it was read once, and how many members at once.

    ``outputs`` are where their executed notebooks are written besides.
    """

    batch: str
    asked: Request
    python: str | None
    at_once: int
    outputs: Outputs


class Members:
    """Runs members; each is tied to its run before anything of it begins.

    Where several may run at once, the first one runs alone, until one has ended well and has shown what
    its steps do outside of their processes.
    """

    def __init__(self, work: Work, tell: Callable[[BatchEvent], None]) -> None:
        self._work = work
        self._asked = work.asked
        self._recorded = Recorded(work.batch, work.asked.path.parent)
        self._facts = self._learned()
        self._tell = tell
        self._changed = threading.Condition(threading.RLock())
        self._reached = reaching(work.asked.analysis)
        self._under_way = UnderWay(self._reached, defaults(work.asked.analysis.pipeline.parameters))
        self._fault: BaseException | None = None
        self._at_once = 1
        self._known = work.at_once == 1
        self._turns = Turns(self._changed)
        self._beside = Beside()
        self._anew: dict[int, frozenset[StepName]] = {}
        self._runs: dict[int, str] = {}
        self._stopped: Callable[[], bool] = lambda: False
        #: Why the first of the executed notebooks was not written that could not be.
        self.unwritten: NotebookError | None = None

    def run(self, members: Sequence[MemberRecord]) -> None:
        """Run the members; one that fails keeps none of the others from running.

        Raises:
            NbflowError: what would stop every member: the kernel or the store is at fault.
        """
        with Helpers() as helpers:
            if self._work.at_once == 1:
                for member in members:
                    self._run(member, helpers.launcher)
                return
            stoppable = Stoppable(helpers.launcher)
            self._stopped = lambda: stoppable.stopped
            try:
                self._run_side_by_side(list(members), stoppable)
            except BaseException:
                stoppable.stop()
                helpers.close()
                self._wait_for_all()
                raise

    def _run_side_by_side(self, waiting: list[MemberRecord], stoppable: Stoppable) -> None:
        by_position = {member.position: member for member in waiting}
        with self._changed:
            while (
                waiting or self._under_way.members or self._beside.again
            ) and self._fault is None:
                position = None
                if self._beside.again and not self._under_way.members:
                    waiting = [*self._once_more(by_position), *waiting]
                if not self._beside.again and len(self._under_way.members) < self._at_once:
                    given = [(m.position, m.parameters) for m in waiting]
                    position = fitting(given, self._under_way)
                if position is None:
                    self._changed.wait()
                    continue
                member = by_position[position]
                waiting.remove(member)
                self._begin(member, stoppable)
            if self._fault is not None:
                raise self._fault

    def _once_more(self, members: Mapping[int, MemberRecord]) -> list[MemberRecord]:
        """The members that have to run again; their runs and what these have given are gone."""
        again = sorted(self._beside.again)
        steps = self._turns.steps if self._at_once > 1 else frozenset(self._reached)
        self._forget(again)
        with self._recorded.store() as store, store.clearing() as clearing:
            clearing.remove([self._runs[position] for position in again])
        self._anew.update(dict.fromkeys(again, steps))
        self._beside.again.clear()
        self._tell(BatchNote(ONCE_MORE.format(members=", ".join(map(str, again)))))
        return [members[position] for position in again]

    def _forget(self, members: Collection[int], going: Collection[int] = ()) -> None:
        """Let members wait again; nobody uses what their runs have given, but for those still ``going``."""
        runs = [self._runs[position] for position in members if position not in going]
        with self._recorded.store() as store:
            store.batches.forget_runs(self._work.batch, members, runs)

    def _begin(self, member: MemberRecord, stoppable: Stoppable) -> None:
        self._beside.begin(member.position, self._under_way.members, self._turns.steps)
        self._under_way.begin(member.position, member.parameters)
        thread = threading.Thread(
            target=self._in_thread, args=(member, stoppable), name=f"member {member.position}"
        )
        thread.start()

    def _in_thread(self, member: MemberRecord, stoppable: Stoppable) -> None:
        fault = None
        try:
            self._run(member, stoppable.launcher)
        except BaseException as error:
            fault = error
        with self._changed:
            self._under_way.end(member.position)
            self._turns.leave(member.position)
            if fault is not None and not stoppable.stopped:
                self._fault = fault
            self._changed.notify_all()

    def _wait_for_all(self) -> None:
        with self._changed:
            self._changed.notify_all()  # who waits for its turn is to hear of the stop
            self._changed.wait_for(lambda: not self._under_way.members)

    def _run(self, member: MemberRecord, launchers: Launchers) -> None:
        """Run one member, and tell how it went."""
        work, trouble = self._work, ""
        began = threading.Event()

        def hear(event: Event) -> None:
            if isinstance(event, RunStarted):
                self._tie(member, event.run)
                began.set()
            self._hear(member, event)

        try:
            record = execute(
                replace(self._asked, parameters=member.parameters),
                python=work.python,
                jobs=max(1, cores() // self._at_once),
                reuse=self._reuse(member),
                launchers=launchers,
                on_event=hear,
                before_step=lambda step: self._turns.wait(member.position, step, self._stopped),
            )
        except EngineError as error:
            if not began.is_set():
                raise
            trouble = str(error)
        else:
            self._learn(member, record)
            trouble = self._write(member, record)
        with self._changed:
            self._tell(MemberEnded(self._recorded.now(member), trouble))

    def _write(self, member: MemberRecord, record: RunRecord) -> str:
        """Write the executed notebook of a member where it was asked for; why that could not be, or ""."""
        try:
            place = self._work.outputs.write(member, record)
        except NotebookError as error:
            with self._changed:
                self.unwritten = self.unwritten or error
            return str(error)
        if place:
            with self._recorded.store() as store:
                store.batches.note_output(self._work.batch, member.position, place)
        return ""

    def _learn(self, member: MemberRecord, record: RunRecord) -> None:
        """Take from a run what its steps have shown, and whether members may run side by side."""
        facts = self._learned()
        with self._recorded.store() as store:
            results = store.results_in(record.id)
        with self._changed:
            if facts != self._facts:
                self._facts, self._asked = facts, analysed_anew(self._work.asked)
            if self._work.at_once > 1:
                found = tied(record.steps, results, self._asked.analysis)
                again = self._beside.end(member.position, found)
                if member.position in self._beside.again:  # a kill is to leave nothing of them
                    going = set(self._under_way.members) - {member.position}
                    self._forget(again | {member.position}, going)
                self._settle(record, found)

    def _settle(self, record: RunRecord, found: frozenset[StepName] | None) -> None:
        """Let members run side by side or not: ``found`` are the steps for which they take turns."""
        steps = None if found is None else self._turns.steps | found
        if steps is None or not gains(steps, self._reached, self._asked.analysis):
            if self._at_once > 1 or not self._known:
                self._at_once, self._known = 1, True
                self._tell(BatchNote(ONE_AT_A_TIME))
            return
        if self._at_once == 1 and (self._known or record.state != RunState.DONE.value):
            return
        if steps != self._turns.steps:
            self._tell(BatchNote(IN_TURNS.format(steps=", ".join(sorted(steps)))))
        self._at_once, self._known, self._turns.steps = self._work.at_once, True, steps

    def _reuse(self, member: MemberRecord) -> Reuse:
        """What a member uses of its earlier run: all that had ended well, and its initial states."""
        anew = self._anew.get(member.position, frozenset())
        last = self._recorded.last(member)
        if last is None:
            return Reuse(forced=anew)
        return Reuse(forced=anew, resumed=last.id, seed=last.seed)

    def _tie(self, member: MemberRecord, run: str) -> None:
        self._recorded.tie(member, run)
        with self._changed:
            self._runs[member.position] = run
            self._tell(MemberStarted(self._recorded.now(member)))

    def _hear(self, member: MemberRecord, event: Event) -> None:
        with self._changed:
            if member.position in self._under_way.members and self._under_way.hear(
                member.position, event
            ):
                self._changed.notify_all()
            self._tell(MemberHeard(member.position, event))

    def _learned(self) -> tuple[Learned, ...]:
        with self._recorded.store() as store:
            return store.learned(self._work.asked.known_as)
