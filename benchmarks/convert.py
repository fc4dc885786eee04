"""What a conversion costs on each target: CPU seconds in a new process, and the size of the manifest.

    python benchmarks/convert.py [--steps 20 50] [--to kfp argo]

The notebook is a chain of steps that each read a data frame of the one before. CPU seconds are those of the
process and its children, the smallest of five; the first conversion after an installation also packs the
runtime, and is shown apart.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from notebooks import notebook as made_of

REPEATS = 5
MANIFESTS = {"kfp": "pipeline.yaml", "argo": "workflow.yaml"}


def notebook(steps: int) -> dict[str, object]:
    """A notebook of so many steps."""
    sources = [("import pandas as pd\nimport numpy as np", "imports"), ("n = 3", "parameters")]
    for number in range(steps):
        source = f"frame{number} = pd.DataFrame({{'a': np.arange(n)}})"
        if number:
            source += f"\nframe{number}['b'] = frame{number - 1}['a'] * 2\nprint(frame{number}.describe())"
        sources.append((source, f"step:part-{number}"))
    return made_of((tag, source) for source, tag in sources)


def seconds(path: Path, target: str) -> float:
    """The CPU seconds of one conversion in a new process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [
        "convert",
        str(path),
        "--to",
        target,
        "-o",
        str(path.with_suffix("") / target),
        "--python",
        sys.executable,
    ]
    subprocess.run(
        [sys.executable, "-m", "nbflow", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line for each notebook."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, nargs="+", default=[20, 50])
    parser.add_argument("--to", nargs="+", choices=list(MANIFESTS), default=list(MANIFESTS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for steps, target in itertools.product(asked.steps, asked.to):
            path = Path(folder, f"chain{steps}.ipynb")
            path.write_text(json.dumps(notebook(steps)), encoding="utf-8")
            first = seconds(path, target)
            best = min(seconds(path, target) for _ in range(REPEATS))
            manifest = path.with_suffix("") / target / MANIFESTS[target]
            size = (
                f"{manifest.stat().st_size / 1024:.0f} KB" if manifest.exists() else "not compiled"
            )
            print(
                f"{target}, {steps} steps: {best:.2f} s CPU (the first: {first:.2f} s), manifest {size}"
            )


if __name__ == "__main__":
    main()
