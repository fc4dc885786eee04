"""Ambient state: what cells change without a name, as one table of pieces.

A piece is captured as a value that pickles; None stands for "as in a fresh process". A step begins with
the pieces that it was given, and leaves those that differ at its end. Pieces of libraries are in
``libraries``, those of IPython in ``ipython_state``.
"""

from __future__ import annotations

import importlib
import locale
import os
import random
import sys
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from . import attributes, bundle, ground, interpreter, libraries, live, logs, modules, pickling

#: Environment variables that libraries set when they are imported.
_OF_LIBRARIES = ("KMP_", "MKL_", "OMP_", "OPENBLAS_", "TF_", "TF2_", "TORCH", "TRITON_", "PYGAME_")
_SYSTEM_ENVIRONMENT: Dict[str, str] = {}


@dataclass(frozen=True)
class Piece:
    """How one piece of ambient state is captured and restored.

    ``fresh`` is the value that restores the state of a fresh process, where ``capture`` gives None for it.
    """

    capture: Callable[[], Any]
    restore: Callable[[Any], None]
    fresh: Any = None


# The standard library's ------------------------------------------------------------------------


def remember_environment() -> None:
    """Take the environment as it is now for the one that steps begin with."""
    _filters.watch()  # before cells, or what earlier steps have left, name the functions
    take_for_fresh()


def take_for_fresh() -> None:
    """Take environment, time zone, signal handlers and loggers as they are now for those of a new process."""
    _SYSTEM_ENVIRONMENT.clear()
    _SYSTEM_ENVIRONMENT.update(os.environ)
    interpreter.remember()
    logs.remember()


def _captured_environ() -> Tuple[Dict[str, str], List[str]]:
    now = dict(os.environ)
    changed = {
        name: value
        for name, value in sorted(now.items())
        if _SYSTEM_ENVIRONMENT.get(name) != value and not name.startswith(_OF_LIBRARIES)
    }
    removed = sorted(name for name in _SYSTEM_ENVIRONMENT if name not in now)
    return changed, removed


def _restore_environ(value: Tuple[Dict[str, str], List[str]]) -> None:
    changed, removed = value
    for name in _captured_environ()[0]:
        if name not in changed:
            if name in _SYSTEM_ENVIRONMENT:
                os.environ[name] = _SYSTEM_ENVIRONMENT[name]
            else:
                del os.environ[name]
    os.environ.update(changed)
    for name in removed:
        os.environ.pop(name, None)


def _restore_sys_path(value: List[str]) -> None:
    sys.path[:] = value


class _WarningFilters:
    """The warnings filters, once a cell has touched them: libraries add their own when imported."""

    def __init__(self) -> None:
        self.touched = False
        self.begun: List[Any] = []

    def watch(self) -> None:
        """From now on, notice calls from cells that change filters, and filters that go."""
        self.touched = False
        self.begun = list(warnings.filters)
        for name in ("filterwarnings", "simplefilter", "resetwarnings"):
            original = getattr(warnings, name)
            if not hasattr(original, "nbflow_original"):
                setattr(warnings, name, self._watched(original))

    def _watched(self, original: Callable[..., None]) -> Callable[..., None]:
        def watched(*args: Any, **options: Any) -> None:
            if sys._getframe(1).f_globals is live.current.namespace:
                self.touched = True
            original(*args, **options)

        # It is pickled by its name, as the original is.
        watched.__module__ = original.__module__
        watched.__name__, watched.__qualname__ = original.__name__, original.__qualname__
        watched.__doc__ = original.__doc__
        watched.nbflow_original = original  # type: ignore[attr-defined]
        return watched

    def capture(self) -> Any:
        now = list(warnings.filters)
        # Libraries add filters when they are imported, but take none away.
        self.touched = self.touched or any(filter not in now for filter in self.begun)
        return tuple(now) if self.touched else None

    def restore(self, value: Any) -> None:
        warnings.filters[:] = value  # type: ignore[index]
        # A change of the list must be announced to the C implementation.
        for name in ("_filters_mutated", "_filters_mutated_lock_held"):
            announce = getattr(warnings, name, None)
            if announce is not None and name == "_filters_mutated":
                announce()
            elif announce is not None:
                with warnings._lock:  # type: ignore[attr-defined]
                    announce()
        self.touched = True


_filters = _WarningFilters()


def _captured_decimal() -> Any:
    module: Any = sys.modules.get("decimal")
    if module is None:
        return None

    def settings(context: Any) -> Any:
        # Flags are left out: each inexact division raises one.
        traps = sorted(signal.__name__ for signal, on in context.traps.items() if on)
        names = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
        return (*(getattr(context, name) for name in names), tuple(traps))

    return settings(module.getcontext())


def _restore_decimal(value: Any) -> None:
    module: Any = importlib.import_module("decimal")
    context = module.getcontext()
    for name, part in zip(("prec", "rounding", "Emin", "Emax", "capitals", "clamp"), value):
        setattr(context, name, part)
    for signal in context.traps:
        context.traps[signal] = signal.__name__ in value[-1]


def _restore_locale(value: str) -> None:
    locale.setlocale(locale.LC_ALL, value)


_PIECES: Dict[str, Piece] = {
    "@random": Piece(random.getstate, random.setstate),
    "@environ": Piece(_captured_environ, _restore_environ),
    "@sys.path": Piece(lambda: list(sys.path), _restore_sys_path),
    "@sys.modules": Piece(modules.captured, modules.restore_listed, {}),
    "@warnings": Piece(_filters.capture, _filters.restore),
    "@locale": Piece(lambda: locale.setlocale(locale.LC_ALL), _restore_locale),
    "@decimal": Piece(_captured_decimal, _restore_decimal),
    **{name: Piece(*functions) for name, functions in interpreter.PIECES.items()},
    **{name: Piece(*functions) for name, functions in libraries.PIECES.items()},
}


# The state of one step -------------------------------------------------------------------------


def _at(name: str) -> Piece:
    """The piece that is an attribute of a module, by its name as ambient state."""
    return Piece(*attributes.piece(name[len("@module:") :]))


class Ambient:
    """The ambient state of one step: restored, marked at the beginning, compared at the end.

    ``own`` are further pieces that belong to the process (IPython's). ``paths`` are those of
    attributes of modules.
    """

    def __init__(self, own: Mapping[str, Piece], paths: Tuple[str, ...]) -> None:
        self.pieces = {**_PIECES, **own}
        self.pieces.update((name, _at(name)) for name in map("@module:{}".format, paths))
        self.marks: Dict[str, str] = {}
        self.failures: Dict[str, str] = {}
        self.followed: Set[str] = set()
        self.begun = False

    def restore(self, name: str, value: Any) -> None:
        """Bring a piece to a state that an earlier step has left.

        Raises ``KeyError`` for a piece that is not in the table; a library that is not there is passed
        over, as nothing can look at its state.
        """
        piece = self.pieces.get(name)
        if piece is None and name.startswith("@module:"):
            piece = self.pieces[name] = _at(name)
        if piece is None:
            raise KeyError(name)
        try:
            piece.restore(value)
        except ImportError:
            pass

    def mark(self, names: Optional[List[str]] = None) -> None:
        """Take the present state of these pieces (of all) for the beginning."""
        if names is None:
            _filters.watch()
            self.begun = True
        for name in names if names is not None else list(self.pieces):
            payload = self._captured(name)
            if payload is not None:
                self.marks[name] = bundle.digest(payload, [name])

    def follow(self, names: Iterable[str]) -> None:
        """Compare these attributes of modules too, with what they are now; what cannot be stored is left."""
        new = [name for name in names if name not in self.pieces or name in self.followed]
        self.followed.update(new)
        self.pieces.update((name, _at(name)) for name in new)
        if self.begun:  # else all is marked when the step begins
            self.mark(new)

    def is_marked(self, name: str) -> bool:
        """Whether a piece is as it was when it was marked."""
        payload = self._captured(name)
        return payload is None or self.marks.get(name) == bundle.digest(payload, [name])

    def changes(self) -> Dict[str, bundle.Payload]:
        """The pieces that differ from the beginning."""
        changed = {}
        for name in self.pieces:
            payload = self._captured(name)
            if payload is not None and self.marks.get(name) != bundle.digest(payload, [name]):
                changed[name] = payload
        return changed

    def _captured(self, name: str) -> Optional[bundle.Payload]:
        try:
            piece = self.pieces[name]
            patched = name.startswith("@module:")
            with ground.current.theirs() if patched else nullcontext():
                value = piece.capture()
            if value is None and name in self.marks and name not in self.followed:
                value = piece.fresh  # a cell has put everything back
            return None if value is None else pickling.dump(value).payload
        except Exception as error:  # a library's state may hold the user's objects
            if name not in self.followed:
                self.failures[name] = " ".join(str(error).split())[:300]
            return None
