"""The members of a batch as runs elsewhere: sent with their parameters, and followed until they have ended.

Who stops following them leaves them as they are: they go on where they are, and are followed again when the
batch goes on.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nbflow.diagnostics import Finding
from nbflow.engines.events import Event, RunStarted, RunState
from nbflow.engines.remote import NoSuchRunError
from nbflow.errors import EngineError
from nbflow.profiles import Profile
from nbflow.service.batch.events import BatchEvent, MemberEnded, MemberHeard, MemberStarted
from nbflow.service.batch.recorded import Recorded
from nbflow.service.batch.settings import Settings
from nbflow.service.elsewhere import look
from nbflow.service.elsewhere.connection import engine_of
from nbflow.service.elsewhere.manifest import Manifests, manifests
from nbflow.service.elsewhere.submit import retry, submit_made
from nbflow.service.elsewhere.watch import watch
from nbflow.service.engines import chosen
from nbflow.service.request import Request
from nbflow.store import MemberRecord, RunRecord

HearFindings = Callable[[tuple[Finding, ...]], None]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The engine that members are sent to, and what is sent for the values of each."""

    profile: Profile
    manifests: Manifests

    def members(
        self, batch: str, asked: Request, at_once: int, tell: Callable[[BatchEvent], None]
    ) -> Sent:
        """What runs members of a batch there."""
        return Sent(batch, asked, self, at_once, tell)


def elsewhere(
    asked: Request, settings: Settings, python: str | None, on_findings: HearFindings
) -> Elsewhere:
    """The engine that a batch names, and what is sent of its notebook.

    Raises:
        Refused: there are findings of severity error.
        NbflowError: there is no such engine, or what is sent cannot be made.
    """
    profile = chosen(settings.engine)
    assert profile is not None  # as it is not local
    image = settings.image or None
    made = manifests(asked, profile, python=python, image=image, on_findings=on_findings)
    return Elsewhere(profile, made)


class Sent:
    """Sends members, ``at_once`` at a time; each is tied to its run before the engine knows of it."""

    def __init__(
        self,
        batch: str,
        asked: Request,
        place: Elsewhere,
        at_once: int,
        tell: Callable[[BatchEvent], None],
    ) -> None:
        self._asked, self._place, self._at_once = asked, place, at_once
        self._recorded = Recorded(batch, asked.path.parent)
        self._tell_all = tell
        self._changed = threading.Condition(threading.RLock())
        self._sending = threading.Lock()
        self._waiting: deque[MemberRecord] = deque()
        self._busy = 0
        self._left = False
        self._fault: BaseException | None = None

    def run(self, members: Sequence[MemberRecord]) -> None:
        """Run the members; one that fails keeps none of the others from running.

        An interrupt ends the following, and no run.

        Raises:
            NbflowError: what would stop every member: the engine takes no runs, or the store is at fault.
        """
        # Those that go on are followed first: nothing more is sent than may run at once.
        self._waiting.extend(sorted(members, key=lambda member: not _goes_on(member)))
        try:
            with self._changed:
                for number in range(min(self._at_once, len(self._waiting))):
                    self._busy += 1
                    threading.Thread(target=self._work, name=f"sent {number}", daemon=True).start()
                self._changed.wait_for(lambda: not self._busy or self._fault is not None)
                if self._fault is not None:
                    raise self._fault
        finally:
            with self._changed:
                self._left = True

    def _work(self) -> None:
        """Run one member after the other while there are any."""
        fault = None
        while fault is None and (member := self._next()) is not None:
            try:
                self._run(member)
            except BaseException as error:
                fault = error
        with self._changed:
            self._busy -= 1
            self._fault = self._fault or fault
            self._changed.notify_all()

    def _next(self) -> MemberRecord | None:
        with self._changed:
            idle = self._left or self._fault is not None or not self._waiting
            return None if idle else self._waiting.popleft()

    def _run(self, member: MemberRecord) -> None:
        """Run one member, and tell how it went."""
        began = threading.Event()

        def hear(event: Event) -> None:
            if isinstance(event, RunStarted):
                began.set()
                self._tell(MemberStarted(self._recorded.now(member)))
            self._tell(MemberHeard(member.position, event))

        trouble = ""
        try:
            self._followed(member, hear)
        except NoSuchRunError as error:
            trouble = str(error)
            look.run(self._recorded.now(member).run, self._asked.path.parent, logs=False)
        except EngineError as error:
            if not began.is_set():
                raise
            trouble = str(error)
        self._tell(MemberEnded(self._recorded.now(member), trouble))

    def _followed(self, member: MemberRecord, hear: Callable[[Event], None]) -> RunRecord:
        """The record of the run of a member when it has ended: one that goes on, or else a new one."""
        last = self._recorded.last(member)
        if last is not None and _is_sent(last):
            names = tuple(step.name for step in last.steps)
            hear(RunStarted(last.id, last.notebook, names))
        else:
            # One after the other, as all of them are runs of one pipeline, which the first one makes.
            with self._sending:
                last = self._sent(member, last, hear)
        with self._recorded.store() as store:
            return watch(store, last, engine_of(last), hear)

    def _sent(
        self, member: MemberRecord, last: RunRecord | None, hear: Callable[[Event], None]
    ) -> RunRecord:
        """The record of a run that has been sent for a member."""
        if last is not None and _is_perhaps_sent(last):
            return retry(last, self._asked.path.parent, on_event=hear)
        return submit_made(
            replace(self._asked, parameters=member.parameters),
            self._place.manifests.of(member.parameters),
            self._place.profile,
            on_run=lambda run: self._recorded.tie(member, run),
            on_event=hear,
        )

    def _tell(self, event: BatchEvent) -> None:
        with self._changed:
            if not self._left:
                self._tell_all(event)


def _goes_on(member: MemberRecord) -> bool:
    return member.state == RunState.RUNNING.value


def _is_sent(run: RunRecord) -> bool:
    """Whether a run goes on elsewhere."""
    known = run.remote is not None and bool(run.remote.id)
    return known and run.state == RunState.RUNNING.value


def _is_perhaps_sent(run: RunRecord) -> bool:
    """Whether nbflow ended before the engine answered: sent again under its name, it is no second one."""
    unknown = run.remote is not None and not run.remote.id
    return unknown and run.state == RunState.STOPPED.value
