"""IPython's shell as an object: what cells set on it, hang into it and register with it."""

from __future__ import annotations

import ast
from typing import Final

from nbflow.analysis.effects import library
from nbflow.analysis.effects.ambient import SHELL
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    FunctionObject,
    InstanceObject,
)
from nbflow.analysis.effects.statements import Statements
from nbflow.analysis.effects.values import Region, Value, fresh, in_order, reached

_STATE: Final = "@ipython"
#: Functions and objects of the notebook that hang in the shell.
_OBJECTS: Final = "@shell"
#: Methods of the shell that register something.
_REGISTERS: Final = library.words(
    """register_magics register_magic_function set_custom_exc set_hook set_trait_value
    set_completer_frame enable_gui enable_matplotlib set_autoindent set_trait"""
)
_SETS: Final = library.words(
    "set_trait_value set_trait enable_gui enable_matplotlib set_autoindent"
)
#: Methods of its parts (its events, formatters, lists of transformers) that only look.
_LOOKS: Final = library.words(
    """get items keys values copy index count lookup lookup_by_type trait_names traits has_trait
    get_tail get_range get_range_by_str trigger"""
)
_NAMESPACES: Final = library.words("user_ns user_global_ns user_module ns_table")
_DECORATORS: Final = library.words(
    """IPython.core.magic.register_line_magic IPython.core.magic.register_cell_magic
    IPython.core.magic.register_line_cell_magic"""
)


class Shell(Statements):
    """The walk over what cells do with the shell."""

    def __init__(self, inline_figures: bool) -> None:
        super().__init__(inline_figures)
        #: Magics that are functions or methods of the notebook, by name.
        self.own_magics: dict[str, Value] = {}
        #: Functions of the notebook that the shell calls around each cell.
        self.hooks: list[Value] = []
        #: Transformers, formatters and handlers of the notebook, which the shell may call.
        self.hung: list[Value] = []

    def run_hooks(self, node: ast.AST) -> None:
        """What the notebook has hung into the shell happens with each cell."""
        for value in self.hung:
            self.touch(value)
        for hook in self.hooks:
            self.call(hook, Arguments([fresh()]), node)
            self._change_owner(hook, node)

    def library_call(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        if path in _DECORATORS:
            self.change_state(_OBJECTS, node)
            for value in arguments.positional:
                self._own_magic(value, "")
            return arguments.positional[0] if arguments.positional else Value(path=path)
        return super().library_call(path, arguments, node)

    def own_magic(self, name: str, texts: tuple[str, ...], node: ast.AST) -> Value | None:
        """The value of a magic of the notebook's own, or None where there is none of that name."""
        function = self.own_magics.get(name)
        if function is None:
            return None
        result = self.call(function, Arguments([Value(const=text) for text in texts]), node)
        self._change_owner(function, node)
        return result

    def _change_owner(self, function: Value, node: ast.AST) -> None:
        """The object may have changed whose method the shell has called."""
        if any(isinstance(region.found().payload, BoundMethod) for region in function.at):
            self.change_state(_OBJECTS, node)

    # ---- methods of the shell, and of its parts

    def register(self, name: str, arguments: Arguments, node: ast.AST) -> bool:
        """Whether the shell's method ``name`` registers something, which is recorded."""
        if name not in _REGISTERS:
            return False
        self.change_state(_STATE if name in _SETS else _OBJECTS, node)
        if name in {"set_custom_exc", "set_hook"}:
            self.hung.extend(each for each in arguments if each.has_regions)
        elif name == "register_magics":
            for value in arguments.positional:
                self._magics_of(value, node)
        elif name == "register_magic_function" and arguments.positional:
            word = arguments.at(2, "magic_name")
            text = word.const if word is not None else ""
            self._own_magic(arguments.positional[0], text if isinstance(text, str) else "")
        return True

    def shell_part(self, path: str, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """``get_ipython().part.name(...)``."""
        if _is_namespace(path):
            self.any_name(binds=name not in _LOOKS)
            return fresh(holds=arguments.regions)
        if name in _LOOKS:
            return fresh()
        functions = [each for each in arguments if each.has_regions]
        self.change_state(_OBJECTS, node)
        if path == f"{SHELL}.events" and name == "register":
            self.hooks.extend(functions)
        elif path == f"{SHELL}.events" and name == "unregister":
            self.hooks = [hook for hook in self.hooks if hook not in functions]
        else:
            self.hung.extend(functions)
        return fresh(holds=arguments.regions)

    def shell_attribute(self, path: str) -> None:
        if _is_namespace(path):
            self.any_name()

    def shell_item_stored(self, path: str, value: Value, node: ast.AST) -> None:
        if _is_namespace(path):
            self.any_name(reads=False, binds=True)
        else:
            self.change_state(_STATE, node)

    # ---- magics of the notebook's own

    def _own_magic(self, value: Value, name: str) -> None:
        for region in in_order(value.at):
            payload = region.found().payload
            if isinstance(payload, FunctionObject):
                own = name or getattr(payload.node, "name", "")
                self.own_magics[own] = value

    def _magics_of(self, value: Value, node: ast.AST) -> None:
        """``register_magics(Class)`` or of an instance: each method may be a magic."""
        for region in [each.found() for each in in_order(value.at)]:
            made = value
            if isinstance(region.payload, ClassObject):
                made = self.call(value, Arguments([Value(path=SHELL)]), node)
            for name in _method_names(made):
                self.own_magics[name] = self.attribute_of(made, name, node)


def _method_names(value: Value) -> list[str]:
    names: set[str] = set()
    for region in value.at:
        payload = region.found().payload
        if isinstance(payload, InstanceObject):
            for cls in payload.of.ancestors():
                names.update(n for n, each in cls.attributes.items() if _is_function(each))
    return sorted(names - {"__init__"})


def _is_function(value: Value) -> bool:
    regions: set[Region] = reached(value.at)
    return any(isinstance(region.payload, FunctionObject) for region in regions)


def _is_namespace(path: str) -> bool:
    return path.removeprefix(SHELL + ".").partition(".")[0] in _NAMESPACES
