"""Classes of the notebook: one class in all steps, what it is made of, and what changes in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from trips import Notebook

#: What a first step makes, and an expression that is true then and in the next step.
ALIKE = {
    "instance": ("class A:\n    n = 1\nx = A()", "type(x) is A and A.__module__ == '__main__'"),
    "subclass": (
        "class A:\n    def f(self):\n        return 1\nclass B(A):\n    def f(self):\n"
        "        return super().f() + 1\nx = B()",
        "isinstance(x, A) and x.f() == 2",
    ),
    "made in a function twice": (
        "def make(name):\n    class Made:\n        def __repr__(self):\n            return name\n"
        "    return Made\nA, B = make('a'), make('b')\nx = [A(), B()]",
        "A is not B and str(x) == '[a, b]' and type(x[0]) is A and type(x[1]) is B",
    ),
    "made in a function, kept in a list": (
        "def make(n):\n    return type('T', (), {'n': n})\nx = [make(n) for n in range(3)]",
        "[t.n for t in x] == [0, 1, 2]",
    ),
    "nested": ("class A:\n    class B:\n        pass\nx = A.B()", "type(x) is A.B"),
    "slots": (
        "class S:\n    __slots__ = ('a', '__b')\n    def __init__(self):\n"
        "        self.a = self.__b = 1\nx = S()",
        "not hasattr(x, '__dict__') and x.a == 1 and x._S__b == 1",
    ),
    "slots of a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    __slots__ = ('a',)\n"
        "    a: int\nx = P(1)",
        "x == P(1) and not hasattr(x, '__dict__')",
    ),
    "enum": (
        "import enum\nclass C(enum.Enum):\n    RED = 1\nx = {C.RED: 'r'}",
        "x[C.RED] == 'r' and C(1) is C.RED",
    ),
    "enum whose members are given attributes": (
        "import enum\nclass C(enum.Enum):\n    RED = (1, 2)\n    ROT = RED\n    BLUE = (3, 4)\n"
        "    def __init__(self, low, high):\n        self.low, self._high = low, high\nx = C.ROT\n"
        "C.BLUE.low = 5",
        "C.ROT is C.RED is x is C['ROT'] and (x.low, x._high, C.BLUE.low) == (1, 2, 5)"
        " and list(C.__members__) == ['RED', 'ROT', 'BLUE'] and len(C) == 2",
    ),
    "enum of numbers with labels": (
        "import enum\nclass C(int, enum.Enum):\n    def __new__(cls, value, label):\n"
        "        made = int.__new__(cls, value)\n        made._value_ = value\n        made.label = label\n"
        "        return made\n    LOW = (1, 'low')\n    HIGH = (2, 'high')\nx = [C.HIGH]",
        "x[0] is C(2) is C.HIGH and x[0].label == 'high' and C.LOW + 1 == 2",
    ),
    "flag with a name for several": (
        "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2\n    ALL = A | B\nx = F.ALL",
        "x is F.ALL is F['ALL'] and F.A | F.B is x and F.B in x and list(F.__members__)[-1] == 'ALL'",
    ),
    "flag": (
        "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2\nx = F.A | F.B",
        "F.A in x and x & F.B is F.B",
    ),
    "namedtuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'a b')\nx = P(1, 2)",
        "type(x) is P and x._replace(a=3) == (3, 2)",
    ),
    "typed namedtuple": (
        "from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: int = 2\nx = P(1)",
        "type(x) is P and P(5) == (5, 2) and x.__slots__ == ()",
    ),
    "typed dict": (
        "from typing import TypedDict\nclass D(TypedDict):\n    a: int\nx: D = {'a': 1}",
        "D.__annotations__ and D(a=1) == x",
    ),
    "abstract": (
        "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n"
        "class B(A):\n    def f(self):\n        return 1\nA.register(int)\nx = B()",
        "isinstance(x, A) and isinstance(1, A) and A.__abstractmethods__ == {'f'}",
    ),
    "abstract, with instances in an attribute": (
        "import abc\nclass A(abc.ABC):\n    made = []\n    @abc.abstractmethod\n    def f(self): ...\n"
        "class B(A):\n    def __init__(self):\n        B.own = self\n        A.made.append(self)\n"
        "    def f(self):\n        return 1\nx = B()",
        "B.own is x and A.made == [x] and not B.__abstractmethods__ and A.__abstractmethods__ == {'f'}",
    ),
    "generic": (
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Box(Generic[T]):\n"
        "    def __init__(self, v):\n        self.v = v\nx = Box[int](1)",
        "type(x) is Box and Box.__parameters__ == (T,) and x.v == 1",
    ),
    "protocol": (
        "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n"
        "    def f(self): ...\nclass A:\n    def f(self): ...\nx = A()",
        "isinstance(x, P) and not isinstance(1, P)",
    ),
    "property and methods of the class": (
        "class A:\n    @property\n    def p(self):\n        return 1\n    @classmethod\n"
        "    def c(cls):\n        return cls\n    @staticmethod\n    def s():\n        return 2\nx = A()",
        "(x.p, x.c(), x.s()) == (1, A, 2)",
    ),
    "metaclass that counts": (
        "class Meta(type):\n    made = []\n    def __new__(meta, name, bases, body):\n"
        "        cls = super().__new__(meta, name, bases, body)\n        Meta.made.append(name)\n"
        "        return cls\nclass A(metaclass=Meta):\n    pass",
        "Meta.made == ['A'] and type(A) is Meta",
    ),
    "metaclass over that of abc": (
        "import abc\nclass Meta(abc.ABCMeta):\n    def __call__(cls):\n"
        "        return [super().__call__()]\nclass A(metaclass=Meta):\n    pass",
        "type(A()[0]) is A and isinstance(A()[0], A)",
    ),
    "hook for subclasses": (
        "class Base:\n    plugins = []\n    def __init_subclass__(cls):\n"
        "        Base.plugins.append(cls)\nclass One(Base):\n    pass",
        "Base.plugins == [One]",
    ),
    "descriptor that learns its name": (
        "class Field:\n    seen = []\n    def __set_name__(self, owner, name):\n"
        "        self.name = name\n        Field.seen.append(name)\n"
        "class A:\n    f = Field()",
        "A.f.name == 'f' and Field.seen == ['f']",
    ),
    "bound method": (
        "class A:\n    def f(self):\n        return self\nx = A()\nf = x.f",
        "f() is x",
    ),
    "class of an error": ("class E(ValueError):\n    pass\nx = E('a')", "type(x) is E"),
}


@pytest.mark.parametrize(("source", "true"), ALIKE.values(), ids=ALIKE.keys())
def test_a_class_is_the_same_in_the_next_step(source: str, true: str, tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    assert eval(true, dict(notebook.step(source)))
    assert notebook.refused == {}
    classes = dict(notebook.classes)
    space = notebook.step("")
    assert (notebook.written, notebook.classes) == (set(), classes)
    assert eval(true, space)


#: What a first step makes, what a second does, and what is true in a third.
CHANGED = {
    "attribute": ("class A:\n    n = 1\nx = A()", "A.n += 1", "A.n == x.n == 2"),
    "list on the class": ("class A:\n    seen = []\nx = A()", "A.seen.append(1)", "x.seen == [1]"),
    "new attribute": ("class A:\n    pass\nx = A()", "A.m = 1", "x.m == 1"),
    "removed attribute": ("class A:\n    n = 1\nx = A()", "del A.n", "not hasattr(x, 'n')"),
    "method": ("class A:\n    pass\nx = A()", "A.f = lambda self: k\nk = 3", "x.f() == 3"),
    "redefined": (
        "class A:\n    n = 1\nx = A()",
        "class A:\n    n = 2\ny = A()",
        "(x.n, y.n) == (1, 2) and type(x) is not A and type(y) is A",
    ),
    "registered by a subclass": (
        "class Base:\n    plugins = []\n    def __init_subclass__(cls):\n"
        "        Base.plugins.append(cls)\nclass One(Base):\n    pass",
        "class Two(Base):\n    pass",
        "Base.plugins == [One, Two]",
    ),
}


@pytest.mark.parametrize(("made", "change", "true"), CHANGED.values(), ids=CHANGED.keys())
def test_a_change_of_a_class_is_seen(made: str, change: str, true: str, tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.step(made)
    notebook.step(change)
    assert eval(true, notebook.step(""))


def test_a_class_of_the_prelude_is_its_own_in_each_step(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path, prelude="class A:\n    n = 1\nfirst = A()")
    notebook.step("x = A()")
    assert eval("type(x) is A is type(first)", notebook.step("A.n = 2"))
    assert eval("x.n == first.n == 2", notebook.step(""))


def test_a_class_that_the_prelude_has_left_without_a_name_is_its_own_in_each_step(
    tmp_path: Path,
) -> None:
    notebook = Notebook(
        tmp_path, prelude="def make():\n    class A:\n        pass\n    return A\nmade = [make()]"
    )
    notebook.step("x = made[0]()")
    assert eval("type(x) is made[0]", notebook.step(""))
