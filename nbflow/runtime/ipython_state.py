"""The ambient state of IPython: magics that set something, display formatters, results of cells."""

from __future__ import annotations

import os
from types import FunctionType
from typing import Any, Dict, List, Mapping, Tuple

from . import libraries, live, logs, pickling
from .ambient import Piece
from .events import Events
from .namespace import LATEST

#: Line magics that change what later cells do.
_SETTING = frozenset(
    {
        "aimport", "alias", "alias_magic", "autocall", "automagic", "autoreload", "colors", "config",
        "doctest_mode", "gui", "load_ext", "matplotlib", "pprint", "precision", "pylab", "rehashx",
        "reload_ext", "unalias", "unload_ext", "xmode",
    }
)  # fmt: skip


class MagicLog:
    """Records the state-setting line magics that cells run, and runs them again elsewhere."""

    def __init__(self, shell: Any, events: Events) -> None:
        self.shell, self.events = shell, events
        self.ran: List[Tuple[str, str]] = []
        self.printers: Dict[str, Dict[Any, Any]] = {}
        self._original = shell.run_line_magic
        shell.run_line_magic = self._run

    def begin(self) -> None:
        """The prelude is over: what it ran is run again by the prelude of every step."""
        self.ran = []
        self.printers = {mime: dict(table) for mime, table in self._tables().items()}

    def _run(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        result = self._original(magic_name, line, _stack_depth + 1)
        if magic_name in _SETTING and self._sets(magic_name, line):
            self.ran.append((magic_name, line))
        return result

    def _sets(self, name: str, line: str) -> bool:
        if name == "config":
            return "=" in line
        if name == "matplotlib":
            # The default backend of a kernel: asking for it changes nothing.
            default = "inline" in os.environ.get("MPLBACKEND", "")
            return not (line.strip() == "inline" and default and not self._chosen_backend())
        return bool(line.strip()) or name not in ("gui", "config")

    def _chosen_backend(self) -> bool:
        return any(name in ("matplotlib", "pylab") for name, _ in self.ran)

    def _tables(self) -> Dict[str, Any]:
        formatters = {"": self.shell.display_formatter.ipython_display_formatter}
        formatters.update(self.shell.display_formatter.formatters)
        return {mime: formatter.type_printers for mime, formatter in formatters.items()}

    def _own_printers(self) -> Dict[str, Dict[Any, Any]]:
        """The formatters that cells have registered; the inline backend brings its own for figures."""
        found: Dict[str, Dict[Any, Any]] = {}
        for mime, table in self._tables().items():
            for kind, printer in table.items():
                earlier = self.printers.get(mime, {}).get(kind)
                if printer is not earlier and kind.__module__ != "matplotlib.figure":
                    found.setdefault(mime, {})[kind] = printer
        return found

    def _own_magics(self) -> Dict[str, Dict[str, Any]]:
        """Magics that are functions of the notebook."""
        return {
            kind: {
                name: function
                for name, function in table.items()
                if isinstance(function, FunctionType)
                and function.__globals__ is live.current.namespace
            }
            for kind, table in self.shell.magics_manager.magics.items()
        }

    def capture(self) -> Any:
        """What cells have set, or None."""
        magics = self._own_magics()
        interactivity = self.shell.ast_node_interactivity
        state = (
            list(self.ran),
            self._own_printers(),
            magics if any(magics.values()) else {},
            interactivity if interactivity != "last_expr" else None,
        )
        return state if any(state) else None

    def restore(self, value: Any) -> None:
        """Set it again, without output."""
        ran, printers, magics, interactivity = value
        muted, self.events.muted = self.events.muted, True
        try:
            for name, line in ran:
                self.shell.run_line_magic(name, line)
        finally:
            self.events.muted = muted
        self.ran = list(ran)
        for mime, table in printers.items():
            for kind, printer in table.items():
                self._tables()[mime][kind] = printer
            self.printers.setdefault(mime, {})
        for kind, table in magics.items():
            for name, function in table.items():
                self.shell.register_magic_function(function, kind, name)
        if interactivity is not None:
            self.shell.ast_node_interactivity = interactivity


def warm(shell: Any) -> None:
    """Let the shell make what it makes at first use."""
    _ = shell.display_formatter.formatters, shell.display_formatter.ipython_display_formatter
    _ = shell.logger, shell.payload_manager.read_payload()


def piece(log: MagicLog) -> Dict[str, Piece]:
    """The piece of the table that a log stands for."""
    return {"@ipython": Piece(log.capture, log.restore, ([], {}, {}, None))}


# Pieces that hold the user's objects, and so are grouped with variables ------------------------


def captured_results(shell: Any) -> Dict[str, Any]:
    """The results of cells (``Out``, ``_``, ``__``, ``___``) that can travel.

    ``bound`` is what the names hold: a cell may have bound them itself (``for _ in``).
    """
    hook, user_ns = shell.displayhook, shell.user_ns
    results = {count: value for count, value in user_ns["_oh"].items() if travels(value)}
    latest = {name: getattr(hook, name) for name in LATEST}
    bound = {name: user_ns[name] for name in LATEST if name in user_ns}
    return {
        "results": results,
        "latest": {n: v for n, v in latest.items() if travels(v)},
        "bound": {n: v for n, v in bound.items() if travels(v)},
    }


def travels(value: Any) -> bool:
    """Whether the value can be pickled."""
    try:
        pickling.dump(value)
    except Exception:  # pickling runs the value's own code
        return False
    return True


def restore_results(shell: Any, value: Mapping[str, Any]) -> None:
    """Let ``Out``, ``_N`` and ``_`` be what they were."""
    shell.user_ns["_oh"].update(value["results"])
    shell.user_ns.update({f"_{count}": result for count, result in value["results"].items()})
    for name, result in value["latest"].items():
        setattr(shell.displayhook, name, result)
    for name in LATEST:
        shell.user_ns.pop(name, None)
    shell.user_ns.update(value["bound"])


def captured_objects(shell: Any, keep_out: bool, had: Mapping[str, str]) -> Dict[str, Any]:
    """The pieces that are there now, or were at the beginning (``had``)."""
    found: Dict[str, Any] = {}
    figures = libraries.open_figures()
    if figures or "@pyplot" in had:
        found["@pyplot"] = figures
    logging_state = logs.capture(travels)
    if logging_state is not None or "@logging" in had:
        found["@logging"] = logging_state or logs.FRESH
    if keep_out:
        found["@out"] = captured_results(shell)
    return found


def restore_objects(shell: Any, name: str, value: Any) -> None:
    """Restore ``@pyplot``, ``@logging`` or ``@out``."""
    if name == "@pyplot":
        libraries.restore_figures(value)
    elif name == "@logging":
        logs.restore(value)
    else:
        restore_results(shell, value)


#: The names of these pieces.
OBJECTS = ("@logging", "@pyplot", "@out")
