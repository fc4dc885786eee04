"""What the server tells names nothing of the command line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import nbflow
from nbflow.server.wording import spoken

SOURCES = Path(nbflow.__file__).parent
#: Commands of nbflow, and their options.
NAMED = re.compile(r"`nbflow |(?<![\w-])--[a-z]")
#: What only the other doors tell, and what stands in files that are made.
ELSEWHERE = {
    "__main__.py",
    "codegen/readme.py",
    "codegen/python/module.py",
    "engines/argo/manifests.py",
    "engines/kfp/client.py",
    "service/restoring.py",
}
#: Sentences of the command line's own options, commands of others, lines of cells, and style sheets.
OTHERS = re.compile(r"^--python |kubectl |^python |^pip |`%%step |var\(--")


def sentences() -> Iterator[tuple[str, str]]:
    """The sentences in the sources that name a command or an option, with their files."""
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES).as_posix()
        if name in ELSEWHERE or name.startswith(
            ("api/", "cli/", "magics/", "papermill/", "runtime/", "server/wording", "wording/")
        ):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if id(node) in inside or id(node) in documentation:
                continue
            text = _text(node)
            if NAMED.search(text) and text.count(" ") > 2 and not OTHERS.search(text):
                yield name, text


def _text(node: ast.AST) -> str:
    """The text of a literal, with a word in the place of each value in it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) if isinstance(part, ast.Constant) else "7" for part in parts)
        case _:
            return ""


def test_no_sentence_names_a_command() -> None:
    found = list(sentences())
    assert len(found) > 10
    assert [(file, spoken(text)) for file, text in found if NAMED.search(spoken(text))] == []


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("install it, or name an interpreter with --python", "install it, or choose another kernel"),
        ("run 3 is still going on; `nbflow cancel 3` stops it", "run 3 is still going on; stop it first"),
        ("there is no run 9 in /x: `nbflow runs` lists them", "there is no run 9 in /x"),
        (
            "`nbflow run --verify` shows whether the pipeline gives what the notebook gives.",
            "A verified run on this machine shows whether the pipeline gives what the notebook gives.",
        ),
        ("7 is far; `nbflow retry 7` goes on with it", "7 is far; resuming it goes on with it"),
        ("tag `b` with `prev:a`, or run with --jobs 1", "tag `b` with `prev:a`"),
        ("the tag `gpu:1` is right", "the tag `gpu:1` is right"),
    ],
)  # fmt: skip
def test_a_sentence_is_told_without_commands(sentence: str, told: str) -> None:
    assert spoken(sentence) == told
