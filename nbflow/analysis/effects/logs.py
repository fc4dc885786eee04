"""Logging: it goes to files, to handlers of the notebook, and all loggers share one state."""

from __future__ import annotations

import ast

from nbflow.analysis.effects import library
from nbflow.analysis.effects.objects import Arguments
from nbflow.analysis.effects.texts import Texts
from nbflow.analysis.effects.values import ANY_FILE, exactly, reached


class Logs(Texts):
    """The walk over calls that log."""

    def logging_call(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """A function of ``logging`` itself: it opens a file, configures the root logger, or logs."""
        name = path.rpartition(".")[2]
        if name.endswith("FileHandler") or name == "basicConfig":
            place = 0 if name.endswith("FileHandler") else len(arguments.positional)
            target = arguments.at(place, "filename")
            if target is not None:
                self.use_file(target, node, write=True)
                self.logs[self.places.name(target.const)] = None
        if name in {"dictConfig", "fileConfig"}:
            self.logs[ANY_FILE] = None  # which files is written in the configuration
        if name in {"basicConfig", "dictConfig", "fileConfig"}:
            self.logging.link(arguments.regions)
        if path.startswith("logging.root."):
            self.logger_method(name, arguments, node)
        elif path.removeprefix("logging.") in library.LOGS:
            self.log(arguments, node)

    def logger_method(self, name: str, arguments: Arguments, node: ast.AST) -> None:
        """A logger is configured, which all loggers of that name share, or logs."""
        if name in library.CONFIGURES:
            self.change_state("@logging", node)
            self.logging.link(arguments.regions)
        elif name in library.LOGS:
            self.log(arguments, node)

    def log(self, arguments: Arguments, node: ast.AST) -> None:
        """Something is logged: to the files of the handlers, by way of the notebook's own."""
        for name in list(self.logs):
            self._use_file(name, node, read=False, write=True)
        self.unsure += 1
        self.change({each for each in reached([self.logging]) if each.of == "list"}, node)
        self.unsure -= 1
        self.pass_functions(
            Arguments([exactly(self.logging), *arguments.positional]), node, methods=True
        )
