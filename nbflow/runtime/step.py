"""One step from beginning to end: prelude, state, variables, cells, and what is stored of them."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional

from . import (
    ambient,
    attributes,
    beside,
    bundle,
    cells,
    folders,
    ground,
    installed,
    interpreter,
    ipython_state,
    libraries,
    live,
    logs,
    meaning,
    namespace,
    pickling,
    reducers,
    start,
    threads,
    variables,
    watch,
)
from .cells import Failure, Runner
from .claims import Claims
from .events import Events
from .loading import Loader
from .spec import Cell, Spec

_clock = time.perf_counter  # cells may put anything into its place


class StorageError(Exception):
    """The disk does not take the step's bundles."""


class Step:
    """Runs a spec in a shell; ``lookout`` is that of ``lookout`` or of ``looks``."""

    def __init__(self, spec: Spec, shell: Any, events: Events, lookout: Any) -> None:
        self.spec, self.shell, self.events, self.lookout = spec, shell, events, lookout
        self.runner = Runner(shell, events, spec.history, spec.marker)
        self.live = live.begin(shell.user_ns, spec.step)
        self.live.learn_source = shell.nbflow_learn_source
        self.loader = Loader(spec.classes, spec.trusted)
        self.live.load_class = self.loader.load_class
        reducers.use_codecs(dict(spec.codecs))
        self.magics = ipython_state.MagicLog(shell, events)
        annotations = ambient.Piece(*interpreter.module_annotations(shell.user_ns))
        own = {**ipython_state.pieces(self.magics), "@annotations": annotations}
        self.ambient = ambient.Ambient(own, spec.attributes)
        self.binders: Dict[str, str] = {}
        self.seconds: Dict[str, float] = {}
        self.modules = frozenset(sys.modules)
        self.threads = threads.Threads()
        self.notes: List[Dict[str, str]] = []
        self.handed: Dict[str, Any] = {}
        self.ground = ground.begin()

    async def run(self) -> Optional[Failure]:
        """Run the step, write its outcome, and return the error that has stopped it."""
        started = _clock()
        self._prepare()
        failure = await self._cells("prelude", self.spec.prelude)
        if failure is None:
            with self.shell.builtin_trap:  # libraries ask for `get_ipython` when they are imported
                begin = self._timed("load", lambda: self._unheard(self._load))
                self._restore(self._late())
            self.ambient.mark(self._late())
            failure = await self._cells("run", self.spec.cells)
        stored = variables.Stored()
        with self.ground.own():
            self._tell_what_stays_behind()
            if failure is None or not self.spec.stop_on_error:
                try:
                    stored = self._timed("store", lambda: self._unheard(lambda: self._store(begin)))
                except OSError as error:
                    raise StorageError(
                        f"what the step made cannot be stored in {self.spec.store}:"
                        f" {error.strerror or error}"
                    ) from error
            self._write_outcome(failure, stored, _clock() - started)
        return failure

    def _late(self) -> List[str]:
        """Attributes of modules that nbflow itself works with: they are set when it has done its work."""
        return [n for n in self.spec.ambient if self.ground.covers(n[len(beside.ATTRIBUTE) :])]

    def _timed(self, phase: str, work: Any) -> Any:
        started = _clock()
        result = work()
        self._end_phase(phase, started)
        return result

    def _unheard(self, work: Any) -> Any:
        """The result of ``work``; what it prints or shows belongs to no cell of the notebook."""
        muted, self.events.muted = self.events.muted, True
        try:
            return work()
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):  # user code may have put anything in its place
                    stream.flush()
            self.events.muted = muted

    def _end_phase(self, phase: str, started: float) -> None:
        self.seconds[phase] = _clock() - started
        self.events.send("phase", name=phase, seconds=round(self.seconds[phase], 6))

    def _prepare(self) -> None:
        os.chdir(self.spec.cwd)
        ipython_state.Folders(self.shell).begin()
        importlib.invalidate_caches()  # a step before this one may have written a module
        os.environ.update(self.spec.env)
        ambient.remember_environment()
        watch.install(libraries.WATCHED, self._library_imported)
        self.texts = beside.install(
            self.lookout.sought, lambda module: self.ambient.follow(beside.paths(module))
        )
        if not self._follows_files():
            self.texts.begin({name: self._text_of(name) for name in self.spec.modules})
        if self.spec.seed is not None:
            libraries.seed_all(self.spec.seed)
        self.ambient.mark(GENERATORS)
        self.lookout.begin(self.ambient.is_marked, self.spec.cwd)

    def _library_imported(self, name: str) -> None:
        if self.spec.seed is not None:
            libraries.seed_module(name, self.spec.seed)
        self.lookout.imported(name)
        self.ambient.mark(list(libraries.WATCHED[name]))
        self.lookout.found(*libraries.WATCHED[name])

    async def _cells(self, phase: str, chosen: Any) -> Optional[Failure]:
        started = _clock()
        stopping = None
        for cell in chosen:
            failure = await self._cell(cell)
            if failure is not None and not cell.allow_error:
                stopping = stopping or failure
                if self.spec.stop_on_error or phase == "prelude":
                    break
        self._end_phase(phase, started)
        return stopping

    async def _cell(self, cell: Cell) -> Optional[Failure]:
        chosen = self._with_arguments(cell)
        before = namespace.identities(self.shell.user_ns)
        self.lookout.watching = True
        try:
            failure = await self.runner.run(chosen)
        finally:
            self.lookout.watching = False
        self.live.learn(cell.id)
        self.threads.learn(cell.id)
        after = namespace.identities(self.shell.user_ns)
        for name in namespace.bound_between(before, after):
            self.binders[name] = cell.id
        return failure

    def _with_arguments(self, cell: Cell) -> Cell:
        """The cell with the values that lie in bundles."""
        if not cell.arguments:
            return cell
        found = {name: self.loader.values(path)[name] for name, path in cell.arguments.items()}
        return replace(cell, parameters={**found, **cell.parameters})

    # Beginning -----------------------------------------------------------------------------------

    def _load(self) -> variables.Beginning:
        self.magics.begin()
        objects = start.objects(self.spec)
        loads = start.bring(
            self.spec,
            self.shell,
            self.loader,
            restore=self._restore,
            late=self._late(),
            import_again=self._import_again,
        )
        start.hang(self.magics, self.loader, objects)
        for path in self.live.opened:
            self.lookout.opened(path)
        self.loader.forget()
        loads = {**objects, **self._held_by_modules(), **loads}
        begin = variables.beginning(self._state(objects), loads, self.spec.classes)
        self.ambient.mark()
        return begin

    def _restore(self, names: Iterable[str]) -> None:
        for name in names:
            self.ambient.restore(name, self.loader.values(self.spec.ambient[name])[name])
            self.lookout.found(name)

    def _import_again(self) -> None:
        """Import the modules beside the notebook that earlier steps have imported and this one names.

        What they do when they are imported, the notebook has seen; it is not to happen in a cell again.
        """
        texts = [cell.source for cell in self.spec.cells]
        self.lookout.watching = True
        self.texts.begin_cells()
        for name in self.spec.modules:
            if beside.FIRST not in name and any(name.partition(".")[0] in text for text in texts):
                with suppress(Exception):  # then the cell says what is wrong
                    importlib.import_module(name)
        self.lookout.watching = False

    def _follows_files(self) -> bool:
        """Whether the notebook has asked IPython to read the files of modules that have changed."""
        path = self.spec.ambient.get("@ipython", "")
        texts = [cell.source for cell in self.spec.prelude]
        texts.extend(map(repr, self.loader.values(path).values()) if path else ())
        lines = [line for text in texts for line in text.splitlines()]
        return any("autoreload" in line.partition("#")[0] for line in lines)

    def _held_by_modules(self) -> Dict[str, str]:
        """The bundles of objects that modules hold, where variables lie in them too."""
        shared = {load.bundle for load in self.spec.loads}
        return {
            name: path
            for name, path in self.spec.ambient.items()
            if name.startswith(beside.ATTRIBUTE) and path in shared
        }

    def _text_of(self, name: str) -> Callable[[], beside.Text]:
        """How to come by the text of a module that earlier steps have imported."""
        return lambda: self.loader.values(self.spec.modules[name])[_TEXT]

    def _variables(self) -> Dict[str, Any]:
        user_ns = self.shell.user_ns
        names = namespace.variables(user_ns, namespace.hidden(self.shell))
        return {name: user_ns[name] for name in names}

    def _state(self, had: Mapping[str, str]) -> Dict[str, Any]:
        objects = ipython_state.captured_objects(self.magics, self.spec.keep_out, had)
        patched = attributes.held(self.spec.attributes)
        return {**self._variables(), **objects, **patched, **beside.held()}

    def _tell_what_stays_behind(self) -> None:
        """Note what ends with this process though the notebook goes on, and tell it on stderr."""
        self.notes.extend(self.threads.left())
        for kind in logs.left_behind(ipython_state.travels):
            detail = "it is not there in later steps, as it cannot be stored"
            cell = self.events.cell
            self.notes.append({"kind": "handler", "name": kind, "cell": cell, "detail": detail})
        last = self.events.cell
        for note in self.notes:
            self.events.cell = note["cell"]
            text = f"nbflow: {note['kind']} {note['name']}: {note['detail']}\n"
            self.events.send("stream", name="stderr", text=text)
        self.events.cell = last

    # End -----------------------------------------------------------------------------------------

    def _store(self, begin: variables.Beginning) -> variables.Stored:
        had = {n: p for n, p in self.spec.ambient.items() if n in ipython_state.OBJECTS}
        claims = Claims(self.spec.store, os.path.dirname(self.spec.outcome))
        state, keep = self._state(had), self.spec.keep
        ending = variables.Ending(state, begin, self.spec.store, claims, keep)
        stored = ending.store_changes()
        folders.keep(ending.values, stored.written)
        self.lookout.stored(self.spec, self.ground.own, ending.values, stored)
        ending.store_ambient(self.ambient.changes())
        for name, text in self.ambient.failures.items():
            stored.unpicklable[name] = variables.Reason("ambient state", text)
        self._store_modules(stored)
        if self.spec.hand_over:
            self.handed = variables.handed(self._taken(), self.spec.store)
        if self.spec.fingerprints is not None:
            self._write_json(self.spec.fingerprints, meaning.fingerprints(self._variables()))
        return stored

    def _store_modules(self, stored: variables.Stored) -> None:
        """Keep the texts of the modules beside the notebook that this step has imported."""
        kept, gone = beside.still_there(self.texts)
        for name, text in kept.items():
            payload = pickling.dump(text).payload
            stored.modules[name] = bundle.write(payload, [_TEXT], self.spec.store)
        stored.modules.update(dict.fromkeys(gone, ""))

    def _taken(self) -> Dict[str, Any]:
        return {n: v for n, v in self._variables().items() if n in self.spec.hand_over}

    def _write_outcome(
        self, failure: Optional[Failure], stored: variables.Stored, seconds: float
    ) -> None:
        error = failure and {
            "cell": failure.cell,
            "ename": failure.ename,
            "evalue": failure.evalue,
        }
        unpicklable = {
            name: {
                "type": r.type,
                "reason": r.text,
                "cell": self.binders.get(name, ""),
                "meaning": r.meaning,
            }
            for name, r in stored.unpicklable.items()
        }
        new = [sys.modules[name] for name in self._imported()]
        outcome = {
            "version": 1,
            "ok": failure is None,
            "error": error,
            "bundles": stored.bundles,
            "made": bundle.made,
            "written": stored.written,
            "dropped": stored.dropped,
            "handed": self.handed,
            "deleted": stored.deleted,
            "unpicklable": unpicklable,
            "ambient": stored.ambient,
            "notes": self.notes,
            "classes": stored.classes,
            "read": sorted(name for load in self.spec.loads for name in load.names),
            "imported": self._imported(),
            "modules": stored.modules,
            "module_files": sorted(str(m.__file__) for m in new if beside.is_beside(m)),
            "libraries": sorted(installed.libraries()),
            "missing": sorted(self.texts.missing),
            "classes_read": sorted(self.loader.loaded_classes),
            **self.lookout.told(),
            "peak_rss_kb": _peak_memory(),
            "cpu_seconds": round(_cpu_seconds(), 6),
            "prelude_seconds": round(self.seconds.get("prelude", 0.0), 6),
            "seconds": round(seconds, 6),
        }
        self._write_json(self.spec.outcome, outcome)

    def _imported(self) -> List[str]:
        """The modules that have been imported since the step began, in the order of their imports."""
        return [name for name in sys.modules if name not in self.modules and "._" not in name]

    @staticmethod
    def _write_json(path: str, data: Any) -> None:
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(data, file)
            os.replace(temporary, path)
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise


#: The shared generators of random numbers.
GENERATORS = ["@random", "@numpy.random", "@torch.random"]
#: The name of a module's text in its bundle.
_TEXT = "text"


def _peak_memory() -> int:
    try:
        import resource  # not on Windows
    except ImportError:
        return 0
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _cpu_seconds() -> float:
    """The seconds that this process and the children that it has waited for have kept cores busy."""
    try:
        import resource  # not on Windows
    except ImportError:
        return time.process_time()
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def run(spec: Spec, shell: Any, events: Events, lookout: Any) -> int:
    """Run ``spec`` and return the process's exit code: 0, 1 (a cell failed), 2 (the step could not be
    run; told by an ``internal`` event)."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        # The loop is left open: tasks of the user's that still wait end with the process.
        failure = loop.run_until_complete(Step(spec, shell, events, lookout).run())
    except BaseException as error:
        events.send("internal", error=_described(error))
        return 2
    return 0 if failure is None else 1


def warm(shell: Any) -> None:
    """Let what is only imported or computed at first use be there before steps are forked."""
    _peak_memory()
    shell.run_cell("lambda: [None]", store_history=False, silent=True)
    ipython_state.warm(shell)
    cells.libc()
    live.begin(shell.user_ns, "")
    variables.beginning({"f": lambda: [None], "x": [1], "y": {"a": (1,)}}, {}, {})
    ambient.Ambient({}, ()).mark()
    asyncio.new_event_loop().close()
    installed.remember()


def _described(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, (bundle.BundleError, StorageError, variables.CannotCrossError)):
        return text
    return f"{type(error).__name__}: {text}"
