"""What the walk hands on: the effects of a cell, and notes for the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nbflow.model import Access, CellId, Location, Name

#: Ambient state that every later cell may look at without naming it: once a cell has written it, all
#: cells after read it. A member that ends in ":" stands for all names that begin with it.
READ_BY_ALL: Final = frozenset(
    {
        "@cwd",
        "@codecs",
        "@csv",
        "@decimal",
        "@environ",
        "@ipython",
        "@limits",
        "@shell",
        "@locale",
        "@logging",
        "@matplotlib.colormaps",
        "@pandas.accessors",
        "@signals",
        "@matplotlib.rcParams",
        "@module:",
        "@numpy.printoptions",
        "@pandas.options",
        "@sklearn.config",
        "@sys.modules",
        "@sys.path",
        "@timezone",
        "@warnings",
    }
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a rule may turn into a finding.

    ``kind`` is "unpicklable", "unpicklable-part" (of an object's attribute), "thread", "input",
    "widget", "module-patch", "in-process" or "pip-install"; ``name`` is the variable, module attribute,
    function or requirement that it is about. ``detail`` says what was seen (for "unpicklable" the kind
    of object: "generator", "lock", ...).
    """

    kind: str
    name: str
    location: Location
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CellEffects:
    """What one code cell does to names, each access once per name, at the first place.

    ``reads`` are names whose value from before the cell is used; a conditional bind, a mutation and
    a deletion read as well. ``binds`` are names bound when the cell ends, ``deletes`` names removed,
    ``mutates`` names whose objects change (through any alias). Names that begin with "@" are ambient
    state. ``maybe`` are those of ``binds`` and ``deletes`` that may not happen. ``undefined`` are names that
    nobody binds before. ``reads_all`` and ``binds_all`` say that any name may be read or bound.
    ``outside`` are effects on the outside ("file:PATH", "files", "shell", "network"). ``classes`` are,
    in a module beside the notebook, those of ``mutates`` that are classes.
    """

    cell: CellId
    reads: tuple[Access, ...] = ()
    binds: tuple[Access, ...] = ()
    deletes: tuple[Access, ...] = ()
    mutates: tuple[Access, ...] = ()
    maybe: frozenset[str] = frozenset()
    undefined: tuple[Access, ...] = ()
    reads_all: bool = False
    binds_all: bool = False
    outside: tuple[Access, ...] = ()
    notes: tuple[Note, ...] = ()
    classes: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether the cell may read or bind any name."""
        return self.reads_all or self.binds_all


def read_by_all(name: str) -> bool:
    """Whether every later cell reads this piece of ambient state once it has been written."""
    return name in READ_BY_ALL or name.partition(":")[0] + ":" in READ_BY_ALL


@dataclass(frozen=True, slots=True)
class Interface:
    """The names through which a called notebook meets the one that calls it.

    It ``asks`` for names that it does not bind, ``accepts`` values of its parameters where its caller has
    such names, and ``gives`` back others. Where ``listed`` is true, the cell names what is given back, and
    that replaces what the caller has under the same name; else the caller keeps its own.
    """

    asks: tuple[Name, ...] = ()
    accepts: tuple[Name, ...] = ()
    gives: tuple[Name, ...] = ()
    listed: bool = False
