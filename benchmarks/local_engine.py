"""How fast the local engine is, beside what does the same work another way.

    python benchmarks/local_engine.py --peers PEERS/bin/python

Measured in one run, each the best of three, and printed as ratios: a chain of 20 trivial steps against
kfp.local's SubprocessRunner; a notebook of five steps with scikit-learn against plain Python and
papermill; two independent steps of 2 seconds against papermill; a second run of which nothing has
changed; the memory of the engine while a gigabyte passes from step to step. PEERS is an interpreter
with ipykernel, scikit-learn, pandas, papermill and kfp; the last two are left out where it lacks them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from startup import chain

from notebooks import notebook

_NBFLOW = [sys.executable, "-c", "from nbflow.cli.main import main; main()"]
_STEADY = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_KFP = """
import sys, time
from kfp import dsl, local
local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=sys.argv[1])
@dsl.component(install_kfp_package=False)
def first() -> int:
    return 0
@dsl.component(install_kfp_package=False)
def add(x: int) -> int:
    return x + 1
@dsl.pipeline
def steps() -> int:
    x = first().output
    for _ in range(19):
        x = add(x=x).output
    return x
began = time.perf_counter()
assert steps().output == 19
print("seconds", time.perf_counter() - began)
"""
_FIVE = (
    ("imports", "import numpy as np\nimport pandas as pd\nfrom sklearn.datasets import load_wine"),
    ("imports", "from sklearn.ensemble import RandomForestClassifier"),
    ("imports", "from sklearn.model_selection import train_test_split"),
    ("step:load", "data = load_wine(as_frame=True)\nframe = data.frame"),
    ("step:split", "train, test = train_test_split(frame, random_state=0)"),
    (
        "step:fit",
        "model = RandomForestClassifier(200, random_state=0)\n"
        "model.fit(train.drop(columns='target'), train.target)",
    ),
    ("step:predict", "found = model.predict(test.drop(columns='target'))"),
    ("step:score", "print(round(float((found == test.target).mean()), 3))"),
)
_BUSY = "import time\nend = time.process_time() + 2\nwhile time.process_time() < end:\n    pass\n"
_TWO = (
    ("step:left", f"{_BUSY}a = 1"),
    ("step:right", f"{_BUSY}b = 2"),
    ("step:both", "print(a + b)"),
)
_LARGE = (
    ("step:make", "import numpy as np\nx = np.ones(1 << 27)"),
    ("step:pass", "y = x[::1 << 20].sum()"),
    ("step:show", "print(x.nbytes, y)"),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are measured, and with which interpreter the peers run."""

    folder: Path
    peers: str

    def nbflow(self, name: str, *more: str) -> float:
        """Seconds of ``nbflow run`` in a new process."""
        words = ["run", "--quiet", name, "--python", self.peers, *more]
        return self._seconds([*_NBFLOW, *words])

    def papermill(self, name: str) -> float:
        """Seconds of papermill in a new process."""
        words = ["-m", "papermill", "--no-progress-bar", "-k", "python3", name, "out.ipynb"]
        return self._seconds([self.peers, *words])

    def plain(self, name: str) -> float:
        """Seconds of the cells as one script."""
        return self._seconds([self.peers, name])

    def kfp(self) -> float:
        """Seconds that kfp.local takes for a chain of 20 steps, without its imports."""
        (self.folder / "steps.py").write_text(_KFP, encoding="utf-8")
        root = tempfile.mkdtemp(dir=self.folder)  # an empty one: kfp.local keeps results as well
        answer = subprocess.run(
            [self.peers, "steps.py", root],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return float(answer.stdout.rpartition("seconds ")[2].split()[0])

    def has(self, module: str) -> bool:
        """Whether the peers' interpreter has a module."""
        look = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
        return subprocess.run([self.peers, "-c", look], check=False).returncode == 0

    def _seconds(self, command: Sequence[str]) -> float:
        began = time.perf_counter()
        subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **_STEADY},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - began


def best(work: Callable[[], float], times: int = 3) -> float:
    """The least seconds of some tries."""
    return min(work() for _ in range(times))


def _chain(bench: Bench) -> None:
    one = best(lambda: bench.nbflow("one.ipynb", "--no-cache"))
    twenty = best(lambda: bench.nbflow("chain.ipynb", "--no-cache"))
    step = (twenty - one) / 19
    print(f"a step in a chain of 20                 {step * 1000:8.1f} ms")
    if bench.has("kfp"):
        other = best(bench.kfp) / 20
        print(
            f"the same in kfp.local                   {other * 1000:8.1f} ms  {other / step:6.1f} times"
        )
    bench.nbflow("chain.ipynb")
    again = best(lambda: bench.nbflow("chain.ipynb"))
    print(f"a second run of the 20 steps            {again:8.2f} s")


def _five(bench: Bench) -> None:
    (bench.folder / "five.py").write_text("\n".join(c for _, c in _FIVE), encoding="utf-8")
    ours = best(lambda: bench.nbflow("five.ipynb", "--no-cache"))
    plain = best(lambda: bench.plain("five.py"))
    print(f"five steps with scikit-learn            {ours:8.2f} s")
    print(f"the same in plain Python                {plain:8.2f} s  {ours - plain:+6.2f} s")
    if bench.has("papermill"):
        other = best(lambda: bench.papermill("five.ipynb"))
        print(f"the same in papermill                   {other:8.2f} s  {ours / other:6.2f} of it")


def _two(bench: Bench) -> None:
    ours = best(lambda: bench.nbflow("two.ipynb", "--no-cache"))
    print(f"two independent steps of 2 s            {ours:8.2f} s")
    if bench.has("papermill"):
        other = best(lambda: bench.papermill("two.ipynb"))
        print(f"the same in papermill                   {other:8.2f} s  {ours / other:6.2f} of it")


def _memory(bench: Bench) -> None:
    look = (
        "import resource, sys\nfrom nbflow.service.run import run\n"
        "r = run('large.ipynb', python=sys.argv[1])\nassert r.state == 'done'\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", look, bench.peers],
        cwd=bench.folder,
        check=True,
        capture_output=True,
        text=True,
    )
    print(f"the engine's memory with 1 GiB passing  {int(answer.stdout) / 1024:8.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--peers", default=sys.executable, help="interpreter with papermill and kfp"
    )
    parser.add_argument("--only", default="", help="chain, five, two or memory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="engine-") as temporary:
        folder = Path(temporary)
        documents = {
            "chain": chain(20),
            "one": chain(20, split=False),
            "five": notebook(_FIVE),
            "two": notebook(_TWO),
            "large": notebook(_LARGE),
        }
        for name, document in documents.items():
            (folder / f"{name}.ipynb").write_text(json.dumps(document), encoding="utf-8")
        bench = Bench(folder, arguments.peers)
        parts = {"chain": _chain, "five": _five, "two": _two, "memory": _memory}
        for name, measure in parts.items():
            if arguments.only in ("", name):
                measure(bench)


if __name__ == "__main__":
    main()
