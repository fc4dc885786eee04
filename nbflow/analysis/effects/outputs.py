"""What a library's call changes of what it is given: arrays to write into, axes, generators, callbacks."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

from nbflow.analysis.effects import library
from nbflow.analysis.effects.base import CODE
from nbflow.analysis.effects.library import Estimator
from nbflow.analysis.effects.logs import Logs
from nbflow.analysis.effects.objects import Arguments
from nbflow.analysis.effects.values import Value, family, in_order, joined, reached

#: Families whose methods draw into axes that they are given.
_DRAWN: Final = library.words("data grouped estimator results graph")


class Outputs(Logs):
    """The walk over what calls change beside their receiver."""

    def outputs(self, arguments: Arguments, node: ast.AST) -> None:
        """Change what the keywords of a call say that it writes into, draws from or calls."""
        given = arguments.keywords
        for keyword in library.OUTPUT_KEYWORDS if given else ():
            value = given.get(keyword)
            if value is not None:
                self.mutate(value, node)
                if family(value) == "tuple":  # np.modf(a, out=(whole, rest))
                    self.mutate(self.element(value, node), node)
        for value in arguments:
            if value.has_regions and family(value) == "rng":
                self.mutate(value, node)  # split(X, random_state=rng) draws
        if given:
            self._keyword_outputs(arguments, node)

    def _keyword_outputs(self, arguments: Arguments, node: ast.AST) -> None:
        """Change the generators, callbacks and axes that a call is given by keyword."""
        self.draw_from_parts(
            [v for k in ("cv", "random_state") if (v := arguments.keywords.get(k)) is not None],
            node,
        )
        for keyword in ("callbacks", "callback"):
            value = arguments.keywords.get(keyword)
            for each in in_order(reached(value.held)) if value is not None else ():
                if not isinstance(each.payload, CODE) and each.of != "frame":
                    self.change({each}, node)
        axes = arguments.keywords.get("ax")
        if axes is not None:
            self.mutate(axes, node)

    def function_outputs(
        self, path: str, behaviour: library.Behaviour, arguments: Arguments, node: ast.AST
    ) -> None:
        """What a library function changes because of the arguments that it is given."""
        first = joined(arguments.positional[:1])
        if changes_in_place(arguments):
            self.mutate(first, node)
        for name, value in arguments.keywords.items():
            if name.startswith("overwrite_") and value.const is not False:  # overwrite_a=True
                self.mutate(joined(arguments.positional[:2]), node)
        if path == "numpy.nan_to_num" and len(arguments.positional) > 1:
            self.mutate(first, node)
        self._write_into(library.written(path), arguments, node)  # np.add(a, b, into)
        if behaviour.of == "figure" or library.may_draw_into(path):
            self._figures(arguments, node)
        if path == "pandas.eval" and "target" in arguments.keywords:
            self.mutate(arguments.keywords["target"], node)

    def method_outputs(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> None:
        """What a method changes beside its receiver."""
        of = family(receiver)
        facts = [each.found().payload for each in receiver.at]
        if any(isinstance(each, Estimator) and each.overwrites for each in facts):
            self.mutate(joined(arguments.positional[:1]), node)
        if of == "data":
            self._write_into(library.written_by_method(name), arguments, node)
        if of in _DRAWN:
            self._figures(arguments, node)  # display.plot(axes)
        if of == "animation" or (of == "estimator" and name not in library.LEAVES_CODE):
            self.pass_functions(Arguments([receiver, *arguments.positional]), node)
        if of == "rng" and name == "shuffle":
            self.mutate(joined(arguments.positional), node)

    def change_argument(
        self, path: str, arguments: Arguments, position: int, node: ast.AST
    ) -> None:
        """Change the argument at a position; it may hold the others from here on."""
        value = arguments.at(position, "x", "a", "arr", "dst", "obj", "heap", "fp", "G")
        if value is None:
            return
        self.mutate(value, node)
        for region in value.held:
            region.found().link(arguments.regions - value.held)

    def _write_into(self, positions: tuple[int, ...], arguments: Arguments, node: ast.AST) -> None:
        for position in positions:
            if position < len(arguments.positional):
                self.mutate(arguments.positional[position], node)

    def draw_from_parts(self, values: Iterable[Value], node: ast.AST) -> None:
        """What splits or draws does so from the generator that it was made with, if there is one."""
        held = [v.held for v in values if v.has_regions and family(v) == "estimator"]
        if not held:
            return
        self.unsure += 1
        self.change(
            {each for regions in held for each in reached(regions) if each.of == "rng"}, node
        )
        self.unsure -= 1

    def _figures(self, arguments: Arguments, node: ast.AST) -> None:
        for value in arguments:
            if value.has_regions and family(value) == "figure":
                self.mutate(value, node)

    def draw_figure(self, arguments: Arguments, node: ast.AST) -> None:
        """Something draws on pyplot's current figure, or makes one."""
        if not self.inline_figures and "ax" not in arguments.keywords:
            self.change_state("@pyplot", node)
            self.unsure += 1
            self.change({self.canvas}, node)
            self.unsure -= 1


def changes_in_place(arguments: Arguments) -> bool:
    inplace = arguments.keywords.get("inplace")
    if inplace is not None and inplace.const is not False:
        return True
    return uncopied(arguments)


def uncopied(arguments: Arguments) -> bool:
    copy = arguments.keywords.get("copy")
    return copy is not None and copy.const is False
