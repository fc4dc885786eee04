"""How a notebook shows a value, without IPython: the text of ``show`` in modules that are made.

What is here stands in those modules as it stands here, so it imports nothing but the standard library.
"""

# mypy: ignore-errors
# It reads as a user would write it, without types.

from __future__ import annotations

import inspect


def show(value):
    """Print a value as the notebook shows it at the end of a cell."""
    if value is not None and not hasattr(type(value), "_ipython_display_"):
        print(shown(value))


def shown(value, indent=0, column=0, behind=0):
    """The text of a value: containers that are wider than a line have an item a line.

    It begins at ``column``; ``behind`` characters follow it on its last line.
    """
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__repr__ is type.__repr__:
        return f"{value.__module__}.{value.__qualname__}".removeprefix("builtins.")
    if name == "builtins.function":
        return f"<function {value.__module__}.{value.__qualname__}{inspect.signature(value)}>"
    if hasattr(kind, "_repr_pretty_"):  # it has a text for notebooks, made with IPython's help
        from IPython.lib.pretty import pretty

        return pretty(value, max_width=79 - column).replace("\n", "\n" + " " * indent)
    if kind.__repr__ is object.__repr__:
        return f"<{name} at {id(value):#x}>"
    brackets = {
        "builtins.list": "[]",
        "builtins.tuple": "()",
        "builtins.dict": "{}",
        "builtins.set": "{}",
        "builtins.frozenset": ("frozenset({", "})"),
    }
    if name not in brackets or not value:
        lines = repr(value).splitlines()
        return ("\n" + " " * indent).join(lines)
    start, end = brackets[name]
    if kind is tuple and len(value) == 1:
        end = ",)"
    items = list(value)
    if kind in (set, frozenset):
        try:
            items.sort()
        except Exception:
            items.sort(key=str)
    rest = items[1000:]
    inner = indent + len(start)

    def laid_out(comma):
        """The items after one another, with a comma and this between them."""
        at, texts = column + len(start), []
        for number, item in enumerate(items[:1000]):
            last = number + 1 == len(items)
            after = len(end) + behind if last else 1
            key = shown(item, inner, at) + ": " if kind is dict else ""
            own = value[item] if kind is dict else item
            text = key + shown(own, inner, at + len(key), after)
            texts.append(text)
            at = inner if "\n" in comma else at + len(text) + 2
        return start + comma.join(texts) + (comma + "..." if rest else "") + end

    flat = laid_out(", ")
    fits = "\n" not in flat and column + len(flat) + behind <= 79
    return flat if fits else laid_out(",\n" + " " * inner)
