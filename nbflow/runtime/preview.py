"""What a variable looks like in one line, made without running the user's code."""

from __future__ import annotations

import reprlib
import sys
import types
from itertools import islice
from typing import Any, Iterable, Optional

LENGTH = 200
#: Types whose values ``repr`` shows; of a type that is made of one of them it would run what that defines.
_PLAIN = (float, complex, bool, bytes, range, type(None), type(Ellipsis))
#: Libraries whose single values ``str`` shows, and those whose time zones it may ask.
_SHOWN = ("datetime", "decimal", "fractions", "numpy", "pandas", "uuid")
_ZONES = ("builtins", "datetime", "dateutil", "pytz", "zoneinfo")
#: What a class of the notebook may do when it is asked for a shape.
_ASKED = {"__getattr__", "__getattribute__", "shape"}
_OF_PANDAS = ("Interval", "NAType", "NaTType", "Period", "Timedelta", "Timestamp")


class _Repr(reprlib.Repr):
    """Shows containers of plain values; of other objects only the type, as ``repr`` may do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxfrozenset = 12
        self.maxstring = self.maxother = self.maxlong = 120

    def repr_dict(self, x: Any, level: int) -> str:
        if _is_plain(x):
            return super().repr_dict(x, level)
        pairs = [
            f"{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}"
            for key, value in islice(x.items(), self.maxdict if level > 0 else 0)
        ]
        rest = ["..."] if len(x) > len(pairs) else []
        return f"{{{', '.join([*pairs, *rest])}}}"

    def repr_set(self, x: Any, level: int) -> str:
        if _is_plain(x):
            return super().repr_set(x, level)
        return f"{{{self.repr_list(list(islice(x, self.maxlist + 1)), level)[1:-1]}}}"

    def repr_frozenset(self, x: Any, level: int) -> str:
        return (
            super().repr_frozenset(x, level)
            if _is_plain(x)
            else f"frozenset({self.repr_set(x, level)})"
        )

    def repr_instance(self, x: Any, level: int) -> str:
        if type(x).__module__ == "numpy" and getattr(x, "shape", None) == () and _holds_none(x):
            return repr(x)
        if issubclass(type(x), bytes):
            return self.repr1(bytes.__getitem__(x, slice(LENGTH)), level)
        for base in (float, complex):
            if issubclass(type(x), base):
                return base.__repr__(x)
        return f"<{type_name(x)}>"

    def repr1(self, x: Any, level: int) -> str:
        if type(x) in _PLAIN:
            return repr(x[:LENGTH] if type(x) is bytes else x)[:LENGTH]
        if type(x) in (str, int, list, tuple, dict, set, frozenset):
            return super().repr1(x, level)
        return self.repr_instance(x, level)


def _is_plain(x: Any) -> bool:
    """Whether sorting a set or the keys of a dict takes no time and runs no code of the notebook."""
    return len(x) <= 1000 and all(type(each) in (str, int, float) for each in x)


def _holds_none(x: Any) -> bool:
    """Whether a value of numpy holds no objects, which it would ask for their texts."""
    return not getattr(getattr(x, "dtype", None), "hasobject", True)


_repr = _Repr()


def text_of(value: Any) -> Optional[str]:
    """A single value of a known library as ``str`` has it, None for what might run code of the notebook."""
    kind = type(value)
    library = kind.__module__.split(".")[0]
    if library not in _SHOWN:
        return None
    if library == "numpy":
        single = issubclass(kind, sys.modules["numpy"].generic) and _holds_none(value)
    else:
        single = library != "pandas" or kind.__name__ in _OF_PANDAS
    zone = getattr(value, "tzinfo", None) if single else None
    return str(value) if single and type(zone).__module__.split(".")[0] in _ZONES else None


def are_known(dtypes: Iterable[Any]) -> bool:
    """Whether no code of the notebook runs where values of these types are read out of pandas."""
    return all(type(dtype).__module__.split(".")[0] in ("numpy", "pandas") for dtype in dtypes)


def type_name(value: Any) -> str:
    """The type's name with its public module (``pandas.DataFrame``), builtins without."""
    kind = type(value)
    module = str(kind.__module__)
    if module in ("builtins", "__main__"):
        return str(kind.__qualname__)
    root = module.split(".", maxsplit=1)[0]
    public = getattr(sys.modules.get(root), kind.__name__, None)
    return f"{root if public is kind else module}.{kind.__qualname__}"


def shape(value: Any) -> str:
    """The shape of an array or frame, the length of a container, else ""."""
    kind = type(value)
    own = (each for each in kind.__mro__ if each.__module__ == "__main__")
    asks_none = not issubclass(kind, type) and not any(vars(each).keys() & _ASKED for each in own)
    found: Any = getattr(value, "shape", None) if asks_none else None
    if issubclass(type(found), tuple) and type(found).__module__ != "__main__":
        plain = all(type(each) is int for each in found)
        return "" if not found else str(found) if plain else _repr.repr(tuple(found))
    if type(value) in (list, tuple, dict, set, frozenset):
        return f"({len(value)},)"
    return ""


def preview(value: Any) -> str:
    """At most 200 characters in one line."""
    try:
        text = _preview(value)
    except Exception:  # a preview is worth no error, whatever a library's object does
        text = f"<{type_name(value)}>"
    text = " ".join(text.split())
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _preview(value: Any) -> str:  # noqa: PLR0911  # one line for each kind of value
    if issubclass(type(value), types.ModuleType):
        return f"module {object.__getattribute__(value, '__name__')}"
    if issubclass(type(value), type):
        return f"class {type.__getattribute__(value, '__qualname__')}"
    if type(value) is types.FunctionType:
        code = value.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return f"def {value.__qualname__}({', '.join(names)})"
    kind = type_name(value)
    if kind == "pandas.DataFrame":
        columns = value.columns[:12] if are_known([value.columns.dtype]) else ()
        return f"columns: {', '.join(map(_label, columns))}"
    if kind == "pandas.Series" and are_known([value.dtype]):
        return f"{_label(value.name)}: {_repr.repr(value.iloc[:6].tolist())}"
    if kind == "numpy.ndarray":
        return f"{value.dtype} {_repr.repr(value.flat[:6].tolist())}"
    return _repr.repr(value)


def _label(value: Any) -> str:
    """What stands over a column."""
    return value if type(value) is str else text_of(value) or _repr.repr(value)


def number(kind: str, text: str) -> Optional[float]:
    """The number whose type and preview these are, or None where it is none; numpy's scalars are some."""
    if "int" not in kind and "float" not in kind:
        return None
    try:
        return float(text.removeprefix(f"{kind.replace('numpy', 'np')}(").removesuffix(")"))
    except ValueError:
        return None
