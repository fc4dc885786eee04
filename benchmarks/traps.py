"""Small notebooks that stress the flow of data, run through nbflow.

    python benchmarks/traps.py FILE [--jobs N] [--only GLOB] [--pods | --kfp]

FILE holds ``cases``: each has a ``name``, ``cells`` (``tags`` and ``source``, where ``@OUT`` stands
for a file's path and ``@TMP`` for an empty folder) and what to ``expect``: ``output`` (the file
then holds ``output``; a refusal before the run is the second best), ``refused``, or ``fails`` (the
run fails with ``error``). Printed for each case: ok, refused, stopped, SILENTLY DIFFERENT or
crashed.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from observed import read

from nbflow.engines.seen import Seen

_WRONG = "SILENTLY DIFFERENT"
_HERE = Path(__file__).parent


def notebook(case: Mapping[str, Any], out: Path, empty: Path) -> dict[str, object]:
    """The case as a notebook's JSON, with its places filled in."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": cell["tags"]},
            "source": cell["source"].replace("@OUT", str(out)).replace("@TMP", str(empty)),
            "outputs": [],
            "execution_count": None,
        }
        for number, cell in enumerate(case["cells"])
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def outcome(case: Mapping[str, Any], python: str, timeout: float, script: Path) -> tuple[str, str]:
    """A word for what became of the case, and more about it."""
    with tempfile.TemporaryDirectory(prefix="trap-") as temporary:
        folder = Path(temporary)
        out, empty, path = folder / "out.txt", folder / "empty", folder / "trap.ipynb"
        empty.mkdir()
        path.write_text(json.dumps(notebook(case, out, empty)), encoding="utf-8")
        seen = _seen(path, python, timeout, script)
        written = out.read_text(encoding="utf-8") if out.exists() else ""
        # The expected output names places as the cells do.
        written = written.replace(str(out), "@OUT").replace(str(empty), "@TMP")
    return _judged(case, seen, written.replace(str(empty), "@TMP"))


def _seen(path: Path, python: str, timeout: float, script: Path) -> Seen:
    target = path.with_name("seen.json")
    command = [sys.executable, str(script), str(path), python, str(target)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, check=False, cwd=path.parent
        )
    except subprocess.TimeoutExpired:
        return Seen("crashed", message=f"took more than {timeout:.0f} s")
    return read(target) if target.exists() else Seen("crashed", message=done.stderr[-1000:])


def _judged(case: Mapping[str, Any], seen: Seen, written: str) -> tuple[str, str]:
    expected = case["expect"]
    word, more = seen.word, seen.message
    if seen.word == "crashed":
        more = (seen.message.strip().splitlines() or [""])[-1]
    elif seen.word == "refused":
        word = "ok" if expected == "refused" else "refused"
    elif expected == "fails":
        word = "ok" if seen.word == "failed" and case["error"] in seen.message else _WRONG
    elif seen.word != "done":
        word = "stopped"
    elif expected == "refused":
        word, more = _WRONG, "it was not refused"
    elif written.rstrip("\n") == case["output"].rstrip("\n"):
        word = "ok"
    else:
        word, more = _WRONG, f"{written!r} in place of {case['output']!r}"
    return word, more


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", default="*", metavar="GLOB")
    parser.add_argument("--jobs", type=int, default=2, help="cases at a time")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the steps")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one case")
    elsewhere = parser.add_mutually_exclusive_group()
    elsewhere.add_argument("--pods", action="store_true", help="run steps as in pods of a cluster")
    elsewhere.add_argument("--kfp", action="store_true", help="convert, and run by kfp.local")
    options = parser.parse_args()
    script = _HERE / (
        "in_pods.py" if options.pods else "in_kfp.py" if options.kfp else "pipeline.py"
    )
    cases = [
        case
        for case in json.loads(options.file.read_text(encoding="utf-8"))["cases"]
        if fnmatch.fnmatch(case["name"], options.only)
    ]
    words: Counter[str] = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        found = pool.map(lambda case: outcome(case, options.python, options.timeout, script), cases)
        for case, (word, more) in zip(cases, found, strict=True):
            words[word] += 1
            print(f"{word:<20} {case['name']:<40} {more[:200]}".rstrip(), flush=True)
    print(", ".join(f"{number} {word}" for word, number in words.most_common()))
    return int(words[_WRONG] + words["crashed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
