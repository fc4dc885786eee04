"""A run or a batch on this machine in a process of its own, which outlives the shell that started it.

The process is told what to run on its stdin, and answers with one line when its first run is recorded, or
with why it is not. From then on it has no terminal and nobody who reads what it prints: the store has it all.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NoReturn
from weakref import WeakValueDictionary

from nbflow.diagnostics import Finding
from nbflow.engines.events import Event, RunStarted
from nbflow.engines.local.keeping import Keep
from nbflow.errors import NbflowError
from nbflow.model import Json, StepName, as_meant
from nbflow.service import history
from nbflow.service.batch import batch
from nbflow.service.batch.events import BatchEvent, MemberStarted
from nbflow.service.refused import refuse
from nbflow.service.request import request, steps_after
from nbflow.service.run import Reuse, resumable, resume, run
from nbflow.store import BatchRecord, RunRecord
from nbflow.store.alive import pid_of
from nbflow.store.database import store_folder

#: What a command of nbflow gets that could not begin; the rest of its exit codes say why.
_BUG: Final = 70
_PROBLEMS: Final = "problems.log"
#: Modules that lie where the user stands are not imported for those of Python; nbflow is this one.
_PROGRAM: Final = (
    "import sys; sys.path[:] = filter(None, sys.path);"
    " sys.path[:0] = {sys.argv[1]}.difference(sys.path);"
    " from nbflow.service.detached import main; main()"
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


@dataclass(frozen=True, slots=True)
class Choices:
    """How a run is done: as the arguments of ``nbflow.service.run.run`` of these names.

    ``forced`` are steps that run even if nothing they depend on has changed.
    """

    jobs: int | None = None
    steps: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    output: str | None = None
    report: str | None = None
    keep: str = Keep.ALL.value
    fork: bool = True


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
    told = {
        "path": asked.known_as,
        "place": str(asked.path.parent),
        "parameters": dict(asked.parameters),
        "python": python,
        "fresh": fresh,
        "choices": asdict(choices),
    }
    return _started(told, asked.path.parent, env)


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
    told = {
        "path": last.notebook,
        "place": str(asked.path.parent),
        "resumes": last.id,
        "folder": str(Path(folder).absolute()),
        "step": step,
    }
    return _started(told, asked.path.parent, env)


def resume_batch(name: str, folder: str | Path) -> BatchRecord:
    """The batch ``name`` (or ``last``) of ``folder``, which goes on in a process of its own.

    Raises:
        Refused: the notebook has findings of severity error.
        NbflowError: there is no such batch, or it cannot go on, for whatever reason.
    """
    found = batch.show(name, folder)
    asked = request(found.notebook, {}, (), folder)
    refuse(asked.analysis.findings, "run")
    told = {
        "path": found.notebook,
        "place": str(asked.path.parent),
        "batch": found.name,
        "folder": str(Path(folder).absolute()),
    }
    _begun(told)
    return batch.show(found.name, folder)


def _started(
    told: Mapping[str, object], folder: Path, env: Mapping[str, str] | None = None
) -> RunRecord:
    """The record of the run that a new process begins as it is told."""
    return history.run(_begun(told, env), folder)


def _begun(told: Mapping[str, object], env: Mapping[str, str] | None = None) -> str:
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
    child.stdin.write(json.dumps(told))
    child.stdin.close()
    line = child.stdout.readline()
    child.stdout.close()
    answer: dict[str, Any] = (
        json.loads(line)
        if line.strip()
        else {
            "error": "the process of the run ended before the run began",
            "code": _BUG,
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


def main() -> NoReturn:
    """Run what stdin tells."""
    # A shell that starts programs in the background may have it ignored; `nbflow cancel` needs it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    told = json.load(sys.stdin)
    begun = False
    folder = Path(told["place"])

    def hear(event: Event | BatchEvent) -> None:
        nonlocal begun
        first = _run_begun(event) if not begun else ""
        if first:
            begun = True
            _answer({"run": first})
            _let_go(folder, first)

    try:
        _work(told, hear)
        if not begun:  # a batch of which nothing is left to run
            _answer({"run": ""})
    except NbflowError as error:
        if not begun:
            _answer({"error": str(error), "code": error.exit_code})
        print(f"nbflow: {error}", file=sys.stderr)  # noqa: T201  # into the run's folder
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not begun:
            _answer({"error": f"{type(error).__name__}: {error}", "code": _BUG})
        raise
    sys.exit(0)


def _run_begun(event: Event | BatchEvent) -> str:
    """The run that begins with an event, or ""."""
    match event:
        case RunStarted(run=begun):
            return begun
        case MemberStarted(member):
            return member.run
        case _:
            return ""


def _work(told: Mapping[str, Any], hear: Callable[[Event | BatchEvent], None]) -> None:
    """Run what is told, to its end: a batch or a run that goes on, or a new run."""
    if "batch" in told:
        batch.resume(told["batch"], told["folder"], on_event=hear)
        return
    if "resumes" in told:
        resume(told["resumes"], told["folder"], step=told["step"], on_event=hear)
        return
    chosen = Choices(**told["choices"])
    run(
        told["path"],
        parameters={name: as_meant(value) for name, value in told["parameters"].items()},
        python=told["python"],
        jobs=chosen.jobs,
        steps=chosen.steps,
        output=chosen.output,
        report=chosen.report,
        fork=chosen.fork,
        keep=Keep(chosen.keep),
        reuse=Reuse(off=told["fresh"], forced=frozenset(map(StepName, chosen.forced))),
        on_event=hear,
    )


def _answer(answer: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _let_go(folder: Path, run_id: str) -> None:
    """From now on nobody reads what this process prints; what goes wrong is kept beside the run."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    place = store_folder(folder) / "runs" / run_id / _PROBLEMS
    problems = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, source in ((0, nowhere), (1, nowhere), (2, problems)):
        os.dup2(source, target)
    os.close(nowhere)
    os.close(problems)
