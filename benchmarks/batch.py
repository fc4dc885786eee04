"""How fast a batch is, beside papermill running the notebook once for each member.

    python benchmarks/batch.py --peers PEERS/bin/python

The notebook is ``reviews.ipynb``: four steps, of which the last one trains a model. Two sweeps are run, one
over a parameter that only the last step reads, and one over a parameter that every step reads; each
by ``nbflow batch``, then by papermill started ``--jobs`` at a time, and with one thread in each
process. What the cells give has to be the same in each member, value for value: the exit code
is 1 otherwise. PEERS is an interpreter with ipykernel, papermill, pandas and scikit-learn, in which both
run the notebook.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NOTEBOOK: Final = Path(__file__).with_name("reviews.ipynb")
#: How many members and rows the ratios that are wanted are for.
_MEMBERS: Final = 20
_ROWS: Final = 100_000
_NBFLOW = [sys.executable, "-c", "from nbflow.cli.main import main; main()"]
_STEADY = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Sweep:
    """The values of one parameter, and how many times as fast as papermill nbflow has to be."""

    label: str
    parameter: str
    values: Sequence[object]
    wanted: float


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and seconds of CPU in all processes."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the notebook is run, by which interpreter, how many members at once, on how many rows."""

    folder: Path
    peers: str
    jobs: int
    rows: int

    def nbflow(self, sweep: Sweep) -> tuple[Took, list[object]]:
        """What ``nbflow batch`` takes, and what the cells of each member have given."""
        folder = self._fresh("nbflow")
        values = ",".join(map(str, sweep.values))
        words = ["-p", f"{sweep.parameter}={values}", "-p", f"rows={self.rows}"]
        more = ["--name", "sweep", "--jobs", str(self.jobs), "--python", self.peers, "--quiet"]
        took = _timed(lambda: _run([*_NBFLOW, "batch", NOTEBOOK.name, *words, *more], folder))
        shown = _run([*_NBFLOW, "batch", "show", "sweep", "--format", "json"], folder)
        runs = [member["run"] for member in json.loads(shown)["members"]]
        return took, [_given(folder / ".nbflow" / "runs" / run / NOTEBOOK.name) for run in runs]

    def papermill(self, sweep: Sweep) -> tuple[Took, list[object]]:
        """What papermill takes, started several at a time, and what the cells of each run have given."""
        folder = self._fresh("papermill")
        words = ["-m", "papermill", "--no-progress-bar", "-k", "python3", NOTEBOOK.name]

        def one(number: int) -> None:
            value = str(sweep.values[number])
            given = ["-p", sweep.parameter, value, "-p", "rows", str(self.rows)]
            _run([self.peers, *words, f"{number}.ipynb", *given], folder)

        def all_() -> None:
            with ThreadPoolExecutor(self.jobs) as pool:
                list(pool.map(one, range(len(sweep.values))))

        took = _timed(all_)
        return took, [_given(folder / f"{number}.ipynb") for number in range(len(sweep.values))]

    def _fresh(self, name: str) -> Path:
        """A new folder with the notebook in it."""
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        shutil.copy(NOTEBOOK, folder)
        return folder


def _timed(work: Callable[[], object]) -> Took:
    began, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Took(time.perf_counter() - began, cpu)


def _run(command: Sequence[str], folder: Path) -> str:
    """What a command prints; where it fails, what it has complained of is shown."""
    answer = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **_STEADY},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        sys.exit(f"{' '.join(command)}\n{answer.stdout}{answer.stderr}")
    return answer.stdout


def _given(path: Path) -> object:
    """What the cells have given, by their ids: text and results."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return {
        cell["id"]: [_plain(output) for output in cell["outputs"]]
        for cell in document["cells"]
        if cell["cell_type"] == "code" and cell["outputs"]
    }


def _plain(output: Mapping[str, object]) -> object:
    """An output without its execution count."""
    return {name: value for name, value in output.items() if name != "execution_count"}


def measured(bench: Bench, sweep: Sweep) -> bool:
    """Print how a sweep went; whether the results are the same."""
    ours, given = bench.nbflow(sweep)
    theirs, expected = bench.papermill(sweep)
    print(f"{sweep.label}: {len(sweep.values)} values of `{sweep.parameter}`")
    for name, took in (("nbflow", ours), ("papermill", theirs)):
        print(f"  {name:<10} {took.wall:8.2f} s {took.cpu:8.2f} s of CPU")
    whole = len(sweep.values) >= _MEMBERS and bench.rows >= _ROWS
    wanted = f" (wanted: {sweep.wanted:g} or more)" if whole else ""
    print(f"  papermill / nbflow: {theirs.wall / ours.wall:.2f}{wanted}")
    same = sum(a == b for a, b in zip(given, expected, strict=True))
    print(f"  the same results in {same} of {len(expected)} members", flush=True)
    return same == len(expected)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--peers", default=sys.executable, help="interpreter with papermill")
    parser.add_argument(
        "--members", type=int, default=_MEMBERS, help="how many values of a parameter"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many members at once")
    parser.add_argument("--rows", type=int, default=_ROWS, help="how much data")
    parser.add_argument("--only", choices=["last", "every"], help="one of the two sweeps")
    arguments = parser.parse_args()
    count = arguments.members
    sweeps = {
        "last": Sweep(
            "read by the last step only",
            "strength",
            [round(0.001 * 1.6**place, 6) for place in range(count)],
            wanted=8,
        ),
        "every": Sweep("read by every step", "seed", range(count), wanted=1),
    }
    with tempfile.TemporaryDirectory(prefix="batch-") as temporary:
        bench = Bench(Path(temporary), arguments.peers, arguments.jobs, arguments.rows)
        asked = [sweeps[arguments.only]] if arguments.only else sweeps.values()
        same = [measured(bench, sweep) for sweep in asked]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
