"""What a cell shows: text for everyone, and a widget or a picture for those who can show it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any, Final

import click
from IPython.display import display

TEXT: Final = "text/plain"


def widgets_show(shell: Any) -> bool:
    """Whether widgets can be made: a kernel serves the shell, and ipywidgets is installed with it.

    Whether somebody sees them is not known to a kernel, so all that is shown has a text as well.
    """
    return hasattr(shell, "kernel") and importlib.util.find_spec("ipywidgets") is not None


def show(text: str, more: Mapping[str, object] | None = None) -> Any:
    """The handle of what is displayed: the ``text``, and in its place ``more`` where that can be shown."""
    bundle = {**(more or {}), TEXT: click.unstyle(text).rstrip("\n")}
    return display(bundle, raw=True, display_id=True)


def show_widget(shell: Any, text: str, make: Callable[[], Any]) -> Any:
    """The handle of what is displayed: a widget where widgets can be made, and the text for all others."""
    return show(text, bundle_of(make()) if widgets_show(shell) else None)


def bundle_of(widget: Any) -> Mapping[str, object]:
    """By what a frontend finds the widget."""
    found: Mapping[str, object] = widget._repr_mimebundle_() or {}
    return {kind: content for kind, content in found.items() if kind != TEXT}
