"""Times as the API tells them: google.protobuf JSON, RFC 3339, and 0 seconds where there is none."""

from __future__ import annotations

import re
from datetime import datetime, timezone


def seconds(time: object) -> float | None:
    """A time in seconds since the epoch, None where there is none."""
    if not isinstance(time, str) or not time:
        return None
    plain = re.sub(r"\.(\d{1,6})\d*", lambda part: "." + part[1].ljust(6, "0"), time)
    try:
        found = datetime.fromisoformat(plain.replace("Z", "+00:00"))
    except ValueError:
        return None
    value = (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()
    return value if value > 0 else None
