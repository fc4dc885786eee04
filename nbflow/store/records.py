"""What the store gives back: frozen values, one for each thing that a run leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbflow.model import CellId, Json, Name, StepName


@dataclass(frozen=True, slots=True)
class CellRecord:
    """A cell as it ran: its source, its number in the notebook, and its outputs as nbformat has them."""

    id: CellId
    number: int
    source: str
    count: int | None = None
    seconds: float | None = None
    outputs: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class VariableRecord:
    """A version of a variable. ``version`` is its bundle's hash, ``obstacle`` why it could not be stored."""

    name: Name
    type: str
    shape: str = ""
    bytes: int = 0
    version: str = ""
    preview: str = ""
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of a run. ``state`` is the word of the engine's state; ``error`` is "Name: text" or "".

    ``reason`` says why it ran or did not; ``reused`` is the run whose result was used again, or "".
    ``source`` is the digest of its code, ``changed`` what it has changed of names and state ("@files":
    perhaps files), None where that is not known.
    """

    name: StepName
    index: int
    state: str
    started: float | None = None
    seconds: float | None = None
    message: str = ""
    error: str = ""
    peak_bytes: int = 0
    cpu_seconds: float = 0.0
    reason: str = ""
    reused: str = ""
    source: str = ""
    changed: tuple[Name, ...] | None = None
    cells: tuple[CellRecord, ...] = ()
    variables: tuple[VariableRecord, ...] = ()

    @property
    def log(self) -> tuple[tuple[CellId, str, str], ...]:
        """What the step wrote: (cell, "stdout" or "stderr", text) in order."""
        return tuple(
            (cell.id, str(output["name"]), str(output["text"]))
            for cell in self.cells
            for output in cell.outputs
            if output.get("output_type") == "stream"
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a step has taken in one run in which it ran and ended well."""

    step: StepName
    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """The result of a step, kept to be used again where all that it was made from is the same.

    ``code`` is a digest of the step's code; ``inputs`` are digests by kind and name, ``read`` and
    ``written`` what lay at the paths of files. ``passing`` says what else went into it that no digest
    covers. ``bundles`` are the hashes of what it made, ``body`` is the result as JSON. ``outputs`` is
    what its cells have given, as the store keeps it.
    """

    run: str
    notebook: str
    step: StepName
    code: str
    inputs: Mapping[str, str]
    read: Mapping[str, str]
    written: Mapping[str, str]
    passing: tuple[str, ...]
    bundles: tuple[str, ...]
    body: str
    #: By which the store knows it, 0 before it is kept.
    id: int = 0
    outputs: str = ""


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding that was told when the run began."""

    code: str
    severity: str
    message: str
    hint: str = ""
    cell: CellId | None = None
    number: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """What is known of a run elsewhere, for finding it again; nothing of it is secret.

    ``profile`` is the name of the connection, ``pipeline`` and ``order`` are the names under which it
    was sent, ``arguments``, ``experiment`` and ``account`` what went with it. ``tasks`` are the names
    of tasks by their steps. ``id``, ``name``, ``namespace`` and ``url`` are what the engine calls it,
    all "" where it has not answered. ``message`` is what the engine, or the way to it, says of the
    whole run. ``seen`` is when its state was looked up, ``kept`` says that it has ended and all that is
    known of it is here.
    """

    profile: str
    pipeline: str
    order: str
    arguments: Mapping[str, Json]
    tasks: Mapping[StepName, str]
    experiment: str = ""
    account: str = ""
    id: str = ""
    name: str = ""
    namespace: str = ""
    url: str = ""
    message: str = ""
    seen: float = 0.0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list of runs. ``started`` is in seconds since the epoch.

    ``profile`` is the name of the connection over which it runs elsewhere, or "", ``batch`` that of the batch
    whose member it is, or "".
    """

    id: str
    notebook: str
    engine: str
    state: str
    started: float
    seconds: float | None = None
    parameters: Mapping[Name, Json] | None = None
    profile: str = ""
    metrics: Mapping[str, float] | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A whole run."""

    id: str
    notebook: str
    engine: str
    state: str
    started: float
    python: str
    seconds: float | None = None
    parameters: Mapping[Name, Json] | None = None
    metrics: Mapping[str, float] | None = None
    #: From which the initial states of the generators of random numbers come.
    seed: int = 0
    #: Whether it stores "all" variables of its steps, or those of the "edges" between them.
    keep: str = "all"
    #: The process that writes it (see ``alive``).
    process: str = ""
    #: "same" or "different" where it was compared with the notebook run whole, else "".
    verified: str = ""
    steps: tuple[StepRecord, ...] = ()
    findings: tuple[FindingRecord, ...] = ()
    #: Where it runs, if that is elsewhere.
    remote: RemoteRecord | None = None
    #: The batch whose member it is, or "".
    batch: str = ""
    #: Where the executed notebook was written, and the fingerprints of the final variables where they
    #: were asked for: known to the run that made them, not kept in the store.
    executed: str = ""
    fingerprints: Mapping[Name, str] | None = None

    @property
    def outputs(self) -> dict[CellId, tuple[Mapping[str, object], ...]]:
        """The outputs of each cell that ran, as nbformat has them."""
        return {cell.id: cell.outputs for step in self.steps for cell in step.cells}
