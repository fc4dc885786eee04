"""The text of the module: prelude, parameters, functions, and a main with the parameters as options."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

import ast_comments  # type: ignore[import-untyped]

from nbflow import __version__
from nbflow.codegen.python.cells import bound_by, is_comment, statements
from nbflow.codegen.python.layout import Function, Layout, used_prelude
from nbflow.model import Json, Parameter, Pipeline

_SHOW: Final = '''
def show(value):
    """Print what a cell of the notebook has shown as its result."""
    if value is not None:
        print(repr(value))
'''


def module(layout: Layout, pipeline: Pipeline, notebook: str) -> str:
    """The text of the module, proven to be Python, in the layout of black."""
    title = pipeline.metadata.description or pipeline.name
    about = f"{title}\n\nMade by nbflow {__version__} from {notebook}.\n"
    functions = [_function(each) for each in layout.functions]
    shows = any(_shows(each) for each in functions)
    body: list[ast.stmt] = [
        ast.Expr(ast.Constant(about)),
        *_import_of_argparse(pipeline),
        *used_prelude(layout),
        *_globals(layout),
        *(ast.parse(_SHOW).body if shows else []),
        *functions,
        _main(layout, pipeline),
        *_foot(pipeline),
    ]
    made = ast.fix_missing_locations(ast.Module(body, []))
    return _formatted(ast_comments.unparse(made) + "\n")


def _shows(function: ast.FunctionDef) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "show" for n in ast.walk(function))


def _import_of_argparse(pipeline: Pipeline) -> list[ast.stmt]:
    return [ast.Import([ast.alias("argparse")])] if _given(pipeline) else []


def _function(function: Function) -> ast.FunctionDef:
    body: list[ast.stmt] = [_docstring(function), *statements(function.codes)]
    if function.returns:
        body.append(ast.Return(_names(function.returns, ast.Load())))
    return ast.FunctionDef(
        function.name, _arguments([ast.arg(name) for name in function.takes]), body, []
    )


def _docstring(function: Function) -> ast.stmt:
    """What the notebook says above the step, a text of Markdown; the step's name where it says nothing."""
    text = function.title or str(function.step.name)
    lines = [line.rstrip() for line in text.strip().splitlines()]
    lines[0] = lines[0].lstrip("# ").rstrip("# ") or lines[0]
    rest = [f"    {line}" if line else "" for line in lines[1:]]
    return ast.Expr(ast.Constant("\n".join([lines[0], *rest, "    "]) if rest else lines[0]))


def _arguments(found: list[ast.arg], defaults: list[ast.expr] | None = None) -> ast.arguments:
    return ast.arguments([], found, None, [], [], None, defaults or [])


def _names(names: tuple[str, ...], context: ast.expr_context) -> ast.expr:
    found: list[ast.expr] = [ast.Name(name, context) for name in names]
    return found[0] if len(found) == 1 else ast.Tuple(found, context)


def _given(pipeline: Pipeline) -> list[Parameter]:
    """The parameters that can be given: those that are not computed from others."""
    return [parameter for parameter in pipeline.parameters if not parameter.computed]


def _main(layout: Layout, pipeline: Pipeline) -> ast.FunctionDef:
    """``main`` with the parameters as arguments: what is computed from them follows, then each step."""
    given = _given(pipeline)
    body: list[ast.stmt] = [ast.Expr(ast.Constant("Run all steps, in the order of the notebook."))]
    body.extend(_computed(layout, {parameter.name for parameter in given}))
    body.extend(_set_globals(layout))
    body.extend(_call(function) for function in layout.functions)
    arguments = [ast.arg(parameter.name) for parameter in given]
    return ast.FunctionDef(
        "main", _arguments(arguments, [_literal(p.default) for p in given]), body, []
    )


def _globals(layout: Layout) -> Iterator[ast.stmt]:
    """The parameters that functions of the prelude read as global names."""
    wanted = layout.global_parameters
    for statement in (s for code in layout.parameters for s in code.body):
        if wanted and (is_comment(statement) or bound_by(statement) & wanted):
            yield statement


def _set_globals(layout: Layout) -> Iterator[ast.stmt]:
    names = sorted(layout.global_parameters)
    if names:
        yield from ast.parse(f"globals().update({', '.join(f'{n}={n}' for n in names)})").body


def _computed(layout: Layout, given: set[str]) -> Iterator[ast.stmt]:
    for statement in (s for code in layout.parameters for s in code.body):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        target = statement.target if isinstance(statement, ast.AnnAssign) else target
        if not (isinstance(target, ast.Name) and target.id in given):
            yield statement


def _call(function: Function) -> ast.stmt:
    call = ast.Call(
        ast.Name(function.name, ast.Load()), [ast.Name(n, ast.Load()) for n in function.takes], []
    )
    if not function.returns:
        return ast.Expr(call)
    return ast.Assign([_names(function.returns, ast.Store())], call)


def _literal(value: Json) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def _foot(pipeline: Pipeline) -> list[ast.stmt]:
    """The way in from a command line."""
    lines = ["if __name__ == '__main__':"]
    given = _given(pipeline)
    if not given:
        return ast.parse("\n".join([*lines, "    main()"])).body
    lines.append("    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])")
    for each in given:
        option = f"--{each.name.replace('_', '-')}"
        words = f"dest={each.name!r}, default={each.default!r}{_kind(each)}"
        lines.append(f"    parser.add_argument({option!r}, {words})")
    lines.append("    main(**vars(parser.parse_args()))")
    return ast.parse("\n".join(lines)).body


def _kind(parameter: Parameter) -> str:
    if parameter.type == "bool":
        return ", action=argparse.BooleanOptionalAction"
    if parameter.type in ("int", "float", "str"):
        return f", type={parameter.type}"
    return ", type=__import__('json').loads"


def _formatted(text: str) -> str:
    """The text as the formatter of most projects lays it out.

    It tidies the indentation of docstrings: where the code looks at any of them, it is left as it is.
    """
    # Deferred: other targets have no use for it.
    import black  # noqa: PLC0415

    found = black.format_str(text, mode=black.Mode())
    same = ast.dump(ast.parse(found)) == ast.dump(ast.parse(text))
    return found if same or text.count("__doc__") <= _FOOT_DOCS else text


#: How often the text that is not the user's names a docstring.
_FOOT_DOCS: Final = 1
