"""The notebooks to measure: a folder of them, or a manifest that says more about each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbflow.engines.comparison import Untrusted

_UNSET = re.compile(r"\b(?:np|numpy)\.empty(?:_like)?\(")


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook to run in ``python``; ``root`` is the folder that is copied, with the data in it."""

    name: str
    notebook: Path
    root: Path
    python: str
    untrusted: Untrusted = field(default_factory=Untrusted)


def folder_cases(folder: Path, python: str) -> list[Case]:
    """Every notebook below the folder."""
    return [
        Case(str(path.relative_to(folder)), path, folder, python)
        for path in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def manifest_cases(manifest: Path, variant: str, pythons: Mapping[str, str]) -> list[Case]:
    """Every notebook that the manifest lists and that has an interpreter.

    An entry has ``notebook`` (path beside the manifest), ``path`` (the tail of it that its author
    knows; what stands before is copied whole), ``env`` (which interpreter), and per code cell
    ``det_stdout``, ``det_result`` and ``tainted``. ``truth/ID.json`` beside the manifest says which
    variables a tainted cell wrote, and which two runs ended differently (``nondet_vars``).
    """
    folder = manifest.parent
    cases = []
    for entry in json.loads(manifest.read_text(encoding="utf-8")):
        if entry["env"] not in pythons:
            continue
        plain = folder / entry["notebook"]
        suffix = "" if variant == "plain" else f".{variant}"
        notebook = plain.with_name(f"{plain.stem}{suffix}.ipynb")
        name = str(Path(entry["notebook"]).with_name(notebook.name))
        known = str(plain).endswith("/" + entry["path"])
        root = Path(str(plain).removesuffix(entry["path"])) if known else plain.parent
        untrusted = _untrusted(entry, notebook, folder / "truth" / f"{entry['id']}.json")
        cases.append(Case(name, notebook, root, pythons[entry["env"]], untrusted))
    return cases


def uninitialised(notebook: Path) -> frozenset[tuple[int, str]]:
    """What cells show that ask numpy for memory as it is: two runs agree on it by luck alone."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return frozenset(
        (position, part)
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "code" and _UNSET.search("".join(cell["source"]))
        for part in ("stdout", "result", "displays")
    )


def _untrusted(entry: Mapping[str, list[bool]], notebook: Path, truth: Path) -> Untrusted:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    positions = [at for at, cell in enumerate(cells) if cell["cell_type"] == "code"]
    parts: set[tuple[int, str]] = set()
    rows = zip(positions, entry["det_stdout"], entry["det_result"], entry["tainted"], strict=True)
    for position, stdout, result, tainted in rows:
        if tainted or not stdout:
            parts.add((position, "stdout"))
        if tainted or not result:
            parts |= {(position, "result"), (position, "displays")}
    return Untrusted(frozenset(parts), _unrepeated_names(truth))


def _unrepeated_names(truth: Path) -> frozenset[str]:
    """The variables that the manifest's own runs ended with different values of, or that a cell with
    unrepeatable values wrote: they may agree by luck, as what `%timeit` changes as often as time
    allows."""
    if not truth.exists():
        return frozenset()
    cells = json.loads(truth.read_text(encoding="utf-8"))["cells"]
    written = (
        name for cell in cells if cell["tainted"] for name in [*cell["rebound"], *cell["mutated"]]
    )
    return frozenset((*written, *(name for cell in cells[-1:] for name in cell["nondet_vars"])))
