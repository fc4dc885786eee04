"""What a library's call gives: something new, a view, a copy, an iterator."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.library import Gives
from nbflow.analysis.effects.objects import Arguments
from nbflow.analysis.effects.outputs import Outputs, uncopied
from nbflow.analysis.effects.values import (
    PLAIN,
    Region,
    Value,
    family,
    fresh,
    inside,
    iterator_over,
    join,
    joined,
    regions_of,
    tuple_of,
)

#: Iterators that give tuples of elements.
_GROUPING: Final = library.words(
    "zip zip_longest groupby product permutations combinations combinations_with_replacement pairwise batched"
)


class Results(Outputs):
    """The walk over the results of calls."""

    def outcome(self, behaviour: library.Behaviour, receiver: Value, arguments: Arguments) -> Value:
        """The result of a library call."""
        match behaviour.gives:
            case Gives.PLAIN:
                result = PLAIN
            case Gives.FRESH:
                result = fresh(behaviour.of)
                if behaviour.of == "data" and uncopied(arguments):
                    result = join(result, inside(joined([receiver, *arguments.positional[:1]])))
            case Gives.RECEIVER:
                result = receiver
            case Gives.INSIDE:
                result = self._part_of(behaviour, receiver, arguments)
            case Gives.COPY:
                result = self._copy_of(behaviour, receiver, arguments)
            case _:
                result = fresh(behaviour.of, receiver.held | arguments.regions)
        return result

    def _part_of(
        self, behaviour: library.Behaviour, receiver: Value, arguments: Arguments
    ) -> Value:
        if not receiver.has_regions:
            return inside(joined(arguments)) if arguments.regions else fresh(behaviour.of)
        if family(receiver) in library.CONTAINERS:
            return join(self.element(receiver, ast.Pass()), joined(arguments))
        return inside(receiver)

    def _copy_of(
        self, behaviour: library.Behaviour, receiver: Value, arguments: Arguments
    ) -> Value:
        of = behaviour.of or family(receiver) or family(joined(arguments))
        held = regions_of(self.element(each, ast.Pass()) for each in (receiver, *arguments))
        if of == "dict":
            # `dict([(key, value)])`, `dict(name=value)`
            pairs = [self.element(each, ast.Pass()) for each in arguments.positional]
            held |= regions_of(self.element(each, ast.Pass()) for each in pairs)
            held |= regions_of(arguments.keywords.values())
        return fresh(of, held - receiver.held if family(receiver) == "data" else held)

    def iterator(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """What ``zip``, ``enumerate`` and their like give."""
        elements = [self.element(value, node) for value in arguments]
        name = path.rpartition(".")[2]
        if name == "enumerate":
            each = tuple_of((PLAIN, elements[0] if elements else PLAIN))
        elif name in _GROUPING:
            exact = name in {"zip", "zip_longest"} and not arguments.spread
            each = tuple_of(elements) if exact else iterator_over(joined(elements), of="tuple")
        elif name in {"from_iterable", "starmap"}:
            each = self.element(joined(elements), node)
        elif name == "repeat":
            each = joined(arguments)
        else:
            each = joined(elements)
        return iterator_over(each, arguments.regions)

    def view(self, receiver: Value, name: str, node: ast.AST) -> Value:
        """``d.items()``, ``d.values()`` and ``d.keys()`` of a dict."""
        if name == "keys":
            return PLAIN
        element = self.element(receiver, node)
        each = element if name == "values" else tuple_of((PLAIN, element))
        return iterator_over(each, receiver.held, "list")

    def qualify(
        self, result: Value, path: str, behaviour: library.Behaviour, arguments: Arguments
    ) -> None:
        """Keep what is known of the object that a library call gives."""
        if behaviour.of == "estimator":
            given = {name for name, value in arguments.keywords.items() if value.const is not None}
            facts = library.estimator(
                path,
                seeded=ambient.repeatable(path, given),
                overwrites=any(
                    name in {"copy", "copy_X"} and value.const is False
                    for name, value in arguments.keywords.items()
                ),
            )
            for region in result.at:
                region.payload = facts
        elif behaviour.of == "data":
            for region in result.at:
                region.link(self._kept_elements(arguments))
                if path.startswith("pandas.read_") and _in_chunks(arguments):
                    region.of = "chunks"
        elif behaviour.of == "figure" and not self.inline_figures and ambient.draws_figure(path):
            for region in result.at:
                region.link((self.canvas,))

    def _kept_elements(self, arguments: Arguments) -> Iterator[Region]:
        """Elements that an array of objects holds: ``np.array([a, b], dtype=object)``."""
        dtype = arguments.at(1, "dtype")
        whole = dtype is not None and (
            dtype.path == "builtins.object" or dtype.const in ("object", "O")
        )
        for value in arguments.positional[:1]:
            if value.has_regions and (whole or family(value) in library.CONTAINERS):
                for region in self.element(value, ast.Pass()).held:
                    if whole or region.found().of in library.OBJECTS:
                        yield region


def _in_chunks(arguments: Arguments) -> bool:
    """``pd.read_csv(path, chunksize=1000)``."""
    size, iterator = arguments.keywords.get("chunksize"), arguments.keywords.get("iterator")
    return (size is not None and size.const is not None) or (
        iterator is not None and iterator.const is not False
    )
