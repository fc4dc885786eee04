"""Calls that use files: methods of paths, what opens a file, what reads or writes one."""

from __future__ import annotations

import ast
import posixpath
from typing import Final

from nbflow.analysis.effects import files, library
from nbflow.analysis.effects.expressions import PATH
from nbflow.analysis.effects.instances import Instances
from nbflow.analysis.effects.objects import Arguments
from nbflow.analysis.effects.places import renamed
from nbflow.analysis.effects.values import NOTHING, PLAIN, Value, fresh

#: Methods of paths that give paths.
_GIVE_PATHS: Final = library.words(
    """resolve absolute expanduser joinpath with_suffix with_name with_stem as_posix relative_to
    rename replace"""
)


class FileCalls(Instances):
    """The walk over calls that use files."""

    def path_method(self, path: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of ``path.name(arguments)``."""
        if name == "open":
            mode = arguments.at(0, "mode")
            return self.open_file(path, mode, node)
        if name in files.PATH_READS:
            self.use_file(path, node, write=False)
        elif name in files.PATH_WRITES:
            self.use_file(path, node, write=True, read=False)
            if name == "write_text" and arguments.positional:
                self.wrote(self.places.name(path.const), arguments.positional[0].const)
        elif name in files.PATH_LISTS:
            self.use_file(None, node, write=False)
            return fresh("list")
        elif name in files.PATH_MOVES:
            self.use_file(path, node, write=True)
            self.use_file(arguments.at(0, "target"), node, write=True)
        if name in {"symlink_to", "hardlink_to"} and arguments.positional:
            target = arguments.positional[0].const
            self.places.link(target, path.const, symbolic=name == "symlink_to")
        return self._path_of(path.const, name, [value.const for value in arguments.positional])

    def _path_of(self, path: object, name: str, given: list[object]) -> Value:
        """The path that a method of a path gives."""
        texts = [part for part in given if isinstance(part, str)]
        if name not in _GIVE_PATHS or not isinstance(path, str) or len(texts) < len(given):
            return Value(path=PATH) if name in _GIVE_PATHS else PLAIN
        found: object = path
        if name in {"rename", "replace"}:
            found = texts[0] if texts else NOTHING
        elif name == "joinpath":
            found = posixpath.join(path, *texts)
        elif name in {"resolve", "absolute"}:
            found = self.places.absolute(path)
        elif name.startswith("with_"):
            found = renamed(path, name, texts[0]) if texts else NOTHING
        return Value(path="" if name == "as_posix" else PATH, const=found)

    def open_file(
        self,
        path: Value | None,
        mode: Value | None,
        node: ast.AST,
        of: str = "file",
        default: str = "r",
    ) -> Value:
        """An open file, of which a change is a change of what lies on the disk."""
        text = mode.const if mode is not None else default
        known = isinstance(text, str)
        writing = not known or files.writes(str(text))
        fresh_file = known and "w" in str(text)
        self.use_file(path, node, write=writing, read=not fresh_file)
        opened = fresh(of)
        if writing:
            for region in opened.at:
                region.file = self.places.name(NOTHING if path is None else path.const)
        return opened

    def use_files(self, use: files.FileUse, arguments: Arguments, node: ast.AST) -> None:
        """Record the files that a library function uses."""
        if use.any_file:
            self.use_file(None, node, write=bool(use.writes))
            return
        for position in dict.fromkeys((*use.reads, *use.writes)):
            value = _with_suffix(arguments.at(position, *use.keywords), use.suffix)
            self.use_file(value, node, write=position in use.writes, read=position in use.reads)

    def method_files(self, name: str, of: str, arguments: Arguments, node: ast.AST) -> None:
        """Record the files that a method of an object of the family ``of`` uses."""
        if name == "open" and not of:
            self.open_file(None, arguments.at(0, "mode"), node)  # perhaps a path
        use = files.method(name, of)
        if use is None:
            return
        if of == "config" and any(value.has_regions for value in arguments.positional):
            self.use_file(None, node, write=False)  # a list of paths
        elif use.any_file:
            self.use_files(use, arguments, node)
        else:
            path = _with_suffix(arguments.at(0, *use.keywords), use.suffix)
            if path is not None:
                self.use_file(path, node, write=bool(use.writes), read=not use.writes)
            if files.is_unseen_method(name):
                self.unseen_file(path, node)

    def unseen_file(self, path: Value | None, node: ast.AST) -> None:
        """Record that a file is read that neither the code names nor an event of the run tells."""
        if path is None or not isinstance(path.const, str):
            self.read_state("@unseen", node)


def _with_suffix(path: Value | None, suffix: str) -> Value | None:
    """The path that a library writes to, which puts a suffix behind a name that has none."""
    if path is None or not suffix or not isinstance(path.const, str):
        return path
    return path if posixpath.splitext(path.const)[1] else Value(const=path.const + suffix)
