"""Methods of objects that libraries make."""

from __future__ import annotations

import ast
from typing import Final

from nbflow.analysis.effects import ambient, files, library
from nbflow.analysis.effects.base import CODE
from nbflow.analysis.effects.expressions import PATH
from nbflow.analysis.effects.library import Estimator
from nbflow.analysis.effects.objects import Arguments
from nbflow.analysis.effects.outputs import changes_in_place
from nbflow.analysis.effects.results import Results
from nbflow.analysis.effects.values import (
    ANY_FILE,
    PLAIN,
    Value,
    family,
    fresh,
    in_order,
    inside,
    reached,
    regions_of,
)

_PLOTTING: Final = library.words(
    "plot hist boxplot scatter bar barh line area pie kde density hexbin box "
)
#: Families whose methods may draw from numpy's shared generator.
_DRAWING: Final = frozenset({"", "data", "grouped", "estimator", "instance"})
#: Changes of these reach what the receiver holds: an optimizer changes its model.
_DEEP: Final = library.words("step zero_grad")


class Methods(Results):
    """The walk over methods of library objects."""

    def library_method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        if receiver.path == "builtins.super()":
            return self.super_call(name, arguments, node)
        if receiver.path.startswith(ambient.SHELL):
            return self.shell_part(receiver.path, name, arguments, node)
        if receiver.path == PATH:
            return self.path_method(receiver, name, arguments, node)
        if receiver.path.endswith("()"):
            self._by_hand(receiver.path.removesuffix("()"), name, node)
            return self.plain_method(name, arguments, node)
        return self.library_call(f"{receiver.path}.{name}", arguments, node)

    def _by_hand(self, path: str, name: str, node: ast.AST) -> None:
        """A method of a context manager, which is known by its path, is called by name."""
        state = ambient.restored(path)
        if state and name in {"__enter__", "__exit__"}:
            self.change_state(state, node)
        if ambient.patcher(path) and name in {"start", "__enter__"}:
            self.record.note("in-process", path, self.here(node))

    def plain_method(self, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A method of something that cannot change, such as a string."""
        in_place = changes_in_place(arguments)  # df.index.rename("day", inplace=True)
        if in_place:
            self.change_root(node)
        for value in arguments:
            self.consume(value, node)
            if name in {"format", "format_map"}:
                self.show(value, node)
        of_path = name == "open" or name in files.OF_PATHS or _replaces(name, arguments)
        if of_path and not in_place:
            # Perhaps a path that came out of a list, or out of a folder.
            return self.path_method(Value(path=PATH), name, arguments, node)
        if name in library.TEXT:
            return PLAIN
        return fresh(library.method(name, "").of)

    def object_method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """A method of an object that is not of the notebook's making."""
        of = family(receiver)
        if of in library.CONTAINERS and name in {"items", "keys", "values"}:
            return self.view(receiver, name, node)
        self.fill(receiver, node)
        self.on_elements(receiver, library.METHOD_CALLS_ON_ELEMENTS.get(name, ()), node)
        if not receiver.at and name in library.ELEMENT_MUTATING:
            self.unsure += 1
            self.mutate(receiver, node)  # perhaps a list in an array of objects
            self.unsure -= 1
        behaviour = library.method(name, "" if of == "instance" else of)
        self.method_files(name, of, arguments, node)
        if any(each.found().file == ANY_FILE and not each.found().of for each in receiver.at):
            self._use_file(ANY_FILE, node, read=True, write=True)  # of a class that uses files
        if name == "write" and arguments.positional:
            for each in receiver.at:
                self.wrote(each.found().file, arguments.positional[0].const)
        self.method_text(name, arguments)
        self.pass_functions(arguments, node, inside(receiver), methods=not behaviour.known)
        for value in arguments:
            self.consume(value, node)
        if name in ambient.DRAWING_METHODS and of in _DRAWING:
            self._method_draws(receiver, arguments, node)
        if of == "logger":
            self.logger_method(name, arguments, node)
        self.draw_from_parts((receiver,), node)
        if behaviour.changes or changes_in_place(arguments):
            self._change_receiver(receiver, name, arguments, node, sure=behaviour.known)
        self.outputs(arguments, node)
        self.method_outputs(receiver, name, arguments, node)
        if not behaviour.known:
            return self.unknown_call(arguments, node, receiver.held)
        if name in _PLOTTING and of in {"data", "grouped", ""}:
            self.draw_figure(arguments, node)
            return fresh("figure", () if self.inline_figures else (self.canvas,))
        if of == "data" and _is_shallow(name, arguments):
            return inside(receiver)
        return self.outcome(behaviour, receiver, arguments)

    def _change_receiver(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST, *, sure: bool
    ) -> None:
        if not sure:
            self.unsure += 1
        if name in _DEEP:
            for region in in_order(reached(receiver.held)):
                if not isinstance(region.payload, CODE):
                    self.change({region}, node)
        of = family(receiver)
        if of == "estimator":
            self._change_parts(receiver, node)
        elif of == "writer":
            self.change(reached(receiver.held), node)  # the file that it writes to
        self.mutate(receiver, node, deep=not sure)
        if not sure:
            self.unsure -= 1
        if library.adds(name) or not sure:
            held = arguments.regions
            if name in {"extend", "update", "extendleft"}:
                held = regions_of(self.element(value, node) for value in arguments)
            for each in receiver.held:
                each.found().link(held)

    def _change_parts(self, receiver: Value, node: ast.AST) -> None:
        """A pipeline fits the estimators that it is made of, or draws; it leaves data alone."""
        facts = [p for each in receiver.held if isinstance(p := each.found().payload, Estimator)]
        # A grid search fits clones of the estimator that it was given.
        clones = any(each.clones for each in facts)
        kinds = {"rng"} if clones else {"estimator", "rng"}
        parts = {each for each in reached(receiver.held) if each.of in kinds}
        self.unsure += 1
        self.change(parts, node)
        self.unsure -= 1

    def _method_draws(self, receiver: Value, arguments: Arguments, node: ast.AST) -> None:
        known = [each.found().payload for each in receiver.held]
        if not any(isinstance(each, Estimator) and each.seeded for each in known):
            self.may_draw("@numpy.random", arguments, node)


def _replaces(name: str, arguments: Arguments) -> bool:
    """Whether it is ``path.replace(target)``, which moves a file, and not ``text.replace(a, b)``."""
    return name == "replace" and len(arguments.positional) == 1 and not arguments.spread


def _is_shallow(name: str, arguments: Arguments) -> bool:
    """``df.copy(deep=False)``."""
    deep = arguments.at(0, "deep")
    return name == "copy" and deep is not None and deep.const is False
