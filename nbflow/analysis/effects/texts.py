"""Texts with names in them, which a library looks up where it is called: formulas and queries."""

from __future__ import annotations

import ast
import re
from typing import Final

from nbflow.analysis.effects.file_calls import FileCalls
from nbflow.analysis.effects.objects import Arguments, FunctionObject

WORD: Final = re.compile(r"[^\W\d]\w*")
_MARKED: Final = re.compile(r"@([^\W\d]\w*)")
_FORMULAS: Final = ("statsmodels.formula.api.", "patsy.dmatri", "formulaic.model_matrix")


class Texts(FileCalls):
    """The walk over texts that name variables."""

    def method_text(self, name: str, arguments: Arguments) -> None:
        """``df.query("a > @limit")`` reads a name inside its text."""
        text = arguments.at(0, "expr") if name in {"query", "eval"} else None
        if text is None:
            return
        # A text that is put together is made of texts of the notebook.
        for each in (text.const,) if isinstance(text.const, str) else self.marked_texts:
            self.read_names(each, marked=True)

    def read_formulas(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """``ols("y ~ scaled(x)", data)`` looks names up where it is called."""
        for value in arguments:
            if isinstance(value.const, str) and ("~" in value.const or "(" in value.const):
                self.read_names(value.const)
        formula = arguments.at(0, "formula", "formula_like")
        known = formula is None or isinstance(formula.const, str)
        if not known and (path.startswith(_FORMULAS) or path.endswith(".from_formula")):
            self.read_functions(node)  # a text that is put together

    def read_functions(self, node: ast.AST) -> None:
        """Read every function of the notebook."""
        for name, value in list(self.environment.base.items()):
            if isinstance(name, str) and any(
                isinstance(each.found().payload, FunctionObject) for each in value.at
            ):
                self.load(name, node)

    def read_names(self, text: str, *, marked: bool = False) -> None:
        """Read the names in a text that a library will evaluate."""
        pattern = _MARKED if marked else WORD
        for name in dict.fromkeys(pattern.findall(text)):
            if self.environment.value(self.key(name, self.frame)) is not None:
                self.load(name, self.current or ast.Pass())
