"""The ambient state of IPython: magics that set something, display formatters, results of cells."""

from __future__ import annotations
import __future__

import os
from types import FunctionType, MethodType
from typing import Any, Dict, List, Mapping, Tuple

from . import libraries, live, logs, own_lines, pickling
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
_INTERACTIVITY = "ast_node_interactivity"
#: Settings that say nothing of what cells do, or that magics set again.
_NO_SETTINGS = frozenset(
    {"autoindent", "banner1", "banner2", "colors", "cache_size", "history_length", "ipython_dir",
     "history_load_length", "logappend", "logfile", "logstart", "pdb", "xmode"}
)  # fmt: skip


class MagicLog:
    """Records the state-setting line magics that cells run, and runs them again elsewhere."""

    def __init__(self, shell: Any, events: Events) -> None:
        self.shell, self.events = shell, events
        self.ran: List[Tuple[str, str]] = []
        self.printers: Dict[str, Dict[Any, Any]] = {}
        self._original = shell.run_line_magic
        shell.run_line_magic = self._run
        #: The exceptions that a function of the notebook handles, with that function.
        self.handler: Any = None
        self._original_handler = shell.set_custom_exc
        shell.set_custom_exc = self._set_handler
        self.settings = _settings(shell)
        #: Whether the notebook has hung anything of its own into the shell.
        self.hung = False

    def let_go(self) -> None:
        """Record no more: the shell is left as it was found."""
        self.shell.run_line_magic = self._original
        self.shell.set_custom_exc = self._original_handler

    def begin(self) -> None:
        """The prelude is over: what it ran is run again by the prelude of every step."""
        self.ran = []
        self.printers = {mime: dict(table) for mime, table in self.tables().items()}

    def _run(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        result = self._original(magic_name, line, _stack_depth + 1)
        if magic_name in _SETTING and self._sets(magic_name, line):
            self.ran.append((magic_name, line))
        return result

    def _sets(self, name: str, line: str) -> bool:
        if own_lines.is_own(name, line):
            return False
        if name == "config":
            return "=" in line
        if name == "matplotlib":
            # The default backend of a kernel: asking for it changes nothing.
            default = "inline" in os.environ.get("MPLBACKEND", "")
            return not (line.strip() == "inline" and default and not self._chosen_backend())
        return bool(line.strip()) or name not in ("gui", "config")

    def _chosen_backend(self) -> bool:
        return any(name in ("matplotlib", "pylab") for name, _ in self.ran)

    def tables(self) -> Dict[str, Any]:
        """The formatters of types, by MIME type."""
        formatters = {"": self.shell.display_formatter.ipython_display_formatter}
        formatters.update(self.shell.display_formatter.formatters)
        return {mime: formatter.type_printers for mime, formatter in formatters.items()}

    def _own_printers(self) -> Dict[str, Dict[Any, Any]]:
        """The formatters that cells have registered; the inline backend brings its own for figures."""
        found: Dict[str, Dict[Any, Any]] = {}
        for mime, table in self.tables().items():
            for kind, printer in table.items():
                earlier = self.printers.get(mime, {}).get(kind)
                if printer is not earlier and kind.__module__ != "matplotlib.figure":
                    found.setdefault(mime, {})[kind] = printer
        return found

    def _own_magics(self) -> Dict[str, Dict[str, Any]]:
        """Magics that are functions of the notebook, or methods of objects of its classes."""
        tables = self.shell.magics_manager.magics
        return {
            kind: {name: magic for name, magic in table.items() if _is_own(magic)}
            for kind, table in tables.items()
        }

    def _own_hooks(self) -> Dict[str, List[Any]]:
        """What the notebook has hung into the shell: callbacks of events, transformers of code."""
        lists = {name: found for name, found in self.hook_lists().items() if found}
        own = {name: [each for each in found if _is_own(each)] for name, found in lists.items()}
        return {name: found for name, found in own.items() if found}

    def hook_lists(self) -> Dict[str, List[Any]]:
        """The lists in which callbacks and transformers hang."""
        shell = self.shell
        transformers = ("input_transformers_cleanup", "input_transformers_post", "ast_transformers")
        return {**shell.events.callbacks, **{name: getattr(shell, name) for name in transformers}}

    def _set_handler(self, exceptions: Any, handler: Any) -> None:
        self._original_handler(exceptions, handler)
        self.handler = (exceptions, handler) if exceptions else None

    def _own_settings(self) -> Dict[str, Any]:
        """The settings of the shell that are not those it began with."""
        now = _settings(self.shell)
        return {name: value for name, value in now.items() if self.settings.get(name) != value}

    def capture(self) -> Any:
        """What cells have set, or None."""
        state = (list(self.ran), self._own_settings())
        return state if any(state) else None

    def captured_objects(self) -> Any:
        """The notebook's objects that cells have hung into the shell, or None if there never were any."""
        magics = self._own_magics()
        state = (
            self._own_printers(),
            magics if any(magics.values()) else {},
            self._own_hooks(),
            self.handler,
        )
        self.hung = self.hung or any(state)
        return state if self.hung else None

    def restore(self, value: Any) -> None:
        """Set it again, without output."""
        ran, settings = value
        muted, self.events.muted = self.events.muted, True
        try:
            for name, line in ran:
                self.shell.run_line_magic(name, line)
        finally:
            self.events.muted = muted
        self.ran = list(ran)
        _set(self.shell, {**self.settings, **settings})

    def restore_objects(self, value: Any) -> None:
        """Hang these objects into the shell."""
        printers, magics, hooks, handler = value
        for mime, table in printers.items():
            for kind, printer in table.items():
                self.tables()[mime][kind] = printer
            self.printers.setdefault(mime, {})
        for kind, table in magics.items():
            self.shell.magics_manager.magics[kind].update(table)
        for name, present in self.hook_lists().items():
            present[:] = [each for each in present if not _is_own(each)] + hooks.get(name, [])
        if handler != self.handler:
            self.shell.set_custom_exc(*(handler or ((), None)))


def _is_own(thing: Any) -> bool:
    """Whether it is a function of the notebook, or an object of one of its classes, or its method."""
    if isinstance(thing, FunctionType):
        return thing.__globals__ is live.current.namespace
    if isinstance(thing, MethodType):
        return _is_own(thing.__self__)
    return getattr(type(thing), "__module__", "") == "__main__"


def _settings(shell: Any) -> Dict[str, Any]:
    """The settings of the shell that are numbers, texts or switches."""
    names = shell.trait_names(config=True)
    found = {name: getattr(shell, name) for name in names if name not in _NO_SETTINGS}
    # A cell may have set the attribute of the class, which then is a trait no longer.
    found[_INTERACTIVITY] = shell.ast_node_interactivity
    found[f"class.{_INTERACTIVITY}"] = _class_interactivity(shell)
    return {n: v for n, v in found.items() if v is None or isinstance(v, (bool, int, float, str))}


def _class_interactivity(shell: Any) -> Any:
    """The text that a cell has put into the place of the class's trait, or None."""
    found = vars(_base_class(shell))[_INTERACTIVITY]
    return found if isinstance(found, str) else None


def _base_class(shell: Any) -> Any:
    return next(cls for cls in type(shell).__mro__ if _INTERACTIVITY in vars(cls))


def _set(shell: Any, settings: Mapping[str, Any]) -> None:
    """Let the shell have these settings; what is so already is left alone."""
    of_class = settings.get(f"class.{_INTERACTIVITY}")
    if of_class is not None and of_class != _class_interactivity(shell):
        setattr(_base_class(shell), _INTERACTIVITY, of_class)
    for name, value in settings.items():
        if not name.startswith("class.") and getattr(shell, name) != value:
            setattr(shell, name, value)


def warm(shell: Any) -> None:
    """Let the shell make what it makes at first use."""
    _ = shell.display_formatter.formatters, shell.display_formatter.ipython_display_formatter
    _ = shell.logger, shell.payload_manager.read_payload()


def pieces(log: MagicLog) -> Dict[str, Piece]:
    """The pieces of the table that a log and its shell stand for."""
    folders = Folders(log.shell)
    return {
        "@ipython": Piece(log.capture, log.restore, ([], {})),
        "@cwd": Piece(folders.capture, folders.restore),
        "@future": _future(log.shell),
    }


def _future(shell: Any) -> Piece:
    """Whether annotations are texts, as ``from __future__ import annotations`` says for all cells to come."""
    flag = __future__.annotations.compiler_flag

    def restore(value: bool) -> None:
        shell.compile.flags = shell.compile.flags & ~flag | (flag if value else 0)

    return Piece(lambda: True if shell.compile.flags & flag else None, restore, False)


class Folders:
    """The working directory, with those that ``%cd -`` and ``%popd`` go back to."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def begin(self) -> None:
        """Where the notebook lies is the first folder."""
        self.shell.user_ns["_dh"][:] = [os.getcwd()]
        self.shell.dir_stack[:] = []

    def capture(self) -> Any:
        """The folders, or None where the notebook has removed the one that it is in."""
        try:
            here = os.getcwd()
        except OSError:
            return None
        visited = [str(folder) for folder in self.shell.user_ns.get("_dh", ())]
        return here, visited, [str(folder) for folder in self.shell.dir_stack]

    def restore(self, value: Tuple[str, List[str], List[str]]) -> None:
        """Go there."""
        here, visited, stack = value
        os.chdir(here)
        if "_dh" in self.shell.user_ns:
            self.shell.user_ns["_dh"][:] = visited
        self.shell.dir_stack[:] = stack


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


def captured_objects(log: MagicLog, keep_out: bool, had: Mapping[str, str]) -> Dict[str, Any]:
    """The pieces that are there now, or were at the beginning (``had``)."""
    found: Dict[str, Any] = {}
    hung = log.captured_objects()
    if hung is not None or "@shell" in had:
        found["@shell"] = hung or ({}, {}, {}, None)
    figures = libraries.open_figures()
    if figures or "@pyplot" in had:
        found["@pyplot"] = figures
    logging_state = logs.capture(travels)
    if logging_state is not None or "@logging" in had:
        found["@logging"] = logging_state or logs.FRESH
    if keep_out:
        found["@out"] = captured_results(log.shell)
    return found


def restore_objects(log: MagicLog, name: str, value: Any) -> None:
    """Restore ``@pyplot``, ``@logging``, ``@shell`` or ``@out``."""
    if name == "@pyplot":
        libraries.restore_figures(value)
    elif name == "@logging":
        logs.restore(value)
    elif name == "@shell":
        log.restore_objects(value)
    else:
        restore_results(log.shell, value)


#: The names of these pieces.
OBJECTS = ("@logging", "@pyplot", "@shell", "@out")
