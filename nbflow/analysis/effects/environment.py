"""Names and their values while a cell is walked, with branches that may not have run.

Globals are keyed by their name, local variables by frame number and name. A branch writes into a
layer of its own; when branches meet, what all of them bound is bound for certain, what some bound
may also still be what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from nbflow.analysis.effects.values import Value, join

Key: TypeAlias = "str | tuple[int, str]"


class Layer:
    """Names written on one way through the code; None stands for a deleted name."""

    __slots__ = ("definite", "through", "values")

    def __init__(self) -> None:
        self.values: dict[Key, Value | None] = {}
        self.definite: set[Key] = set()
        #: Names that were read here before they were bound here.
        self.through: set[Key] = set()


class Environment:
    """The values of all names, as a stack of layers over what earlier cells left."""

    def __init__(self) -> None:
        self.base: dict[Key, Value] = {}
        self.layers: list[Layer] = []
        #: Values of local variables that are out of reach; they live as long as the cell is walked.
        self.ended: list[Value | None] = []

    def value(self, key: Key) -> Value | None:
        """The value of a name, None where it has none."""
        for layer in reversed(self.layers):
            if key in layer.values:
                return layer.values[key]
            layer.through.add(key)
        return self.base.get(key)

    @property
    def names(self) -> set[str]:
        """All global names that may have a value."""
        found = set(self.base).union(*(layer.values for layer in self.layers))
        return {name for name in found if isinstance(name, str)}

    def is_definite(self, key: Key) -> bool:
        """Whether the cell has certainly bound (or deleted) the name."""
        return any(key in layer.definite for layer in self.layers)

    def bind(self, key: Key, value: Value | None) -> None:
        """Give the name a value; None deletes it."""
        top = self.layers[-1]
        old = self._current(key)
        top.values[key] = value
        top.definite.add(key)
        if isinstance(key, str):
            _hold(key, old if len(self.layers) == 1 else None, value)

    def adopt(self, name: str, value: Value) -> None:
        """Give a global name the value that something unseen has bound it to."""
        self.base[name] = value
        _hold(name, None, value)

    def push(self) -> Layer:
        """Begin a way that may not be taken."""
        layer = Layer()
        self.layers.append(layer)
        return layer

    def pop(self) -> Layer:
        """End it; nothing of it is kept until it is merged."""
        return self.layers.pop()

    def restart(self, before: Layer) -> None:
        """Let the current layer begin with what ``before`` may have written."""
        for key, value in before.values.items():
            outer = self._current(key)
            if value is None or outer is None:
                self.layers[-1].values[key] = value if outer is None else outer
            else:
                self.layers[-1].values[key] = join(outer, value)

    def forget(self, layer: Layer, frame: int) -> None:
        """Drop local variables of a frame that has ended, and that nothing has captured."""
        values, through = layer.values, layer.through
        own = [key for key in values if isinstance(key, tuple) and key[0] == frame]
        for key in own:
            if key in through:
                continue  # a loop around the call asks for it
            self.ended.append(values.pop(key))
            layer.definite.discard(key)

    def merge(self, ways: Sequence[Layer], certain: Iterable[Layer] | None = None) -> None:
        """Let ``ways`` meet. ``certain`` are those of which one was taken (None: maybe none was)."""
        if len(ways) == 1:
            self._merge_one(ways[0], certain=certain is not None and ways[0] in certain)
            return
        taken = list(certain) if certain is not None else []
        top = self.layers[-1]
        definite: set[Key] = set.intersection(*(way.definite for way in taken)) if taken else set()
        keys = dict.fromkeys(key for way in ways for key in way.values)
        for key in keys:
            old = self._current(key)
            values = [way.values[key] for way in ways if key in way.values]
            if key not in definite:
                values.append(old)
            known = [value for value in values if value is not None]
            merged: Value | None = known[0] if known else None
            for value in known[1:]:
                merged = join(merged, value) if merged is not None else value
            top.values[key] = merged
            if isinstance(key, str):
                certain_now = key in definite and len(self.layers) == 1
                _hold(key, old if certain_now else None, merged)
        top.definite |= definite
        for way in ways:
            top.through |= way.through - top.definite

    def _merge_one(self, way: Layer, *, certain: bool) -> None:
        top = self.layers[-1]
        outermost = len(self.layers) == 1
        definite = way.definite if certain else frozenset[Key]()
        for key, value in way.values.items():
            sure = key in definite
            named = isinstance(key, str)
            old = None if sure and not (named and outermost) else self._current(key)
            merged = value
            if old is not None and not sure:
                merged = old if value is None else join(value, old)
            top.values[key] = merged
            if isinstance(key, str):
                _hold(key, old if sure and outermost else None, merged)
        top.definite |= definite
        top.through |= way.through - top.definite

    def commit(self, kept: set[int]) -> None:
        """End the cell: globals, and local variables of frames in ``kept``, stay."""
        layer = self.layers.pop()
        self.ended.clear()
        for key, value in layer.values.items():
            if isinstance(key, tuple) and key[0] not in kept:
                continue
            if value is None:
                self.base.pop(key, None)
            else:
                self.base[key] = value

    def _current(self, key: Key) -> Value | None:
        for layer in reversed(self.layers):
            if key in layer.values:
                return layer.values[key]
        return self.base.get(key)


def _hold(name: str, old: Value | None, new: Value | None) -> None:
    """Keep the index from regions to global names; ``old`` is what the name no longer holds."""
    if old is not None:
        for region in old.held:
            region.found().names.pop(name, None)
    if new is not None:
        for region in new.within:
            region.found().names.setdefault(name, False)
        for region in new.at:
            region.found().names[name] = True
