"""How far a log was read, so that it is read on after a dropped connection without doubling lines.

Kubernetes puts a time in front of each line and gives what was written since a time, to the second. Lines
of the last seconds come again then, and are known by their times and texts. (Two streams write into one
log, so their times need not rise.)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

_LINE: Final = re.compile(
    rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d) (.*)", re.DOTALL
)
#: Lines of so many seconds come again.
_MARGIN: Final = timedelta(seconds=1)


class Position:
    """A place in a log. ``since`` is the time from which it is read on, ``count`` how many lines were new."""

    def __init__(self) -> None:
        self.count = 0
        self._latest: datetime | None = None
        self._recent: dict[datetime, Counter[bytes]] = {}
        self._known: Counter[bytes] = Counter()

    @property
    def since(self) -> str:
        """The time from which the log is to be given, "" for its beginning."""
        if self._latest is None:
            return ""
        return (self._latest - _MARGIN).strftime("%Y-%m-%dT%H:%M:%SZ")

    def again(self) -> None:
        """The log will be given once more, from ``since`` on."""
        self._known = Counter()
        for lines in self._recent.values():
            self._known += lines

    def new(self, line: bytes, *, last: bool) -> Iterator[str]:
        """The text of a line that was not given before.

        One without its break is passed over where it is not the ``last`` that there will be: it comes again.
        """
        if not line.endswith(b"\n") and not last:
            return
        if self._known[line] > 0:
            self._known[line] -= 1
            return
        found = _LINE.fullmatch(line)
        if found:
            self._remember(found, line)
        self.count += 1
        yield (found[3] if found else line).decode("utf-8", "replace")

    def _remember(self, found: re.Match[bytes], line: bytes) -> None:
        text = (found[1] + found[2].replace(b"Z", b"+00:00")).decode("ascii")
        second = datetime.fromisoformat(text).astimezone(timezone.utc)
        if self._latest is None or second > self._latest:
            self._latest = second
            self._recent = {t: n for t, n in self._recent.items() if t >= second - _MARGIN}
        if second >= self._latest - _MARGIN:
            self._recent.setdefault(second, Counter())[line] += 1
