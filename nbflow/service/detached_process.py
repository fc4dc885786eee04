"""The process of a run or a batch that nobody waits for, from beginning to end.

It is told what to run on its stdin, and answers with one line when its first run is recorded, or with why it
is not. From then on it has no terminal and nobody who reads what it prints: the store has it all.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NoReturn

from nbflow.engines.events import Event, RunStarted
from nbflow.engines.local.keeping import Keep
from nbflow.errors import NbflowError
from nbflow.model import StepName, as_meant
from nbflow.service.batch import batch
from nbflow.service.batch.events import BatchEvent, MemberStarted
from nbflow.service.orders import BUG, BatchAgain, NewRun, Order, RunAgain, read
from nbflow.service.run import Reuse, resume, run
from nbflow.store.database import store_folder

_PROBLEMS: Final = "problems.log"


def main() -> NoReturn:
    """Run what stdin tells (see ``nbflow.service.orders``)."""
    # A shell that starts programs in the background may have it ignored; `nbflow cancel` needs it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    order = read(sys.stdin.read())
    begun = False

    def hear(event: Event | BatchEvent) -> None:
        nonlocal begun
        first = _run_begun(event) if not begun else ""
        if first:
            begun = True
            _answer({"run": first})
            _let_go(Path(order.place), first)

    try:
        _work(order, hear)
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
            _answer({"error": f"{type(error).__name__}: {error}", "code": BUG})
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


def _work(order: Order, hear: Callable[[Event | BatchEvent], None]) -> None:
    """Run what is told, to its end."""
    match order:
        case BatchAgain():
            batch.resume(order.batch, order.folder, on_event=hear)
        case RunAgain():
            resume(order.run, order.folder, step=order.step, on_event=hear)
        case NewRun():
            _run(order, hear)


def _run(order: NewRun, hear: Callable[[Event], None]) -> None:
    chosen = order.choices
    run(
        order.path,
        parameters={name: as_meant(value) for name, value in order.parameters.items()},
        python=order.python,
        jobs=chosen.jobs,
        steps=chosen.steps,
        output=chosen.output,
        report=chosen.report,
        fork=chosen.fork,
        keep=Keep(chosen.keep),
        reuse=Reuse(off=order.fresh, forced=frozenset(map(StepName, chosen.forced))),
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
