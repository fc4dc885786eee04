"""Start a run or a batch on this machine in a process of its own, which outlives the shell that started it.

The process is ``nbflow.service.detached_process``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from nbflow.diagnostics import Finding
from nbflow.errors import NbflowError
from nbflow.model import Json
from nbflow.service import history
from nbflow.service.batch import batch
from nbflow.service.orders import BUG, BatchAgain, Choices, NewRun, Order, RunAgain, written
from nbflow.service.refused import refuse
from nbflow.service.request import request, steps_after
from nbflow.service.run import resumable
from nbflow.store import BatchRecord, RunRecord
from nbflow.store.alive import pid_of

#: Modules that lie where the user stands are not imported for those of Python; nbflow is this one.
_PROGRAM: Final = (
    "import sys; sys.path[:] = filter(None, sys.path);"
    " sys.path[:0] = {sys.argv[1]}.difference(sys.path);"
    " from nbflow.service.detached_process import main; main()"
)
_OWN: Final = str(Path(__file__).parents[2])
#: What waits for the processes of runs that this one has started, by their ids, as long as they go on.
_WAITING: Final[WeakValueDictionary[int, threading.Thread]] = WeakValueDictionary()
#: How often whoever waits can be interrupted, in seconds.
_GLANCE: Final = 0.2


class NotBegunError(NbflowError):
    """A run could not begin; the exit code is that of its own error."""

    def __init__(self, sentence: str, exit_code: int) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


_DEFAULT: Final = Choices()


def start(
    path: str,
    *,
    parameters: Mapping[str, Json] | None = None,
    python: str | None = None,
    fresh: bool = False,
    choices: Choices = _DEFAULT,
    env: Mapping[str, str] | None = None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> RunRecord:
    """The record of a run that goes on in a process of its own; ``on_findings`` hears what was found.

    A ``fresh`` one uses no results of earlier runs. Its environment is ``env``, or that of this process.

    Raises:
        Refused: the notebook has findings of severity error.
        NbflowError: the run cannot begin, for whatever reason.
    """
    asked = request(path, parameters or {}, choices.steps)
    on_findings(asked.analysis.findings)
    refuse(asked.analysis.findings, "run")
    place = str(asked.path.parent)
    order = NewRun(place, asked.known_as, dict(asked.parameters), python, fresh, choices)
    return _started(order, env)


def start_again(
    run_id: str,
    folder: str | Path,
    *,
    step: str = "",
    env: Mapping[str, str] | None = None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> RunRecord:
    """The record of a run that goes on where run ``run_id`` of ``folder`` has ended, in a process of its own.

    Where a ``step`` is named, that one and all that need it run anew. ``env`` is the environment that it
    begins with, by default that of this process; ``on_findings`` hears what was found.

    Raises:
        Refused: the notebook has findings of severity error.
        NbflowError: the run cannot be resumed, for whatever reason.
    """
    last = resumable(run_id, folder)
    asked = request(last.notebook, {}, (), folder)
    on_findings(asked.analysis.findings)
    refuse(asked.analysis.findings, "run")
    if step:
        steps_after(asked.analysis.pipeline, step)
    order = RunAgain(str(asked.path.parent), last.id, str(Path(folder).absolute()), step)
    return _started(order, env)


def resume_batch(name: str, folder: str | Path) -> BatchRecord:
    """The batch ``name`` (or ``last``) of ``folder``, which goes on in a process of its own.

    Raises:
        Refused: the notebook has findings of severity error.
        NbflowError: there is no such batch, or it cannot go on, for whatever reason.
    """
    found = batch.show(name, folder)
    asked = request(found.notebook, {}, (), folder)
    refuse(asked.analysis.findings, "run")
    _begun(BatchAgain(str(asked.path.parent), found.name, str(Path(folder).absolute())))
    return batch.show(found.name, folder)


def _started(order: NewRun | RunAgain, env: Mapping[str, str] | None) -> RunRecord:
    """The record of the run that a new process begins as it is told."""
    return history.run(_begun(order, env), order.place)


def _begun(order: Order, env: Mapping[str, str] | None = None) -> str:
    """The first run that a new process begins as it is told; "" where there is none to begin."""
    child = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, _OWN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=env,
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(written(order))
    child.stdin.close()
    line = child.stdout.readline()
    child.stdout.close()
    answer: dict[str, Any] = (
        json.loads(line)
        if line.strip()
        else {
            "error": "the process of the run ended before the run began",
            "code": BUG,
        }
    )
    if "error" in answer:
        child.wait()
        raise NotBegunError(answer["error"], answer["code"])
    # Where this process ends first, init takes the run's; else somebody has to, or it would seem to go on.
    waiting = threading.Thread(target=child.wait, name="nbflow-run", daemon=True)
    waiting.start()
    _WAITING[child.pid] = waiting
    return str(answer["run"])


def let_finish(record: RunRecord) -> None:
    """Return when the process of a run has ended that was started from here: all that it writes is there.

    A run has ended a little before, and its executed notebook and report are written then.
    """
    waiting = _WAITING.get(pid_of(record.process) or 0)
    while waiting is not None and waiting.is_alive():
        waiting.join(_GLANCE)
