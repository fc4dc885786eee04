"""The process of a step in a pod: started from nothing, heard while it runs, its text passed on at once."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from typing import Any, Mapping, Optional, Sequence

from .hearing import Heard, hear

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


class Child:
    """Starts processes of the runtime in the folder ``runtime``; their files lie in ``folder``.

    ``env`` are environment variables that they have besides those of this process.
    """

    def __init__(self, runtime: str, folder: str, env: Mapping[str, str]) -> None:
        self.runtime, self.folder, self.env = runtime, folder, env

    def run(self, spec: Mapping[str, Any], *, aloud: bool = True) -> Heard:
        """What a process that runs the step of ``spec`` has told; its text is passed on if ``aloud``."""
        path = os.path.join(self.folder, "spec.json")
        marker = secrets.token_hex(8)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**spec, "marker": marker}, file)
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [
                *(sys.executable, os.path.join(self.runtime, "__main__.py"), "step"),
                *("--pod", "--spec", path, "--events", str(writing)),
                *("--cloudpickle", os.path.join(os.path.dirname(self.runtime), "cloudpickle")),
            ],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=spec["cwd"],
            env={"PYTHONHASHSEED": "0", **os.environ, **self.env},
        )
        os.close(writing)
        cells = [
            (each["id"], each.get("show", True)) for each in (*spec["prelude"], *spec["cells"])
        ]
        return hear(process, reading, cells, marker, aloud)

    def fingerprint(self, spec: Mapping[str, Any], bundle: str, name: str) -> Optional[str]:
        """A fingerprint of what the variable ``name`` of a bundle means, or None where none can be had."""
        target = os.path.join(self.folder, "fingerprints.json")
        loads = [{"bundle": bundle, "names": [name]}]
        outcome = os.path.join(self.folder, "step", "look.json")
        look = {**spec, "cells": [], "loads": loads, "fingerprints": target, "outcome": outcome}
        self.run(look, aloud=False)
        try:
            with open(target, encoding="utf-8") as file:
                found: Optional[str] = json.load(file).get(name)
            os.unlink(target)
        except FileNotFoundError:
            return None
        return found


def why(code: int) -> str:
    """How a process has ended that has left nothing."""
    if code == -9:
        return "was killed by signal 9, perhaps for its memory; raise its limit with a `limit:memory:` tag"
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


def line_of(traceback: Sequence[str]) -> int:
    """The line of the cell in which an error was raised, 0 where it is not told."""
    found = _LINE.search(_ANSI.sub("", "\n".join(traceback)))
    return int(found.group(1)) if found else 0
