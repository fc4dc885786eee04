"""How long a server asks to wait: the header ``Retry-After``.

Source: RFC 9110, 10.2.3 (seconds, or a date) and 5.6.7 (the three forms of a date, always in GMT).
"""

from __future__ import annotations

import email.utils
import re
import time
from datetime import timezone
from typing import Final

#: Nobody is waited for longer, whatever a server asks for, in seconds.
LONGEST: Final = 60.0
_SECONDS: Final = re.compile(r"[0-9]+")


def seconds(told: object) -> float | None:
    """How long to wait, at most ``LONGEST``; None where nothing is told that the standard knows."""
    text = "" if told is None else str(told).strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        date = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:  # the form of `asctime` names no zone
        date = date.replace(tzinfo=timezone.utc)
    return min(max(date.timestamp() - time.time(), 0.0), LONGEST)
