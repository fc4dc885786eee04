"""What the steps of a run have written up to now, here or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbflow.engines.events import StepLog
from nbflow.model import StepName
from nbflow.service import live
from nbflow.service.elsewhere.logs import logs
from nbflow.store import RunRecord


def written(record: RunRecord, folder: str | Path, step: StepName) -> tuple[StepLog, ...]:
    """What a step of a run has written up to now.

    Raises:
        StoreError: there is no such step, or the store cannot be read.
        EngineError: the engine of a run elsewhere does not tell it.
    """
    if record.remote is None:
        return live.log(record.id, folder, step)
    return tuple(log for _, texts in logs(record.id, folder, step=step) for log in texts)


def as_text(record: RunRecord, folder: str | Path, step: str) -> Iterator[str]:
    """The same as text; of all steps, each below its name, where ``step`` is "".

    Raises:
        StoreError: there is no such step, or the store cannot be read.
        EngineError: the engine of a run elsewhere does not tell it.
    """
    if step:
        yield from (log.text for log in written(record, folder, StepName(step)))
        return
    for each in live.run(record.id, folder).record.steps:
        texts = (
            [text for _, _, text in each.log]
            if each in record.steps and record.remote is None
            else [log.text for log in written(record, folder, each.name)]
        )
        text = "".join(texts)
        yield f"== {each.name} ({each.state})\n{text}"
        yield "" if text.endswith("\n") or not text else "\n"
