"""Values to streams and back: cloudpickle, taught what a notebook needs.

Functions keep the *live* namespace of the process that loads them, classes are known by key, views of
one array stay views, and open figures stay out of pyplot. The reducers for single types are in
``functions`` and ``reducers``.

Source: PEP 574; cloudpickle 3.1, whose reducers are used for all that is not special here.
"""

from __future__ import annotations

import io
import pickle
import sys
import threading
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Set, Tuple

from . import brought, functions, live, memory, nans, packed, reducers, restore, sets
from .bundle import Bundle, Payload

_cloudpickle: Any = brought.load()
#: For values nested so deeply that the usual stack is too small.
DEEP_STACK = 512 << 20
DEEP_RECURSION = 400_000


@dataclass(frozen=True)
class Dump:
    """A pickled value and what its pickling has met.

    ``memo`` maps the id of each object in it to the object (kept alive, so that ids stay their own).
    ``unshared`` are ids of arrays inside copy-on-write containers, ``roots`` of arrays whose memory the
    value shares. ``holders`` leads from an array to the copy-on-write blocks that show its memory.
    ``held`` is where memory lies that codecs have handed over. ``nan`` is the one nan in the value, if it
    is one object.
    """

    payload: Payload
    memo: Mapping[int, Any]
    unshared: FrozenSet[int]
    roots: Mapping[int, Any]
    holders: Mapping[int, Mapping[int, Any]]
    held: Tuple[memory.Span, ...] = ()
    nan: Optional[float] = None


class Pickler(_cloudpickle.Pickler):  # type: ignore[misc]  # the class is only known at run time
    """Pickles one value (or a dict of names to values) by the rules of this module.

    ``definitions`` are classes whose definitions are wanted instead of their keys. ``linked`` are ids of
    arrays that must stay shared, however small the part that is used, ``owned`` of those that a
    copy-on-write block shows. ``memories`` is what was learned of shared memory in an earlier try.
    """

    def __init__(
        self,
        file: Any,
        buffers: Any,
        definitions: FrozenSet[Any] = frozenset(),
        linked: FrozenSet[int] = frozenset(),
        owned: FrozenSet[int] = frozenset(),
        memories: Optional[memory.Memories] = None,
    ) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffers)
        self.definitions = definitions
        self.linked = linked
        self.owned = owned
        self.classes: Dict[str, None] = {}
        self.sources: Dict[str, Tuple[int, str]] = {}
        self.filled: Set[int] = set()
        self.unshared: Set[int] = set()
        self.roots: Dict[int, Any] = {}
        self.holders: Dict[int, Dict[int, Any]] = {}
        self.block_values: Dict[int, Any] = {}
        self.memories = memories or memory.Memories()
        #: Frozen sets that keep their order, where there are such.
        self.frozen: Optional[sets.Frozen] = None
        #: How often a part of a storage was copied, by the storage's id.
        self.copied: Dict[int, int] = {}

    def linked_by_memory(self) -> List[int]:
        """Ids of arrays and storages whose sharing this try has missed."""
        shown = dict(self.roots)
        for key, blocks in self.holders.items():
            if key in self.owned:
                shown[key] = reducers.root_of(next(iter(blocks.values())).values)
        twice = [key for key, times in self.copied.items() if times > 1]
        return twice + self.memories.link(shown)

    def reducer_override(self, obj: Any) -> Any:
        """The reduction of ``obj``, or NotImplemented where pickle's own will do."""
        kind = type(obj)
        if kind is FunctionType:
            if obj.__globals__ is live.current.namespace:
                return functions.reduced_function(self, obj)
            return functions.with_own_cells(super().reducer_override(obj), obj)
        if isinstance(obj, type):
            return functions.reduced_class(self, obj)
        reducer = reducers.reducer_of(kind)
        if reducer is None:
            return NotImplemented
        reduced = reducer(self, obj)
        if reduced is not NotImplemented and reduced[0] in restore.BY_REFERENCE:
            self.unshared.add(id(obj))
        return reduced


class _OrderedPickler(Pickler):
    """The same for values with frozen sets that would change their order: slower, as it looks at all."""

    def persistent_id(self, obj: Any) -> Any:
        """What stands for such a set."""
        return None if self.frozen is None else self.frozen.stand_in(obj)


class _Unpickler(pickle.Unpickler):
    """Finds the names of the notebook in the live namespace."""

    nan: Optional[float] = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.frozen: Dict[int, Any] = {}

    def persistent_load(self, pid: Any) -> Any:
        """The frozen set that ``pid`` stands for."""
        return sets.frozen(self.frozen, pid)

    def find_class(self, module: str, name: str) -> Any:
        if name == "shared_nan" and module == restore.NAME:
            self.nan = self.nan or float("nan")  # one for each bundle
            return self.nan
        if module == "__main__" and "." not in name and name in live.current.namespace:
            return live.current.namespace[name]
        return super().find_class(module, name)


def dump(
    value: Any,
    *,
    joint: bool = False,
    definitions: FrozenSet[Any] = frozenset(),
    linked: FrozenSet[int] = frozenset(),
    owned: FrozenSet[int] = frozenset(),
) -> Dump:
    """``value`` pickled. ``joint`` says that it is a dict of names to values.

    Raises whatever the value raises when it is pickled (``TypeError``, ``PicklingError``, ...).
    """
    try:
        return _dump(value, joint, definitions, linked, owned)
    except (RecursionError, pickle.PicklingError) as error:
        if not _too_deep(error):
            raise
        found: Dump = _with_deep_stack(lambda: _dump(value, joint, definitions, linked, owned))
        return found


def _dump(
    value: Any,
    joint: bool,
    definitions: FrozenSet[Any],
    linked: FrozenSet[int],
    owned: FrozenSet[int],
    memories: Optional[memory.Memories] = None,
    frozen: Optional[sets.Frozen] = None,
) -> Dump:
    file = io.BytesIO()
    buffers: List[pickle.PickleBuffer] = []
    kind = Pickler if frozen is None else _OrderedPickler
    pickler = kind(file, buffers.append, definitions, linked, owned, memories)
    pickler.frozen = frozen
    packed.dump_lists(pickler, value)
    before = file.tell()
    pickler.dump(value)
    missed = pickler.linked_by_memory()
    if missed:
        linked = linked.union(missed)
        return _dump(value, joint, definitions, linked, owned, pickler.memories, frozen)
    memo = {key: entry[1] for key, entry in pickler.memo.copy().items()}
    if frozen is None:
        frozen = sets.Frozen(memo.values())
        if frozen.ways:
            return _dump(value, joint, definitions, linked, owned, pickler.memories, frozen)
    after = file.tell()
    sets.dump_orders(pickler, value, memo.values())
    written = file.getvalue()
    stream, nan = nans.named(written[before:after], value, memo.values())
    return Dump(
        payload=Payload(
            stream=written[:before] + stream + written[after:],
            buffers=tuple(buffer.raw() for buffer in buffers),
            joint=joint,
            classes=tuple(sorted(pickler.classes)),
            sources=pickler.sources,
        ),
        memo=memo,
        unshared=frozenset(pickler.unshared),
        roots=pickler.roots,
        holders=pickler.holders,
        held=pickler.memories.spans,
        nan=nan,
    )


def _too_deep(error: BaseException) -> bool:
    return isinstance(error, RecursionError) or isinstance(error.__cause__, RecursionError)


def _with_deep_stack(work: Any) -> Any:
    """What ``work()`` returns when it runs in a thread with a stack of its own size."""
    outcome: List[Any] = []
    failure: List[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(DEEP_STACK)
    sys.setrecursionlimit(DEEP_RECURSION)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if failure:
        raise failure[0]
    return outcome[0]


def load(bundle: Bundle) -> Dict[str, Any]:
    """The values in ``bundle`` by name.

    Raises whatever loading raises, for example ``ImportError`` where a library is missing.
    """
    learn = live.current.learn_source
    for file, (count, text) in bundle.sources.items():
        live.current.sources[file] = (count, text)
        if learn is not None:
            learn(file, count, text)
    value = _loaded(bundle.stream, bundle.buffers)
    return dict(value) if bundle.joint else {bundle.names[0]: value}


def _loaded(stream: Any, buffers: Any) -> Any:
    """The last of the pickles in ``stream``, which share one memo (see ``packed`` and ``sets``)."""
    reader = _Reader(stream)
    unpickler = _Unpickler(reader, buffers=buffers)
    value = unpickler.load()
    while reader.position < reader.view.nbytes:
        value = unpickler.load()
    return value


def reloaded(payload: Payload) -> Optional[Any]:
    """The value in a payload that is not yet a file (its arrays share memory with the original)."""
    return _loaded(payload.stream, payload.buffers)


class _Reader(io.RawIOBase):
    """Reads a memoryview without copying it as a whole."""

    def __init__(self, view: Any) -> None:
        self.view = memoryview(view)
        self.position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        part = self.view[self.position : self.position + len(target)]
        target[: len(part)] = part
        self.position += len(part)
        return len(part)

    def read(self, size: int = -1) -> bytes:
        end = self.view.nbytes if size < 0 else self.position + size
        part = bytes(self.view[self.position : end])
        self.position += len(part)
        return part

    def readline(self, _size: Optional[int] = -1) -> bytes:
        end = bytes(self.view[self.position : self.position + 4096]).find(b"\n")
        return self.read(4096 if end < 0 else end + 1)
