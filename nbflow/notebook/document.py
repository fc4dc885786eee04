"""The bytes of a notebook's file as text, and that text as a checked JSON document.

A notebook of nbformat 4 is checked by hand, because importing ``nbformat`` costs a second and
compiling its schema costs more than reading the notebook. One of nbformat 3 goes through nbformat's
own converter.
Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import os
import re
import stat
import warnings
from typing import Final, TypeAlias, cast

from nbflow.errors import NotebookError

JsonObject: TypeAlias = "dict[str, object]"

_HALF_CHARACTER: Final = re.compile(r"\\u[dD][89abAB-fF]")
_CELL_TYPES: Final = ("code", "markdown", "raw")


def text_of(path: str) -> str:
    """The text of the file at ``path``, without a byte order mark.

    Raises:
        NotebookError: the file cannot be read, or is not UTF-8 text.
    """
    return decoded(path, content_of(path))


def content_of(path: str) -> bytes:
    """The bytes of the file at ``path``.

    Raises:
        NotebookError: there is no such file, or it cannot be read.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise NotebookError(f"{path} is a folder; give the path of a notebook in it")
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise NotebookError(f"{path} is not a file; give the path of a notebook")
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise NotebookError(f"there is no file {path}; check the path") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise NotebookError(f"{path} cannot be read: {reason}") from None


def decoded(path: str, content: bytes) -> str:
    """``content`` as text, without a byte order mark.

    Raises:
        NotebookError: it is empty, or not UTF-8.
    """
    if not content.strip():
        raise NotebookError(f"{path} is empty; save the notebook again")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise NotebookError(
            f"{path} is not UTF-8 text (line {line}), so it is not a notebook or is damaged"
        ) from None


def document_of(path: str, text: str) -> JsonObject:
    """The notebook in ``text`` as a document of nbformat 4, checked as far as nbflow relies on it.

    Raises:
        NotebookError: it is not JSON, not a notebook, or of a format that nbflow does not read.
    """
    document = _parsed(path, text)
    if not isinstance(document, dict) or "nbformat" not in document:
        raise NotebookError(f'{path} is JSON but not a notebook: it has no "nbformat"')
    version = document["nbformat"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotebookError(f'{path} is not a notebook: its "nbformat" is not a number')
    if version < 3:
        raise NotebookError(
            f"{path} is of nbformat {version}, which is too old; "
            "open it in Jupyter and save it again"
        )
    if version > 4:
        raise NotebookError(
            f"{path} is of nbformat {version}, which is newer than nbflow knows (3 and 4); "
            "update nbflow"
        )
    if version == 3:
        document = _upgraded(path, document)
    _check(path, document)
    return document


def _parsed(path: str, text: str) -> object:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as problem:
        raise NotebookError(f"{path} is not JSON{_likeness(text, problem)}") from None
    except RecursionError:
        raise NotebookError(f"{path} is nested too deeply to be a notebook") from None
    except ValueError as problem:  # a number of thousands of digits
        raise NotebookError(f"{path} cannot be read as JSON: {problem}") from None
    if _HALF_CHARACTER.search(text):
        _refuse_half_characters(path, document)
    return document


def _likeness(text: str, problem: json.JSONDecodeError) -> str:
    if text.lstrip().startswith("<!") or text.lstrip()[:5].lower() == "<html":
        return " but a web page; download the notebook's raw file"
    if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
        return ": it holds git's conflict markers; resolve the conflict first"
    return f" (line {problem.lineno}, column {problem.colno}: {problem.msg})"


def _refuse_half_characters(path: str, document: object) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotebookError(
            f"{path} holds half of a character (a lone surrogate such as \\ud800); "
            "remove it in Jupyter and save again"
        ) from None


def _upgraded(path: str, document: JsonObject) -> JsonObject:
    # Deferred: it takes a second to import, and only old notebooks need it.
    import nbformat  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The reader joins the lists of lines in which files hold their texts.
            old = nbformat.reader.reads(json.dumps(document))
            new = nbformat.convert(old, 4)
            upgraded: JsonObject = json.loads(json.dumps(new))
            for cell in cast("list[JsonObject]", upgraded["cells"]):
                cell.pop("id", None)  # the converter draws them at random
    except Exception as problem:  # the converter trusts its input, so junk fails in any way
        raise NotebookError(
            f"{path} is of nbformat 3 and cannot be converted to 4 "
            f"({type(problem).__name__}: {problem}); open it in Jupyter and save it again"
        ) from None
    return upgraded


def _check(path: str, document: JsonObject) -> None:
    if not isinstance(document.get("metadata", {}), dict):
        raise NotebookError(f'{path} is not a notebook: its "metadata" is not an object')
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f'{path} is not a notebook: it has no list of "cells"')
    for number, cell in enumerate(cells, start=1):
        problem = _problem_of(cell)
        if problem:
            raise NotebookError(f"{path} is damaged: cell {number} {problem}")


def _problem_of(cell: object) -> str:  # noqa: PLR0911 -- one answer for each thing that may be wrong
    if not isinstance(cell, dict):
        return "is not an object"
    if cell.get("cell_type") not in _CELL_TYPES:
        return (
            f'has the "cell_type" {cell.get("cell_type")!r}, which is none of code, markdown, raw'
        )
    if not _is_text(cell.get("source")):
        return 'has no "source" text'
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        return 'has "metadata" that is not an object'
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return 'has "tags" that are not a list of texts'
    if not isinstance(cell.get("outputs", []), list):
        return 'has "outputs" that are not a list'
    return ""


def _is_text(source: object) -> bool:
    if isinstance(source, list):
        return all(isinstance(line, str) for line in source)
    return isinstance(source, str)
