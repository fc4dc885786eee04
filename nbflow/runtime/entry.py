"""The command line of a step process: ``step`` runs one step here, ``helper`` serves many by fork."""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import os
import sys
import threading
from typing import Any, Callable, List, Optional

from . import brought


def _arguments(words: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nbflow-runtime")
    modes = parser.add_subparsers(dest="mode", required=True)
    step = modes.add_parser("step")
    step.add_argument("--spec", required=True)
    step.add_argument("--events", type=int, required=True)
    step.add_argument("--release", type=int)
    step.add_argument("--pod", action="store_true")
    helper = modes.add_parser("helper")
    helper.add_argument("--socket", type=int, required=True)
    for mode in (step, helper):
        mode.add_argument("--cloudpickle", required=True)
    return parser.parse_args(words)


def main(words: List[str]) -> int:
    """Run a mode and return the exit code; a step does not return, it ends its process."""
    arguments = _arguments(words)
    # Before anything that pickles is imported: it must find this copy.
    brought.load(arguments.cloudpickle)
    if arguments.mode == "helper":
        gc.disable()  # until all is there that stays: see helper
        from . import helper  # only now, see above

        return helper.serve(arguments.socket)
    return run_here(arguments.spec, arguments.events, arguments.release, pod=arguments.pod)


def run_here(
    spec_path: str, events_fd: int, release_fd: Optional[int], *, pod: bool = False
) -> int:
    """Run the step of ``spec_path`` in this process, whose shell is made now.

    Without ``release_fd`` it is the step's turn from the start. One that runs in a ``pod`` tells
    only where it has looked among the files that travel.
    """
    gc.disable()  # while all is made that stays
    from . import installed, step, streams  # after cloudpickle, see main
    from . import shell as shells
    from . import spec as specs
    from .events import Events

    events = Events(events_fd)
    os.set_inheritable(events_fd, False)
    if release_fd is not None:
        os.set_inheritable(release_fd, False)
    lookout = importlib.import_module(f"{__package__}.{'looks' if pod else 'lookout'}")
    lookout.prepare()
    try:
        shell = shells.make(events, kernel=not pod)
    except ImportError as error:
        events.send("internal", error=f"IPython cannot be imported: {error}")
        return 2
    installed.remember()
    streams.install(events)
    watch = lookout.install(events, release_fd)
    gc.enable()
    code = step.run(specs.read(spec_path), shell, events, watch)
    return end_process(shell, events, watch, code)


def end_process(shell: Any, events: Any, watch: Any, code: int) -> int:
    """End this process as a kernel that is shut down: user code's exit functions run, unheard."""
    watch.watching = True
    events.muted = True
    atexit.unregister(shell.atexit_operations)
    # The interpreter's own order: pools of workers are told first, since multiprocessing's exit
    # function waits for the processes that they end.
    pools: List[Callable[[], Any]] = getattr(threading, "_threading_atexits", [])
    for leave in (*reversed(pools), atexit._run_exitfuncs):
        try:
            leave()
        except BaseException:  # an exit function's error concerns nobody any more
            pass
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass
    watch.end()
    os._exit(code)
