"""The values that every part of nbflow speaks of: frozen, and made of the standard library alone.

A notebook takes one way through the code, and each stage hands on values defined here:
``Notebook`` -> ``Layout`` (steps of cells) -> ``StepEffects`` (names) -> ``Edge`` -> ``Pipeline``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NewType, TypeAlias, TypeVar

_Value = TypeVar("_Value")
CellId = NewType("CellId", str)
StepName = NewType("StepName", str)
#: The name of a variable (``df``) or of a piece of ambient state (``@numpy.random``, ``@file:a.csv``).
Name: TypeAlias = str
#: A value that JSON can carry; parameters are of this kind.
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


#: Generators of random numbers: whoever draws from one changes it, so an unchanged one was not used.
GENERATORS: Final = frozenset({"@random", "@numpy.random", "@torch.random"})
#: What the import of a library may change, or what is grouped with variables: no sign of anything.
SET_BY_IMPORTS: Final = frozenset(
    {
        "@environ", "@ipython", "@logging", "@matplotlib.colormaps", "@out", "@pyplot",
        "@sys.modules", "@sys.path", "@warnings",
    }
)  # fmt: skip


class CellKind(str, Enum):
    """What a cell of a notebook holds."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


class Role(str, Enum):
    """What a code cell does in the pipeline."""

    STEP = "step"
    IMPORTS = "imports"
    FUNCTIONS = "functions"
    PARAMETERS = "parameters"
    METRICS = "metrics"
    SKIP = "skip"


class Kept(Enum):
    """The value of a field of a change that leaves what is there as it stands."""

    KEPT = "kept"


class Grade(str, Enum):
    """How sure the analysis is of an effect."""

    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a notebook.

    ``number`` counts all cells of the notebook from 1, as a user counts them; ``line`` counts the
    lines of that cell from 1 (0 means the cell as a whole), ``column`` counts characters from 0.
    """

    cell: CellId
    number: int
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands in the notebook. ``number`` counts all cells from 1."""

    id: CellId
    kind: CellKind
    source: str
    number: int
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook: its cells in order, its metadata, and the kernel that it names.

    ``name`` is the file's name without folder and suffix. ``kernel`` is the kernelspec's name, or ""
    where the notebook names none; ``language`` is lower case ("python" where none is named).
    """

    name: str
    cells: tuple[Cell, ...]
    kernel: str = ""
    language: str = "python"
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Toleration:
    """A Kubernetes toleration."""

    key: str
    value: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """Key ``key`` of the Kubernetes secret ``name``, given to the step as environment variable ``env``."""

    name: str
    key: str
    env: str


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """Key ``key`` of the config map ``name``, given to the step as environment variable ``env``."""

    name: str
    key: str
    env: str


class VolumeKind(str, Enum):
    """What a volume holds."""

    CLAIM = "claim"
    SECRET = "secret"
    CONFIG_MAP = "configmap"


@dataclass(frozen=True, slots=True)
class Volume:
    """The claim, the secret or the config map ``name``, mounted at ``path``."""

    name: str
    path: str
    kind: VolumeKind = VolumeKind.CLAIM


#: Where the shared memory of a step is mounted.
SHARED_MEMORY: Final = "/dev/shm"


def same_path(one: str, other: str) -> bool:
    """Whether two paths of mounts are the same place."""
    return one.rstrip("/") == other.rstrip("/")


@dataclass(frozen=True, slots=True)
class RunAs:
    """The user, and the group where one is named, that a step runs as: their numbers."""

    user: int
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a step waits for its next try: ``seconds``, and each time ``factor`` times as long."""

    seconds: int
    factor: int = 2


@dataclass(frozen=True, slots=True)
class Resources:
    """What a step asks of the place where it runs. Pairs are ``(key, value)`` in the user's order.

    ``timeout`` is in seconds. ``cache`` and ``report`` are None where the user said nothing. ``shm`` is the
    size of its shared memory. ``pull_secrets`` are names of secrets.
    """

    limits: tuple[tuple[str, str], ...] = ()
    requests: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    node_selector: tuple[tuple[str, str], ...] = ()
    tolerations: tuple[Toleration, ...] = ()
    secrets: tuple[Secret, ...] = ()
    config: tuple[ConfigValue, ...] = ()
    volumes: tuple[Volume, ...] = ()
    shm: str = ""
    image: str = ""
    pull_secrets: tuple[str, ...] = ()
    service_account: str = ""
    run_as: RunAs | None = None
    retry: int = 0
    backoff: Backoff | None = None
    timeout: int = 0
    cache: bool | None = None
    report: bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The cells that run together in one process.

    ``cells`` run in this order, after the cells of ``prelude``. ``after`` holds the steps that the user
    asked to come before (``prev:``). ``role`` is STEP or METRICS. ``call`` is the name of the call whose
    notebook the cells stand in, "" for the pipeline's own. ``notebook`` is the path of the notebook that
    a step calls (``notebook:NAME``; such a step hands over what that notebook takes), or "".
    """

    name: StepName
    cells: tuple[CellId, ...]
    prelude: tuple[CellId, ...] = ()
    after: tuple[StepName, ...] = ()
    role: Role = Role.STEP
    resources: Resources = Resources()
    notebook: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name bound in the parameters cell.

    ``type`` is one of "int", "float", "str", "bool", "list", "dict", "None", or "" where the value is
    computed (``computed`` is then true and ``default`` None). ``annotation`` is the source text of its
    annotation, or "".
    """

    name: Name
    type: str
    default: Json
    location: Location
    annotation: str = ""
    computed: bool = False

    @property
    def delicate(self) -> bool:
        """Whether engines of clusters would change the value (see ``is_delicate``)."""
        return is_delicate(self.default)


def defaults(parameters: Iterable[Parameter]) -> dict[Name, Json]:
    """The values that a notebook itself gives to its parameters, where they are known before it runs."""
    return {each.name: each.default for each in parameters if not each.computed}


class Text(str):
    """A text that is meant as one, as one in YAML: where a parameter has no type, it is nothing else."""

    __slots__ = ()


class Raw(Text):
    """A text that is nothing else whatever the type of its parameter is."""

    __slots__ = ()


def as_meant(value: _Value) -> _Value | Text:
    """A value that has its type already: where it is a text, that is none to be read as something else."""
    return Text(value) if isinstance(value, str) else value


def is_delicate(value: Json) -> bool:
    """Whether engines of clusters would change a value: None, and texts like those they fill in."""
    if value is None or isinstance(value, str):
        return value is None or "{{" in value or "$(" in value
    if isinstance(value, dict):
        return any(is_delicate(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(is_delicate(each) for each in value)


def quiet_json(value: Json) -> str:
    """The value as JSON in which neither Argo nor Kubernetes finds anything to fill in."""
    text = json.dumps(value, ensure_ascii=False)
    # These pairs stand in JSON within strings only.
    for pair in ("{{", "$(", "$$"):
        while pair in text:
            text = text.replace(pair, f"\\u{ord(pair[0]):04x}{pair[1]}")
    return text


@dataclass(frozen=True, slots=True)
class Edge:
    """Writer step -> reader step.

    ``variables`` are the names whose value the reader takes from the writer, sorted; names that begin
    with "@" are ambient state. An edge without variables is one that only the user asked for. ``asked``
    says that the user wrote it as a ``prev:`` tag; ``grade`` is POSSIBLE where every variable on it rests
    on an effect that is only possible.
    """

    writer: StepName
    reader: StepName
    variables: tuple[Name, ...] = ()
    asked: bool = False
    grade: Grade = Grade.LIKELY


@dataclass(frozen=True, slots=True)
class Access:
    """One effect on one name: where, and how sure. ``learned`` says that only a run has shown it."""

    name: Name
    location: Location
    grade: Grade = Grade.LIKELY
    learned: bool = False


@dataclass(frozen=True, slots=True)
class StepEffects:
    """What a step does to names, each access once per name, the first place where it happens.

    ``reads`` are the names whose value from before the step is used (a conditional or partial write is a
    read as well). ``binds`` and ``deletes`` rebind and remove names, ``mutates`` changes the objects
    behind them. ``everything`` says that the step may read and bind any name (``exec``, ``%run``,
    ``from m import *`` binds unknown names); ``reads_all`` and ``binds_all`` say which of the two.
    """

    step: StepName
    reads: tuple[Access, ...] = ()
    binds: tuple[Access, ...] = ()
    deletes: tuple[Access, ...] = ()
    mutates: tuple[Access, ...] = ()
    everything: bool = False
    reads_all: bool = False
    binds_all: bool = False

    @property
    def written(self) -> frozenset[Name]:
        """The names that the step may bind, change or remove."""
        return frozenset(a.name for a in (*self.binds, *self.mutates, *self.deletes))


def metric_names(effects: StepEffects) -> frozenset[Name]:
    """The names whose numbers a step with metrics reports: those that it reads, and those that it binds."""
    named = {access.name for access in (*effects.reads, *effects.binds)}
    return frozenset(name for name in named if not name.startswith(("@", "_")))


def reads_results(effects: Iterable[StepEffects]) -> bool:
    """Whether any of the steps looks at results of cells by their counts (``Out``, ``_``)."""
    return any(access.name == "@out" for each in effects for access in each.reads)


def assigned_attributes(effects: Iterable[StepEffects]) -> list[Name]:
    """The attributes of modules that any of the steps assigns, as dotted names, sorted."""
    names = {access.name for each in effects for access in each.mutates}
    return sorted(n.removeprefix("@module:") for n in names if n.startswith("@module:"))


@dataclass(frozen=True, slots=True)
class StepUse:
    """What the result of a step depends on besides the values that it reads.

    ``code`` maps the cells that count (its own, and those that it uses of the prelude) to a digest of what
    they mean; ``parameters`` are the names of parameters that it may use. ``draws`` says whether its own
    cells, or any of its prelude, may draw random numbers that no seed of the notebook repeats.
    """

    step: StepName
    code: Mapping[CellId, str]
    parameters: tuple[Name, ...] = ()
    draws: bool = False


class Effect(str, Enum):
    """What a run has shown that a step does to a name."""

    READS = "reads"
    CHANGES = "changes"
    DELETES = "deletes"


@dataclass(frozen=True, slots=True)
class Learned:
    """A fact that run ``run`` has shown of a step: it holds while ``source`` is the digest of its code."""

    step: StepName
    source: str
    name: Name
    effect: Effect
    run: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A notebook that runs as a part of the pipeline of another one (``notebook:NAME``).

    ``name`` is also the name of the step that hands over to it (``train``, in a called notebook
    ``train/prepare``); the steps of the called notebook begin with it and "/". ``within`` is the call in
    whose notebook that step stands, "" for the pipeline's own. ``path`` leads to its file from the folder
    of the pipeline's notebook. ``taken`` are the names whose values it is given copies of, ``arguments``
    those of them that are its parameters, ``given`` the names whose values it gives back. Of its
    ``parameters``, ``values`` has those that the cell gives.
    """

    name: StepName
    path: str
    within: str = ""
    taken: tuple[Name, ...] = ()
    given: tuple[Name, ...] = ()
    arguments: tuple[Name, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    values: Mapping[Name, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PipelineMetadata:
    """The notebook's own settings (Kale's ``kubeflow_notebook``), as the targets need them."""

    name: str = ""
    experiment: str = ""
    description: str = ""
    image: str = ""
    volumes: tuple[Mapping[str, object], ...] = ()
    defaults: Resources = Resources()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A notebook as steps and edges.

    Steps stand in notebook order, those of a called notebook right behind the step that calls it; METRICS
    steps come last in their notebook.
    """

    name: str
    steps: tuple[Step, ...]
    edges: tuple[Edge, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    metadata: PipelineMetadata = PipelineMetadata()
    #: Top-level modules that the notebook imports before anything else, in order.
    leading_imports: tuple[str, ...] = ()
    #: The notebooks that run as parts of it, each after the one that it stands in.
    calls: tuple[Call, ...] = ()

    def around(self, step: Step) -> tuple[StepName, ...]:
        """The step's own name, and those of the calls that it is a part of, from within."""
        within = {call.name: call.within for call in self.calls}
        names, call = [step.name], step.call
        while call:
            names.append(StepName(call))
            call = within[StepName(call)]
        return tuple(names)

    def shown_before(self, index: int) -> frozenset[CellId]:
        """The prelude cells whose output a step before number ``index`` shows."""
        return frozenset(cell for step in self.steps[:index] for cell in step.prelude)


def execution_counts(cells: Mapping[CellId, Cell], order: tuple[CellId, ...]) -> dict[CellId, int]:
    """The number that Jupyter gives each code cell of ``order``; blank cells are passed over."""
    counts: dict[CellId, int] = {}
    for cell in order:
        if cells[cell].source.strip():
            counts[cell] = len(counts) + 1
    return counts
