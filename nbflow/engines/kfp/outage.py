"""The time in which a server gives no answer: borne up to a bound, then told."""

from __future__ import annotations

import time

from nbflow.engines.kfp.patience import Patience, pause
from nbflow.engines.kfp.troubles import TroubleError


class Outage:
    """The time since something that goes on has last been answered."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._since: float | None = None

    def over(self) -> None:
        """There was an answer."""
        self._since = None

    def pause(self, trouble: TroubleError, wait: float) -> float:
        """How long to wait before the next try, in seconds.

        Raises:
            TroubleError: the trouble does not pass, or it has lasted too long.
        """
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if not trouble.passing:
            raise trouble
        if now - self._since > self._patience.outage:
            raise TroubleError(
                f"no answer for {self._patience.outage / 60:g} min, given up: {trouble}. The run itself"
                " goes on"
            )
        return pause(wait, trouble.after)
