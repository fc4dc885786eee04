"""Variables of a run as objects of this process: loaded from one's own store when they are asked for."""

from __future__ import annotations

import builtins
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Final

from nbflow.engines.local.outcome import outcomes_in, read_outcome
from nbflow.errors import NotMadeError, VariableError
from nbflow.model import Name, StepName
from nbflow.runtime import brought, bundle, live, loading
from nbflow.service import history
from nbflow.service.given_back import held
from nbflow.service.modules_here import check_source, check_stream
from nbflow.service.prelude import Prelude, remember
from nbflow.store import RunRecord, StepRecord, Store, VariableRecord

#: Unpickling finds the notebook's definitions in one record for each process: one at a time sets its own.
_ALONE: Final = threading.RLock()


class Values:
    """The variables at the end of a step of a run, as the notebook has them there.

    Each is loaded once: what shares objects in the notebook shares them here. Functions and classes of the
    notebook come with the prelude of the step, which is run where they are needed, and find the variables
    of this step as their globals. ``folder`` is that of the notebook.

    Raises:
        StoreError: the store cannot be read.
        VariableError: it is not known any more what called notebooks have given back.
    """

    def __init__(self, record: RunRecord, folder: Path, step: StepRecord) -> None:
        self._record = record
        self._folder = folder
        self._step = step
        with Store.open(folder) as store:
            self.held = held(record, store, step)
        self._globals = _Globals(self)
        self._live = live.Live(
            namespace=self._globals, origin=step.name, learn_source=_learn_source
        )
        self._loader: loading.Loader | None = None
        self._is_ready = False

    def __getitem__(self, name: Name) -> object:
        """The variable ``name``.

        Raises:
            NotMadeError: there is no such variable at the end of the step.
            VariableError: it was not stored, or cannot be loaded in this process.
        """
        self.about(name)
        if not dict.__contains__(self._globals, name):
            with self._current():
                self._globals[name] = self._globals.while_loading(name, self._loaded)
        return dict.__getitem__(self._globals, name)

    def about(self, name: Name) -> VariableRecord:
        """What is recorded of a variable.

        Raises:
            NotMadeError: there is no such variable at the end of the step.
        """
        if name not in self.held:
            raise NotMadeError(self._unknown(name))
        return self.held[name]

    def _unknown(self, name: Name) -> str:
        if self._record.remote is not None:
            return history.stays_elsewhere(self._record.remote)
        names = ", ".join(self.held) or "none"
        return (
            f"there is no variable {name!r} at the end of step {self._step.name!r} of run"
            f" {self._record.id}; there are: {names}"
        )

    def _loaded(self, name: Name) -> object:
        variable = self.held[name]
        if not variable.version:
            why = variable.obstacle or f"step {self._step.name!r} did not end well"
            raise VariableError(f"`{name}` was not stored: {why}")
        try:
            return self._from_bundle(variable.version)[name]
        except VariableError as error:
            raise VariableError(f"`{name}` cannot be loaded here: {error}") from error
        except Exception as error:  # loading a value runs its own code
            said = str(error) if isinstance(error, bundle.BundleError) else _said(error)
            raise VariableError(
                f"`{name}` cannot be loaded here: {said}; it was made by {self._record.python}"
            ) from error

    def _from_bundle(self, key: str) -> dict[str, object]:
        with Store.open(self._folder) as store:
            path = bundle.path_of(str(store.bundles), key)
            check_owner(path)
            if self._loader is None:
                self._loader = loading.Loader(self._definitions(store), {})
                self._live.load_class = self._loader.load_class
            found = bundle.read(path)
            stream = bytes(found.stream)
            has_code = found.classes or found.sources or b"__main__" in stream
            if has_code and not self._is_ready:
                self._make_ready(store, self._loader)
        check_stream(self._folder, stream)
        values: dict[str, object] = self._loader.values(path)
        return values

    def _make_ready(self, store: Store, loader: loading.Loader) -> None:
        """Run the prelude of the step, as steps do before they load what needs its definitions."""
        known = dict(self._globals)
        self._globals.is_open = False
        try:
            prelude = Prelude.of(self._record, store.run_folder(self._record.id), self._step)
            for cell in prelude.cells:
                check_source(self._folder, cell.source)
            prelude.run(self._globals, self._live.learn)
        finally:
            self._globals.is_open = True
            for name in set(self._globals) & self.held.keys():
                self._globals.made_before[name] = self._globals.pop(name)
            self._globals.update(known)
        loader.update_live_classes()
        self._is_ready = True
        for name in prelude.looked_up & self.held.keys():
            with suppress(VariableError):  # a function that needs it will say so
                self[name]

    def _definitions(self, store: Store) -> dict[str, str]:
        """The bundles of the definitions of the notebook's classes, by the keys of these."""
        found: dict[str, str] = {}
        outcomes = outcomes_in(store.run_folder(self._record.id))
        for step in history.steps_until(self._record, self._step):
            found |= _classes(store, self._record.id, step, outcomes)
        return {key: bundle.path_of(str(store.bundles), each) for key, each in found.items()}

    @contextmanager
    def _current(self) -> Iterator[None]:
        """While this lasts, unpickling sees this step's names, and modules beside the notebook are found."""
        beside = str(self._folder)
        with _ALONE:
            before, live.current = live.current, self._live
            main = sys.modules.get("__main__")
            sys.modules["__main__"] = _Main(self._globals)
            # A class of another step or run is not to stand in for the one of the same key here.
            brought.load()._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
            sys.path.insert(0, beside)
            try:
                yield
            finally:
                live.current = before
                if main is not None:
                    sys.modules["__main__"] = main
                sys.path.remove(beside)


class _Globals(dict[str, object]):
    """The globals of the notebook's functions: a variable is loaded when one of them looks for it."""

    def __init__(self, values: Values) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._values = values
        #: Whether variables show: the prelude runs before there are any.
        self.is_open = True
        #: What the prelude has made under names of variables: what these find there while they are loaded.
        self.made_before: dict[str, object] = {}
        self._loading: set[str] = set()

    def while_loading(self, name: str, load: Callable[[str], object]) -> object:
        """What ``load`` gives for a variable; meanwhile its name means what it means to the prelude."""
        self._loading.add(name)
        try:
            return load(name)
        finally:
            self._loading.discard(name)

    def __missing__(self, name: str) -> object:
        if name in self._loading:
            return self.made_before[name]
        if self.is_open and name in self._values.held:
            return self._values[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (self.is_open and name in self._values.held)


class _Main(ModuleType):
    """Stands for the module that the notebook is, where a pickle or a library looks for it by name."""

    def __init__(self, names: _Globals) -> None:
        super().__init__("__main__")
        self._names = names

    def __getattr__(self, name: str) -> object:
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(f"the notebook has no {name!r}") from None


def _classes(
    store: Store, run: str, step: StepRecord, outcomes: Mapping[StepName, Path]
) -> dict[str, str]:
    """The bundles of the classes that a step has defined, by their keys."""
    if step.reused:
        result = store.used_result(run, step.name)
        return dict(json.loads(result.body)["outcome"]["classes"]) if result else {}
    found = read_outcome(outcomes[step.name]) if step.name in outcomes else None
    return dict(found.classes) if found else {}


def check_owner(path: str) -> None:
    """Loading a value can run code that lies in it: only what this user has stored is loaded."""
    try:
        owner = os.stat(path).st_uid
    except FileNotFoundError as error:
        raise VariableError("it is not stored any more; run the notebook again") from error
    if hasattr(os, "getuid") and owner != os.getuid():
        raise VariableError(f"{path} belongs to another user: only values of your own are loaded")


def _learn_source(file: str, _count: int, text: str) -> None:
    remember(file, text)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
