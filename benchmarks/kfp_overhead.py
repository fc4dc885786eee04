"""What nbflow adds to a step of Kubeflow Pipelines, under kfp.local, where nothing is installed.

    python benchmarks/kfp_overhead.py --peers PEERS/bin/python

A notebook of N trivial steps, each of which reads what the one before has made, against a pipeline of N
components that do the same. The step that hands on the runtime is left out by the difference of two
notebooks. PEERS is an interpreter with kfp and ipykernel.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from startup import chain

from nbflow.service.convert import convert

_STEADY = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_SHORT, _LONG = 2, 7
_EMPTY = """
from kfp import dsl

@dsl.component
def first() -> int:
    return 0

@dsl.component
def add(x: int) -> int:
    return x + 1

@dsl.pipeline
def pipeline() -> int:
    x = first().output
    for _ in range({more}):
        x = add(x=x).output
    return x
"""


def _modules(folder: Path, python: str) -> dict[str, list[str]]:
    """The modules of each kind, the one of few steps first."""
    found: dict[str, list[str]] = {"nbflow": [], "empty": []}
    for steps in (_SHORT, _LONG):
        notebook = folder / f"chain{steps}.ipynb"
        notebook.write_text(json.dumps(chain(steps)), encoding="utf-8")
        made = folder / f"made{steps}"
        convert(str(notebook), "kfp", output=str(made), python=python)
        empty = folder / f"empty{steps}.py"
        empty.write_text(_EMPTY.format(more=steps - 1), encoding="utf-8")
        found["nbflow"].append(str(made / "pipeline.py"))
        found["empty"].append(str(empty))
    return found


def _best(
    modules: dict[str, list[str]], folder: Path, python: str, times: int
) -> dict[str, list[float]]:
    """The least that each module took: seconds, and those of CPU."""
    paths = [path for kind in modules.values() for path in kind]
    took = {path: [float("inf"), float("inf")] for path in paths}
    script = Path(__file__).with_name("kfp_local.py")
    for _ in range(times):
        done = subprocess.run(
            [python, str(script), str(folder / "root"), *paths],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, **_STEADY},
        )
        for path, found in json.loads(done.stdout.splitlines()[-1]).items():
            took[path] = [min(pair) for pair in zip(took[path], found, strict=True)]
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with kfp")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kfp-overhead-") as temporary:
        folder = Path(temporary)
        modules = _modules(folder, options.peers)
        took = _best(modules, folder, options.peers, options.times)
    steps = _LONG - _SHORT
    for place, unit in enumerate(("s", "s of CPU")):
        each = {
            kind: (took[long][place] - took[short][place]) / steps
            for kind, (short, long) in modules.items()
        }
        told = ", ".join(f"{kind} {seconds:.3f}" for kind, seconds in each.items())
        print(f"a step: {told}; added {each['nbflow'] - each['empty']:.3f} {unit} (bar 0.3)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
