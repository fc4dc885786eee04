"""What a variable looks like, as a MIME bundle; only on this machine, never in a pod.

Code of the notebook never runs for it: no ``__repr__`` and no ``_repr_html_`` but of known types of
libraries, and nothing is imported. It is made when all that the step leaves is stored.
"""

from __future__ import annotations

import html
import json
import math
import os
import signal
import sys
import time
import types
from itertools import islice
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import bundle, preview
from .guarded import HIDDEN, Guard
from .pictures import MOST, is_of, picture
from .variables import Stored

#: The portraits of a bundle's variables lie beside it, under its name with this behind it.
SUFFIX = ".looks.json"
PLAIN, HTML, PNG = "text/plain", "text/html", "image/png"
#: So many rows and columns of a table are shown, so many lines of a container or an object.
_ROWS, _COLUMNS, _LINES = 20, 20, 100
#: So many characters of text, of what fits a line, and of one cell of a table.
_TEXT, _LINE, _CELL = 8000, 80, 60
#: No more are begun after so many seconds or characters; the process is killed after ``_LONGEST`` seconds.
_SECONDS, _CHARACTERS, _LONGEST = 0.1, 1 << 20, 2.0
_NO_INSTANCES = (types.FunctionType, types.ModuleType, type)
Table = Tuple[List[str], List[List[str]], str]


def hide(stored: Stored, store: str, secrets: Sequence[str]) -> None:
    """Tell nothing of what variables look like that hold a secret."""
    guard = Guard(secrets)
    for about in stored.written.values():
        if guard.held(bundle.path_of(store, about["bundle"])):
            about["preview"] = HIDDEN
    stored.dropped.update(guard.hidden(stored.dropped))


def keep(
    values: Mapping[str, Any], written: Mapping[str, Any], store: str, secrets: Sequence[str]
) -> None:
    """Keep portraits of the variables beside their bundles; none of those that hold a secret.

    The step has ended when this process has. Where one of them takes too long it is killed: nothing of it
    is needed any more.
    """
    began, room = time.monotonic(), _CHARACTERS
    guard = Guard(secrets)
    by_bundle: Dict[str, List[str]] = {}
    for name, about in written.items():
        by_bundle.setdefault(about["bundle"], []).append(name)
    _end_after(_LONGEST)
    try:
        for key, names in by_bundle.items():
            place = os.path.join(store, key + SUFFIX)
            if time.monotonic() - began > _SECONDS or room <= 0:
                break
            if not os.path.exists(place) and not guard.held(bundle.path_of(store, key)):
                room -= _write(place, {name: portrait(values[name]) for name in names})
    finally:
        _end_after(0)


def _end_after(seconds: float) -> None:
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _write(place: str, portraits: Mapping[str, Mapping[str, str]]) -> int:
    """The number of characters that were written; portraits that say nothing are left out."""
    found = {name: each for name, each in portraits.items() if each}
    if not found:
        return 0
    text = json.dumps(found)
    temporary = f"{place}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="ascii") as file:
            file.write(text)
        os.replace(temporary, place)
    except OSError:  # a full disk: there are none then
        if os.path.exists(temporary):
            os.unlink(temporary)
    return len(text)


def portrait(value: Any) -> Dict[str, str]:
    """The MIME bundle of a value; nothing where its preview of one line says as much."""
    try:
        return _portrait(value)
    except Exception:  # it is worth no error, whatever a library's object does
        return {}


def _portrait(value: Any) -> Dict[str, str]:
    found = {}
    table = _table(value)
    if table is not None:
        found[HTML], text = _as_html(*table), _as_text(*table)
    else:
        drawn = picture(value)
        if drawn is not None:
            found[PNG] = drawn
        text = _text(value) if drawn is None else ""
    short = preview.preview(value)
    if not found and text in ("", short):
        return {}
    found[PLAIN] = (text or short)[:_TEXT]
    return {mime: each for mime, each in found.items() if len(each) <= MOST}


# Tables


def _table(value: Any) -> Optional[Table]:
    """The headings, the rows (what stands before each first) and the size of a table, None for others."""
    if is_of(value, "pandas", "DataFrame") and preview.are_known(
        [*value.dtypes, value.columns.dtype]
    ):
        part = value.iloc[:_ROWS, :_COLUMNS]
        columns = [list(map(_cell, part.iloc[:, n].tolist())) for n in range(part.shape[1])]
        return _pandas(part, list(map(_cell, part.columns)), columns, value.shape)
    if is_of(value, "pandas", "Series") and preview.are_known([value.dtype]):
        part = value.iloc[:_ROWS]
        name = "" if value.name is None else _cell(value.name)
        return _pandas(part, [name], [list(map(_cell, part.tolist()))], (len(value), 1))
    if is_of(value, "polars", "DataFrame"):
        names = value.columns[:_COLUMNS]
        rows = [["", *map(_cell, row[:_COLUMNS])] for row in value.head(_ROWS).rows()]
        return ["", *names], rows, _size(*value.shape)
    return None


def _pandas(part: Any, names: List[str], columns: List[List[str]], shape: Tuple[int, int]) -> Table:
    known = preview.are_known([part.index.dtype])
    labels = map(_cell, part.index.tolist()) if known else iter([""] * len(part))
    return ["", *names], [list(row) for row in zip(labels, *columns)], _size(*shape)


def _size(rows: int, columns: int) -> str:
    return f"{rows} rows × {columns} columns"


def _cell(value: Any) -> str:
    """A value in a table."""
    if type(value) is float:
        text = _number(value)
    elif type(value) is str:
        text = value
    else:
        text = preview.text_of(value) or preview.preview(value)
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if 1e-4 <= abs(value) < 1e15:
        return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.6g}"
    return f"{value:g}"


def _as_html(names: List[str], rows: List[List[str]], size: str) -> str:
    """A table as pandas has them, which Jupyter knows how to show."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr><th>{html.escape(row[0])}</th>"
        + "".join(f"<td>{html.escape(each)}</td>" for each in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        '<table border="1" class="dataframe"><thead><tr style="text-align: right;">'
        f"{head}</tr></thead><tbody>{body}</tbody></table><p>{size}</p>"
    )


def _as_text(names: List[str], rows: List[List[str]], size: str) -> str:
    lines = [[" ".join(each.split()) for each in row] for row in (names, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    texts = ("  ".join(each.rjust(w) for each, w in zip(row, widths)) for row in lines)
    return "\n".join([*texts, "", f"[{size}]"])


# Texts


def _text(value: Any) -> str:
    """A value in several lines, "" where there is no more to say than in one."""
    kind = type(value)
    if kind is str:
        return str(value) if len(value) > _LINE or "\n" in value else ""
    if kind in (list, tuple, set, frozenset, dict):
        return _of_container(value)
    if is_of(value, "numpy", "ndarray"):
        return _of_array(value)
    if is_of(value, "torch", "Tensor"):
        return _of_tensor(value)
    return _of_object(value)


def _of_container(value: Any) -> str:
    short = preview.preview(value)
    if len(short) <= _LINE and "..." not in short:
        return short
    if type(value) is dict:
        pairs = islice(value.items(), _LINES)
        lines = [f"{preview.preview(key)}: {preview.preview(each)}" for key, each in pairs]
    else:
        lines = list(map(preview.preview, islice(value, _LINES)))
    return _lines(lines, len(value))


def _lines(lines: List[str], length: int) -> str:
    rest = length - len(lines)
    return "\n".join([*lines, *([f"… and {rest} more"] if rest > 0 else [])])


def _of_array(array: Any) -> str:
    numpy = sys.modules["numpy"]
    about = f"{array.dtype} {array.shape}"
    if array.dtype.hasobject or type(array.dtype).__module__.split(".")[0] != "numpy":
        return ""
    with numpy.printoptions(
        edgeitems=5, threshold=300, linewidth=100, precision=6, suppress=True, formatter=None
    ):
        return f"{numpy.array2string(array)}\n\n[{about}]"


def _of_tensor(tensor: Any) -> str:
    about = f"{tensor.dtype} {tuple(tensor.shape)} {tensor.device}"
    if tensor.device.type != "cpu" or tensor.is_sparse or not tensor.is_contiguous():
        return f"[{about}]"
    first = tensor.detach().view(-1)[:_LINES].tolist()
    return f"{_of_container(first)}\n\n[{about}]"


def _of_object(value: Any) -> str:
    """The public attributes of an instance, which are read without running its code."""
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return ""
    if type(own) is not dict or not own or type(value) in _NO_INSTANCES:
        return ""
    names = [name for name in own if type(name) is str and not name.startswith("_")]
    lines = [f"{name}: {preview.preview(own[name])}" for name in names[:_LINES]]
    return f"<{preview.type_name(value)}>\n{_lines(lines, len(names))}" if names else ""
