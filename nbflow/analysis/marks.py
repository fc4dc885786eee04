"""What the tags of each code cell and its ``%%step`` line say, before anything is known of its code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbflow import step_line, tags
from nbflow.model import Cell, CellKind, Location, Notebook, Role, StepName
from nbflow.step_line import StepLine, speaks_to_nbflow


@dataclass(frozen=True, slots=True)
class Mark:
    """The tags of one code cell, read, those that its ``%%step`` line says included.

    ``role`` is None where no tag gives the cell one; ``step`` is the name in its ``step:`` tag.
    ``settings`` are the tags that speak of the step as a whole (``limit:``, ``image:``, ...).
    ``bad`` and ``conflict`` are tags of the cell itself: the malformed, and those that contradict each other.
    """

    cell: Cell
    role: Role | None = None
    step: StepName | None = None
    prevs: tuple[StepName, ...] = ()
    settings: tuple[tags.Tag, ...] = ()
    bad: tuple[tags.Bad, ...] = ()
    conflict: tuple[str, ...] = ()
    notebook: tags.NotebookTag | None = None
    line: StepLine | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The tags of the cell, and those that its ``%%step`` line says."""
        return (*self.cell.tags, *(self.line.tags if self.line else ()))

    def place(self, text: str = "") -> Location:
        """Where a tag is said: at its word in the ``%%step`` line, else the cell as a whole."""
        said = self.line.said if self.line and text not in self.cell.tags else ()
        column = next((each.column for each in said if each.tag == text), None)
        if self.line is None or column is None:
            return Location(self.cell.id, self.cell.number)
        return Location(self.cell.id, self.cell.number, self.line.number, column)

    @property
    def blank(self) -> bool:
        """Whether the cell gives nothing to run: it is empty or holds comments, and calls no notebook."""
        return self.notebook is None and not self.holds_code

    @property
    def holds_code(self) -> bool:
        """Whether the cell's text is more than comments and lines that speak to nbflow."""
        lines = step_line.without(self.cell.source).splitlines()
        told = (line.strip() for line in lines if not speaks_to_nbflow(line))
        return any(line and not line.startswith("#") for line in told)

    @property
    def numbered(self) -> bool:
        """Whether the cell gives nothing to run, but IPython runs and numbers it: it has comments."""
        return self.blank and bool(self.cell.source.strip())

    @property
    def prelude(self) -> bool:
        """Whether the tags put the cell in the prelude."""
        return self.role in {Role.IMPORTS, Role.FUNCTIONS}


def marks(notebook: Notebook) -> tuple[Mark, ...]:
    """The marks of the notebook's code cells, in its order."""
    return tuple(mark(cell) for cell in notebook.cells if cell.kind is CellKind.CODE)


def mark(cell: Cell) -> Mark:
    """What the tags of one cell and its ``%%step`` line say."""
    own = [tags.parse(text) for text in cell.tags]
    line = step_line.read(cell.source) if cell.kind is CellKind.CODE else None
    parsed = [*own, *map(tags.parse, line.tags if line else ())]
    roles = tuple(_roles(parsed))
    steps = tuple(dict.fromkeys(tag.name for tag in parsed if isinstance(tag, tags.StepTag)))
    stands_for = [tag for tag in parsed if isinstance(tag, tags.NotebookTag)]
    role = roles[0] if roles else (Role.STEP if steps else None)
    step = steps[0] if steps and role is Role.STEP else None
    if stands_for and not steps and not roles:
        role, step = Role.STEP, stands_for[0].name
    return Mark(
        cell=cell,
        role=role,
        step=step,
        prevs=tuple(dict.fromkeys(tag.name for tag in parsed if isinstance(tag, tags.Prev))),
        settings=tuple(tag for tag in parsed if isinstance(tag, SETTINGS)),
        bad=tuple(tag for tag in own if isinstance(tag, tags.Bad)),
        conflict=_conflict(cell, own),
        notebook=stands_for[0] if stands_for and role is Role.STEP and not steps else None,
        line=line,
    )


#: The tags that say something of the step that their cell belongs to.
SETTINGS = (
    tags.Limit,
    tags.Request,
    tags.Annotation,
    tags.Label,
    tags.SecretTag,
    tags.Image,
    tags.Cache,
    tags.Report,
    tags.Retry,
    tags.Timeout,
    tags.Env,
    tags.Node,
    tags.TolerationTag,
    tags.ConfigTag,
    tags.VolumeTag,
    tags.Shm,
    tags.PullSecret,
    tags.ServiceAccount,
    tags.RunAsTag,
    tags.Gpu,
)

#: The tags that have a meaning only where their cell belongs to a step.
OF_STEPS = (tags.Prev, *SETTINGS)

_ROLES: tuple[tuple[type[tags.Tag], Role], ...] = (
    (tags.Skip, Role.SKIP),
    (tags.Parameters, Role.PARAMETERS),
    (tags.Metrics, Role.METRICS),
    (tags.Imports, Role.IMPORTS),
    (tags.Functions, Role.FUNCTIONS),
)


def _roles(parsed: Sequence[tags.Tag]) -> Iterator[Role]:
    """The roles that the tags give, the strongest first."""
    for kind, role in _ROLES:
        if any(isinstance(tag, kind) for tag in parsed):
            yield role


def _conflict(cell: Cell, parsed: Sequence[tags.Tag]) -> tuple[str, ...]:
    """The tags that cannot all be meant. ``skip`` goes with everything: it switches a cell off."""
    roles = tuple(_roles(parsed))
    steps = {tag.name for tag in parsed if isinstance(tag, tags.StepTag)}
    if Role.SKIP in roles:
        return ()
    kinds = {Role.IMPORTS if role is Role.FUNCTIONS else role for role in roles}
    called = {tag.name for tag in parsed if isinstance(tag, tags.NotebookTag)}
    if len(kinds) + len(steps) + len(called) < 2:
        return ()
    speaking = (tags.StepTag, tags.NotebookTag, *(kind for kind, _ in _ROLES))
    return tuple(
        text for text, tag in zip(cell.tags, parsed, strict=True) if isinstance(tag, speaking)
    )
