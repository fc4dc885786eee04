"""What a notebook gives when its steps run as in the pods of a cluster.

Run as ``python in_pods.py NOTEBOOK PYTHON OUT.json``. All files of the notebook's folder go along.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from observed import write

# The way of the tests to run steps as pods.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "codegen"))

from pods import END, Pods, Refused, Setting, analysed, ending

from nbflow.codegen.assembly import assemble
from nbflow.engines.seen import NOT_STORED, Seen, cell_seen
from nbflow.notebook import read


def in_pods(notebook: Path, python: str) -> Seen:
    """What the notebook gives; findings and errors come back as words, never as exceptions."""
    began = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="in-pods-") as folder:
            return _ran(notebook, python, Path(folder), began)
    except Refused as refusal:
        return Seen("refused", codes=refusal.codes, message=str(refusal))
    except Exception:
        # A benchmark of crashes must live through them.
        return Seen("crashed", message=traceback.format_exc())


def _ran(notebook: Path, python: str, folder: Path, began: float) -> Seen:
    source, parameters = analysed(notebook)
    setting = Setting(python=python, env=os.environ, beside=notebook.parent)
    pods = Pods(assemble(ending(source)), folder, setting)
    ran = pods.run(parameters)
    if ran.crashed:
        return Seen("crashed", message="; ".join(ran.crashed.values()))
    cells = {cell.number - 1: cell_seen(ran.of(cell.id)) for cell in read(notebook).cells}
    raised = any(cell.error for cell in cells.values())
    told = "; ".join(f"{step}: {text}" for step, text in ran.failed.items())
    if ran.failed and not raised:
        return Seen("stopped", cells, message=told)
    variables = dict(pods.left()) if END in ran.order else {}
    variables |= dict.fromkeys(pods.obstacles() - variables.keys(), NOT_STORED)
    word = "failed" if raised and ran.failed else "done"
    return Seen(word, cells, variables, message=told, seconds=time.perf_counter() - began)


def main() -> None:
    notebook, python, out = sys.argv[1:4]
    write(in_pods(Path(notebook), python), Path(out))


if __name__ == "__main__":
    main()
