"""One thing that can be asked of the server: a verb at a path, and the work that answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from nbflow.server.places import PlaceError, Root

#: Whoever may read, may also see what becomes of a notebook; work that steps do is an action of its own.
READ: Final = "read"
WRITE: Final = "write"
EXECUTE: Final = "execute"
#: What answers are, where nothing else is said.
JSON: Final = "application/json"


class Lane(Enum):
    """Where work is done: each lane has so many threads, and does not wait for the others."""

    ANALYSIS = "analysis", 1
    CONVERSION = "conversion", 2
    RUNS = "runs", 4
    #: One page takes seconds.
    PAGES = "pages", 1

    @property
    def threads(self) -> int:
        """How many there are."""
        return int(self.value[1])


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the address; ``most`` makes it a number, from 0 on."""

    name: str
    description: str
    default: str | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has been let in: what its address says, and its body where it has one."""

    root: Root
    named: Mapping[str, str]
    given: Mapping[str, str]
    body: Any = None

    def text(self, query: Query) -> str:
        """A parameter of the address.

        Raises:
            PlaceError: it is missing.
        """
        found = self.given.get(query.name, query.default)
        if found is None:
            raise PlaceError(f"the parameter {query.name!r} is missing", 400)
        return found

    def number(self, query: Query) -> int:
        """A parameter of the address that is a number.

        Raises:
            PlaceError: it is missing, is no number, or too large.
        """
        text = self.text(query)
        if not (text.isascii() and text.isdigit() and len(text) <= 15) or int(text) > (
            query.most or 0
        ):
            raise PlaceError(f"{query.name!r} has to be a number from 0 to {query.most}", 400)
        return int(text)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is a text of its own and not JSON; with a name, browsers save it under that."""

    pieces: Iterable[str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A verb at a path below the API, in which names stand in braces.

    ``work`` makes the ``answer`` in a thread of its ``lane``. ``pause`` says how
    long to wait, in seconds, before the work is done again because its answer is not worth giving yet, or
    None; that goes on for the time of the parameter ``wait``. ``media`` is what an answer is that is a
    ``Page``.
    """

    verb: str
    path: str
    summary: str
    answer: type
    work: Callable[[Asked], object]
    body: type | None = None
    queries: tuple[Query, ...] = ()
    action: str = READ
    lane: Lane = Lane.RUNS
    status: int = 200
    pause: Callable[[Any], float | None] | None = None
    media: str = JSON
