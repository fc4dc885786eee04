"""Whether what steps have begun with is still what the notebook's order gives them.

Steps begin as soon as they can, and each begins with the versions that are there. Here it is kept what
these were; ``validation`` tells what has become stale since, and here it is looked whether that matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from nbflow.engines.events import StepState
from nbflow.engines.local.launcher import Exit, LateLauncher
from nbflow.engines.local.namespaces import Namespaces
from nbflow.engines.local.outcome import Outcome, StepResult
from nbflow.engines.local.parts import Parts
from nbflow.engines.local.plan import CLASS, MODULE, Plan, is_variable, needed
from nbflow.engines.local.reading_back import Borrowed, same_meaning
from nbflow.engines.local.running import Running
from nbflow.engines.local.validation import Change, Reads, overtaken, perhaps_overtaken, reads
from nbflow.engines.local.versions import Names, Version
from nbflow.model import Name, StepName

#: Where each process starts from nothing, it takes as long to see whether a change is one of meaning.
_CHECK_SECONDS: Final = 5.0


class Order:
    """What the steps of a run have begun with, by their indices.

    ``results``, ``running`` and ``spaces`` are the run's own. ``late`` are exits of steps that were heard
    while something was looked at; who listens to the launcher takes them.
    """

    def __init__(
        self,
        plan: Plan,
        parts: Parts,
        spaces: Namespaces,
        results: Mapping[StepName, StepResult],
        running: Mapping[int, Running],
        launcher: LateLauncher,
        launches: Iterator[int],
    ) -> None:
        self._plan, self._parts, self._spaces = plan, parts, spaces
        self._results, self._running = results, running
        self._launcher, self._launches = launcher, launches
        self.late: list[Exit] = []
        self._read: dict[int, Reads] = {}
        index = {step.name: i for i, step in enumerate(plan.pipeline.steps)}
        declared = {s: {access.name for access in e.reads} for s, e in plan.effects.items()}
        for edge in plan.pipeline.edges:  # state that all later steps read stands on these alone
            declared[edge.reader].update(edge.variables)
        self._declared = {index[step]: frozenset(names) for step, names in declared.items()}
        self._foreseen = {
            index[step]: frozenset(
                a.name for a in (*effects.mutates, *effects.binds) if not a.learned
            )
            for step, effects in plan.effects.items()
        }

    def begin(self, index: int) -> tuple[Version, ...]:
        """The versions that step ``index`` begins with, from now on."""
        step = self._plan.pipeline.steps[index]
        effects, versions = self._plan.effects[step.name], self._spaces.of(step.call)
        start = needed(effects, index, versions)
        ended = frozenset(result.index for result in self._results.values())
        self._read[index] = reads(effects, index, versions, ended, start)
        return start

    def has_begun(self, index: int) -> bool:
        """Whether a step has begun, and was not taken back."""
        return index in self._read

    def take_back(self, index: int) -> list[int]:
        """Forget that a step has begun; those that have read something of it, in order."""
        del self._read[index]
        readers = []
        for reader in sorted(self._read):
            if reader > index:
                read = self._read[reader]
                if index in read.writers():
                    readers.append(reader)
                else:
                    self._read[reader] = replace(read, ended=read.ended - {index})
        return readers

    def unheeded(self, ended: int) -> Iterator[tuple[int, set[int]]]:
        """Steps to look at once step ``ended`` has ended, each with those that it has not waited for."""
        begun = self._read[ended].ended if ended in self._read else frozenset()
        earlier = {result.index for result in self._results.values()} - begun
        yield ended, {index for index in earlier if index < ended}
        for index in sorted(each for each in self._read if each > ended):
            if index in self._read and ended not in self._read[index].ended:
                yield index, {ended}

    def stale(self, index: int, writers: set[int]) -> Change | None:
        """What one of ``writers`` has changed since step ``index`` read it, if that matters."""
        earlier = self._outcomes(writers, index)
        if not earlier:
            return None
        ended = self._result(index)
        outcome = ended.outcome if ended else None
        found = overtaken(self._read[index], self._declared[index], outcome, earlier)
        looks = self.looks(index)
        return next((c for c in found if not (looks and self.is_harmless(c, index))), None)

    def looks(self, index: int) -> bool:
        """Whether it is worth while to see whether a change is one of meaning."""
        return self._launcher.warm or self._at_stake(index) > _CHECK_SECONDS

    def perhaps_stale(self, index: int) -> Change | None:
        """What was changed since step ``index``, which still runs, began, and it has perhaps used."""
        read = self._read[index]
        known = {result.index for result in self._results.values()} - read.ended
        earlier = self._outcomes({each for each in known if each < index}, index)
        return next(perhaps_overtaken(read, self._declared[index], earlier), None)

    def began_early(self, index: int, before: list[int]) -> bool:
        """Whether a step began ere one of those ``before`` it had ended well."""
        read = self._read.get(index)
        earlier = (self._result(i) for i in before)
        return read is not None and any(
            r and r.state is StepState.DONE and r.index not in read.ended for r in earlier
        )

    def is_read_after(self, index: int, name: Name) -> bool:
        """Whether the analysis knows of a step after ``index`` that reads ``name``."""
        return any(name in names for step, names in self._declared.items() if step > index)

    def told(self, change: Change) -> str:
        """A change as the user reads of it: "`load` changed `df`"."""
        writer = self._plan.pipeline.steps[change.writer].name
        name = change.name.removeprefix(CLASS).removeprefix(MODULE).rpartition("/")[2]
        return f"`{writer}` changed `{name}`"

    def too_late(self, change: Change, index: int) -> str:
        """Why a run cannot go on: the step that would have to run again has done something outside."""
        step = self._plan.pipeline.steps[index].name
        writer = self._plan.pipeline.steps[change.writer].name
        return (
            f"step {self.told(change)} in a way that could not be foreseen, and step `{step}`,"
            f" which comes after it in the notebook, had begun before and has written files or"
            f" reached outside since; tag `{step}` with `prev:{writer}`, or run with --jobs 1"
        )

    def _outcomes(self, steps: set[int], reader: int) -> dict[int, tuple[Outcome, frozenset[Name]]]:
        """What each of ``steps`` that has ended well has changed, and what it was known to change.

        Of a step of another notebook, that is what ``reader`` sees of it.
        """
        results = [self._result(step) for step in sorted(steps)]
        return {
            result.index: (
                self._spaces.seen_from(reader, result.index, result.outcome),
                self._foreseen[result.index],
            )
            for result in results
            if result is not None and result.state is StepState.DONE
        }

    def _result(self, index: int) -> StepResult | None:
        return self._results.get(self._plan.pipeline.steps[index].name)

    def is_harmless(self, change: Change, reader: int) -> bool:
        """Whether the new version means the same as the old one: caches fill, sets change order."""
        if not is_variable(change.name) or change.old < 0:
            return False
        step = self._plan.pipeline.steps[reader]
        versions = self._spaces.of(step.call)
        before = versions.before(change.name, change.old + 1)
        after = versions.before(change.name, change.writer + 1)
        if before is None or after is None or not before.bundle or not after.bundle:
            return False
        if _together(versions, before, change.old + 1) != _together(
            versions, after, change.writer + 1
        ):
            return False
        plan, place = self._parts.plan(step), self._parts.place(step)
        launcher = Borrowed(self._launcher, self._launches)
        same = same_meaning(plan, place, versions, (before, after), launcher, step.call)
        self.late += launcher.others
        return same

    def _at_stake(self, index: int) -> float:
        """The seconds that are lost if the step runs again, with all that was read of it."""
        lost = {index}
        for reader in sorted(self._read):
            if reader > index and not lost.isdisjoint(self._read[reader].writers()):
                lost.add(reader)
        running = sum(self._running[i].taken() for i in lost if i in self._running)
        return running + sum(r.seconds for i in lost if (r := self._result(i)))


def _together(versions: Names, version: Version, reader: int) -> frozenset[Name]:
    """The names that share objects with a version, as step ``reader`` would have them."""
    return frozenset(
        other.name for other in versions.all_before(reader) if other.bundle == version.bundle
    )
