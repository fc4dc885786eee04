"""A step's beginning or end, made alive in the kernel that the user works in: as the step's process does it.

The prelude runs in the kernel's own namespace, ambient state is set, and variables are loaded there.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from weakref import WeakKeyDictionary

from IPython.utils.capture import capture_output

from nbflow.errors import VariableError
from nbflow.magics.kernel_state import KernelState
from nbflow.magics.prelude_names import made_by
from nbflow.magics.session import session_of
from nbflow.runtime import (
    ambient,
    beside,
    brought,
    bundle,
    ground,
    interpreter,
    ipython_state,
    libraries,
    live,
    namespace,
    overrides,
    start,
    watch,
)
from nbflow.runtime.loading import Loader
from nbflow.runtime.spec import Cell
from nbflow.service.modules_here import check_source, check_stream
from nbflow.service.prelude import remember
from nbflow.service.restoring import Standing
from nbflow.service.values import check_owner

#: What the kernel's names had before a restore belongs to no cell of the notebook.
_OF_KERNEL: Final = "@kernel"


@dataclass
class Landed:
    """What a restore has put into a kernel: objects by their names, and ambient state.

    ``base`` is the ambient state that the kernel had, ``environ`` the variables of the environment that
    were set. ``pushed`` is the run that went on from the step last, or "".
    """

    standing: Standing
    names: dict[str, object]
    base: KernelState
    ambient: frozenset[str] = frozenset()
    environ: Mapping[str, str | None] = field(default_factory=dict)
    pushed: str = ""

    def forget_rebound(self, user_ns: Mapping[str, object]) -> None:
        """Let go of objects whose names mean something else by now."""
        for name in [n for n, value in self.names.items() if user_ns.get(n) is not value]:
            del self.names[name]


_LANDED: Final[WeakKeyDictionary[Any, Landed]] = WeakKeyDictionary()


def landed(shell: Any) -> Landed | None:
    """What the last restore has put into the kernel of ``shell``, None where there was none."""
    found = _LANDED.get(shell)
    if found is not None:
        found.forget_rebound(shell.user_ns)
    return found


def _after_cell(_result: object) -> None:
    """Hold no object longer than the user does."""
    for shell, found in list(_LANDED.items()):
        found.forget_rebound(shell.user_ns)


def _forget(shell: Any) -> None:
    del _LANDED[shell]
    shell.events.unregister("post_run_cell", _after_cell)


def land(shell: Any, standing: Standing) -> Landed:
    """Bring ``standing`` into the kernel of ``shell``.

    Raises:
        VariableError: it cannot be brought in here; the kernel is as it was then.
    """
    outer = live.current
    arrival = _Arrival(shell, standing)
    try:
        with _quietly(shell):
            arrival.arrive(landed(shell))
    except BaseException as error:
        arrival.before.put_back()
        live.current = outer
        if isinstance(error, VariableError) or not isinstance(error, Exception):
            raise
        said = str(error) if isinstance(error, bundle.BundleError) else _said(error)
        raise VariableError(
            f"run {standing.run.id} cannot be brought in here: {said}; its steps ran in"
            f" {standing.run.python}, this kernel runs {sys.executable}; the kernel is as it was"
        ) from error
    finally:
        arrival.magics.let_go()
    if shell not in _LANDED:
        shell.events.register("post_run_cell", _after_cell)
        session_of(shell).at_end.append(partial(_forget, shell))
    _LANDED[shell] = arrival.landed()
    return _LANDED[shell]


class _Arrival:
    """One restore in the making."""

    def __init__(self, shell: Any, standing: Standing) -> None:
        self.shell, self.standing, self.spec = shell, standing, standing.spec
        events: Any = SimpleNamespace(muted=False)
        self.magics = ipython_state.MagicLog(shell, events)
        own = {
            **ipython_state.pieces(self.magics),
            "@annotations": ambient.Piece(*interpreter.module_annotations(shell.user_ns)),
        }
        self.ambient = ambient.Ambient(own, self.spec.attributes)
        self.before = KernelState(shell, self.ambient, self.magics)
        #: How the kernel was without what an earlier restore has set.
        self.base = self.before
        self._made = set(made_by(shell, self.spec.prelude))

    def arrive(self, earlier: Landed | None) -> None:
        """Do all that a step does before its first cell."""
        self._check_bundles()
        if earlier is not None:
            earlier.base.take_back(earlier.ambient, earlier.environ)
            self.base = KernelState(self.shell, self.ambient, self.magics)
        ambient.take_for_fresh()
        loader = self._begin()
        with self._seeded():
            for cell in self.spec.prelude:
                self._run(cell, loader)
            for name in libraries.WATCHED:
                if name in self.standing.imported:
                    with suppress(ImportError):
                        importlib.import_module(name)
        late = self._late()
        start.bring(
            self.spec,
            self.shell,
            loader,
            restore=lambda names: self._restore(names, loader),
            late=late,
            import_again=self._import_again,
        )
        start.hang(self.magics, loader, start.objects(self.spec))
        self._restore(late, loader)
        loader.forget()

    def landed(self) -> Landed:
        """What has been put into the kernel."""
        names = {*self._made, *self.standing.variables}
        user_ns = self.shell.user_ns
        self.base.let_go(figures="@pyplot" in self.spec.ambient)
        return Landed(
            self.standing,
            {name: user_ns[name] for name in sorted(names) if name in user_ns},
            self.base,
            frozenset(self.spec.ambient),
            self.base.environ_changes(),
        )

    def _begin(self) -> Loader:
        os.chdir(self.spec.cwd)
        ipython_state.Folders(self.shell).begin()
        importlib.invalidate_caches()
        os.environ.update(self.spec.env)
        # A class of an earlier restore is not to stand in for the one of the same key here.
        brought.load()._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
        loader = Loader(self.spec.classes, {})
        current = live.begin(self.shell.user_ns, self.standing.step.name)
        current.learn_source = self._learn_source
        current.load_class = loader.load_class
        current.learn(_OF_KERNEL)
        return loader

    def _learn_source(self, file: str, _count: int, text: str) -> None:
        with suppress(Exception):  # the text serves tracebacks and ``inspect`` only
            text = self.shell.transform_cell(text)
        remember(file, text)

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Meanwhile generators of random numbers begin as they do in a step, also those imported just now."""
        seed = self.spec.seed or 0
        libraries.seed_all(seed)
        finder = watch.install(libraries.WATCHED, lambda name: libraries.seed_module(name, seed))
        try:
            yield
        finally:
            sys.meta_path.remove(finder)

    def _run(self, cell: Cell, loader: Loader) -> None:
        """Run a cell of the prelude, and show nothing of it."""
        check_source(Path(self.spec.cwd), cell.source)
        arguments = {n: loader.values(path)[n] for n, path in cell.arguments.items()}
        had = namespace.identities(self.shell.user_ns)
        try:
            with overrides.active(self.shell, {**arguments, **cell.parameters}):
                _execute(self.shell, cell)
        except VariableError:
            raise
        except Exception as error:  # whatever the user's code raises
            if not cell.allow_error:
                raise self._failed(cell, error) from error
        live.current.learn(cell.id)
        has = namespace.identities(self.shell.user_ns)
        self._made |= namespace.bound_between(had, has)

    def _failed(self, cell: Cell, error: Exception) -> VariableError:
        number = next(each.number for each in self.standing.prelude if each.id == cell.id)
        return VariableError(
            f"the imports and functions of the notebook are needed, and its cell {number} ends with"
            f" {_said(error)} here; the steps ran in {self.standing.run.python}, this kernel runs"
            f" {sys.executable}; the kernel is as it was"
        )

    def _check_bundles(self) -> None:
        """See that what is loaded is the user's own, and names no module that is another one here."""
        paths = {
            *(load.bundle for load in self.spec.loads),
            *self.spec.ambient.values(),
            *self.spec.classes.values(),
        }
        for path in paths:
            check_owner(path)
            check_stream(Path(self.spec.cwd), bytes(bundle.read(path).stream))

    def _late(self) -> list[str]:
        """Attributes of modules that nbflow itself works with: they are set when it has done its work."""
        own, prefix = ground.Ground(), beside.ATTRIBUTE
        return [n for n in self.spec.ambient if own.covers(n.removeprefix(prefix))]

    def _restore(self, names: Iterable[str], loader: Loader) -> None:
        for name in names:
            self.ambient.restore(name, loader.values(self.spec.ambient[name])[name])

    def _import_again(self) -> None:
        """Import the modules beside the notebook that the step names: as their files are now."""
        texts = [cell.source for cell in self.spec.cells]
        for name in self.spec.modules:
            if beside.FIRST not in name and any(name.partition(".")[0] in text for text in texts):
                with suppress(Exception):  # then the cell says what is wrong
                    importlib.import_module(name)


def _execute(shell: Any, cell: Cell) -> None:
    transformed = shell.transform_cell(cell.source)
    if shell.should_run_async(cell.source, transformed_cell=transformed):
        raise VariableError(
            "the imports and functions of the notebook are needed, and a cell of them awaits something,"
            " which a magic cannot do; the kernel is as it was"
        )
    name = shell.compile.cache(transformed, cell.count, raw_code=cell.source)
    live.current.sources[name] = (cell.count, cell.source)
    tree = shell.transform_ast(shell.compile.ast_parse(transformed, filename=name))
    with shell.builtin_trap:
        exec(shell.compile(tree, name, "exec"), shell.user_global_ns, shell.user_ns)


@contextmanager
def _quietly(shell: Any) -> Iterator[None]:
    """Nothing that runs meanwhile is shown, and none of nbflow's own magics does anything."""
    lines = shell.magics_manager.magics["line"]
    own = lines.get("nbflow")
    if own is not None:
        lines["nbflow"] = lambda line: None
    try:
        with _mute(sys.stdout), _mute(sys.stderr), capture_output(stdout=False, stderr=False):
            yield
    finally:
        if own is not None:
            lines["nbflow"] = own


@contextmanager
def _mute(stream: Any) -> Iterator[None]:
    """Meanwhile the stream takes what is written, and shows none of it.

    It stays the same object: loggers, and variables that are made meanwhile, hold it from then on.
    """
    own = getattr(stream, "__dict__", {})
    had = {name: own[name] for name in ("write",) if name in own}
    with suppress(AttributeError):  # then it is heard
        stream.write = len
    try:
        yield
    finally:
        with suppress(AttributeError):
            del stream.write
        own.update(had)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
