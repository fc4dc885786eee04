"""How long nbflow takes where the notebook's own work takes no time.

    python benchmarks/startup.py

Measured, each the best of three: commands that only print; ``nbflow check`` in a new process on a
notebook of 50 cells and on one of 1,000 steps; and a chain of 20 steps of one trivial cell each, beside
the same cells as a single step.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from notebooks import notebook


def chain(steps: int, *, split: bool = True, cells: int = 1) -> dict[str, object]:
    """A notebook whose cells each add one to a number; ``split`` makes each group a step."""
    found = []
    for number in range(steps * cells):
        first = number % cells == 0 and (split or number == 0)
        source = f"x{number} = {'0' if number == 0 else f'x{number - 1} + 1'}"
        found.append((f"step:s{number // cells}" if first else "", source))
    return notebook(found)


def best(work: Callable[[], tuple[float, float]], times: int = 3) -> tuple[float, float]:
    """The least (wall, CPU) seconds of some tries."""
    return min(work() for _ in range(times))


def nbflow(arguments: Sequence[str], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of one call of the command line in a new process."""
    command = [sys.executable, "-c", "from nbflow.cli.main import main; main()", *arguments]
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return time.perf_counter() - began, cpu


def main() -> None:
    notebooks = {
        "50-cells": chain(10, cells=5),
        "1000-steps": chain(1000),
        "20-steps": chain(20),
        "one-step": chain(20, split=False),
    }
    with tempfile.TemporaryDirectory(prefix="startup-") as temporary:
        folder = Path(temporary)
        for name, document in notebooks.items():
            (folder / f"{name}.ipynb").write_text(json.dumps(document), encoding="utf-8")
        print(f"{'':<38} {'wall':>8} {'CPU':>8}")
        for label, arguments in (
            ("nbflow --version", ["--version"]),
            ("nbflow --help", ["--help"]),
            ("nbflow run --help", ["run", "--help"]),
            ("nbflow check, 50 cells", ["check", "50-cells.ipynb"]),
            ("nbflow check, 1,000 steps", ["check", "1000-steps.ipynb"]),
            (
                "nbflow run, 20 cells in one step",
                ["run", "--quiet", "--no-cache", "one-step.ipynb"],
            ),
            ("nbflow run, a chain of 20 steps", ["run", "--quiet", "--no-cache", "20-steps.ipynb"]),
        ):
            wall, cpu = best(partial(nbflow, arguments, folder))
            print(f"{label:<38} {wall:>7.2f}s {cpu:>7.2f}s")


if __name__ == "__main__":
    main()
