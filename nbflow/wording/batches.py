"""How a batch stands, in words."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.service.batch.table import Row
from nbflow.store import MemberRecord
from nbflow.wording.words import counted, duration


def standing(members: Sequence[Row | MemberRecord]) -> str:
    """The states of members, and what they shared: 4 done; 10 of 28 steps shared, 24.3s saved. "" of none."""
    states = [member.state for member in members]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    shared = sum(member.shared for member in members)
    if not shared:
        return counts
    steps = counted(sum(member.steps for member in members), "step")
    saved = duration(sum(member.saved for member in members))
    return f"{counts}; {shared} of {steps} shared, {saved} saved"
