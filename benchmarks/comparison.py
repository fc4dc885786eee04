"""Two runs of a notebook held against each other: the reference in Jupyter, and the pipeline.

What the reference itself does not repeat is outside the promise and left out: two reference runs
under different hash seeds decide that, cell by cell and variable by variable.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from observed import NOT_STORED, CellSeen, Seen

_PARTS = ("stdout", "result", "displays", "error", "pictures")
_NOTHING = CellSeen()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the pipeline gave something else: ``where`` is "cell 3, stdout" or "variable
    x".
    """

    where: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a notebook.

    ``word`` is "same", "refused" (before the run, with ``codes``), "stopped" (by the run, with a
    sentence), "DIFFERENT", "crashed", or "no reference" (Jupyter itself could not run it).
    ``compared`` and ``left_out`` count cells and variables.
    """

    notebook: str
    word: str
    codes: tuple[str, ...] = ()
    message: str = ""
    differences: tuple[Difference, ...] = ()
    compared: int = 0
    left_out: int = 0
    seconds: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Untrusted:
    """What is left out besides: parts of cells ``(position, part)``, and names of variables."""

    parts: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = field(default_factory=frozenset)


#: IPython's names of the latest results: what is left in them when a cell has bound ``_`` is nobody's value.
_LATEST = frozenset({"_", "__", "___"})


def verdict(
    notebook: str, references: Sequence[Seen], pipeline: Seen, untrusted: Untrusted
) -> Verdict:
    """What the pipeline's run is worth, given the reference runs."""
    first = references[0]
    seconds = (first.seconds, pipeline.seconds)
    if pipeline.word in ("refused", "stopped", "crashed"):
        return Verdict(notebook, pipeline.word, pipeline.codes, pipeline.message, seconds=seconds)
    parts = _repeated(references, untrusted)
    names = _repeated_names(references, untrusted) if pipeline.word == "done" else []
    differences = _cell_differences(first.cells, pipeline.cells, parts)
    if all(seen.variables for seen in references):
        known = {name for seen in references for name in seen.variables} | untrusted.names
        differences += _variable_differences(first.variables, pipeline.variables, names, known)
    if first.word != pipeline.word:
        got = f"{pipeline.word} {pipeline.message}".strip()
        differences.append(Difference("end of the run", first.word, got))
    return Verdict(
        notebook,
        "DIFFERENT" if differences else "same",
        message=pipeline.message,
        differences=tuple(differences),
        compared=len(parts) + len(names),
        left_out=len(first.cells) * len(_PARTS) + len(first.variables) - len(parts) - len(names),
        seconds=seconds,
    )


def _repeated(references: Sequence[Seen], untrusted: Untrusted) -> list[tuple[str, str]]:
    positions = {position for seen in references for position in seen.cells}
    return [
        (position, part)
        for position in sorted(positions, key=int)
        for part in _PARTS
        if (position, part) not in untrusted.parts
        and len({getattr(seen.cells.get(position, _NOTHING), part) for seen in references}) == 1
    ]


def _repeated_names(references: Sequence[Seen], untrusted: Untrusted) -> list[str]:
    first = references[0].variables
    return [
        name
        for name in sorted(first)
        if name not in untrusted.names
        and name not in _LATEST
        and all(seen.variables.get(name) == first[name] for seen in references)
    ]


def _cell_differences(
    expected: Mapping[str, CellSeen],
    got: Mapping[str, CellSeen],
    parts: Sequence[tuple[str, str]],
) -> list[Difference]:
    differences = []
    for position, part in parts:
        one = getattr(expected.get(position, _NOTHING), part)
        other = getattr(got.get(position, _NOTHING), part)
        if (
            part == "pictures"
        ):  # which cells make pictures counts, not how they were cut into displays
            one, other = bool(one), bool(other)
        if one != other:
            where = f"cell {int(position) + 1}, {part}"
            differences.append(Difference(where, str(one), str(other)))
    return differences


def _variable_differences(
    expected: Mapping[str, str],
    got: Mapping[str, str],
    names: Sequence[str],
    known: Collection[str],
) -> list[Difference]:
    differences = [
        Difference(f"variable {name}", expected[name], got.get(name, "absent"))
        for name in names
        if got.get(name) not in (expected[name], NOT_STORED)
    ]
    extra = sorted(set(got) - set(known) - _LATEST)
    return differences + [Difference(f"variable {name}", "absent", got[name]) for name in extra]
