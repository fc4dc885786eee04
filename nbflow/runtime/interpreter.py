"""The ambient state of the interpreter and of small registries of the standard library."""

from __future__ import annotations

import codecs
import csv
import gc
import importlib
import os
import re
import signal
import sys
import time
from types import FunctionType
from typing import Any, Callable, Dict, Optional, Set, Tuple

from . import live

# The time zone ---------------------------------------------------------------------------------

_start: Dict[str, Any] = {}


def remember() -> None:
    """Take the time zone and the signal handlers as they are now for those that steps begin with."""
    _start["zone"] = _zone()
    _start["TZ"] = os.environ.get("TZ")
    _start["handlers"] = _python_handlers()
    try:
        importlib.import_module("resource")
    except ImportError:  # not on Windows
        pass
    _start["limits"] = _limits_of_resources()


def _zone() -> Any:
    return time.tzname, time.timezone, time.altzone


def _captured_zone() -> Optional[Tuple[Optional[str]]]:
    """The zone in force: a change of ``TZ`` alone is none before ``time.tzset`` is called."""
    return None if _zone() == _start.get("zone", _zone()) else (os.environ.get("TZ"),)


def _restore_zone(value: Tuple[Optional[str], ...]) -> None:
    wanted = value[0] if value else _start.get("TZ")
    kept = os.environ.get("TZ")
    _set_zone_variable(wanted)
    time.tzset()
    _set_zone_variable(kept)


def _set_zone_variable(zone: Optional[str]) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone


# Limits and the collector -----------------------------------------------------------------------


def _of(module: str, name: str, usual: Any) -> Any:
    """What the function of a module gives, ``usual`` where the module is not loaded."""
    found = sys.modules.get(module)
    return usual if found is None else getattr(found, name)()


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _limits_of_resources() -> Any:
    module: Any = sys.modules.get("resource")
    names = sorted(n for n in vars(module) if n.startswith("RLIMIT_")) if module else ()
    return {name: module.getrlimit(getattr(module, name)) for name in names}


def _set_limits_of_resources(value: Dict[str, Any]) -> None:
    if value:
        module: Any = importlib.import_module("resource")
        for name, limits in value.items():
            if module.getrlimit(getattr(module, name)) != limits:
                module.setrlimit(getattr(module, name), limits)


def _set_of(module: str, name: str, usual: Any, value: Any) -> None:
    if value != usual or module in sys.modules:
        getattr(importlib.import_module(module), name)(value)


def _captured_limits() -> Any:
    found = {
        "recursion": sys.getrecursionlimit(),
        "collects": gc.isenabled(),
        "thresholds": gc.get_threshold(),
        "interval": sys.getswitchinterval(),
        "mask": _mask(),
        "timeout": _of("socket", "getdefaulttimeout", None),
        "weekday": _of("calendar", "firstweekday", 0),
    }
    if hasattr(sys, "get_int_max_str_digits"):
        found["digits"] = sys.get_int_max_str_digits()
    limits = _limits_of_resources()
    changed = {n: v for n, v in limits.items() if _start.get("limits", {}).get(n) != v}
    return {**found, "resources": changed}


def _restore_limits(value: Dict[str, Any]) -> None:
    sys.setrecursionlimit(value["recursion"])
    (gc.enable if value["collects"] else gc.disable)()
    gc.set_threshold(*value["thresholds"])
    sys.setswitchinterval(value["interval"])
    os.umask(value["mask"])
    _set_of("socket", "setdefaulttimeout", None, value["timeout"])
    _set_of("calendar", "setfirstweekday", 0, value["weekday"])
    if "digits" in value:
        sys.set_int_max_str_digits(value["digits"])
    _set_limits_of_resources(value["resources"])


# Signal handlers --------------------------------------------------------------------------------


#: The function below the one of the module, which makes an enumeration member of each answer.
_handler_of: Callable[[int], Any] = getattr(signal.getsignal, "__wrapped__", signal.getsignal)


def _python_handlers() -> Dict[int, Any]:
    found = {}
    for number in range(1, signal.NSIG):
        handler = _handler_of(number)
        if callable(handler):
            found[number] = handler
    return found


def _captured_handlers() -> Any:
    """The handlers that are functions of the notebook."""
    own = {
        number: handler
        for number, handler in sorted(_python_handlers().items())
        if isinstance(handler, FunctionType) and handler.__globals__ is live.current.namespace
    }
    return own or None


def _restore_handlers(value: Dict[int, Any]) -> None:
    for number in set(_captured_handlers() or ()) - set(value):
        signal.signal(number, _start["handlers"].get(number, signal.SIG_DFL))
    for number, handler in value.items():
        signal.signal(number, handler)


# csv -------------------------------------------------------------------------------------------

_USUAL_DIALECTS = ("excel", "excel-tab", "unix")
_DIALECT_FIELDS = (
    "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting",
    "skipinitialspace", "strict",
)  # fmt: skip


def _captured_dialects() -> Any:
    found = {}
    for name in sorted(csv.list_dialects()):
        if name not in _USUAL_DIALECTS:
            dialect = csv.get_dialect(name)
            found[name] = {field: getattr(dialect, field) for field in _DIALECT_FIELDS}
    limit = csv.field_size_limit()
    return (found, limit) if found or limit != _USUAL_FIELD_SIZE else None


_USUAL_FIELD_SIZE = 131072


def _restore_dialects(value: Any) -> None:
    dialects, limit = value
    for name in csv.list_dialects():
        if name not in _USUAL_DIALECTS and name not in dialects:
            csv.unregister_dialect(name)
    for name, fields in dialects.items():
        csv.register_dialect(name, **fields)
    csv.field_size_limit(limit)


# codecs ----------------------------------------------------------------------------------------

_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")


def _captured_error_handlers() -> Any:
    """The handlers of encoding errors that are the notebook's own, by the names that its cells spell."""
    texts = [text for _, text in list(live.current.sources.values()) if "register_error" in text]
    found = {}
    for name in sorted({name for text in texts for name in _QUOTED.findall(text)} | _handlers):
        try:
            handler = codecs.lookup_error(name)
        except LookupError:
            continue
        if getattr(handler, "__module__", "") == "__main__":
            found[name] = handler
    return found or None


#: The names of handlers that came from earlier steps.
_handlers: Set[str] = set()


def _restore_error_handlers(value: Dict[str, Any]) -> None:
    for name, handler in value.items():
        _handlers.add(name)
        codecs.register_error(name, handler)


#: How each piece is captured and restored, and the value of a fresh process where that is None.
PIECES: Dict[str, Tuple[Any, ...]] = {
    "@codecs": (_captured_error_handlers, _restore_error_handlers, {}),
    "@csv": (_captured_dialects, _restore_dialects, ({}, _USUAL_FIELD_SIZE)),
    "@limits": (_captured_limits, _restore_limits),
    "@signals": (_captured_handlers, _restore_handlers, {}),
}
if hasattr(time, "tzset"):
    PIECES["@timezone"] = (_captured_zone, _restore_zone, ())


# The namespace's own ----------------------------------------------------------------------------


def module_annotations(
    namespace: Dict[str, Any],
) -> Tuple[Callable[[], Any], Callable[[Any], None], Any]:
    """The piece that is the module's ``__annotations__``: those of ``namespace``."""

    def capture() -> Any:
        found = namespace.get("__annotations__")
        return found if isinstance(found, dict) and found else None

    def restore(value: Dict[str, Any]) -> None:
        namespace["__annotations__"] = value

    return capture, restore, {}
