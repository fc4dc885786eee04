"""How handlers of ``logging`` travel: without their locks, those of files without the open file."""

from __future__ import annotations

import logging
import sys
from typing import Any, Dict

from . import restore

#: The name under which streams find this module, in a step and where nbflow loads what a step has made.
NAME = "_nbflow_handlers"


def reduced_handler(_pickler: Any, handler: Any) -> Any:
    """How a handler is pickled: without its lock; a file's handler without its open file."""
    if handler is logging.lastResort:
        return last_resort, ()
    state = {name: value for name, value in vars(handler).items() if name not in ("lock", "_name")}
    if isinstance(handler, logging.FileHandler):
        if handler.stream is not None:
            handler.flush()
        state["stream"] = None
        if not getattr(handler, "_closed", False):
            state["mode"] = "a"  # what an earlier step has written must stay
    state["_name"] = handler._name
    return _new, (type(handler),), state, None, None, _fill


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill(handler: Any, state: Dict[str, Any]) -> None:
    vars(handler).update(state)
    handler.createLock()
    register: Any = getattr(logging, "_addHandlerRef", None)
    if register is not None:  # so that it is flushed when the process ends
        register(handler)
    if handler._name:
        names: Any = getattr(logging, "_handlers", {})
        names[handler._name] = handler


def last_resort() -> Any:
    """The handler of messages that no other one takes."""
    return logging.lastResort


restore.publish(sys.modules[__name__], NAME)
