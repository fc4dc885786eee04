"""How open files travel, and what the ``csv`` module has made to read and write them.

A file travels as its path and position; it goes on there in the next step.
"""

from __future__ import annotations

import gc
import os
import pickle
import stat
import sys
from typing import Any, Optional, Tuple

from . import restore

#: A file in the middle of a loop over it is read to its end to find the place; a larger one is not.
_SOUGHT_SIZE = 256 << 20


def reduced_text_file(_pickler: Any, file: Any) -> Any:
    """The reduction of a text file; the standard streams go by name."""
    for name in ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"):
        if file is getattr(sys, name):
            return restore.named, ("sys", name)
    raw = getattr(getattr(file, "buffer", None), "raw", None)
    text = (file.encoding, file.errors, file.line_buffering)
    return _reduced_file(file, raw, getattr(file, "mode", None), text, True)


def reduced_buffered_file(_pickler: Any, file: Any) -> Any:
    """The reduction of a binary file."""
    raw = getattr(file, "raw", None)
    return _reduced_file(file, raw, getattr(raw, "mode", None), None, True)


def reduced_raw_file(_pickler: Any, file: Any) -> Any:
    """The reduction of a binary file without a buffer."""
    return _reduced_file(file, file, file.mode, None, False)


def reduced_temporary_file(_pickler: Any, wrapper: Any) -> Any:
    """The reduction of a ``NamedTemporaryFile``, without the methods of its file that it keeps."""
    own = {name: value for name, value in vars(wrapper).items() if name in _OF_WRAPPERS}
    return restore.temporary_file, (type(wrapper),), own, None, None, restore.set_attributes


_OF_WRAPPERS = ("file", "name", "delete", "_closer", "_delete", "_delete_on_close")


def _reduced_file(
    file: Any, raw: Any, mode: Any, text: Optional[Tuple[str, str, bool]], buffered: bool
) -> Any:
    path = getattr(raw, "name", None)
    if isinstance(path, os.PathLike):
        path = os.fspath(path)
    if type(raw).__name__ != "FileIO" or not isinstance(path, str) or not isinstance(mode, str):
        raise pickle.PicklingError("an open stream that is no file of its own cannot travel")
    if file.closed:
        return restore.open_file, (path, mode, text, None, buffered)
    if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
        raise pickle.PicklingError("an open file that is not a regular file cannot travel")
    if file.writable():
        file.flush()
    try:
        position = file.tell()
    except OSError:
        position = _position_in_loop(file, raw)
    # The name stays as it was written; a later change of folder must not lead elsewhere.
    return restore.open_file, (path, mode, text, position, buffered)


def _position_in_loop(file: Any, raw: Any) -> int:
    """Where a loop over a text file is, though the file refuses to tell; it is there afterwards.

    Raises ``PicklingError`` where that cannot be found out.
    """
    if not file.readable() or os.fstat(raw.fileno()).st_size > _SOUGHT_SIZE:
        raise pickle.PicklingError("a file in the middle of a loop over it cannot travel")
    left = len(file.read())
    file.seek(0)
    whole = len(file.read())
    file.seek(0)
    file.read(whole - left)
    position: int = file.tell()
    return position


def reduced_csv_writer(_pickler: Any, writer: Any) -> Any:
    """The reduction of a ``csv.writer``: the file that it writes to, and its dialect."""
    owners = [
        getattr(each, "__self__", None)
        for each in gc.get_referents(writer)
        if getattr(each, "__name__", "") == "write"
    ]
    if len(owners) != 1 or owners[0] is None:
        raise pickle.PicklingError("a csv writer to something that is no file cannot travel")
    return restore.csv_writer, (owners[0], _dialect(writer.dialect))


def reduced_csv_reader(_pickler: Any, reader: Any) -> Any:
    """The reduction of a ``csv.reader``: the lines that it reads, its dialect, lines read so far."""
    found = gc.get_referents(reader)
    sources = [each for each in found if hasattr(each, "__next__") and not isinstance(each, type)]
    if len(sources) != 1:
        raise pickle.PicklingError("a csv reader of something unknown cannot travel")
    source = sources[0]
    if isinstance(source, restore.NumberedLines):
        source = source.lines
    return restore.csv_reader, (source, _dialect(reader.dialect), reader.line_num)


def _dialect(dialect: Any) -> Tuple[Tuple[str, Any], ...]:
    names = (
        *("delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting"),
        *("skipinitialspace", "strict"),
    )
    return tuple((name, getattr(dialect, name)) for name in names)
