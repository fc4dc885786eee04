"""The process of a step in a pod: started from nothing, heard while it runs, its text passed on at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional

from . import page
from .task import Task

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


@dataclass
class Ended:
    """What a process has told by its end: events of cells, the line of its error, why it ended."""

    events: List[Dict[str, Any]] = field(default_factory=list)
    line: int = 0
    why: str = ""

    def page(self, task: Task) -> str:
        """What the cells have shown, as an HTML page."""
        return page.render(task, self.events)


class Child:
    """Starts processes of the runtime in the folder ``runtime``; their files lie in ``folder``."""

    def __init__(self, runtime: str, folder: str) -> None:
        self.runtime, self.folder = runtime, folder

    def run(self, spec: Mapping[str, Any]) -> Ended:
        """Run the step of ``spec``."""
        path = os.path.join(self.folder, "spec.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(spec, file)
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [
                *(sys.executable, os.path.join(self.runtime, "__main__.py"), "step"),
                *("--spec", path, "--events", str(writing)),
                *("--cloudpickle", os.path.join(os.path.dirname(self.runtime), "cloudpickle")),
            ],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            cwd=spec["cwd"],
            env={"PYTHONHASHSEED": "0", **os.environ},
        )
        os.close(writing)
        ended = Ended()
        with os.fdopen(reading, "rb") as events:
            for line in events:
                _hear(ended, json.loads(line))
        code = process.wait()
        ended.why = ended.why or _why(code)
        return ended

    def fingerprint(self, spec: Mapping[str, Any], bundle: str, name: str) -> Optional[str]:
        """A fingerprint of what the variable ``name`` of a bundle means, or None where none can be had."""
        target = os.path.join(self.folder, "fingerprints.json")
        loads = [{"bundle": bundle, "names": [name]}]
        outcome = os.path.join(self.folder, "step", "look.json")
        look = {**spec, "cells": [], "loads": loads, "fingerprints": target, "outcome": outcome}
        self.run(look)
        try:
            with open(target, encoding="utf-8") as file:
                found: Optional[str] = json.load(file).get(name)
            os.unlink(target)
        except FileNotFoundError:
            return None
        return found


def _why(code: int) -> str:
    if code == -9:
        return "was killed by signal 9, perhaps for its memory; raise its limit with a `limit:memory:` tag"
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


def _hear(ended: Ended, event: Dict[str, Any]) -> None:
    kind = event["event"]
    if kind == "stream":
        stream = sys.stderr if event["name"] == "stderr" else sys.stdout
        stream.write(event["text"])
        stream.flush()
    elif kind in ("result", "display"):
        text = event["data"].get("text/plain", "")
        sys.stdout.write("".join(text) + "\n")
        sys.stdout.flush()
    elif kind == "error":
        sys.stderr.write("\n".join(event["traceback"]) + "\n")
        sys.stderr.flush()
        found = _LINE.search(_ANSI.sub("", "\n".join(event["traceback"])))
        ended.line = int(found.group(1)) if found else 0
    elif kind == "internal":
        ended.why = f"could not be run: {event['error']}"
    if kind not in ("phase", "cell_end"):
        ended.events.append(event)
