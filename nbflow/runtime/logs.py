"""The ambient state of ``logging``: what cells have configured, with handlers that are the user's objects.

Only what differs from a fresh process is recorded. Handlers that libraries give to their own loggers are
left alone: they come with the library.
"""

from __future__ import annotations

import logging
import sys
from types import ModuleType
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import installed

_USUAL_LEVELS = dict(logging._nameToLevel)
#: Level, propagate, disabled, handlers, filters of a logger that nobody has touched.
UNTOUCHED: Tuple[Any, ...] = (logging.NOTSET, True, False, (), ())
_fresh: Dict[str, Tuple[Any, ...]] = {}


def remember() -> None:
    """Take the loggers as they are now for those that steps begin with."""
    _fresh.clear()
    _fresh.update(states())


def _loggers() -> Dict[str, logging.Logger]:
    """All loggers by name, the root's name being ""."""
    known = logging.root.manager.loggerDict
    found = {n: known[n] for n in sorted(known) if isinstance(known[n], logging.Logger)}
    return {"": logging.root, **found}  # type: ignore[dict-item]  # place holders are left out


def _state(logger: logging.Logger) -> Tuple[Any, ...]:
    handlers, filters = tuple(logger.handlers), tuple(logger.filters)
    return logger.level, logger.propagate, bool(logger.disabled), handlers, filters


def states() -> Dict[str, Tuple[Any, ...]]:
    """How all loggers are configured, by their names."""
    return {name: _state(logger) for name, logger in _loggers().items()}


def is_of_library(name: str) -> bool:
    """Whether a logger is the own one of a library."""
    module = sys.modules.get(name.split(".", maxsplit=1)[0])
    return bool(name) and isinstance(module, ModuleType) and installed.is_library(module)


def _changed() -> Dict[str, Tuple[Any, ...]]:
    found = {}
    for name, now in states().items():
        state, usual = now, _fresh.get(name, UNTOUCHED)
        if is_of_library(name):
            state, usual = (*state[:3], None, None), (*usual[:3], None, None)
        if state != usual:
            found[name] = state
    return found


def _own_levels() -> Dict[str, int]:
    return {n: v for n, v in logging._nameToLevel.items() if _USUAL_LEVELS.get(n) != v}


def capture(travels: Callable[[Any], bool]) -> Optional[Dict[str, Any]]:
    """What cells have configured, or None. Handlers and filters that cannot travel are left out."""
    changed, levels = _changed(), _own_levels()
    disabled = logging.root.manager.disable
    if not changed and not levels and not disabled:
        return None
    loggers = {
        name: (*state[:3], *(part and [own for own in part if travels(own)] for part in state[3:]))
        for name, state in changed.items()
    }
    return {"loggers": loggers, "levels": levels, "disable": disabled}


def left_behind(travels: Callable[[Any], bool]) -> List[str]:
    """The types of the handlers that cannot travel."""
    handlers = [handler for state in _changed().values() for handler in state[3] or ()]
    return sorted({type(handler).__name__ for handler in handlers if not travels(handler)})


#: The value that restores the state of a fresh process.
FRESH: Dict[str, Any] = {"loggers": {}, "levels": {}, "disable": 0}


def restore(value: Dict[str, Any]) -> None:
    """Configure ``logging`` so; what is not mentioned is as in a fresh process."""
    for name in set(_changed()) - set(value["loggers"]):
        set_state(name, _fresh.get(name, UNTOUCHED))
    for name, state in value["loggers"].items():
        set_state(name, state)
    for text, level in value["levels"].items():
        logging.addLevelName(level, text)
    logging.disable(value["disable"])


def set_state(name: str, state: Any) -> None:
    """Configure a logger so."""
    logger = logging.getLogger(name) if name else logging.root
    level, logger.propagate, logger.disabled, handlers, filters = state
    logger.setLevel(level)
    if handlers is not None:
        logger.handlers[:] = handlers
        logger.filters[:] = filters
