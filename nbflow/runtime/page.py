"""The report of a step: one HTML page of its cells and of what they have shown."""

from __future__ import annotations

import html
import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping

from .task import Task

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#1f2328}"
    "pre{font:13px/1.45 ui-monospace,monospace;padding:.6em .8em;overflow-x:auto;margin:.3em 0}"
    ".code{background:#f6f8fa;border:1px solid #d1d9e0;border-radius:6px}"
    ".err{background:#ffebe9}h2{font-size:.85em;color:#59636e;margin:1.6em 0 .3em}"
    "img,svg{max-width:100%}table{border-collapse:collapse}td,th{padding:.2em .6em;text-align:right}"
)
_IMAGES = ("image/png", "image/jpeg", "image/gif")


def render(task: Task, events: Iterable[Mapping[str, Any]]) -> str:
    """The page of a step whose cells have told these events."""
    shown: Dict[str, List[str]] = {}
    for event in events:
        if event["event"] == "cell_start" or event["event"] == "clear_output":
            shown[event["cell"]] = []
        else:
            shown.setdefault(event["cell"], []).extend(_output(event))
    parts = [
        f'<h2>Cell {cell["number"]}</h2><pre class="code">{html.escape(cell["source"])}</pre>'
        + "".join(shown.get(cell["id"], ()))
        for cell in (*task.prelude, *task.cells)
        if cell.get("show", True)
    ]
    title = html.escape(task.step)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{''.join(parts)}</body></html>"
    )


def _output(event: Mapping[str, Any]) -> Iterator[str]:
    kind = event["event"]
    if kind == "stream":
        mark = " class=err" if event["name"] == "stderr" else ""
        yield f"<pre{mark}>{_text(event['text'])}</pre>"
    elif kind in ("result", "display"):
        yield _richest(event["data"])
    elif kind == "error":
        yield f"<pre class=err>{_text(chr(10).join(event['traceback']))}</pre>"


def _richest(data: Mapping[str, Any]) -> str:
    for kind in _IMAGES:
        if kind in data:
            return f'<img src="data:{kind};base64,{"".join(data[kind]).strip()}">'
    for kind in ("image/svg+xml", "text/html"):
        if kind in data:
            return "<div>" + "".join(data[kind]) + "</div>"
    return f"<pre>{_text(''.join(data.get('text/plain', '')))}</pre>"


def _text(text: str) -> str:
    return html.escape(_ANSI.sub("", text))
