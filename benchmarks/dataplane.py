"""What it costs to store a variable and to read it in the next step, against ``np.save`` of as many bytes.

    python benchmarks/dataplane.py [--python PYTHON] [--megabytes 1024] [--rows 1000000]

Each value is written, loaded and looked at again three times by the interpreter PYTHON, which needs numpy,
and whose pandas, polars, pyarrow and torch are used where they are there. Shown is the best of the
three. Nothing is synced to disk, neither by nbflow nor by ``np.save``; both write into the same folder in
turns. The last figure is that of a whole run: what a step that reads one of thirty variables has mapped.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cloudpickle

from notebooks import notebook

ROOT = Path(__file__).parents[1]
#: Runs in PYTHON: name and size of a value, a folder, the folder of cloudpickle; prints a line of JSON.
WORKER = r"""
import importlib.util, json, os, sys, time
kind, size, folder, brought_from = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
from nbflow.runtime import brought
brought.load(brought_from)
from nbflow.runtime import bundle, hashing, live, pickling, variables

def words(np, rows):
    return ["word %d" % n for n in range(rows)], ["kind %d" % (n % 50) for n in range(rows)]

def columns(np, rows):
    first, second = words(np, rows)
    return {"i": np.arange(rows), "f": np.random.default_rng(0).random(rows), "s": first, "k": second}

def made():
    import numpy as np
    if kind == "array":
        return np.random.default_rng(0).random(size * (1 << 20) // 8)
    if kind == "pandas":
        import pandas as pd
        return pd.DataFrame(columns(np, size))
    if kind == "polars":
        import polars as pl
        return pl.DataFrame(columns(np, size))
    if kind == "pyarrow":
        import pyarrow as pa
        return pa.table(columns(np, size))
    import torch
    return torch.from_numpy(np.random.default_rng(0).random(size * (1 << 20) // 8)).clone()

def memory(word):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(word)) << 10

def timed(work):
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result

def stored(value):
    dump = pickling.dump(value)
    return bundle.write(dump.payload, ["v"], folder), dump.payload.nbytes

live.begin({}, "bench")
value = made()
with open("/proc/self/clear_refs", "w") as refs:
    refs.write("5")
before, best = memory("VmRSS"), {}
def note(name, seconds):
    best[name] = min(best.get(name, seconds), seconds)

for _ in range(3):
    seconds, (key, nbytes) = timed(lambda: stored(value))
    note("write", seconds)
    path = bundle.path_of(folder, key)
    peak = max(memory("VmHWM") - before, 0)
    os.unlink(path)
import numpy
as_many = numpy.zeros(nbytes, "u1")
as_many[:] = 7
target = os.path.join(folder, "saved.npy")
for _ in range(3):
    note("save", timed(lambda: numpy.save(target, as_many))[0])
    os.unlink(target)
    note("write", timed(lambda: stored(value))[0])
    os.unlink(path)
del as_many
stored(value)
del value
for _ in range(3):
    live.begin({}, "bench")
    seconds, values = timed(lambda: pickling.load(bundle.read(path)))
    note("load", seconds)
    begin = variables.beginning(values, {"v": path}, {})
    seconds, left = timed(lambda: variables.Ending(values, begin, folder).store_changes())
    note("check", seconds)
written = sum(entry["bytes"] for entry in left.bundles.values())
print(json.dumps({**best, "bytes": nbytes, "peak": peak, "again": written, "hash": hashing.NAME}))
"""
#: What the reader of one of thirty variables has in memory of the store.
SEEN = r"""
mapped, path = 0, ""
for line in open("/proc/self/smaps"):
    words = line.split()
    if "-" in words[0] and ":" not in words[0]:
        path = words[-1]
    elif words[0] == "Rss:" and path.endswith(".nbb"):
        mapped += int(words[1]) << 10
print(float(x7[0]), mapped)
"""


def has(python: str, module: str) -> bool:
    """Whether the interpreter has a module."""
    look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", look], check=False).returncode == 0


def measured(python: str, kind: str, size: int, folder: Path) -> dict[str, float]:
    """The seconds and bytes of one kind of value."""
    words = [kind, str(size), str(folder), str(Path(cloudpickle.__file__).parent)]
    done = subprocess.run(
        [python, "-c", WORKER, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def mapped_by_a_reader(python: str, folder: Path) -> tuple[int, int]:
    """Bytes of one of thirty variables, and of the store what a step that reads that one has mapped."""
    megabytes = 8
    made = "import numpy as np\n" + "\n".join(
        f"x{n} = np.full({megabytes << 17}, {n}.0)" for n in range(30)
    )
    cells = (("step:make", made), ("step:read", "total = x7.sum()\n" + SEEN))
    path = folder / "thirty.ipynb"
    path.write_text(json.dumps(notebook(cells)), encoding="utf-8")
    executed = folder / "executed.ipynb"
    command = [sys.executable, "-c", "from nbflow.cli.main import main; main()", "run", "--quiet"]
    subprocess.run(
        [*command, "--python", python, "--output", str(executed), str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    output = json.loads(executed.read_text(encoding="utf-8"))["cells"][1]["outputs"][0]["text"]
    return megabytes << 20, int("".join(output).split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="the interpreter that is measured")
    parser.add_argument(
        "--megabytes", type=int, default=1024, help="size of the array and the tensor"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the frames")
    options = parser.parse_args()
    kinds = {"array": "numpy", "torch": "torch"} | {n: n for n in ("pandas", "polars", "pyarrow")}
    print(
        f"{'':<10} {'MB':>6} {'write':>8} {'np.save':>8} {'ratio':>6} {'load':>9} {'unchanged':>9}",
        end="",
    )
    print(f" {'extra memory':>12} {'written again':>13}")
    with tempfile.TemporaryDirectory(prefix="dataplane-") as temporary:
        for kind, module in kinds.items():
            if not has(options.python, module):
                continue
            size = options.megabytes if kind in ("array", "torch") else options.rows
            f = measured(options.python, kind, size, Path(temporary))
            print(
                f"{kind:<10} {f['bytes'] / (1 << 20):>6.0f} {f['write']:>7.3f}s {f['save']:>7.3f}s"
                f" {f['write'] / f['save']:>6.2f} {f['load'] * 1e3:>7.2f}ms {f['check']:>8.3f}s"
                f" {f['peak'] / (1 << 20):>9.0f} MB {f['again']:>12.0f}B",
                flush=True,
            )
        one, mapped = mapped_by_a_reader(options.python, Path(temporary))
    print(f"30 variables: a reader of one has {mapped / one:.2f} of its {one >> 20} MB in memory")


if __name__ == "__main__":
    main()
