"""Watching a run: in a thread that keeps the cell's view up to date, or to its end before the cell ends."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from IPython.core.error import UsageError

from nbflow.engines.events import RunState
from nbflow.errors import NbflowError
from nbflow.magics.run_view import RunView, RunWidget
from nbflow.magics.shown import TEXT, bundle_of, show, widgets_show
from nbflow.magics.which import named
from nbflow.service import live
from nbflow.service.detached import let_finish
from nbflow.service.graph import graph
from nbflow.service.stopping import stop
from nbflow.store import RunRecord
from nbflow.wording.progress import Plain, Progress, Quiet, source_of

#: How often whoever waits looks whether the run has ended, and can be interrupted, in seconds.
_GLANCE: Final = 0.2
#: How often times are drawn anew while nothing happens, in seconds.
_TICK: Final = 1.0

wait_option: Final = click.option("--wait", is_flag=True, help="Wait until the run has ended.")


def watch(shell: Any, path: Path, record: RunRecord, *, wait: bool, quiet: bool) -> None:
    """Show a run of the notebook at ``path`` as it goes on; ``wait`` for its end.

    Where widgets cannot be made, it is waited for in any case: nothing else would tell of it.

    Raises:
        UsageError: the run that was waited for did not end well, or waiting was interrupted.
    """
    if widgets_show(shell):
        watching = _shown(path, record)
        if not wait:
            return
        await_end: Callable[[], RunRecord] = partial(_joined, watching, path, record)
    else:
        await_end = partial(_printed, path, record, progress_of(path, quiet=quiet))
    try:
        end = await_end()
    except KeyboardInterrupt:
        raise UsageError(_left(record)) from None
    if end.state != RunState.DONE.value:
        raise UsageError(f"run {end.id} {end.state}")


def progress_of(path: Path, *, quiet: bool) -> Progress:
    """What prints the progress of a run of the notebook at ``path``."""
    return (Quiet if quiet else Plain)(named(path), source_of(str(path)))


def _left(record: RunRecord) -> str:
    return (
        f"no longer waiting, run {record.id} goes on: `%nbflow watch {record.id}` watches again, "
        f"`%nbflow stop {record.id}` stops it"
    )


def _printed(path: Path, record: RunRecord, progress: Progress) -> RunRecord:
    """The record of the run at its end; until then its progress is printed."""
    for events in live.follow(record.id, path.parent):
        for event in events:
            progress.event(event)
    end = _ended(path, record)
    progress.end(end)
    return end


def _ended(path: Path, record: RunRecord) -> RunRecord:
    let_finish(record)
    return live.run(record.id, path.parent).record


def _shown(path: Path, record: RunRecord) -> threading.Thread:
    """The thread that keeps what it has displayed up to date."""
    view = RunView(path.name, record, graph(path))
    widget = RunWidget(view, partial(stop, record.id, path.parent))
    handle = show(view.text(), bundle_of(widget.widget))
    # Of the cell's context as well: what the thread sends belongs to this cell, whichever runs then.
    follow = partial(contextvars.copy_context().run, _follow, path, record, view, widget, handle)
    thread = threading.Thread(target=follow, name=f"nbflow-watch-{record.id}", daemon=True)
    thread.start()
    return thread


def _follow(path: Path, record: RunRecord, view: RunView, widget: RunWidget, handle: Any) -> None:
    drawn = time.monotonic()
    try:
        for events in live.follow(record.id, path.parent):
            for event in events:
                view.hear(event)
            if events or time.monotonic() - drawn > _TICK:
                drawn = time.monotonic()
                widget.draw()
        view.record = _ended(path, record)
    except NbflowError as error:  # the run was removed, or its store
        widget.give_up(str(error))
        return
    widget.draw()
    kept: Mapping[str, str] = {"text/html": view.html(), TEXT: view.text().rstrip("\n")}
    handle.update(kept, raw=True)


def _joined(thread: threading.Thread, path: Path, record: RunRecord) -> RunRecord:
    """The record of the run at its end, which the thread has seen."""
    while thread.is_alive():
        thread.join(_GLANCE)
    return _ended(path, record)
