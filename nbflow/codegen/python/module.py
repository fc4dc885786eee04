"""The text of the module: prelude, a function a step, and a main with the parameters as options."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from nbflow import __version__
from nbflow.codegen.python import shown
from nbflow.codegen.python.cells import Piece, indented
from nbflow.codegen.python.inert import is_standard
from nbflow.codegen.python.layout import Function, Layout
from nbflow.codegen.python.statements import Statements, imported
from nbflow.model import Name, Parameter, Pipeline

#: What makes tables of pandas, which are laid out otherwise in a terminal than in a notebook.
_TABLES: Final = frozenset(
    {"geopandas", "pandas", "pandas_datareader", "plotly", "seaborn", "statsmodels", "yfinance"}
)
#: How scikit-learn is asked for such tables.
_AS_TABLE: Final = re.compile(r"\b(?:as_frame|fetch_openml|set_output)\b")
#: What looks at docstrings, which the formatter tidies.
_READS_DOCSTRINGS: Final = re.compile(
    r"__doc__|\bhelp\(|getdoc|doctest|\bfire\b|\bclick\b|\btyper\b"
)
_DISPLAY: Final = '''
def display(*values):
    """Print values as the notebook displays them."""
    for value in values:
        print(shown(value))
'''
_READ_VALUE: Final = '''
def read_value(text):
    """A value from the command line: JSON, or else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
'''


def module(layout: Layout, pipeline: Pipeline, notebook: str) -> str:
    """The text of the module, proven to be Python, in the layout of black."""
    text = "\n".join(_Module(layout, pipeline, notebook).lines())
    compile(text, "<module>", "exec", dont_inherit=True)
    return _formatted(text, layout)


class _Module:
    """Writes the parts of the module one after the other."""

    def __init__(self, layout: Layout, pipeline: Pipeline, notebook: str) -> None:
        self.layout = layout
        self.own = layout.own
        self.title = pipeline.metadata.description or pipeline.name
        self.about = f"{self.title}\n\nMade by nbflow {__version__} from {notebook}.\n"
        self.statements = Statements(layout.nodes, self.own["show"])
        self.imports = self._pieces(layout.imports)
        self.top = self._pieces(layout.top)
        self.functions = [
            self._pieces(each.unit.pieces, each.shared, within=True) for each in layout.functions
        ]
        self.displays = layout.displays
        body = "\n".join(map("\n".join, [self.imports, self.top, *self.functions]))
        self.shows = bool(re.search(rf"\b{self.own['show']}\(", body)) or self.displays
        self.types = {p.type for p in layout.given}

    def lines(self) -> Iterator[str]:
        """All lines of the module."""
        yield docstring(self.about)
        yield from self._pieces(self.layout.futures)
        yield from self._own_imports()
        yield from self.imports
        yield from self._as_in_a_notebook()
        yield from ("", *self._parameters())
        shows = list(self._show())
        above = "\n".join([*self.imports, *self.top])
        early = self.shows and re.search(rf"^(?:{self.own['show']}|display)\(", above, re.M)
        if early:
            yield from shows
        yield from ("", "", *self.top)
        for function, body in zip(self.layout.functions, self.functions, strict=True):
            if not function.unit.computes:
                yield from self._function(function, body)
        if not early:
            yield from shows
        yield from self._set_parameters()
        yield from self._main()
        yield from self._foot()

    def _pieces(
        self, pieces: Iterable[Piece], shared: Iterable[Name] = (), *, within: bool = False
    ) -> list[str]:
        """The statements with their comments; ``within`` a function, names may be global."""
        lines: list[str] = []
        last = None
        for piece in pieces:
            if last is not None and piece.code is not last:
                lines.append("")
            last = piece.code
            lines.extend(piece.above)
            text = self.statements.text(piece, frozenset(shared), within=within)
            if text:
                lines.extend(text.split("\n"))
                if piece.beside:
                    lines[-1] += f"  {piece.beside}"
            elif piece.beside:
                lines.append(piece.beside)
        return lines

    # -- what is the module's own

    def _own_imports(self) -> Iterator[str]:
        if self.layout.given:
            yield self._import("argparse")
        if self.shows:
            yield self._import("inspect")
        if not self.types.isdisjoint({"list", "dict", "None", ""}):
            yield self._import("json")
        first = next((p.node for p in self.layout.imports if p.node is not None), None)
        if first is None or not is_standard(first):
            yield ""

    def _import(self, name: str) -> str:
        own = self.own[name]
        if f"import {name}" in self.imports and name not in self.layout.shared:
            return ""
        return f"import {name}" if own == name else f"import {name} as {own}"

    def _as_in_a_notebook(self) -> Iterator[str]:
        """The setting in which pandas in a notebook differs from pandas in a terminal."""
        roots = {module.partition(".")[0] for module in imported(self.layout.nodes)}
        if roots.isdisjoint(_TABLES) and not _AS_TABLE.search(_source(self.layout)):
            return
        name = self.own["pandas"]
        for line in self.imports:
            found = re.fullmatch(r"import pandas(?: as (\w+))?", line.partition("#")[0].strip())
            if found:
                name = found.group(1) or "pandas"
                break
        else:
            yield "import pandas" if name == "pandas" else f"import pandas as {name}"
        yield ""
        yield "# Tables are laid out as in a notebook."
        yield f'{name}.set_option("display.max_columns", 20)'

    def _show(self) -> Iterator[str]:
        if not self.shows:
            return
        parts = [inspect.getsource(shown.show), inspect.getsource(shown.shown)]
        if self.displays:
            parts.append(_DISPLAY)
        text = "\n\n".join(part.strip() + "\n" for part in parts)
        for name in ("inspect", "show", "shown"):
            text = re.sub(rf"\b{name}\b(?=[.(])", self.own[name], text)
        yield from ("", "", *text.split("\n"))

    # -- parameters

    def _shared(self) -> list[Parameter]:
        return [p for p in self.layout.given if p.name in self.layout.shared]

    def _comment(self, name: Name) -> str:
        for piece in self.layout.setting:
            targets = [n.id for n in ast.walk(piece.node or ast.Pass()) if isinstance(n, ast.Name)]
            if name in targets and piece.beside:
                return piece.beside.lstrip("# ").strip()
        return ""

    def _parameters(self) -> Iterator[str]:
        """The parameters that functions read as global names."""
        for each in self._shared():
            comment = self._comment(each.name)
            yield f"{each.name} = {each.default!r}" + (f"  # {comment}" if comment else "")

    def _set_parameters(self) -> Iterator[str]:
        shared = [p.name for p in self._shared()]
        if not shared:
            return
        arguments = [_other(name, shared) for name in shared]
        yield from ("", "", f"def {self.own['set_parameters']}({', '.join(arguments)}):")
        yield '    """Set the parameters that functions read as global names."""'
        yield f"    global {', '.join(shared)}"
        for name, argument in zip(shared, arguments, strict=True):
            yield f"    {name} = {argument}"

    # -- functions

    def _function(self, function: Function, body: list[str]) -> Iterator[str]:
        yield from ("", "", f"def {function.name}({', '.join(function.takes)}):")
        yield indented(self._docstring(function))
        if function.shared:
            yield f"    global {', '.join(function.shared)}"
        yield indented("\n".join(body))
        if function.returns:
            yield f"    return {', '.join(function.returns)}"

    def _docstring(self, function: Function) -> str:
        """What the notebook says above the step, in Markdown; the step's name where it says nothing."""
        name = str(function.unit.step.name) if function.unit.step else "What the notebook prepares."
        lines = [line.rstrip() for line in (function.title or name).strip().splitlines()]
        lines[0] = lines[0].lstrip("# ").rstrip("# ") or lines[0]
        rest = [f"    {line}" if line else "" for line in lines[1:]]
        return docstring("\n".join([lines[0], *rest, "    "]) if rest else lines[0])

    def _main(self) -> Iterator[str]:
        """``main`` with the parameters as arguments: what is computed from them follows, then each step."""
        given = ", ".join(f"{p.name}={self._default(p)}" for p in self.layout.given)
        yield from ("", "", f"def {self.own['main']}({given}):")
        yield '    """Run all steps, in the order of the notebook."""'
        computing = {n for f in self.layout.functions if f.unit.computes for n in f.shared}
        if computing:
            yield f"    global {', '.join(sorted(computing))}"
        for each in self.layout.given:
            if isinstance(each.default, (list, dict)) and each.name not in self.layout.shared:
                yield f"    if {each.name} is None:\n        {each.name} = {each.default!r}"
        shared = [p.name for p in self._shared()]
        if shared:
            yield f"    {self.own['set_parameters']}({', '.join(shared)})"
        for function, body in zip(self.layout.functions, self.functions, strict=True):
            if function.unit.computes:
                yield indented("\n".join(body))
                continue
            call = f"{function.name}({', '.join(function.takes)})"
            returns = ", ".join(function.returns)
            yield f"    {returns} = {call}" if returns else f"    {call}"

    def _default(self, parameter: Parameter) -> str:
        if parameter.name in self.layout.shared:
            return parameter.name
        return "None" if isinstance(parameter.default, (list, dict)) else repr(parameter.default)

    def _foot(self) -> Iterator[str]:
        """The way in from a command line: what is not given there, ``main`` knows."""
        given, main = self.layout.given, self.own["main"]
        if not given:
            yield from ("", "", 'if __name__ == "__main__":', f"    {main}()")
            return
        argparse = self.own["argparse"]
        if not self.types.isdisjoint({"None", ""}):
            text = _READ_VALUE.replace("json.", f"{self.own['json']}.")
            yield text.replace("read_value", self.own["read_value"])
        yield from ("", "", f"def {self.own['arguments']}():")
        yield '    """The parameters that the command line gives."""'
        words = (
            f"description={self.title!r}, allow_abbrev=False, argument_default={argparse}.SUPPRESS"
        )
        yield f"    parser = {argparse}.ArgumentParser({words})"
        for each in given:
            yield f"    parser.add_argument({', '.join(self._option(each))})"
        yield "    return vars(parser.parse_args())"
        yield from (
            "",
            "",
            'if __name__ == "__main__":',
            f"    {main}(**{self.own['arguments']}())",
        )

    def _option(self, parameter: Parameter) -> Iterator[str]:
        name = parameter.name
        names = {p.name for p in self.layout.given}
        plain = name.replace("_", "-") if not name.startswith("_") else name
        option = "parameter-help" if name == "help" else plain
        yield repr(f"--{option}")
        if option.replace("-", "_") != name:
            yield f"dest={name!r}"
        if parameter.type == "bool" and f"no_{name}" not in names:
            yield f"action={self.own['argparse']}.BooleanOptionalAction"
        elif parameter.type in ("int", "float", "str"):
            if parameter.type != "str":
                yield f"type={parameter.type}"
        elif parameter.type in ("bool", "list", "dict"):
            yield f"type={self.own['json']}.loads"
        else:
            yield f"type={self.own['read_value']}"
        comment = self._comment(name)
        default = json.dumps(parameter.default, ensure_ascii=False)
        text = f"{comment} (default: {default})" if comment else f"default: {default}"
        yield f"help={text.replace('%', '%%')!r}"


def _other(name: Name, taken: Iterable[Name]) -> Name:
    """Another name that none of these is."""
    found = f"{name}_"
    while found in taken:
        found += "_"
    return found


def docstring(text: str) -> str:
    """A literal of the text in three quotes, where Python reads it there as it is."""
    literal = f'"""{text}"""'
    try:
        same = ast.literal_eval(literal) == text and "\\" not in text
    except (SyntaxError, ValueError):
        same = False
    return literal if same else repr(text)


def _source(layout: Layout) -> str:
    """All that the user wrote."""
    return "\n".join(code.cell.source for code in layout.codes)


def _formatted(text: str, layout: Layout) -> str:
    """The text as the formatter of most projects lays it out.

    It tidies docstrings: where the notebook looks at any, the text is left as it is.
    """
    # Deferred: other targets have no use for it.
    import black  # noqa: PLC0415
    from black.parsing import InvalidInput  # noqa: PLC0415

    try:
        found = black.format_str(text, mode=black.Mode())
    except InvalidInput:
        return text + "\n"
    same = ast.dump(ast.parse(found)) == ast.dump(ast.parse(text))
    tidied = _tidied(found) == _tidied(text) and not _READS_DOCSTRINGS.search(_source(layout))
    return found if same or tidied else text + "\n"


def _tidied(text: str) -> str:
    """What the text means, but for white space in docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                value.value = " ".join(textwrap.dedent(value.value).split())
    return ast.dump(tree)
