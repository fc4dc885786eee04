"""What the store knows of the members of a batch, while they run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbflow.store import MemberRecord, RunRecord, Store


@dataclass(frozen=True, slots=True)
class Recorded:
    """The members of a batch in the store of a folder."""

    batch: str
    folder: Path

    def tie(self, member: MemberRecord, run: str) -> None:
        """Record the run that is made for a member."""
        with self.store() as store:
            store.batches.note_run(self.batch, member.position, run)

    def now(self, member: MemberRecord) -> MemberRecord:
        """The member as it stands now."""
        with self.store() as store:
            return store.batches.member(self.batch, member.position)

    def last(self, member: MemberRecord) -> RunRecord | None:
        """The run that the member had when the batch went on, None where it had none."""
        if not member.run:
            return None
        with self.store() as store:
            return store.run(member.run)

    def store(self) -> Store:
        """The store, to be opened."""
        return Store.open(self.folder)
