"""How times, sizes, states and tables are written."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from typing import Final

from nbflow.model import Json, Name
from nbflow.notebook.addresses import is_address

#: Of a longer value the middle is left out where it stands among others.
_LONGEST_VALUE: Final = 60

#: The glyph of each state of a step or a run, and the colour in which a terminal shows it.
GLYPHS: Final = {
    "waiting": ("○", "bright_black"),
    "running": ("◐", "cyan"),
    "done": ("●", "green"),
    "unchanged": ("=", "green"),
    "failed": ("✖", "red"),
    "skipped": ("⊘", "bright_black"),
    "stopped": ("⊘", "yellow"),
}


def duration(seconds: float | None) -> str:
    """``seconds`` as a user reads them: 0.42s, 12.3s, 2m05s, 1h02m."""
    if seconds is None:
        return ""
    if seconds < 9.995:
        return f"{seconds:.2f}s"
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    return f"{minutes // 60}h{minutes % 60:02}m"


def size(count: int) -> str:
    """``count`` bytes as a user reads them: 512 B, 1.5 kB, 2.0 MB."""
    if count < 1000:
        return f"{count} B"
    amount = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount:.1f} TB"


def value(preview: str, obstacle: str) -> str:
    """The beginning of a variable's value in one line, and why it was not stored, if it was not."""
    told = f"not stored: {obstacle}" if obstacle else ""
    if told and preview:
        told = f"({told})"
    return " ".join([*preview.split(), *told.split()])


def assignments(values: Mapping[Name, Json]) -> str:
    """Parameters in one line, without the middle of long values: depth=2, kind="a"."""
    texts = ((name, json.dumps(value, ensure_ascii=False)) for name, value in values.items())
    return ", ".join(f"{name}={brief(text)}" for name, text in texts)


def brief(text: str) -> str:
    """A text of one line, without its middle where it is long, and without what would steer a terminal."""
    plain = on_one_line(text)
    if len(plain) <= _LONGEST_VALUE:
        return plain
    end = _LONGEST_VALUE // 3
    return f"{plain[: _LONGEST_VALUE - 1 - end]}…{plain[-end:]}"


def on_one_line(text: str) -> str:
    """A text without what would break the line or steer a terminal."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def moment(seconds: float) -> str:
    """A time since the epoch as the local date and time."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def at_folder(notebook: str) -> str:
    """What a command needs besides the number of a run of ``notebook``: " --folder DIR", or "" where the
    notebook lies where the user stands, or all runs are in one store.
    """
    if is_address(notebook):  # its runs are recorded where the user stood
        return ""
    folder = os.path.dirname(os.path.abspath(notebook))
    if os.environ.get("NBFLOW_HOME") or os.path.realpath(folder) == os.path.realpath("."):
        return ""
    near = os.path.relpath(folder)
    return f" --folder {shlex.quote(near if not near.startswith('..') else folder)}"


def counted(number: int, word: str) -> str:
    """``number`` of ``word``: 1 step, 2 steps."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns, two blanks between them; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)
