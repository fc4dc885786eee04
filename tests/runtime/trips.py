"""Steps without processes: cells run in a namespace of their own, variables travel through bundles."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from pathlib import Path

from nbflow.runtime import brought, bundle, live, loading, namespace, pickling, variables


@dataclass
class Notebook:
    """A notebook whose cells run one step each; ``store`` is the folder for bundles.

    ``versions`` leads from each variable to its bundle, ``classes`` from each class key to that of its
    definition, ``written`` has the names that the last step has written.
    """

    store: Path
    prelude: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    steps: int = 0

    def step(self, source: str) -> dict[str, object]:
        """The namespace after one more step that runs ``source`` with everything stored so far."""
        self.steps += 1
        space: dict[str, object] = {"__name__": "__main__", "__builtins__": builtins}
        brought.load()._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
        record = live.begin(space, f"step-{self.steps}")
        loader = loading.Loader({key: self._path(name) for key, name in self.classes.items()}, {})
        record.load_class = loader.load_class
        if self.prelude:
            self._run("prelude", self.prelude, space)
        loader.update_live_classes()
        loads = {name: self._path(key) for name, key in self.versions.items()}
        space.update({name: loader.values(path)[name] for name, path in loads.items()})
        begin = variables.beginning(self._variables(space), loads, loader.definitions)
        self._run(f"cell-{self.steps}", source, space)
        ending = variables.Ending(self._variables(space), begin, str(self.store))
        stored = ending.store_changes()
        self.written = set(stored.written)
        self.refused = {name: reason.text for name, reason in stored.unpicklable.items()}
        self.versions.update({name: w["bundle"] for name, w in stored.written.items()})
        for name in stored.deleted:
            self.versions.pop(name, None)
        self.classes.update(stored.classes)
        return space

    def _path(self, key: str) -> str:
        return bundle.path_of(str(self.store), key)

    @staticmethod
    def _run(cell: str, source: str, space: dict[str, object]) -> None:
        file = f"<{cell}>"
        live.current.sources[file] = (1, source)
        exec(compile(source, file, "exec"), space)  # a cell of the test's own
        live.current.learn(cell)

    @staticmethod
    def _variables(space: dict[str, object]) -> dict[str, object]:
        return {name: space[name] for name in namespace.variables(space, {})}


def loaded(value: object, store: Path) -> object:
    """``value`` after it was written as a bundle and read again."""
    key = bundle.write(pickling.dump(value).payload, ["v"], str(store))
    found: object = pickling.load(bundle.read(bundle.path_of(str(store), key)))["v"]
    return found


def digest(value: object) -> str:
    """The name of the bundle that would hold ``value``."""
    return bundle.digest(pickling.dump(value).payload, ["v"])
