"""What a notebook gives when it is run whole in Jupyter: its outputs by cell, from a kernel of its own.

``python tests/conformance/reference.py`` writes them into the notebooks; nothing else may. A notebook
that is to be tried again is run again, as a person would do it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOTEBOOKS = HERE / "notebooks"
#: Notebooks by their paths, outputs by the position of their cell; None where a cell did not run.
Outputs = dict[str, list[list[dict[str, Any]] | None]]


def given(name: str, folder: Path) -> Outputs:
    """The outputs of a notebook and of those that it calls, run in ``folder``."""
    command = [sys.executable, "-W", "ignore", __file__, name, str(folder)]
    paths = os.pathsep.join(str(HERE.parent / each) for each in ("", "flow"))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((paths, os.environ.get("PYTHONPATH", "")))}
    done = subprocess.run(command, capture_output=True, env=env, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: Outputs = json.loads(done.stdout.splitlines()[-1])
    return found


def saved(name: str) -> Outputs:
    """The outputs that the notebook and those that it calls hold."""
    return {path: list(map(_saved, document["cells"])) for path, document in _all(name).items()}


def _saved(cell: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    return None if cell["execution_count"] is None else list(cell["outputs"])


def _all(name: str) -> dict[str, dict[str, Any]]:
    """The notebook and those that it calls, as JSON has them."""
    found: dict[str, dict[str, Any]] = {}
    left = [f"{name}.ipynb"]
    while left:
        path = left.pop()
        found[path] = json.loads((NOTEBOOKS / path).read_text(encoding="utf-8"))
        about = [cell["metadata"] for cell in found[path]["cells"]]
        left += [each["notebook_path"] for each in about if "notebook_path" in each]
    return found


def _run(name: str, folder: Path) -> Outputs:
    # They import what only this process, which pytest does not watch, may leave open.
    from flowcases import FlowCase, FlowCell  # noqa: PLC0415
    from kernel_client import outputs_of  # noqa: PLC0415

    books = {
        path: tuple(
            FlowCell(
                "".join(cell["source"]),
                tuple(cell["metadata"].get("tags", ())),
                metadata=tuple((k, v) for k, v in cell["metadata"].items() if k != "tags"),
            )
            for cell in document["cells"]
        )
        for path, document in _all(name).items()
    }
    own, *others = books.items()
    about = _all(name)[own[0]]["metadata"].get("conformance", {}).get("parameters", {})
    values = tuple((key, repr(value)) for key, value in about.items())
    case = FlowCase("", name, own[1], "shows", "", given=values, others=tuple(others))
    outputs, ended = outputs_of(case, folder)
    if not ended and any(tag.startswith("retry:") for cell in own[1] for tag in cell.tags):
        outputs, ended = outputs_of(case, folder)
    places = {path: _prefix(own[1], path) for path in books}
    return {
        path: [outputs.get(f"{places[path]}cell-{n}") for n in range(len(cells))]
        for path, cells in books.items()
    }


def _prefix(cells: Any, path: str) -> str:
    """What comes before the ids of a called notebook's cells."""
    return next((f"{c.tags[0].partition(':')[2]}/" for c in cells if c.called == path), "")


def _write(name: str) -> Iterator[str]:
    """Put what a kernel gives into the notebooks; the paths of those that have changed."""
    with tempfile.TemporaryDirectory() as folder:
        found = given(name, Path(folder))
    for path, document in _all(name).items():
        count = 0
        for cell, outputs in zip(document["cells"], found[path], strict=True):
            count += outputs is not None
            cell["outputs"] = [_numbered(each, count) for each in outputs or ()]
            cell["execution_count"] = None if outputs is None else count
        text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if (NOTEBOOKS / path).read_text(encoding="utf-8") != text:
            (NOTEBOOKS / path).write_text(text, encoding="utf-8")
            yield path


def _numbered(output: Mapping[str, Any], count: int) -> dict[str, Any]:
    return {**output, **({"execution_count": count} if "execution_count" in output else {})}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        place = Path(sys.argv[2])
        shutil.copytree(NOTEBOOKS, place, dirs_exist_ok=True)
        sys.stdout.write(json.dumps(_run(sys.argv[1], place)))
    else:
        for each in sorted(NOTEBOOKS.glob("*.ipynb")):
            for changed in _write(each.stem):
                sys.stdout.write(f"{changed}\n")
