"""Modules that lie beside the notebook: their texts as the notebook imported them, and what they hold.

A notebook keeps a module that it has imported, whatever becomes of the file. So a step imports the text
that an earlier step has imported, until ``importlib.reload`` asks for the file. Where a cell has loaded it
anew, the prelude of later steps still begins with the text that the notebook's has imported.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, cast

from . import grouping, installed, watch

#: The path of a module's file, and what stood in it.
Text = Tuple[str, bytes]


def is_beside(module: Any) -> bool:
    """Whether a module lies beside the notebook: it is no library's, and none of nbflow's own."""
    name, file = getattr(module, "__name__", ""), getattr(module, "__file__", None)
    return isinstance(file, str) and not _is_own(name) and not installed.is_library(module)


def _is_own(name: str) -> bool:
    top = name.partition(".")[0]
    return top in ("nbflow", "_nbflow_cloudpickle") or name.startswith(("_nbflow", "__"))


#: Behind the name of a module: the text of the prelude's import, where a cell has loaded the module anew.
FIRST = ".__first__"
#: Behind it: where an import gives another module than that of the prelude.
ANOTHER = FIRST * 2
#: Behind it: how often the prelude has looked for it in vain.
MISSED = FIRST * 3
#: How ambient state is called that is an attribute of a module: ``@module:registry.ITEMS``.
ATTRIBUTE = "@module:"


def held() -> Dict[str, Tuple[Any]]:
    """The objects that can change under global names of these modules: variables may hold them too."""
    found: Dict[str, Tuple[Any]] = {}
    for name, module in sorted(installed.newcomers().items(), key=lambda item: item[0]):
        if isinstance(module, ModuleType) and is_beside(module):
            for attribute, value in sorted(vars(module).items()):
                if not attribute.startswith("__") and may_be_shared(value):
                    found[f"{ATTRIBUTE}{name}.{attribute}"] = (value,)
    return found


def paths(module: ModuleType) -> Iterator[str]:
    """The ambient state that a module holds: its objects, and what its classes and functions keep."""
    start = f"{ATTRIBUTE}{module.__name__}."
    for name, value in vars(module).items():
        if isinstance(value, (type, FunctionType)):
            if value.__module__ == module.__name__:
                kept = ["*"] if isinstance(value, type) else _kept_by(value)
                yield from (f"{start}{name}.{each}" for each in kept)
        elif not name.startswith("__") and not isinstance(value, ModuleType):
            yield start + name


def _kept_by(function: FunctionType) -> List[str]:
    """The attributes of a function in which it may keep something from call to call."""
    found = [name for name in vars(function) if not name.startswith("__")]
    defaults = function.__defaults__ or ()
    return [*found, *["__defaults__"][: any(map(grouping.is_mutable, defaults))]]


def may_be_shared(value: Any) -> bool:
    """Whether an object of a module can change, and variables may name it."""
    return grouping.is_mutable(value) and not isinstance(value, (FunctionType, ModuleType))


class Texts(importlib.abc.MetaPathFinder):
    """Stands first in ``sys.meta_path``, gives modules the texts that they had, and keeps those they have.

    ``known`` gives the text of a module that an earlier step has imported, ``taken`` are those of the modules
    that were imported in this process, and ``first`` those that its prelude has imported, which has made
    ``objects`` of them. ``missed`` tells how often the prelude has found nothing, and ``due`` how often it is
    to find nothing, as the notebook's has. ``missing`` are the top-level modules that nobody has found;
    ``sought`` hears of the paths beside the notebook where the notebook's own imports may find a module.
    """

    def __init__(
        self, sought: Callable[[str], None], imported: Callable[[ModuleType], None]
    ) -> None:
        self.sought = sought
        self.imported = imported
        self.missing: Dict[str, None] = {}
        self.known: Dict[str, Callable[[], Text]] = {}
        self.taken: Dict[str, Text] = {}
        self.first: Optional[Dict[str, Text]] = None
        self.objects: Dict[str, Optional[ModuleType]] = {}
        self.earlier: Mapping[str, Callable[[], Text]] = {}
        self.missed: Dict[str, int] = {}
        self.due: Dict[str, int] = {}

    def begin(self, earlier: Mapping[str, Callable[[], Text]]) -> None:
        """Let the prelude import what the notebook's has imported, however often it asks for it.

        ``earlier`` gives the texts that earlier steps have imported.
        """
        self.earlier = earlier
        for name in {name.replace(FIRST, "") for name in earlier}:
            text = earlier.get(name + FIRST) or earlier.get(name)
            if text is not None:
                self.known[name] = text
            if name + MISSED in earlier:
                self.due[name] = int(earlier[name + MISSED]()[0])

    def begin_cells(self) -> None:
        """Make of what the prelude has imported what earlier steps have made of it."""
        self.first = dict(self.taken)
        anew = [name for name in self.first if name + FIRST in self.earlier]
        self.known = {n: t for n, t in self.earlier.items() if n in anew or n not in self.first}
        self.objects = {name: sys.modules.get(name) for name in self.first}
        for name in anew:
            module = sys.modules.pop(name, None)
            if module and name in self.earlier and name + ANOTHER not in self.earlier:
                sys.modules[name] = module
                with suppress(Exception):  # as in the notebook
                    importlib.reload(module)

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        """A spec with the known text, which holds but once behind the prelude, else that of other finders."""
        remembered = self.known.get(fullname)
        if self.first is not None:
            self.known.pop(fullname, None)
        due = self.first is None and self.missed.get(fullname, 0) < self.due.get(fullname, 0)
        if remembered is not None and not due:
            return self._of_text(fullname, *remembered())
        asked = _is_asked_by_notebook()
        if asked:
            for place in _places(fullname, path):
                self.sought(place)
        for finder in watch.behind(self):
            found = finder.find_spec(fullname, path, target)
            if found is not None and due:
                self._miss(fullname)
                raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
            if found is not None:
                self._watch(found)
                return cast("importlib.machinery.ModuleSpec", found)
        if asked and self.first is None:
            self._miss(fullname)
        if path is None:
            self.missing[fullname] = None
        return None

    def _miss(self, name: str) -> None:
        self.missed[name] = self.missed.get(name, 0) + 1

    def _of_text(
        self, name: str, file: str, text: bytes
    ) -> Optional[importlib.machinery.ModuleSpec]:
        package = os.path.basename(file) == "__init__.py"
        return importlib.util.spec_from_file_location(
            name,
            file,
            loader=_Loader(name, file, self, text),
            submodule_search_locations=[os.path.dirname(file)] if package else None,
        )

    def _watch(self, spec: Any) -> None:
        loader = spec.loader
        plain = type(loader) is importlib.machinery.SourceFileLoader and not _is_own(spec.name)
        if plain and not installed.is_library_file(loader.path):
            spec.loader = _Loader(loader.name, loader.path, self)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from a text, or from its file, and keeps the text."""

    def __init__(self, name: str, file: str, texts: Texts, text: Optional[bytes] = None) -> None:
        super().__init__(name, file)
        self.texts, self.text = texts, text

    def get_code(self, fullname: str) -> Any:
        """The code of the module."""
        if self.text is not None:
            self.texts.taken[fullname] = (self.path, self.text)
            return self.source_to_code(self.text, self.path)
        self.texts.taken[fullname] = (self.path, self.get_data(self.path))
        return super().get_code(fullname)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, which sees a loader as without this detour."""
        spec: Any = module.__spec__
        plain = importlib.machinery.SourceFileLoader(self.name, self.path)
        spec.loader = module.__loader__ = plain
        super().exec_module(module)
        self.texts.imported(module)


def _is_asked_by_notebook() -> bool:
    """Whether an import stands in the notebook's code, or in that of a module beside it."""
    frame: Any = sys._getframe(2)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(_IMPORTERS):
        frame = frame.f_back
    return frame is not None and not installed.is_library_file(frame.f_code.co_filename)


#: Modules that look for another one on behalf of who asks.
_IMPORTERS = ("_frozen_importlib", "importlib", f"{__package__}.watch")
#: How the names of files and folders end that an import takes for a module.
_ENDINGS = ("", ".py", *importlib.machinery.EXTENSION_SUFFIXES)


def _places(name: str, path: Optional[Sequence[str]]) -> Iterator[str]:
    """Where a module of this name may lie, besides the folders of libraries."""
    last = name.rpartition(".")[2]
    for folder in list(sys.path if path is None else path):
        whole = os.path.join(os.getcwd(), str(folder))
        if not installed.is_library_file(os.path.join(whole, "")):
            yield from (os.path.join(whole, last + ending) for ending in _ENDINGS)


def install(sought: Callable[[str], None], imported: Callable[[ModuleType], None]) -> Texts:
    """The texts of the modules that are imported from now on; see ``Texts``."""
    texts = Texts(sought, imported)
    sys.meta_path.insert(0, texts)
    return texts


def still_there(texts: Texts) -> Tuple[Dict[str, Text], List[str]]:
    """The texts of modules that an import finds, and the modules that a cell has taken out again."""
    listed: Mapping[str, Any] = sys.modules
    kept = {name: text for name, text in texts.taken.items() if name in listed}
    changed = [(name, text) for name, text in (texts.first or {}).items() if kept.get(name) != text]
    kept.update((name + FIRST, text) for name, text in changed)
    other = [each for each in changed if listed.get(each[0]) is not texts.objects[each[0]]]
    kept.update((name + ANOTHER, text) for name, text in other)
    kept.update((name + MISSED, (str(times), b"")) for name, times in texts.missed.items())
    return kept, [name for name in texts.taken if name not in listed]
