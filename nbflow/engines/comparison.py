"""Two runs of a notebook held against each other: the reference in one kernel, and the pipeline.

What the reference itself does not repeat is outside the promise and left out: two reference runs under
different hash seeds decide that, cell by cell and variable by variable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nbflow.engines.seen import NOT_STORED, CellSeen, Seen
from nbflow.model import Name, StepName

#: A part of what a cell gave: its position, and which part.
Part = tuple[int, str]

_PARTS: Final = ("stdout", "result", "displays", "error", "pictures")
_NOTHING: Final = CellSeen()
_NO_RUN: Final = Seen("not run")
#: IPython's names of the latest results: what is left in them when a cell has bound ``_`` is nobody's value.
_LATEST: Final = frozenset({"_", "__", "___"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the pipeline gave something else: ``where`` is "cell 3, stdout" or "variable x"."""

    where: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Untrusted:
    """What is left out besides: parts of cells, and names of variables."""

    parts: frozenset[Part] = frozenset()
    names: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, what of it differs, and what could not be compared.

    ``differences`` are those of cells in their order, of variables by name, and of how the run ended; then
    those of notebooks that were called, where the name of the call comes behind. ``called`` are their parts.
    """

    parts: tuple[Part, ...]
    names: tuple[Name, ...]
    differences: tuple[Difference, ...] = ()
    left_out: tuple[str, ...] = ()
    called: tuple[tuple[Part, ...], ...] = ()

    @property
    def cells(self) -> int:
        """The number of cells of which something was compared."""
        return sum(len({position for position, _ in parts}) for parts in (self.parts, *self.called))


def compare(
    references: Sequence[Seen], pipeline: Seen, untrusted: Untrusted = Untrusted()
) -> Comparison:
    """The pipeline's run held against the first of the reference runs, in so far as these agree.

    What is untrusted are parts and names of the notebook itself, not of those that it calls.
    """
    own, calls = _compared(references, pipeline, untrusted), list[Comparison]()
    for name in references[0].called:
        runs = [seen.called.get(name, _NO_RUN) for seen in references]
        found = _compared(runs, pipeline.called.get(name, _NO_RUN), Untrusted())
        calls.append(_within(name, found))
    return replace(
        own,
        differences=own.differences + tuple(each for call in calls for each in call.differences),
        left_out=own.left_out + tuple(each for call in calls for each in call.left_out),
        called=tuple(call.parts for call in calls),
    )


def _within(call: StepName, found: Comparison) -> Comparison:
    return replace(
        found,
        differences=tuple(
            replace(each, where=f"{each.where} (in {call})") for each in found.differences
        ),
        left_out=tuple(f"{each} (in {call})" for each in found.left_out),
    )


def _compared(references: Sequence[Seen], pipeline: Seen, untrusted: Untrusted) -> Comparison:
    first = references[0]
    parts, names = _repeated(references, untrusted), _repeated_names(references, untrusted)
    known_parts = {(p, part) for seen in references for p in seen.cells for part in _PARTS}
    left_out = [_where(part) for part in sorted(known_parts - {*parts})]
    names = [name for name in names if pipeline.variables.get(name) != NOT_STORED]
    left_out += [f"variable {name}" for name in sorted({*first.variables} - {*names} - _LATEST)]
    if pipeline.word != "done":
        names = []
    return Comparison(
        tuple(parts),
        tuple(names),
        tuple(_differences(references, pipeline, parts, names, untrusted)),
        tuple(left_out),
    )


def _repeated(references: Sequence[Seen], untrusted: Untrusted) -> list[Part]:
    positions = {position for seen in references for position in seen.cells}
    return [
        (position, part)
        for position in sorted(positions)
        for part in _PARTS
        if (position, part) not in untrusted.parts
        and len({getattr(seen.cells.get(position, _NOTHING), part) for seen in references}) == 1
    ]


def _repeated_names(references: Sequence[Seen], untrusted: Untrusted) -> list[Name]:
    first = references[0].variables
    return [
        name
        for name in sorted(first)
        if name not in untrusted.names
        and name not in _LATEST
        and all(seen.variables.get(name) == first[name] for seen in references)
    ]


def _differences(
    references: Sequence[Seen],
    pipeline: Seen,
    parts: Sequence[Part],
    names: Sequence[Name],
    untrusted: Untrusted,
) -> Iterator[Difference]:
    first = references[0]
    yield from _cell_differences(first.cells, pipeline.cells, parts)
    if all(seen.variables for seen in references):
        known = {name for seen in references for name in seen.variables} | untrusted.names
        yield from _variable_differences(first, pipeline, names, known)
    if first.word != pipeline.word:
        got = f"{pipeline.word} {pipeline.message}".strip()
        yield Difference("end of the run", first.word, got)


def _cell_differences(
    expected: Mapping[int, CellSeen], got: Mapping[int, CellSeen], parts: Sequence[Part]
) -> Iterator[Difference]:
    for position, part in parts:
        one = getattr(expected.get(position, _NOTHING), part)
        other = getattr(got.get(position, _NOTHING), part)
        if part == "pictures":  # that there are some counts, not how they were cut into displays
            one, other = bool(one), bool(other)
        if one != other:
            yield Difference(_where((position, part)), _shown(one), _shown(other))


def _where(part: Part) -> str:
    return f"cell {part[0] + 1}, {part[1]}"


def _shown(value: object) -> str:
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def _variable_differences(
    expected: Seen, got: Seen, names: Sequence[Name], known: Collection[Name]
) -> Iterator[Difference]:
    for name in names:
        if got.variables.get(name) != expected.variables[name]:
            one, other = _look(expected, name), _look(got, name)
            if one == other:  # what tells them apart does not show
                one, other = (
                    f"{one} ({expected.variables[name]})",
                    f"{other} ({_digest(got, name)})",
                )
            yield Difference(f"variable {name}", one, other)
    for name in sorted(set(got.variables) - set(known) - _LATEST):
        yield Difference(f"variable {name}", "absent", _look(got, name))


def _look(seen: Seen, name: Name) -> str:
    return seen.shown.get(name) or _digest(seen, name)


def _digest(seen: Seen, name: Name) -> str:
    return seen.variables.get(name, "absent")
