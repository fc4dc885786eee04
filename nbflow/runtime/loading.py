"""Brings values into a step: bundles, each read once, and the definitions of notebook classes."""

from __future__ import annotations

import os
import re
from typing import Any, Counter, Dict, List, Mapping, Set

from . import bundle, live, pickling

#: What makes a class that no variable names: one inside a function, or made by a call.
_NAMELESS = re.compile(
    r"^[ \t]+class\s|\b(?:type|namedtuple|make_dataclass|new_class|Enum)\(", re.M
)

_GONE = (
    "a stored value that the step reads is {} on disk; run the notebook again, and the step that made it"
    " runs anew"
)


def _know_nameless_classes() -> None:
    """Give keys to the classes that the prelude has made inside functions: pickling meets them."""
    if not any(_NAMELESS.search(text) for _, text in list(live.current.sources.values())):
        return
    for name, value in sorted(live.current.namespace.items()):
        if not name.startswith("_") and name not in ("In", "Out"):
            try:
                pickling.dump(value)
            except Exception:  # pickling runs the value's own code
                continue


class Loader:
    """Loads bundles and class definitions on demand, and remembers what was loaded.

    ``definitions`` leads from the key of a class to the bundle with its definition. ``trusted`` are the
    bundles that this run has written, with their times: all others are read whole before they are used.
    """

    def __init__(self, definitions: Mapping[str, str], trusted: Mapping[str, int]) -> None:
        self.definitions = definitions
        self.trusted = trusted
        self._attempts: Counter[str] = Counter()
        self._values: Dict[str, Dict[str, Any]] = {}

    def values(self, path: str) -> Dict[str, Any]:
        """The values in the bundle at ``path``; two calls give the same objects.

        Raises ``BundleError``, or whatever loading a value raises.
        """
        if path not in self._values:
            # The outermost of nested attempts comes last, and its objects are those that stay.
            self._values[path] = pickling.load(self._read(path))
        return self._values[path]

    def _read(self, path: str) -> bundle.Bundle:
        """The bundle at ``path``; a damaged one is removed, so that it is made anew.

        Raises ``BundleError``.
        """
        try:
            found = bundle.read(path)
            if self.trusted.get(path) != os.stat(path).st_mtime_ns:
                bundle.check(found)
        except FileNotFoundError as error:
            raise bundle.BundleError(_GONE.format("missing")) from error
        except bundle.DamagedError as error:
            os.unlink(path)
            raise bundle.BundleError(_GONE.format("damaged and was removed")) from error
        return found

    @property
    def loaded_classes(self) -> Set[str]:
        """The keys of the classes whose definitions were loaded."""
        return set(self._attempts)

    @staticmethod
    def has_instances(path: str) -> bool:
        """Whether the bundle at ``path`` needs classes of the notebook, whose code loading may run."""
        return bool(bundle.read(path).classes)

    def forget(self) -> None:
        """Let go of the values, so that they live as long as the user's code wants them."""
        self._values.clear()

    def load_class(self, key: str) -> None:
        """Make the class ``key`` alive (or, if it is, what its definition says)."""
        path = self.definitions.get(key)
        # What its bases or its metaclass hold may ask for the class while they are brought in for it:
        # by then they are alive, and a second attempt makes it.
        attempts = 1 if key in live.current.classes else 2
        if path is not None and self._attempts[key] < attempts:
            self._attempts[key] += 1
            if path not in self._values:
                self._values[path] = pickling.load(self._read(path))

    def update_live_classes(self) -> List[str]:
        """Bring classes that the prelude has made up to date; the keys of those that were."""
        _know_nameless_classes()
        keys = [key for key in self.definitions if key in live.current.classes]
        for key in keys:
            self.load_class(key)
        return keys
