"""What a step has done to the variables: compared with its beginning, stored where something is new.

A group of variables that share mutable objects is one unit here: if one of them changed, all of them get
a new version.
"""

from __future__ import annotations

import math
import os
import sys
import types
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import (
    Any,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from . import (
    beside,
    bundle,
    grouping,
    installed,
    live,
    meaning,
    modules,
    pickling,
    preview,
    restore,
)
from .claims import Claims
from .grouping import Group
from .pickling import Dump

#: An object of these types under a name is unchanged as long as it is the same object.
_CONSTANT_TYPES = (bool, int, float, complex, str, bytes, type(None))


def _is_constant(value: Any) -> bool:
    if isinstance(value, types.ModuleType):
        return not modules.is_made(value)
    if type(value) is types.BuiltinFunctionType:
        return not grouping.is_bound(value)
    if type(value) is float and math.isnan(value):
        return False  # other values may hold the same nan, and are searched for it
    return type(value) in _CONSTANT_TYPES or isinstance(value, type)


def _imported_of(value: Any) -> Tuple[str, ...]:
    return modules.submodules(value) if isinstance(value, types.ModuleType) else ()


class _LibraryObject:
    """Stands for an object that the user has imported from a library: it travels by name."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __reduce__(self) -> Any:
        return restore.named, (self.module, self.name)


_BASIC = (list, dict, set, tuple, frozenset, bytearray, types.FunctionType, types.MethodType)


def _library_place(value: Any) -> Optional[Tuple[str, str]]:
    """Where a library keeps ``value`` under a public name, if it does since it was imported."""
    kind = type(value)
    if _is_constant(value) or kind in _BASIC or kind.__module__ in ("__main__", "builtins"):
        return None
    root = str(kind.__module__).split(".")[0]
    if (
        root != "sys" and id(value) not in grouping.library_objects()
    ):  # far quicker than to look for it
        return None
    found: Dict[str, Any] = dict(sys.modules)  # anything may have been put there
    for name in sorted(name for name in found if name == root or name.startswith(f"{root}.")):
        module = found[name]
        if isinstance(module, types.ModuleType):
            if not installed.is_library(module):
                return None
            for attribute, other in list(vars(module).items()):
                if other is value and not attribute.startswith("_"):
                    return name, attribute
    return None


def _dump(value: Any) -> Dump:
    place = _library_place(value)
    return pickling.dump(value if place is None else _LibraryObject(*place))


def _joint(values: Mapping[str, Any], group: Group) -> Dump:
    classes = {name: live.current.classes[key] for name, key in _class_keys(group.names).items()}
    chosen = {**classes, **{name: values[name] for name in group.names if name not in classes}}
    return pickling.dump(
        chosen,
        joint=True,
        definitions=frozenset(classes.values()),
        linked=group.linked,
        owned=group.owned,
    )


def _payload(values: Mapping[str, Any], dumps: Mapping[str, Dump], group: Group) -> bundle.Payload:
    if len(group.names) == 1:
        return dumps[group.names[0]].payload
    return _joint(values, group).payload


@contextmanager
def _beside_the_living() -> Iterator[None]:
    """What is loaded meanwhile is made anew, and takes the place of nothing that is alive."""
    live.current.comparing = True
    try:
        yield
    finally:
        live.current.comparing = False


#: Copies that are only looked at, of objects that would do something when they end.
_kept: List[Any] = []


def _keep_from_ending(copies: Any) -> None:
    """Let copies live on where a class of the notebook has a ``__del__``: no object of the user's ends."""
    if any(hasattr(cls, "__del__") for cls in live.current.classes.values()):
        _kept.append(copies)


def _compared(path: str, group: Group) -> Dict[str, Any]:
    """The stored values of a group, loaded beside those that are alive."""
    with _beside_the_living():
        values = pickling.load(bundle.read(path))
    _keep_from_ending(values)
    return {name: values[name] for name in group.names}


@dataclass(frozen=True)
class Reason:
    """Why a variable cannot travel, and the fingerprint of what it means."""

    type: str
    text: str
    meaning: str = ""


def _reason(value: Any, error: BaseException) -> Reason:
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, RecursionError):
        text = "it is nested too deeply"
    return Reason(preview.type_name(value), text[:300], meaning.fingerprint(value))


#: Values of these libraries are known to come back; others are tried when they are small.
_TRUSTED = frozenset({"builtins", "__main__", "numpy", "matplotlib", "sklearn", "_io"})
_TRIED_SIZE = 1 << 18


def _check_comes_back(value: Any, dump: Dump) -> None:
    """Unpickle a value of an unknown library once: some can be stored and never be loaded.

    Raises whatever loading it raises.
    """
    root = str(type(value).__module__).partition(".")[0]
    own = vars(object)["__new__"] is not type(value).__new__
    if own and dump.payload.nbytes <= _TRIED_SIZE and root not in _TRUSTED:
        with _beside_the_living():
            _keep_from_ending(pickling.reloaded(dump.payload))


def _dumped(values: Mapping[str, Any]) -> Tuple[Dict[str, Dump], Dict[str, Reason]]:
    dumps: Dict[str, Dump] = {}
    reasons: Dict[str, Reason] = {}
    for name, value in values.items():
        try:
            dump = _dump(value)
            _check_comes_back(value, dump)
            dumps[name] = dump
        except Exception as error:  # pickling runs the value's own code, which may raise anything
            reasons[name] = _reason(value, error)
    return dumps, reasons


def class_dumps() -> Tuple[Dict[str, Dump], Dict[str, str]]:
    """The definitions of all live classes of the notebook, and why others cannot be pickled.

    Pickling a definition may meet classes that were not known yet; they are taken along.
    """
    dumps: Dict[str, Dump] = {}
    failures: Dict[str, str] = {}
    while True:
        known = {k: c for k, c in live.current.classes.items() if isinstance(c, type)}
        missing = [key for key in known if key not in dumps and key not in failures]
        if not missing:
            return dumps, failures
        for key in missing:
            try:
                dumps[key] = pickling.dump(known[key], definitions=frozenset({known[key]}))
            except Exception as error:  # as above
                failures[key] = " ".join(str(error).split())[:300]


_CLASS = "class "
_NO_VARIABLES = (_CLASS, beside.ATTRIBUTE)


def class_bundle_name(key: str) -> str:
    """The name under which the definition of a class stands in its bundle."""
    return _CLASS + key


def _class_keys(names: Iterable[str]) -> Dict[str, str]:
    """The keys of the classes among the names of a group."""
    return {name: name[len(_CLASS) :] for name in names if name.startswith(_CLASS)}


def _class_key_digests(classes: Mapping[str, Dump]) -> Dict[str, str]:
    return {k: bundle.digest(dump.payload, [class_bundle_name(k)]) for k, dump in classes.items()}


def _groups(dumps: Mapping[str, Dump], classes: Mapping[str, Dump]) -> List[Group]:
    """The groups of variables, with the classes whose definitions share an object with one.

    Whatever needs such a class belongs to its group: a step that changes the one has the others.
    """
    together = {**dumps, **{class_bundle_name(key): dump for key, dump in classes.items()}}
    found = grouping.groups(together)
    joint = {
        key: name
        for group in found
        if not dumps.keys().isdisjoint(group.names)
        for name, key in _class_keys(group.names).items()
    }
    if joint:
        payloads = {key: dump.payload for key, dump in classes.items()}
        needs = {name: _all_classes(dump.payload.classes, payloads) for name, dump in dumps.items()}
        ties = [(n, joint[key]) for n, keys in needs.items() for key in sorted(keys & joint.keys())]
        found = grouping.groups(together, ties)
    return found


def _of_variables(groups: Iterable[Group]) -> List[Group]:
    """The groups but for those of classes alone, and of what modules hold, which is ambient state."""
    return [g for g in groups if not all(n.startswith(_NO_VARIABLES) for n in g.names)]


@dataclass(frozen=True)
class Beginning:
    """The state that a step begins with: loaded groups by bundle, the prelude's by digest.

    ``constants`` are objects that cannot change (each with what cells have imported of it, if it is a
    module), ``identities`` the ids of all values.
    """

    names: FrozenSet[str]
    constants: Mapping[str, Tuple[Any, Tuple[str, ...]]]
    identities: Mapping[str, int]
    loaded: Mapping[FrozenSet[str], str]
    digests: Mapping[FrozenSet[str], str]
    classes: Mapping[str, str]
    class_keys: FrozenSet[str]


def beginning(
    values: Mapping[str, Any], loads: Mapping[str, str], definitions: Mapping[str, str]
) -> Beginning:
    """The beginning of a step whose variables are ``values``.

    ``loads`` leads from a loaded name to the path of its bundle, ``definitions`` from the key of a class.
    """
    by_bundle: Dict[str, Set[str]] = {}
    for name, path in loads.items():
        by_bundle.setdefault(path, set()).add(name)
    # Open figures are not as they were stored once pyplot has them; what is theirs counts from now on.
    opened = {path for name, path in loads.items() if name.startswith("@")}
    # A definition that came with variables is the living class, and is not loaded beside it.
    joint = {n for n, path in loads.items() if path in set(definitions.values())}
    constants = {n: v for n, v in values.items() if _is_constant(v) and n not in joint}
    own = {
        n: v
        for n, v in values.items()
        if n not in constants and (n in joint or loads.get(n, "") in {"", *opened})
    }
    dumps, _ = _dumped(own)
    classes, _ = class_dumps()
    digests = {
        frozenset(group.names): bundle.digest(_payload(own, dumps, group), group.names)
        for group in _of_variables(_groups(dumps, classes))
    }
    return Beginning(
        names=frozenset(values),
        constants={n: (v, _imported_of(v)) for n, v in constants.items()},
        identities={n: id(v) for n, v in values.items()},
        loaded={frozenset(names): path for path, names in by_bundle.items()},
        digests=digests,
        classes=_class_key_digests(classes),
        class_keys=frozenset(live.current.classes),
    )


@dataclass
class Stored:
    """What a step leaves behind, in the words of its outcome."""

    bundles: Dict[str, Any] = field(default_factory=dict)
    written: Dict[str, Any] = field(default_factory=dict)
    #: What is new or changed and is not to be stored, described like the others.
    dropped: Dict[str, Any] = field(default_factory=dict)
    deleted: List[str] = field(default_factory=list)
    unpicklable: Dict[str, Reason] = field(default_factory=dict)
    classes: Dict[str, str] = field(default_factory=dict)
    modules: Dict[str, str] = field(default_factory=dict)
    ambient: Dict[str, Any] = field(default_factory=dict)


class Ending:
    """Compares the end of a step with its beginning and stores what differs.

    Names that begin with "@" are pieces of ambient state that take part in grouping (open figures are
    also the figures that variables name). Of the others only the groups are stored of which ``keep`` has a
    name; all without it.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        begin: Beginning,
        store: str,
        claims: Optional[Claims] = None,
        keep: Optional[FrozenSet[str]] = None,
    ) -> None:
        self.begin = begin
        self.store = store
        self.claims = claims
        self.keep = keep
        self.needed: Set[str] = set()
        self.held: Dict[str, Group] = {}
        self.values = {n: v for n, v in values.items() if not self._is_same_constant(n, v)}
        gone = begin.names - frozenset(values)
        self.stored = Stored(deleted=sorted(name for name in gone if not name.startswith("@")))

    def _is_same_constant(self, name: str, value: Any) -> bool:
        earlier = self.begin.constants.get(name)
        return earlier is not None and earlier[0] is value and earlier[1] == _imported_of(value)

    def store_changes(self) -> Stored:
        """Write a bundle for each group in which something is new, and for each changed class."""
        dumps, reasons = _dumped(self.values)
        classes, failures = class_dumps()
        payloads = {key: dump.payload for key, dump in classes.items()}
        self._leave_out_broken_classes(dumps, reasons, payloads, failures)
        self.stored.unpicklable = {
            name: reason
            for name, reason in reasons.items()
            if self._is_new(name) and not name.startswith(beside.ATTRIBUTE)
        }
        groups = _groups(dumps, classes)
        of_variables = _of_variables(groups)
        self.held = {
            name: group
            for group in groups
            if all(name.startswith(beside.ATTRIBUTE) for name in group.names)
            for name in group.names
        }
        for group in of_variables:
            self._store_group(group, dumps)
        for group in groups:
            if all(name.startswith(_CLASS) for name in group.names):
                self._store_classes(group, payloads)
        return self.stored

    def _is_new(self, name: str) -> bool:
        """Whether this step has made the value, or has made it such that it cannot be stored any more.

        What the prelude has made and no step has touched is made again in every step.
        """
        if self.begin.identities.get(name) != id(self.values[name]):
            return True
        group = next((Group(tuple(ns)) for ns in self.begin.loaded if name in ns), None)
        return group is not None and self._could_be_stored(name, group)

    def _could_be_stored(self, name: str, group: Group) -> bool:
        """Whether a loaded value can be stored as it was when the step began."""
        try:
            _dump(_compared(self.begin.loaded[frozenset(group.names)], group)[name])
        except Exception:  # it never could, once it had been loaded
            return False
        return True

    def _leave_out_broken_classes(
        self,
        dumps: Dict[str, Dump],
        reasons: Dict[str, Reason],
        payloads: Mapping[str, bundle.Payload],
        failures: Mapping[str, str],
    ) -> None:
        """A value of a class whose definition cannot travel cannot travel either."""
        made_here = {key for key in failures if key not in self.begin.class_keys}
        if not made_here:
            return
        for name in list(dumps):
            needed = _all_classes(dumps[name].payload.classes, payloads)
            broken = sorted(needed & made_here)
            if broken:
                del dumps[name]
                text = f"its class {broken[0].split('/')[-1]} cannot travel: {failures[broken[0]]}"
                value = self.values[name]
                reasons[name] = Reason(preview.type_name(value), text, meaning.fingerprint(value))

    def _is_kept(self, group: Group) -> bool:
        keep = self.keep
        return keep is None or any(n in keep or n.startswith((_CLASS, "@")) for n in group.names)

    def _drop(self, group: Group, dumps: Mapping[str, Dump]) -> None:
        for name in group.names:
            size = dumps[name].payload.nbytes
            self.stored.dropped[name] = _described(self.values[name], "", size)

    def _store_group(self, group: Group, dumps: Mapping[str, Dump]) -> None:
        made_here, kept = self._is_made_here(group), self._is_kept(group)
        if made_here and not kept:
            self._drop(group, dumps)
            return
        payload = _payload(self.values, dumps, group)
        key = None if made_here else bundle.digest(payload, group.names)
        if key is not None and self._is_unchanged(group, key):
            return
        if not kept:
            self._drop(group, dumps)
            return
        key = self._write(payload, group.names, key)
        self.stored.bundles[key] = {"bytes": payload.nbytes, "names": list(group.names)}
        self.needed.update(payload.classes)
        keys = _class_keys(group.names)
        for name in group.names:
            if name in keys:
                self.stored.classes[keys[name]] = key
            elif name.startswith("@"):
                self.stored.ambient[name] = {"bundle": key}
            else:
                size = dumps[name].payload.nbytes
                self.stored.written[name] = _described(self.values[name], key, size)

    def _write(
        self, payload: bundle.Payload, names: Sequence[str], key: Optional[str] = None
    ) -> str:
        """The key of a bundle that is stored from now on; nobody clears it away meanwhile."""
        if self.claims is None:
            return bundle.write(payload, names, self.store, key)
        return bundle.write(payload, names, self.store, key, self.claims.claim)

    def _is_made_here(self, group: Group) -> bool:
        """Whether there was no such group when the step began."""
        names = frozenset(group.names)
        return names not in self.begin.digests and names not in self.begin.loaded

    def _is_unchanged(self, group: Group, key: str) -> bool:
        names = frozenset(group.names)
        if names in self.begin.digests:
            return self.begin.digests[names] == key
        path = self.begin.loaded.get(names)
        if path is None or _class_keys(group.names):
            return False
        return path == bundle.path_of(os.path.dirname(path), key) or self._is_as_stored(
            group, path, key
        )

    def _is_as_stored(self, group: Group, path: str, key: str) -> bool:
        """Whether the stored group, loaded once more, pickles to the same bytes.

        The first pickle of a value and that of its copy differ in what means nothing (which equal
        strings are one object, the order of a set); two copies from one bundle do not.
        """
        if any(_is_constant(self.values[name]) for name in group.names):
            return False  # a module, of which a cell has imported more
        try:
            chosen = _compared(path, group)
            dumps = {name: _dump(value) for name, value in chosen.items()}
            again = grouping.groups(dumps)
            if [other.names for other in again] != [group.names]:
                return False
            return bundle.digest(_payload(chosen, dumps, again[0]), group.names) == key
        except Exception:  # then it is taken for changed, which is never wrong
            return False

    def _store_classes(self, group: Group, payloads: Mapping[str, bundle.Payload]) -> None:
        """Store the definitions of classes, together where they share an object, if one has changed."""
        keys = _class_keys(group.names)
        if not any(self._is_changed(key, payloads[key]) for key in keys.values()):
            return
        alone = len(keys) == 1
        payload = payloads[keys[group.names[0]]] if alone else _joint(self.values, group).payload
        written = self._write(payload, group.names)
        self.stored.bundles[written] = {"bytes": payload.nbytes, "names": list(group.names)}
        self.stored.classes.update(dict.fromkeys(keys.values(), written))

    def _is_changed(self, key: str, payload: bundle.Payload) -> bool:
        # A class without a name is not surely found again among what the prelude makes.
        nameless = "#" in key and key in self.needed
        digest = bundle.digest(payload, [class_bundle_name(key)])
        return nameless or self.begin.classes.get(key) != digest

    def store_ambient(self, pieces: Mapping[str, bundle.Payload]) -> None:
        """Store pieces of ambient state that have changed, but for those stored with variables."""
        for name, piece in pieces.items():
            if name in self.stored.ambient:
                continue
            group = self.held.get(name, Group((name,)))
            shared = len(group.names) > 1  # modules hold one object
            payload = _joint(self.values, group).payload if shared else piece
            key = self._write(payload, group.names)
            self.stored.bundles[key] = {"bytes": payload.nbytes, "names": list(group.names)}
            self.stored.ambient.update((each, {"bundle": key}) for each in group.names)


def handed(values: Mapping[str, Any], store: str) -> Dict[str, Any]:
    """Values stored for a notebook that takes them, in the words of an outcome.

    Raises ``CannotCrossError`` where one of them cannot be stored.
    """
    stored = Ending(values, beginning({}, {}, {}), store).store_changes()
    for name, reason in stored.unpicklable.items():
        raise CannotCrossError(f"{name} cannot be handed over: a {reason.type}: {reason.text}")
    return stored.written


class CannotCrossError(Exception):
    """A value that another notebook takes cannot be stored."""


def _all_classes(keys: Tuple[str, ...], payloads: Mapping[str, bundle.Payload]) -> Set[str]:
    found: Set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(payloads[key].classes if key in payloads else ())
    return found


def _described(value: Any, key: str, size: int) -> Dict[str, Any]:
    return {
        "bundle": key,
        "type": preview.type_name(value),
        "shape": preview.shape(value),
        "bytes": size,
        "preview": preview.preview(value),
    }
