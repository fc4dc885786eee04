"""Does the plain module print what the notebook prints? Measured over cases or a folder of notebooks.

Each notebook is converted (``--to python``); the module runs as a script in the notebook's folder, and what
it writes to its standard output is held against what the cells print and show, in their order. Text that the
notebook itself does not repeat is left out.

    python benchmarks/modules.py traps.json
    python benchmarks/modules.py notebooks --python .venv/bin/python
    python benchmarks/modules.py corpus/manifest.json --variant coarse --python old=OLD/bin/python

A file with ``cases`` is one that ``traps.py`` takes, a manifest one that ``equivalence.py`` takes, with what
the cells gave in ``truth/ID.json`` beside it. Printed for each: same (or ok), refused (with the findings),
DIFFERENT, crashed.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from traps import notebook as trap

from nbflow.engines.kernel import in_kernel, reference_order
from nbflow.engines.seen import Seen

_STEADY: Final = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9"),
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "MPLBACKEND": "Agg",
}
_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
#: So much of a text is kept beside a manifest.
_KEPT: Final = 4000
#: A text that stands for itself, or None for one that no two runs have in common.
Part = str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook to convert in a copy of ``root``; ``expected`` is what it prints, part by part.

    ``file`` is what a file of the case must hold in the end instead, ``fails`` what its error must say.
    """

    name: str
    root: Path
    notebook: Path
    python: str
    expected: Sequence[Part] = ()
    trap: Mapping[str, Any] = field(default_factory=dict)


def outcome(case: Case, timeout: float, kept: Path | None) -> tuple[str, str]:
    """A word for what became of the case, and more about it."""
    with tempfile.TemporaryDirectory(prefix="module-") as temporary:
        place = Path(temporary) / "copy"
        place.mkdir()
        if case.trap:
            _write_trap(case, place)
        else:
            shutil.copytree(case.root, place, dirs_exist_ok=True)
        notebook = place / case.notebook
        expected = case.expected or (() if case.trap else _kernel(notebook, case.python))
        made = Path(temporary) / "made"
        words = ["convert", str(notebook), "--to", "python", "-o", str(made)]
        done = _run(
            [sys.executable, "-m", "nbflow", *words, "--python", case.python], place, timeout
        )
        if done.returncode:
            codes = re.findall(r"(NB\d+)[^\n]*\n?[^\n]*", done.stdout + done.stderr)
            errors = _errors(done.stdout + done.stderr)
            word = "refused" if codes else "crashed"
            return ("ok" if case.trap.get("expect") == "refused" else word), errors
        if kept:
            shutil.copytree(made, kept / case.name.replace("/", "-"), dirs_exist_ok=True)
        script = next(p for p in made.glob("*.py") if "Made by nbflow" in p.read_text("utf-8"))
        done = _run([case.python, str(script)], notebook.parent, timeout)
        if case.trap:
            return _trap_word(case, place, done)
        word, more = _word(expected, done)
        if word != "same" and case.expected:  # this machine may differ from that of the manifest
            shutil.rmtree(place)
            shutil.copytree(case.root, place)
            again, other = _word(_kernel(notebook, case.python), done)
            return (again, "") if again == "same" else (word, f"{more}{other}")
        return word, more


def _errors(text: str) -> str:
    found = [line.strip() for line in text.splitlines() if "error" in line or "NB" in line]
    return " | ".join(found)[:600] or text[-300:]


def _write_trap(case: Case, place: Path) -> None:
    (place / "empty").mkdir()
    document = trap(case.trap, place / "out.txt", place / "empty")
    (place / case.notebook).write_text(json.dumps(document), encoding="utf-8")


def _run(command: list[str], folder: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **_STEADY, "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", "took too long")


def _trap_word(case: Case, place: Path, done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    out = place / "out.txt"
    written = out.read_text(encoding="utf-8") if out.exists() else ""
    for path, name in ((place / "empty", "@TMP"), (out, "@OUT")):
        written = written.replace(str(path), name)
    if case.trap["expect"] == "refused":
        return "DIFFERENT", "it was not refused"
    if done.returncode:
        return "crashed", done.stderr.strip().splitlines()[-1]
    if written.rstrip("\n") == case.trap["output"].rstrip("\n"):
        return "ok", ""
    return "DIFFERENT", f"{written!r} in place of {case.trap['output']!r}"


def _word(expected: Sequence[Part], done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    got = _ADDRESS.sub("0x…", done.stdout)
    more = _first_difference(expected, got)
    if not more:
        return "same", ""
    if done.returncode:
        return "crashed", f"{done.stderr.strip().splitlines()[-1][:200]} {more}"
    return "DIFFERENT", more


def _first_difference(expected: Sequence[Part], got: str) -> str:
    """Where the texts differ first, or ""; a part that is None may be anything."""
    place, free = 0, False
    for part in expected:
        if part is None:
            free = True
            continue
        text = _ADDRESS.sub("0x…", part)
        found = got.find(text, place) if free else place if got.startswith(text, place) else -1
        if found < 0:
            there = got[place : place + len(text)]
            pairs = zip(text, there, strict=False)
            first = next((n for n, (a, b) in enumerate(pairs) if a != b), len(there))
            around = slice(max(first - 60, 0), first + 120)
            return f"\n      - {text[around]!r}\n      + {got[place:][around]!r}"
        place = found + len(text)
        free = free and not text
    return f"more at the end: {got[place:][:200]!r}" if got[place:] and not free else ""


def _parts(cells: Sequence[tuple[str, str, tuple[str, ...]]]) -> Iterator[str]:
    """What cells print, display and show, as lines of a script's output."""
    for stdout, result, displays in cells:
        yield stdout
        yield "".join(f"{text}\n" for text in displays if text and not text.startswith("<Figure"))
        yield f"{result}\n" if result else ""


def _kernel(notebook: Path, python: str) -> list[Part]:
    """What the notebook prints in two kernels, in so far as they agree."""
    runs = []
    document = json.loads(notebook.read_text(encoding="utf-8"))
    for seed in ("1", "2"):
        env = {**os.environ, **_STEADY, "PYTHONHASHSEED": seed}
        seen: Seen = in_kernel(notebook, python, folder=notebook.parent, env=env)
        found = [seen.cells.get(at) for at in reference_order(document["cells"])]
        cells = [(one.stdout, one.result, one.displays) for one in found if one]
        runs.append(list(_parts(cells)))
    return [a if a == b else None for a, b in zip(*runs, strict=True)]


def _truth(path: Path, entry: Mapping[str, Any]) -> list[Part] | None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found: list[Part] = []
    for cell in cells:
        steady = not cell["tainted"]
        found.extend(_whole(cell["stdout"]) if steady and cell["det_stdout"] else [None])
        text = "" if str(cell["display"]).startswith("<Figure") else cell["display"]
        found.append(f"{text}\n" if text else "")
        text = f"{cell['result']}\n" if cell["result"] else ""
        found.extend(_whole(text) if steady and cell["det_result"] else [None])
    return found


def _whole(text: str) -> list[Part]:
    """The text, of which the manifest keeps the beginning."""
    return [text.rstrip("\n"), None] if len(text.rstrip("\n")) >= _KEPT else [text]


def cases_of(options: argparse.Namespace) -> Iterator[Case]:
    """The notebooks that the command line asks for."""
    pythons = dict(text.split("=") if "=" in text else ("", text) for text in options.python)
    default = pythons.get("", sys.executable)
    path: Path = options.path
    if path.is_dir():
        for each in sorted(path.glob("*.ipynb")):
            yield Case(each.stem, path, Path(each.name), default)
        return
    document = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(document, dict):
        for each in document["cases"]:
            yield Case(each["name"], path.parent, Path("trap.ipynb"), default, trap=each)
        return
    for entry in document:
        plain = path.parent / entry["notebook"]
        suffix = "" if options.variant == "plain" else f".{options.variant}"
        own = plain.with_name(f"{plain.stem}{suffix}.ipynb")
        root = Path(str(plain).removesuffix(entry["path"]))
        root = root if str(plain).endswith("/" + entry["path"]) else plain.parent
        expected = _truth(path.parent / "truth" / f"{entry['id']}.json", entry)
        if entry["env"] in pythons:
            yield Case(
                entry["id"], root, own.relative_to(root), pythons[entry["env"]], expected or ()
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path, help="cases, a manifest, or a folder of notebooks")
    parser.add_argument("--python", action="append", default=[], metavar="[NAME=]PATH")
    parser.add_argument("--variant", default="plain", choices=["plain", "percell", "coarse"])
    parser.add_argument("--only", default="*", metavar="GLOB")
    parser.add_argument("--every", type=int, default=1, help="one notebook in so many")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one process")
    parser.add_argument("--keep", type=Path, help="keep the modules here")
    options = parser.parse_args()
    options.path = options.path.resolve()
    cases = [c for c in cases_of(options) if fnmatch.fnmatch(c.name, options.only)][
        :: options.every
    ]
    words: Counter[str] = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        found = pool.map(lambda case: outcome(case, options.timeout, options.keep), cases)
        for case, (word, more) in zip(cases, found, strict=True):
            words[word] += 1
            print(f"{word:<10} {case.name:<40} {more}".rstrip(), flush=True)
    print(", ".join(f"{number} {word}" for word, number in words.most_common()))
    return int(words["DIFFERENT"] + words["crashed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
