"""Functions and classes of libraries."""

from __future__ import annotations

import ast

from nbflow.analysis.effects import ambient, files, library
from nbflow.analysis.effects.functions import MOST_DEEP
from nbflow.analysis.effects.instances import OF_OBJECT
from nbflow.analysis.effects.library import Gives
from nbflow.analysis.effects.methods import Methods
from nbflow.analysis.effects.objects import Arguments
from nbflow.analysis.effects.values import ANY_FILE, PLAIN, Value

#: Words for the present, and what turns them into times.
_NOW = ("now", "today")
_TIMES = frozenset({"numpy.datetime64", "pandas.Timestamp", "pandas.to_datetime"})


class LibraryCalls(Methods):
    """The walk over calls of library functions."""

    def library_call(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of a call of a library's function or class."""
        result = self._redirected(path, arguments, node)
        if result is None:
            result = self.special(path, arguments, node)
        if result is not None:
            return result
        self._library_state(path, arguments, node)
        behaviour = library.function(path)
        if not behaviour.known:
            uses_files = self.use_local(path, node)
            result = self.unknown_call(arguments, node)
            for region in result.at if uses_files else ():
                region.file = ANY_FILE  # methods of what it gives may use them as well
            return result
        if behaviour.gives is not Gives.ITERATOR:
            for value in arguments:
                self.consume(value, node)
                self._walk_through(path, value, node)
        for position in behaviour.mutates:
            self.change_argument(path, arguments, position, node)
        self.outputs(arguments, node)
        self.function_outputs(path, behaviour, arguments, node)
        if behaviour.gives is Gives.PLAIN and path.startswith("builtins."):
            self._special_methods(path, arguments, node)
            return PLAIN
        self.pass_functions(arguments, node)
        if behaviour.gives is Gives.ITERATOR:
            return self.iterator(path, arguments, node)
        result = self.outcome(behaviour, PLAIN, arguments)
        self.qualify(result, path, behaviour, arguments)
        return result

    def _redirected(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """The value of a call that is in truth another one."""
        if path in self.patches and len(self.stack) < MOST_DEEP:
            return self.call(self.patches[path], arguments, node)
        owner, _, name = path.rpartition(".")
        if owner not in library.CLASSES or not arguments.positional or name in OF_OBJECT:
            return None
        # `list.append(x, 1)` is `x.append(1)`.
        first, *rest = arguments.positional
        given = Arguments(rest, arguments.keywords, arguments.spread)
        return self.call_method(first, name, given, node)

    def _walk_through(self, path: str, value: Value, node: ast.AST) -> None:
        """``list(it)``, ``sum(it)``: iterators of notebook classes, and objects that fill caches."""
        if not value.has_regions:
            return
        kept = library.function(path).gives is Gives.CAPTURE  # kept for later, as it is
        if not kept and not path.startswith(library.FITS_CLONES) and path not in library.LOOKS_AWAY:
            self.fill(value, node)
        if path in library.ITERATES:
            self.dunder(value, ("__iter__", "__next__"), node)
        self.on_elements(value, library.CALLS_ON_ELEMENTS.get(path, ()), node)

    def _library_state(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """Ambient state, files and the network that a library call uses."""
        state = ambient.changed(path)
        if state:
            self.change_state(state, node)
        part = ambient.part_changed(path)
        if part:
            self.change_state("@module:" + part, node)
            self.record.note("module-patch", part, self.here(node))
        self.draw(path, arguments, node)
        if any(value.const in _NOW for value in arguments.positional) and path in _TIMES:
            self.read_state("@clock", node)
        given = [each.const is not None for each in arguments]
        passing = ambient.passing(path, len(given), any(given))
        if passing:
            self.read_state(passing, node)
        if ambient.draws_figure(path):
            self.draw_figure(arguments, node)
        if path in files.SHELL:
            self.outside("shell", node)
        if path.startswith(files.NETWORK_PREFIXES):
            self.outside("network", node)
        use = files.function(path)
        if use is not None:
            self.use_files(use, arguments, node)
            if files.is_unseen(path):
                self.unseen_file(arguments.at(0, *use.keywords), node)
        if path.startswith("logging."):
            self.logging_call(path, arguments, node)
        elif path.partition(".")[0] in {"statsmodels", "patsy", "formulaic"}:
            self.read_formulas(path, arguments, node)

    def _special_methods(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """Builtins such as ``print`` and ``len`` call special methods of what they are given."""
        names = library.CALLS.get(path)
        for value in arguments:
            if not value.has_regions:
                continue
            if names is None:
                self.show(value, node)
            elif names:
                with self.perhaps():
                    self.dunder(value, names, node)

    def special(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """The value of a call of a library function that has a rule of its own."""
        raise NotImplementedError
