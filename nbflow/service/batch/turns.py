"""Which steps touch files that members share, and whose turn it is to do that.

Members that run side by side write to the same files. From its first step that touches one of them to its
end, a member has them for itself, as if it ran alone.
"""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from nbflow.analysis import Analysis
from nbflow.analysis.footprint import is_file
from nbflow.engines.events import StepState
from nbflow.engines.local.filestate import ASKED
from nbflow.graph import ancestors
from nbflow.model import Grade, Name, StepEffects, StepName
from nbflow.store import ResultRecord, StepRecord

#: What a step has used that changes and reads files which nobody sees.
_UNSEEN: Final = frozenset(
    {"another program", "the network", "a file that was opened without Python"}
)


def tied(
    steps: Sequence[StepRecord], results: Iterable[ResultRecord], analysis: Analysis
) -> frozenset[StepName] | None:
    """The steps of a run which write files, or look at files that any of them writes.

    Of steps that did not end well nothing is known. None where it cannot be told of others: something besides
    files was changed or used, or files were not seen.
    """
    done = {step.name for step in steps if step.state == StepState.DONE.value}
    by_step = {result.step: result for result in results if result.step in done}
    effects = {each.step: each for each in analysis.effects}
    writers = {step.name for step in steps if "@files" in (step.changed or ())}
    writers |= {step for step in done & effects.keys() if _surely_writes(effects[step])}
    if not writers:
        return frozenset()
    seen = by_step.keys() >= done and all(by_step[step].written for step in writers)
    if not seen or any(_UNSEEN.intersection(result.passing) for result in by_step.values()):
        return None
    written = {path for step in writers for path in by_step[step].written}
    readers = {
        step
        for step, result in by_step.items()
        if _looks_at(written, result.read) or _may_look_at(written, effects.get(step))
    }
    return frozenset(writers | readers)


def _surely_writes(effects: StepEffects) -> bool:
    return any(is_file(access.name) and access.grade is Grade.LIKELY for access in effects.mutates)


def _looks_at(written: Iterable[str], read: Iterable[str]) -> bool:
    """Whether one of the files was read or asked for, or the folder was listed in which it lies."""
    seen = set(read)
    return any(
        not seen.isdisjoint((path, ASKED + path, posixpath.dirname(path))) for path in written
    )


def _may_look_at(written: Iterable[str], effects: StepEffects | None) -> bool:
    """Whether the code of a step names one of the files."""
    names = {a.name for a in effects.reads if is_file(a.name)} if effects else set()
    return any(
        posixpath.basename(path) == posixpath.basename(name.removeprefix("@file:"))
        for path in written
        for name in names
    )


def gains(
    tied: frozenset[StepName], reached: Mapping[StepName, frozenset[Name]], analysis: Analysis
) -> bool:
    """Whether members that take turns at some steps have anything left to do side by side."""
    before = ancestors(analysis.pipeline)
    return not tied or any(
        reached.get(step) and step not in tied and tied.isdisjoint(earlier)
        for step, earlier in before.items()
    )


class Turns:
    """Lets one member after the other do what it does with shared files; ``changed`` tells of ends."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._whose: int | None = None
        self.steps: frozenset[StepName] = frozenset()

    def wait(self, member: int, step: StepName, stopped: Callable[[], bool]) -> None:
        """Return when the member may begin the step; what it takes it has until it leaves.

        Raises:
            KeyboardInterrupt: the batch is stopped.
        """
        with self._changed:
            if step in self.steps:
                self._changed.wait_for(lambda: self._whose in (None, member) or stopped())
                if stopped():
                    raise KeyboardInterrupt
                self._whose = member

    def leave(self, member: int) -> None:
        """A member has ended; call it with ``changed`` held, and notify."""
        if self._whose == member:
            self._whose = None
