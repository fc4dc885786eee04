"""What one run shows of steps that the analysis of their code does not, gathered while it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nbflow.engines.events import StepState
from nbflow.engines.local.learning import Shown, repaired, unforeseen
from nbflow.engines.local.namespaces import Namespaces
from nbflow.engines.local.order import Order
from nbflow.engines.local.outcome import StepResult
from nbflow.engines.local.parts import Parts
from nbflow.engines.local.plan import Plan, is_variable
from nbflow.engines.local.validation import Change
from nbflow.graph import ancestors
from nbflow.model import Effect, Grade

#: At the end of a run, no more changes than this are looked at in order to learn from them.
_MOST_CHECKS: Final = 4
#: No more uses of files than this are remembered of a run.
_MOST_FILES: Final = 100


class Lessons:
    """Gathers what a run has shown."""

    def __init__(self, plan: Plan, parts: Parts, spaces: Namespaces, order: Order) -> None:
        self._plan, self._parts, self._spaces, self._order = plan, parts, spaces, order
        self._shown: set[Shown] = set()

    def shown(self) -> list[Shown]:
        """All of it, sorted."""
        return sorted(self._shown)

    def learn(self, change: Change, index: int) -> None:
        """Remember what it shows that step ``index`` has to run again for a change."""
        writer, reader = (self._plan.pipeline.steps[i] for i in (change.writer, index))
        if writer.call == reader.call:  # a name is one thing within one notebook
            folder = self._parts.place(reader).cwd
            self._shown.update(repaired(change, writer.name, reader.name, folder))

    def learn_from(self, results: Iterable[StepResult], *, looks: bool) -> None:
        """Look at what steps have changed unforeseen, where a later step reads it.

        ``looks`` says that it costs little to see whether a change is one of meaning.
        """
        ended = list(results)
        new = [result for result in ended if not result.reused]
        self._learn_files(ended)
        index = {result.step: result.index for result in new}
        checks = 0
        for shown in unforeseen(self._plan.effects, new):
            place = index[shown.step]
            if is_variable(shown.name) and not self._order.is_read_after(place, shown.name):
                continue
            step = self._plan.pipeline.steps[place]
            before = self._spaces.of(step.call).before(shown.name, place)
            if is_variable(shown.name) and before is not None and shown.effect is Effect.CHANGES:
                checks += 1
                old = Change(place, shown.name, before.writer)
                if checks > _MOST_CHECKS or not looks or self._order.is_harmless(old, place):
                    continue
            self._shown.add(shown)

    def _learn_files(self, results: Iterable[StepResult]) -> None:
        """Remember files that one step has written and a later one has looked at, though it need not wait."""
        done = sorted((r for r in results if r.state is StepState.DONE), key=lambda r: r.index)
        pipeline = self._plan.pipeline
        before = ancestors(pipeline, (e for e in pipeline.edges if e.grade is Grade.LIKELY))
        found = 0
        for place, reader in enumerate(done):
            looked = reader.outcome.files_read | reader.outcome.files_asked
            for writer in done[:place]:
                if writer.step in before[reader.step]:
                    continue
                for path in sorted(writer.outcome.files_written & looked):
                    found += 1
                    if found <= _MOST_FILES:
                        self.learn(Change(writer.index, f"@file:{path}"), reader.index)
