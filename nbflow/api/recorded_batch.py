"""A batch as Python has it: its members, each with its run, and all of them as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.api.recorded_run import Run
from nbflow.engines.events import RunState
from nbflow.errors import NotMadeError, RunFailedError
from nbflow.model import Json
from nbflow.notebook import folder_of
from nbflow.service import history
from nbflow.service.batch import batch as batching
from nbflow.service.batch.events import BatchEvent
from nbflow.service.batch.frame import frame
from nbflow.service.batch.table import table
from nbflow.store import BatchRecord, MemberRecord

if TYPE_CHECKING:
    import pandas


class Batch:
    """A batch: its members, in order, as they were when it was asked for."""

    def __init__(self, record: BatchRecord) -> None:
        self.record = record

    def __repr__(self) -> str:
        """Its name, notebook, and how many of its members are done."""
        done = sum(each.state == RunState.DONE.value for each in self.members)
        count = f"{done} of {len(self.members)} done"
        return f"<nbflow batch {self.name}: {self.notebook.name}, {count}>"

    @property
    def name(self) -> str:
        """Its name, as ``nbflow batch list`` shows it."""
        return self.record.name

    @property
    def notebook(self) -> Path:
        """The notebook that is run."""
        return Path(self.record.notebook)

    @cached_property
    def members(self) -> tuple[BatchMember, ...]:
        """The members, in order."""
        folder = folder_of(self.record.notebook)
        return tuple(BatchMember(each, folder) for each in self.record.members)

    def frame(self) -> pandas.DataFrame:
        """A row for each member, by its number: parameters, metrics, run, state, times, and what was shared.

        Raises:
            EngineError: pandas is not installed.
        """
        return frame(table(self.record))

    def resume(
        self, *, jobs: int | None = None, on_event: Callable[[BatchEvent], None] | None = None
    ) -> Batch:
        """The batch when the members that have not ended well have been run again.

        They take the notebook as it is now, and use what their runs have computed already. ``jobs`` of them
        run at once, by default as many as before.

        Raises:
            Refused: the notebook has findings of severity error; they are its ``findings``.
            NbflowError: the notebook, the kernel, the engine or the store is at fault.
        """
        hear = on_event or (lambda event: None)
        folder = folder_of(self.record.notebook)
        return Batch(batching.resume(self.name, folder, jobs=jobs, on_event=hear))

    def check(self) -> Batch:
        """The batch itself, where all its members ended well.

        Raises:
            RunFailedError: one did not; the message names the first, its step and the error.
        """
        bad = [each for each in self.members if each.state != RunState.DONE.value]
        if not bad:
            return self
        first = bad[0]
        failed = f": step {first.error}" if first.error else ""
        message = (
            f"{len(bad)} of {len(self.members)} members of batch {self.name} did not end well: "
            f"member {first.number} is {first.state}{failed}"
        )
        try:
            first.run.check()
        except RunFailedError as error:
            raise RunFailedError(
                message, run=error.run, step=error.step, error=error.error, findings=error.findings
            ) from None
        except NotMadeError:
            pass
        raise RunFailedError(message, run=first.record.run)


class BatchMember:
    """A member of a batch: a set of parameters, and the latest run with them."""

    def __init__(self, record: MemberRecord, folder: Path) -> None:
        self.record = record
        self._folder = folder

    def __repr__(self) -> str:
        """Its number, parameters and state."""
        return f"<nbflow member {self.number}: {dict(self.parameters)}, {self.state}>"

    @property
    def number(self) -> int:
        """Its number in the batch; the first one is 1."""
        return self.record.position

    @property
    def parameters(self) -> Mapping[str, Json]:
        """The values that it was given; the run's ``parameters`` hold the notebook's own as well."""
        return dict(self.record.parameters)

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``stopped``, ``running``, or ``waiting`` where there is no run yet."""
        return self.record.state

    @property
    def metrics(self) -> Mapping[str, float]:
        """The numbers of the cells tagged ``pipeline-metrics``, by name."""
        return dict(self.record.metrics or {})

    @property
    def seconds(self) -> float | None:
        """How long its run took; None where there is none or it goes on."""
        return self.record.seconds

    @property
    def error(self) -> str:
        """Which step failed and why, as ``fit: ValueError: no rows``, or ""."""
        return self.record.error

    @property
    def shared(self) -> int:
        """How many of its steps used the result of another run."""
        return self.record.shared

    @cached_property
    def run(self) -> Run:
        """Its run.

        Raises:
            NotMadeError: it has none yet, or it was removed.
        """
        if not self.record.run:
            raise NotMadeError(f"member {self.number} is waiting: it has no run")
        return Run(history.run(self.record.run, self._folder), self._folder)
