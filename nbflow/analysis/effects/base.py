"""Names, changes and ambient state: what every part of the walk builds on."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Final

from nbflow.analysis.effects import ambient
from nbflow.analysis.effects.environment import Environment, Key
from nbflow.analysis.effects.local import IMPORTED, LocalModules
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    Frame,
    FunctionObject,
    InstanceObject,
    LibraryObject,
    root_name,
)
from nbflow.analysis.effects.places import Places
from nbflow.analysis.effects.record import Record
from nbflow.analysis.effects.scopes import Scopes
from nbflow.analysis.effects.values import (
    NOTHING,
    PLAIN,
    Region,
    Value,
    family,
    fresh,
    holders,
    in_order,
    reached,
)
from nbflow.model import Cell, Grade

BUILTINS: Final = frozenset(dir(builtins))
#: Names that IPython puts into a fresh namespace.
_IPYTHON: Final = frozenset(
    [
        "display",
        "get_ipython",
        "exit",
        "quit",
        "open",
        "__name__",
        "__doc__",
        "__package__",
        "__loader__",
        "__spec__",
        "__builtin__",
        "__builtins__",
        "_exit_code",
        "_dh",
        "__session__",
        "__debug__",
        "__annotations__",
    ]
)
_PATHS: Final = {"display": "IPython.display.display", "get_ipython": "IPython.get_ipython"}
#: Results of earlier cells, and their source.
HISTORY: Final = re.compile(r"Out|In|_{1,3}|_i{1,3}|_oh|_ih|_i?\d+")
_STREAMS: Final = frozenset({"sys.stdout", "sys.stderr"})
#: What is code: it is not changed when what holds it is.
CODE: Final = (FunctionObject, ClassObject, BoundMethod, LibraryObject)


class Base:
    """The state of the walk, and the few ways in which it changes."""

    def __init__(self, inline_figures: bool) -> None:
        self.environment = Environment()
        self.scopes = Scopes()
        self.frame: Frame | None = None
        self.stack: list[FunctionObject] = []
        self.site: ast.AST | None = None
        self.inline_figures = inline_figures
        #: Inside code that may or may not run: effects are only possible ones.
        self.unsure = 0
        #: Inside a ``try`` that has handlers, where an unknown name is no news.
        self.guarded = 0
        self.looping = False
        #: How many loops the walk is in.
        self.rounds = 0
        #: Nodes that were walked, in all, and those left for function bodies in this cell.
        self.operations = 0
        self.budget = 0
        self.kept_frames: set[int] = set()
        self.touched: set[Region] = set()
        #: Functions of which only the text was read in this cell.
        self.by_text: set[FunctionObject] = set()
        #: What such functions were given in this cell.
        self.given_by_text: set[Region] = set()
        #: The number of the newest object when the cell began.
        self.newest = 0
        #: Objects that were found to be possibly changed in this cell.
        self.changed: dict[Region, Grade] = {}
        #: Calls in this cell of functions that were passed on.
        self.passed: set[tuple[Region, frozenset[Region]]] = set()
        #: Instances of notebook classes of which this cell has made text.
        self.shown: set[Region] = set()
        #: How many of them there were of each class.
        self.shown_of: dict[Region, int] = {}
        #: Tasks that this cell has started, and not awaited.
        self.tasks: dict[Region, ast.AST] = {}
        #: What all figures that pyplot knows hold, while they stay open from cell to cell.
        self.canvas = Region("figure")
        #: What loggers hold: a change of it is a change of the state of ``logging``.
        self.logging = Region("logging")
        self.logging.names["@logging"] = True
        #: Files that loggers write to.
        self.logs: dict[str, None] = {}
        #: Modules that lie beside the notebook.
        self.modules: LocalModules | None = None
        self.factories: dict[Region, Value] = {}
        self.package = ""  # of the module that is walked, if it is one
        #: Where relative paths lead.
        self.places = Places()
        #: What the notebook has put into modules of libraries, by path.
        self.patches: dict[str, Value] = {}
        #: Names that some class of the notebook gives a method or another attribute.
        self.class_names: set[str] = set()
        #: Classes that were changed after their definition: their instances need that change.
        self.altered: set[Region] = set()
        #: Whether the notebook has made a weak reference.
        self.holds_weakly = False
        #: Classes that are being defined, while their metaclass makes them.
        self.making: list[Region] = []
        #: `from __future__ import annotations` holds for all code from there on.
        self.annotations_are_text = False
        self.keeps_annotations = False
        #: Whether some cell asks for the status with which the latest shell line ended.
        self.keeps_exit_code = False
        self.star_modules: list[str] = []
        self.unknown_names = False
        self.seeded: set[str] = set()
        #: Names of functions that draw from a shared generator, which is a part of them.
        self.drawers: dict[str, set[str]] = {}
        self.restored: list[str] = []
        #: Texts of the notebook in which a name may be marked, as in ``"a > @limit"``.
        self.marked_texts: dict[str, None] = {}

    record: Record

    # ---- what the other parts define

    def expression(self, node: ast.expr) -> Value:
        """The value of an expression; its effects are recorded."""
        raise NotImplementedError

    def block(self, body: list[ast.stmt]) -> bool:
        """Walk statements; whether they certainly leave the block early."""
        raise NotImplementedError

    def call(self, function: Value, arguments: Arguments, node: ast.AST) -> Value:
        """The value of a call; its effects are recorded."""
        raise NotImplementedError

    def element(self, value: Value, node: ast.AST) -> Value:
        """What comes out of ``value`` by subscription or iteration."""
        raise NotImplementedError

    # ---- cells

    def begin(self, cell: Cell, budget: int) -> None:
        """Start a cell."""
        self.record = Record(cell)
        self.environment.layers = []
        self.environment.push()
        self.frame, self.stack, self.site = None, [], None
        self.unsure = self.guarded = 0
        self.looping = False
        self.rounds = 0
        self.restored = []
        self.budget = budget
        self.touched = set()
        self.by_text = set()
        self.given_by_text = set()
        self.newest = Region().number
        self.changed = {}
        self.passed = set()
        self.shown = set()
        self.shown_of = {}
        self.tasks = {}

    @property
    def grade(self) -> Grade:
        """How sure an effect is that is found now."""
        return Grade.POSSIBLE if self.unsure else Grade.LIKELY

    def perhaps(self) -> Perhaps:
        """Within, everything may or may not happen."""
        return Perhaps(self)

    def here(self, node: ast.AST | None) -> ast.AST | None:
        """The node of this cell that stands for ``node``, which may be in a function's body."""
        return node if self.site is None else self.site

    # ---- names

    def key(self, name: str, frame: Frame | None) -> Key:
        """Which variable ``name`` is, seen from ``frame``."""
        first = frame
        while frame is not None:
            scope = frame.scope
            if name in scope.outer:
                return name
            if name in scope.bound:
                key = (frame.number, name)
                if frame.kind != "class":
                    return key
                # Scopes inside a class, comprehensions too, look past its body.
                if frame is first and self.environment.value(key) is not None:
                    return key
            frame = frame.outer
        return name

    def load(self, name: str, node: ast.AST) -> Value:
        """The value of a name that is read."""
        key = self.key(name, self.frame)
        value = self.environment.value(key)
        if not isinstance(key, str):
            return PLAIN if value is None else value
        if not self.environment.is_definite(key):
            if value is None:
                return self._unbound(name, node)
            grade = Grade.POSSIBLE if name in self.record.looped else Grade.LIKELY
            self.record.add(self.record.reads, name, self.here(node), grade)
        elif value is None:
            return PLAIN
        if value.path:
            self.see_module(value.path, node)
        if value.at or value.within:
            self.touch(value)
        return value

    def see_module(self, path: str, node: ast.AST) -> None:
        """Record that the cell may see what a local module holds, if ``path`` leads to one."""
        module = self.modules.of(path) if self.modules is not None else ""
        if module:
            self.read_state(f"@module:{module}", node)

    def _unbound(self, name: str, node: ast.AST) -> Value:
        """A name that the notebook has not bound: a builtin, IPython's, or nobody's."""
        place = self.here(node)
        if name == "__annotations__":
            self.record.add(self.record.reads, "@annotations", place)
            return fresh()
        if HISTORY.fullmatch(name):
            self.record.add(self.record.reads, "@out", place)
            return fresh()
        if self.unknown_names:
            self.record.add(self.record.reads, name, place)
        if name in BUILTINS:
            return Value(path="builtins." + name)
        if name in _IPYTHON:
            return Value(path=_PATHS.get(name, ""))
        if self.star_modules:
            return Value(path=f"{self.star_modules[-1]}.{name}")
        self.record.add(self.record.reads, name, place)
        if not (self.unknown_names or self.guarded or self.unsure):
            self.record.add(self.record.undefined, name, place)
        value = fresh()
        if self.unknown_names:
            # Something unseen (`%run`) may have bound it: from here on it is a name like others.
            self.environment.adopt(name, value)
        return value

    def bind(self, name: str, value: Value, node: ast.AST | None) -> None:
        """Give a name a value."""
        frame = self.frame
        while frame is not None and frame.kind == "comprehension" and name not in frame.scope.bound:
            frame = frame.outer
        key = self.key(name, frame)
        if frame is not None and name in frame.scope.bound and name not in frame.scope.outer:
            key = (frame.number, name)  # a class body whose name is not bound yet
        if isinstance(key, str):
            self.record.add(self.record.binds, name, self.here(node), self.grade)
            if value.path and ambient.generator(value.path):
                self.drawers.setdefault(ambient.generator(value.path), set()).add(name)
        elif frame is not None and key[0] != frame.number:
            self._bind_nonlocal(key[0], frame, value, node)
        if frame is not None and frame.captured:
            frame.region.link(value.held)
        self.environment.bind(key, value)

    def _bind_nonlocal(self, number: int, frame: Frame, value: Value, node: ast.AST | None) -> None:
        owner = frame.outer
        while owner is not None and owner.number != number:
            owner = owner.outer
        if owner is not None:
            owner.region.link(value.held)
            self.change({owner.region}, node)

    def write_to_patch(self, path: str, node: ast.AST | None) -> None:
        """What stands in for a standard stream takes all that is printed."""
        if path in _STREAMS:
            self.mutate(self.patches[path], node)

    def unbind(self, name: str, node: ast.AST) -> None:
        """``del name``."""
        key = self.key(name, self.frame)
        if isinstance(key, str):
            if not self.environment.is_definite(key):
                self.record.add(self.record.reads, name, self.here(node))
                if self.environment.value(key) is None:
                    self._unbound(name, node)
            self.record.add(self.record.deletes, name, self.here(node), self.grade)
        self.environment.bind(key, None)

    def touch(self, value: Value) -> None:
        """Read what notebook functions reached from ``value`` would read, were they called."""
        todo = [each for each in in_order(value.held) if each.code]
        while todo:
            region = todo.pop()
            if not region.code or region in self.touched:
                continue
            self.touched.add(region)
            todo.extend(in_order(region.children))
            payload = region.payload
            if isinstance(payload, InstanceObject):
                cls = payload.cls.found()
                todo.append(cls)
                if cls in self.altered:
                    for name in sorted(cls.names):
                        todo.extend(self._touch_name(name))
            elif isinstance(payload, FunctionObject):
                for name in payload.free_globals:
                    todo.extend(self._touch_name(name))

    def _touch_name(self, name: str) -> Iterator[Region]:
        value = self.environment.value(name)
        if value is None:
            return
        if not self.environment.is_definite(name):
            self.record.add(self.record.reads, name, self.site or self.current)
        yield from in_order(value.held)

    #: The statement that is being walked, in this cell.
    current: ast.AST | None = None

    # ---- changes

    def mutate(self, value: Value, node: ast.AST | None, *, deep: bool = False) -> None:
        """Record that the object behind ``value`` changes; ``deep``: and what it holds, perhaps."""
        if not value.has_regions:
            return
        exact = {region.found() for region in value.at}
        within = {region.found() for region in value.within}
        roots = set(root_name(node)) if node is not None and self.site is None else set()
        self.change(exact | within, node, roots)
        below = reached(exact | within) if deep else reached(within)
        rest = {
            region
            for region in below - exact - within
            if not isinstance(region.payload, CODE) and region.of != "frame"
        }
        if rest:
            self.unsure += 1
            self.change(rest, node, roots)
            self.unsure -= 1

    def change_root(self, node: ast.AST) -> None:
        """Record a change of the object behind the name with which an expression begins."""
        for name in root_name(node):
            value = self.environment.value(self.key(name, self.frame))
            if value is not None:
                self.mutate(value, node)

    def change(
        self, targets: set[Region], node: ast.AST | None, roots: set[str] | None = None
    ) -> None:
        """Record a change of ``targets`` for all names from which they can be reached."""
        # Names bound since hold it as names of this cell, so once is enough.
        if len(targets) > 1 or self.unsure:
            targets = {each for each in targets if self.changed.get(each) is not self.grade}
        for file in sorted({target.file for target in targets if target.file}):
            self._use_file(file, node, read=False, write=True)
        if self.unsure:
            self._perhaps_change(targets, node)
            return
        # A loop over several objects changes one after the other.
        several = len(targets) > 1 and not self.rounds
        counts: dict[str, int] = {}
        exact: dict[str, bool] = {}
        for target in targets:
            if target.of == "figure" and not self.inline_figures:
                self.change_state("@pyplot", node)
            for name, sure in holders((target,)).items():
                counts[name] = counts.get(name, 0) + 1
                exact[name] = exact.get(name, True) and sure
        for name in sorted(counts):
            sure = (exact[name] and not (several and counts[name] < len(targets))) or bool(
                roots and name in roots
            )
            self._changed_name(name, node, sure)

    def _perhaps_change(self, targets: set[Region], node: ast.AST | None) -> None:
        """Record a possible change, for which it does not matter how the names hold the objects."""
        self.changed.update(dict.fromkeys(targets, Grade.POSSIBLE))
        if not self.inline_figures and any(each.of == "figure" for each in targets):
            self.change_state("@pyplot", node)
        for name in sorted(holders(targets)):
            self._changed_name(name, node, False)

    def _changed_name(self, name: str, node: ast.AST | None, sure: bool) -> None:
        if self.environment.is_definite(name):
            return
        place = self.here(node)
        grade = self.grade if sure else Grade.POSSIBLE
        self.record.add(self.record.mutates, name, place, grade)
        self.record.add(self.record.reads, name, place)

    # ---- ambient state

    def change_state(self, name: str, node: ast.AST | None) -> None:
        """Record that ambient state is read and changed."""
        if name in self.restored:
            return
        place = self.here(node)
        self.record.add(self.record.reads, name, place, self.grade)
        self.record.add(self.record.mutates, name, place, self.grade)
        for drawer in sorted(self.drawers.get(name, ())):
            value = self.environment.value(drawer)
            if value is not None and ambient.generator(value.path) == name:
                self._changed_name(drawer, node, not self.unsure)

    def read_state(self, name: str, node: ast.AST | None) -> None:
        """Record that ambient state is read."""
        self.record.add(self.record.reads, name, self.here(node), self.grade)

    def draw(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """Record what a library call does to the shared generators of random numbers."""
        own = ambient.generator(path)
        if own:
            self.change_state(own, node)
            self.seeded.add(own)
            return
        for name in ambient.may_draw(path):
            self.may_draw(name, arguments, node)

    def may_draw(self, name: str, arguments: Arguments, node: ast.AST) -> None:
        """Record a possible draw from a generator that the notebook has set."""
        if name not in self.seeded or _is_seeded(arguments):
            return
        self.unsure += 1
        self.change_state(name, node)
        self.unsure -= 1

    def use_local(self, path: str, node: ast.AST) -> bool:
        """Record what a function of a local module does without a name; whether it uses files."""
        known = self.modules.effects(path) if self.modules is not None else None
        if known is None:
            return False
        module, effects = known
        own = {each.name for each in (*effects.binds, *effects.mutates) if each.name[0] != "@"}
        for each in (*effects.reads, *effects.mutates):
            self.unsure += each.grade is Grade.POSSIBLE
            if each.name == IMPORTED:
                self.change_state(f"{IMPORTED}:{module}", node)
            elif each.name.startswith("@file"):
                self._use_file(each.name, node, read=True, write=each in effects.mutates)
            elif each.name == "@cwd" and each in effects.mutates:
                self.move(NOTHING, node)
            elif each.name.startswith("@") and each in effects.mutates:
                self.change_state(each.name, node)
                self.seeded.add(each.name)
            elif each.name.startswith("@"):
                self.read_state(each.name, node)
            self.unsure -= each.grade is Grade.POSSIBLE
        for name in sorted(own):
            # Of a class it is its attributes that change.
            kind = ".*" if name in effects.classes else ""
            self.change_state(f"@module:{module}.{name}{kind}", node)
        return any(each.name.startswith("@file") for each in (*effects.reads, *effects.mutates))

    # ---- files

    def use_file(
        self, path: Value | None, node: ast.AST, *, write: bool, read: bool = True
    ) -> None:
        """Record that a file is read or written; without a constant path it may be any file."""
        if path is not None and path.const is NOTHING and self._is_buffer(path):
            if family(path) != "figure":
                self.mutate(path, node)  # what it holds, or where it is read next
            return
        name = self.places.name(NOTHING if path is None else path.const)
        if name:
            self._use_file(name, node, read=read, write=write)
        elif path is not None and isinstance(path.const, str):
            self.outside("network", node)

    def _use_file(self, name: str, node: ast.AST | None, *, read: bool, write: bool) -> None:
        place = self.here(node)
        for each in self.places.names(name):
            if read:
                self.record.add(self.record.reads, each, place, self.grade)
            if write:
                self.record.add(self.record.mutates, each, place, self.grade)
        if write:
            self.outside(name[1:], node)

    def move(self, path: object, node: ast.AST | None) -> None:
        """Record a change of the working directory, to a constant path or ``NOTHING``."""
        below = isinstance(path, str) and path.strip("./") and not path.startswith(("..", "/"))
        if below and node is not None:
            with Perhaps(self):  # an earlier step may make the folder
                self.use_file(Value(const=path), node, write=False)
        # What a function's body does for certain lies in the layer of its call, and no deeper.
        sure = not self.unsure and len(self.environment.layers) == 1 + len(self.stack)
        self.places.move(path, sure=sure)
        self.change_state("@cwd", node)

    def wrote(self, name: str, text: object) -> None:
        """A constant text goes into a file, which may be a module."""
        if self.modules is not None and isinstance(text, str):
            self.modules.write(name.removeprefix("@file:"), text)

    def _is_buffer(self, path: Value) -> bool:
        """An object in memory that is written to like a file, or an open file whose path counted."""
        of = {region.found().of for region in path.held}
        return bool(of) and of <= {"list", "file", "stream", "figure"}

    def outside(self, what: str, node: ast.AST | None) -> None:
        """Record an effect on the outside."""
        self.record.add(self.record.outside, what, self.here(node), self.grade)

    def any_name(self, *, reads: bool = True, binds: bool = False) -> None:
        """Record that the cell may read, or bind, any name."""
        self.record.reads_all |= reads
        if binds:
            self.record.binds_all = True
            self.unknown_names = True


class Perhaps:
    """``with walk.perhaps():`` what the code inside does is only possible."""

    __slots__ = ("layer", "walk")

    def __init__(self, walk: Base) -> None:
        self.walk = walk

    def __enter__(self) -> None:
        self.layer = self.walk.environment.push()
        self.walk.unsure += 1

    def __exit__(self, *_: object) -> None:
        self.walk.unsure -= 1
        self.walk.environment.pop()
        self.walk.environment.merge([self.layer])


def _is_seeded(arguments: Arguments) -> bool:
    """Whether a call brings its own seed, so that it leaves the shared generators alone."""
    for keyword in ("random_state", "seed", "rng", "generator"):
        value = arguments.keywords.get(keyword)
        if value is not None and value.const is not None:
            return True
    return False
