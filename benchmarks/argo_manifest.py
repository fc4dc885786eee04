"""The CPU that a manifest for Argo Workflows takes in a new process, and its size, for many steps.

Beside it stands what importing hera's models would add, where hera is installed.

    python benchmarks/argo_manifest.py [--steps 20 50] [--rounds 5]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from notebooks import notebook as made_of

_CONVERT = """
import sys, time
from pathlib import Path
import cloudpickle
from nbflow import runtime
from nbflow.codegen import argo, brought
from nbflow.codegen.assembly import Source, assemble
from nbflow.engines.local.keeping import Keep
from nbflow.service.request import plan_of, request

def texts(module):
    return {each.name: each.read_text() for each in Path(module.__file__).parent.glob("*.py")}

plan = plan_of(request(sys.argv[1], {}, ()), Keep.ALL)
assembly = assemble(Source(plan.pipeline, plan.cells, plan.effects, plan.uses))
code = brought.packed(texts(runtime), texts(cloudpickle))
before = time.process_time()
files = argo.files(assembly, code, argo.Options(image="python:3.11", notebook="n.ipynb"))
print(time.process_time(), time.process_time() - before, len(files[argo.MANIFEST].encode()))
"""
_HERA = """
import time
before = time.process_time()
import hera.workflows.models
print(time.process_time() - before)
"""


def notebook(steps: int) -> dict[str, object]:
    """A notebook whose steps have about twenty lines, each reading what the one before has made."""
    cells = [("imports", "import math\nimport random"), ("parameters", "n = 3\nrate = 0.5")]
    for number in range(steps):
        lines = [f"value_{number}_{i} = math.sqrt(n + {i}) * rate" for i in range(18)]
        before = f"total_{number - 1} + " if number else ""
        lines += [f"total_{number} = {before}value_{number}_17", f"print(total_{number})"]
        cells.append((f"step:step-{number}", "\n".join(lines)))
    return made_of(cells)


def measured(*words: str) -> list[float]:
    """The numbers that a new process prints."""
    done = subprocess.run(
        [sys.executable, "-c", *words], capture_output=True, text=True, check=True
    )
    return [float(each) for each in done.stdout.split()]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, nargs="+", default=[20, 50])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print("| steps | CPU of the process | of it for the manifest | manifest |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for steps in asked.steps:
            path = Path(folder) / f"{steps}.ipynb"
            path.write_text(json.dumps(notebook(steps)), encoding="utf-8")
            rounds = [measured(_CONVERT, str(path)) for _ in range(asked.rounds)]
            whole, own, size = (statistics.median(each) for each in zip(*rounds, strict=True))
            print(f"| {steps} | {whole:.2f} s | {own:.3f} s | {size / 1000:.0f} KB |")
    if importlib.util.find_spec("hera"):
        imported = statistics.median(measured(_HERA)[0] for _ in range(asked.rounds))
        print(f"\nImporting hera's models: {imported:.2f} s")


if __name__ == "__main__":
    main()
