"""What a variable looks like in one line, made without running the user's code."""

from __future__ import annotations

import reprlib
import types
from itertools import islice
from typing import Any, Optional

LENGTH = 200


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
        if type(x).__module__ == "numpy" and getattr(x, "shape", None) == ():
            return repr(x)
        if isinstance(x, (float, complex, bool, bytes, range, type(None), type(Ellipsis))):
            return super().repr_instance(x, level)
        return f"<{type_name(x)}>"

    def repr1(self, x: Any, level: int) -> str:
        if type(x) in (float, complex, bool, bytes, range, type(None), type(Ellipsis)):
            return repr(x)[:LENGTH]
        if type(x) in (str, int, list, tuple, dict, set, frozenset):
            return super().repr1(x, level)
        return self.repr_instance(x, level)


def _is_plain(x: Any) -> bool:
    """Whether sorting a set or the keys of a dict takes no time and runs no code of the notebook."""
    return len(x) <= 1000 and all(type(each) in (str, int, float) for each in x)


_repr = _Repr()


def type_name(value: Any) -> str:
    """The type's name with its public module (``pandas.DataFrame``), builtins without."""
    kind = type(value)
    module = str(kind.__module__)
    if module in ("builtins", "__main__"):
        return str(kind.__qualname__)
    root = module.split(".", maxsplit=1)[0]
    public = getattr(__import__("sys").modules.get(root), kind.__name__, None)
    return f"{root if public is kind else module}.{kind.__qualname__}"


def shape(value: Any) -> str:
    """The shape of an array or frame, the length of a container, else ""."""
    found = getattr(value, "shape", None) if not isinstance(value, type) else None
    if isinstance(found, tuple):
        return str(found) if found else ""
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
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, type):
        return f"class {value.__qualname__}"
    if isinstance(value, types.FunctionType):
        code = value.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return f"def {value.__qualname__}({', '.join(names)})"
    kind = type_name(value)
    if kind == "pandas.DataFrame":
        columns = ", ".join(map(str, value.columns[:12]))
        return f"columns: {columns}"
    if kind == "pandas.Series":
        return f"{value.name}: {_repr.repr(value.iloc[:6].tolist())}"
    if kind == "numpy.ndarray":
        return f"{value.dtype} {_repr.repr(value.ravel()[:6].tolist())}"
    return _repr.repr(value)


def number(kind: str, text: str) -> Optional[float]:
    """The number whose type and preview these are, or None where it is none; numpy's scalars are some."""
    if "int" not in kind and "float" not in kind:
        return None
    try:
        return float(text.removeprefix(f"{kind.replace('numpy', 'np')}(").removesuffix(")"))
    except ValueError:
        return None
