"""What a notebook gives when its steps run as in the pods of a cluster.

Run as ``python in_pods.py NOTEBOOK PYTHON OUT.json [narrowed]``. All files of the notebook's folder go along.
With ``narrowed``, edges are left out as after a verified run (see ``nbflow.analysis.narrowed``).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

from observed import write

# The way of the tests to run steps as pods.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "codegen"))

from pods import END, Pods, Refused, Setting, analysed, ending

from nbflow.codegen.assembly import assemble
from nbflow.engines.seen import NOT_STORED, Seen, cell_seen
from nbflow.errors import NbflowError
from nbflow.model import Name, StepName
from nbflow.notebook import read
from nbflow.service.run import run


def in_pods(notebook: Path, python: str, narrow: bool = False) -> Seen:
    """What the notebook gives; findings and errors come back as words, never as exceptions."""
    began = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="in-pods-") as folder:
            beside = notebook.parent
            if narrow:  # what the run writes is not to go along
                beside = Path(folder) / "beside"
                shutil.copytree(notebook.parent, beside)
            changed = _changed(notebook, python, Path(folder) / "store") if narrow else {}
            pods = Setting(python=python, env=os.environ, beside=beside)
            return _ran(notebook, pods, Path(folder), began, changed)
    except Refused as refusal:
        return Seen("refused", codes=refusal.codes, message=str(refusal))
    except Exception:
        # A benchmark of crashes must live through them.
        return Seen("crashed", message=traceback.format_exc())


def _changed(notebook: Path, python: str, store: Path) -> dict[StepName, frozenset[Name]]:
    """What each step changes when nbflow runs the notebook on this machine; the run is kept in ``store``."""
    os.environ["NBFLOW_HOME"] = str(store)
    try:
        record = run(str(notebook), python=python)
    except NbflowError:
        return {}
    return {
        step.name: frozenset(step.changed)
        for step in record.steps
        if step.source and step.changed is not None
    }


def _ran(
    notebook: Path,
    setting: Setting,
    folder: Path,
    began: float,
    changed: Mapping[StepName, frozenset[Name]],
) -> Seen:
    (folder / "run").mkdir()
    source, parameters = analysed(notebook, changed=changed)
    pods = Pods(assemble(ending(source)), folder / "run", setting)
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
    write(in_pods(Path(notebook), python, "narrowed" in sys.argv[4:]), Path(out))


if __name__ == "__main__":
    main()
