"""What requests and answers hold: the one source of the OpenAPI document and of the panel's types.

Paths of notebooks and folders are those of Jupyter's contents: from the server's root, with slashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nbflow.analysis.cell_tags import CellMarks
from nbflow.analysis.edits import Fix, SourceEdit, TagsEdit
from nbflow.analysis.inherited import StepSettings
from nbflow.analysis.tag_changes import TagChange
from nbflow.engines import events
from nbflow.model import CellId, Edge, Json, Name, Parameter, PipelineMetadata, Role, Step, StepName
from nbflow.service.batch.table import Row
from nbflow.service.comparison import ComparedCell, ComparedCode, ComparedStep, ComparedValue
from nbflow.service.previews import HeldVariable
from nbflow.store import FindingRecord, VariableRecord

# Requests


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A notebook as an editor holds it: ``notebook`` is its JSON, ``path`` where it will be saved."""

    path: str
    notebook: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ConversionOrder:
    """A notebook to convert to ``target`` ("kfp", "argo" or "python").

    ``output`` is the folder for the files, by default NAME-TARGET beside the notebook; ``image`` is for
    steps that name none.
    """

    path: str
    target: str
    output: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class RunOrder:
    """A notebook to run on ``engine``: "local", a name from the list of engines, or "" for the default.

    ``parameters`` are JSON values by name, or texts that are read as their type; ``image`` is for steps
    elsewhere that name none. A ``fresh`` run uses no results of earlier ones; that is for runs on this
    machine.
    """

    path: str
    parameters: Mapping[str, Json] = field(default_factory=dict)
    engine: str = "local"
    image: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class ResumeOrder:
    """Where to go on: ``step`` and all that need it run anew; "" is where the run has ended.

    A step can be named for runs on this machine.
    """

    step: str = ""


@dataclass(frozen=True, slots=True)
class RenamingOrder(Unsaved):
    """A step to rename in a notebook as an editor holds it: from ``old`` to ``new``."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TagOrder:
    """The tags of a cell as they stand with its ``%%step`` line, or "", and what to change of them."""

    tags: tuple[str, ...]
    change: TagChange = field(default_factory=TagChange)
    line: str = ""


# Answers


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was not served: a sentence for the user, and the findings that stand in the way."""

    message: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell the user. Cells and lines count from 1, columns from 0; null means all of it.

    ``fixes`` are repairs that can be made with one click, the best one first.
    """

    code: str
    name: str
    severity: str
    message: str
    hint: str
    cell: CellId | None = None
    number: int | None = None
    line: int | None = None
    column: int | None = None
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the documentation says of the finding ``code``, as Markdown."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its role, the step that it runs in, and why one of the prelude runs only once.

    ``own`` says whether its own tags give it the role, and not its place in the notebook. ``derived`` is its
    id in runs where the notebook's file keeps no ids (before nbformat 4.5): one of its place and its source.
    ``line`` is its ``%%step`` line, or "".
    """

    id: CellId
    derived: CellId
    number: int
    role: Role
    own: bool
    step: StepName | None
    demoted: str
    tags: tuple[str, ...]
    line: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """A notebook as a pipeline. ``kernel`` says why its kernel cannot be used here, or is "".

    The steps of one wave need nothing of each other, and of earlier waves all that they need. ``tagged`` says
    whether the user has named steps; else they are a proposal.
    """

    name: str
    kernel: str
    tagged: bool
    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]
    waves: tuple[tuple[StepName, ...], ...]
    parameters: tuple[Parameter, ...]
    settings: PipelineMetadata
    step_settings: tuple[StepSettings, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CellTags:
    """The tags of a cell and its ``%%step`` line, or ""; what they say, and a sentence for what is wrong."""

    tags: tuple[str, ...]
    line: str
    marks: CellMarks
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renaming:
    """The changes of tags and of ``%%step`` lines that give a step another name everywhere."""

    edits: tuple[TagsEdit | SourceEdit, ...]


@dataclass(frozen=True, slots=True)
class ProposedTags:
    """The tags to add to a cell."""

    cell: CellId
    number: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tags that make the pipeline of a notebook without steps explicit; none where it has steps."""

    cells: tuple[ProposedTags, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was made. ``files`` are paths, ``missing`` says why the manifest was not compiled, or is ""."""

    folder: str
    files: tuple[str, ...]
    steps: int
    bytes: int
    missing: str
    requirements: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of the list. Its ``id`` is known in ``folder``; ``profile`` is the engine's name, or "".

    ``batch`` is the batch whose member it is, or "".
    """

    id: str
    folder: str
    notebook: str
    engine: str
    profile: str
    state: str
    started: float
    seconds: float | None
    parameters: Mapping[str, Json]
    metrics: Mapping[str, float]
    batch: str


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, the newest first; ``notes`` are on engines that do not answer, ``more`` says there are others.

    Of each batch only the newest are among them.
    """

    runs: tuple[RunSummary, ...]
    notes: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """One batch of the list, which is known in ``folder``; ``states`` counts its ``members`` by their states.

    It is "running" while a process works on it. ``started`` is when the last of its runs began.
    """

    name: str
    folder: str
    notebook: str
    state: str
    made: float
    started: float
    members: int
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BatchList:
    """Batches, the newest first."""

    batches: tuple[BatchSummary, ...]


@dataclass(frozen=True, slots=True)
class Batch(BatchSummary):
    """A batch as a table: a row a member, and the names of its columns; ``cut`` rows are left out."""

    parameters: tuple[Name, ...]
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class Failure:
    """The error that ended a cell, as Jupyter shows it (``traceback`` holds ANSI colours)."""

    cell: CellId
    number: int
    ename: str
    evalue: str
    traceback: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RanCell:
    """A cell of a step of a run."""

    id: CellId
    number: int
    count: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step of a run. ``reason`` says why it ran or did not, ``reused`` whose result was used, or is ""."""

    name: StepName
    index: int
    state: str
    started: float | None
    seconds: float | None
    message: str
    error: str
    failure: Failure | None
    peak_bytes: int
    cpu_seconds: float
    reason: str
    reused: str
    cells: tuple[RanCell, ...]
    variables: tuple[VariableRecord, ...]


@dataclass(frozen=True, slots=True)
class Run(RunSummary):
    """A run as it stands now. ``note`` says why its engine did not answer, ``url`` leads to its page."""

    python: str
    verified: str
    message: str
    note: str
    url: str
    steps: tuple[RunStep, ...]
    findings: tuple[FindingRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(events.RunStarted):
    """A run began, of these steps in this order; ``notebook`` is the file's path on the server's machine."""

    event: Literal["run-started"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(events.StepStarted):
    """A step began; ``again`` says why it runs anew in this run, ``why`` why no result was used again."""

    event: Literal["step-started"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLog(events.StepLog):
    """A cell has written a text to ``stream`` ("stdout" or "stderr")."""

    event: Literal["step-log"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded(events.StepEnded):
    """A step ended, or was skipped; ``reused`` is the run whose result was used, or ""."""

    event: Literal["step-ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(events.RunEnded):
    """A run ended."""

    event: Literal["run-ended"]


@dataclass(frozen=True, slots=True)
class Events:
    """What has happened since a cursor, and the cursor to ask with next.

    All is told when ``state`` is not "running" and no more events come. One elsewhere is not ``live``: it is
    looked up every few seconds, and what its steps write is not among the events.
    """

    events: tuple[RunStarted | StepStarted | StepLog | StepEnded | RunEnded, ...]
    cursor: int
    state: str
    live: bool


@dataclass(frozen=True, slots=True)
class LogPiece:
    """A text that a cell has written to ``stream`` ("stdout" or "stderr"); elsewhere the cell is ""."""

    cell: CellId
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """What a step has written; ``cut`` is the number of characters that were left out at the beginning."""

    step: StepName
    pieces: tuple[LogPiece, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class CellOutputs:
    """A cell as it ran, with its outputs as nbformat has them; ``cut`` of them were left out at the end."""

    id: CellId
    number: int
    source: str
    count: int | None
    outputs: tuple[Mapping[str, Json], ...]
    cut: int


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the cells of a step have given."""

    step: StepName
    cells: tuple[CellOutputs, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side; parameters, settings and metrics that differ come first.

    ``code`` is that of each other run beside the first. ``cells`` are those that have not shown the same in
    all runs on this machine (what is shown elsewhere is not here); ``cut`` of them were left out. ``notes``
    are on engines that did not answer.
    """

    runs: tuple[RunSummary, ...]
    parameters: tuple[ComparedValue, ...]
    settings: tuple[ComparedValue, ...]
    metrics: tuple[ComparedValue, ...]
    steps: tuple[ComparedStep, ...]
    code: tuple[ComparedCode, ...]
    cells: tuple[ComparedCell, ...]
    cut: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables at the end of a step on this machine, whichever step has made them."""

    step: StepName
    variables: tuple[HeldVariable, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a variable looks like: ``data`` is a MIME bundle as nbformat has it, made by the step itself.

    ``text/plain`` is there where anything is, ``text/html`` is a table, ``image/png`` is base64. ``note``
    says why there is no more, or is "".
    """

    step: StepName
    name: Name
    type: str
    shape: str
    bytes: int
    version: str
    data: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Engine:
    """A place where runs can go. ``problem`` says what is wrong with its settings, or is ""."""

    name: str
    kind: str
    where: str
    namespace: str
    default: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Engines:
    """This machine, and the engines that the user has named."""

    engines: tuple[Engine, ...]
