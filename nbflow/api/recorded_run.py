"""A run as Python has it: its state, its steps, what they have shown and made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from nbflow.engines.events import RunState
from nbflow.errors import NotMadeError, RunFailedError
from nbflow.model import Json
from nbflow.service import history
from nbflow.service.ran import parameters_of
from nbflow.service.values import Values
from nbflow.store import FindingRecord, RunRecord, RunRow, StepRecord, VariableRecord

#: Outputs of a cell, as nbformat has them.
Outputs: TypeAlias = tuple[Mapping[str, object], ...]


class Run:
    """A run: its state, its steps by name (``run["train"]``), and what they left.

    What is asked for is read from the store; a run that goes on is seen as it was when it was first asked.
    """

    def __init__(self, known: RunRecord | RunRow, folder: Path) -> None:
        self._known = known
        self._folder = folder

    def __repr__(self) -> str:
        """Its number, notebook and state."""
        return f"<nbflow run {self.id}: {self.notebook.name}, {self.state}>"

    def __getitem__(self, step: str) -> RunStep:
        """The step of that name.

        Raises:
            NotMadeError: the run has no such step.
        """
        for each in self.steps:
            if each.name == step:
                return each
        names = ", ".join(each.name for each in self.steps) or "none"
        raise NotMadeError(f"run {self.id} has no step {step!r}; its steps are: {names}")

    @cached_property
    def record(self) -> RunRecord:
        """All that is recorded of the run, as one value."""
        if isinstance(self._known, RunRecord):
            return self._known
        return history.run(self.id, self._folder)

    @property
    def id(self) -> str:
        """Its number, as ``nbflow runs`` shows it."""
        return self._known.id

    @property
    def notebook(self) -> Path:
        """The notebook that was run."""
        return Path(self._known.notebook)

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``stopped`` or ``running``."""
        return self._known.state

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it goes on."""
        return self._known.seconds

    @cached_property
    def parameters(self) -> Mapping[str, Json]:
        """The parameters that it ran with: the values that it was given, and the notebook's own for others.

        A parameter that the notebook computes from others is not among them: it is a variable.
        """
        return parameters_of(self.record, self._folder)

    @property
    def metrics(self) -> Mapping[str, float]:
        """The numbers of the cells tagged ``pipeline-metrics``, by name."""
        return dict(self._known.metrics or {})

    @cached_property
    def steps(self) -> tuple[RunStep, ...]:
        """The steps, in the notebook's order."""
        return tuple(RunStep(each, self.record, self._folder) for each in self.record.steps)

    @property
    def outputs(self) -> Mapping[str, Outputs]:
        """What cells have shown, by the ids of the cells, as nbformat has it."""
        return {str(cell): outputs for cell, outputs in self.record.outputs.items()}

    @property
    def log(self) -> str:
        """What the steps wrote to stdout and stderr, step after step."""
        return "".join(each.log for each in self.steps)

    @cached_property
    def variables(self) -> Variables:
        """The variables as the notebook has them at its end.

        Raises:
            NotMadeError: no step of the run has begun.
        """
        own = [
            each for each in self.steps if "/" not in each.name
        ]  # not of notebooks that were called
        if not own:
            raise NotMadeError(f"run {self.id} has no step, and so no variables")
        return own[-1].variables

    @property
    def findings(self) -> tuple[FindingRecord, ...]:
        """What was told of the notebook before the run."""
        return self.record.findings

    def check(self) -> Run:
        """The run itself, where it ended well.

        Raises:
            RunFailedError: it did not; the message names the step and the error.
        """
        if self.state == RunState.DONE.value:
            return self
        failed = next((each for each in self.steps if each.state == "failed"), None)
        error = (failed.error or failed.message) if failed else ""
        step = failed.name if failed else ""
        what = f"step {step}: {error}" if failed else f"`nbflow show {self.id}` tells of it"
        raise RunFailedError(
            f"run {self.id} of {self.notebook.name} is {self.state}: {what}",
            run=self.id,
            step=step,
            error=error,
            findings=self.findings,
        )


class RunStep:
    """A step of a run."""

    def __init__(self, record: StepRecord, run: RunRecord, folder: Path) -> None:
        self.record = record
        self._run = run
        self._folder = folder

    def __repr__(self) -> str:
        """Its name and state."""
        return f"<nbflow step {self.name} of run {self._run.id}: {self.state}>"

    @property
    def name(self) -> str:
        """Its name, as the notebook's tags say it."""
        return self.record.name

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``skipped``, ``stopped``, ``waiting`` or ``running``."""
        return self.record.state

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return self.record.seconds

    @property
    def error(self) -> str:
        """The error of the cell that failed, as ``ValueError: no rows``, or ""."""
        return self.record.error

    @property
    def message(self) -> str:
        """Why it did not end well, or ""."""
        return self.record.message

    @property
    def reused(self) -> str:
        """The run whose result was used again, or ""."""
        return self.record.reused

    @property
    def log(self) -> str:
        """What it wrote to stdout and stderr, in order."""
        return "".join(text for _, _, text in self.record.log)

    @property
    def outputs(self) -> Mapping[str, Outputs]:
        """What its cells have shown, by the ids of the cells, as nbformat has it."""
        return {str(cell.id): cell.outputs for cell in self.record.cells}

    @property
    def made(self) -> tuple[str, ...]:
        """The names of the variables that this step made or changed."""
        return tuple(each.name for each in self.record.variables)

    @cached_property
    def variables(self) -> Variables:
        """The variables as the notebook has them at the end of this step."""
        return Variables(Values(self._run, self._folder, self.record))


class Variables(Mapping[str, Any]):
    """The variables at the end of a step, by name. Each is loaded when it is asked for, and only once.

    Their types are the notebook's, so they are ``Any`` to a type checker.
    """

    def __init__(self, values: Values) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Any:
        """The object.

        Raises:
            NotMadeError: there is no such variable (a ``KeyError`` too).
            VariableError: it was not stored, or cannot be loaded in this process; the message says why.
        """
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values.held)

    def __len__(self) -> int:
        return len(self._values.held)

    def __contains__(self, name: object) -> bool:
        return name in self._values.held

    def __repr__(self) -> str:
        """The names; nothing is loaded for it."""
        return f"<variables: {', '.join(self) or 'none'}>"

    def about(self, name: str) -> VariableRecord:
        """What is known of a variable without loading it: type, shape, size, how it begins.

        Raises:
            NotMadeError: there is no such variable.
        """
        return self._values.about(name)
