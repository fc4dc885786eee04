"""Does the pipeline give what the notebook gives? Measured over a folder of notebooks.

Each notebook is run whole in one real kernel (twice, under different hash seeds, to find out what
it does not repeat by itself) and as a pipeline, each time in a fresh copy of its folder. The report
says for each notebook: same, refused (before the run, with the findings' codes), stopped (by the
run, with a sentence), DIFFERENT (where first, and the two texts), crashed.

    python benchmarks/equivalence.py notebooks
    python benchmarks/equivalence.py notebooks --per-cell --jobs 2
    python benchmarks/equivalence.py --manifest corpus/manifest.json --variant percell \\
        --python old=OLD/bin/python --python new=NEW/bin/python --env MPLBACKEND=Agg

The exit code is 0 if no notebook was DIFFERENT or crashed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from collection import Case, folder_cases, manifest_cases, uninitialised
from comparison import Verdict, verdict
from observed import read, write
from variants import per_cell

from nbflow.engines.comparison import Difference
from nbflow.engines.seen import Seen

_HERE = Path(__file__).parent
_HASH_SEEDS = ("1", "2")
#: No thread pools (their sums differ in the last digit), and no network.
_STEADY = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9"),
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """How the notebooks are run. ``scratch`` holds copies, ``cache`` the reference results.

    ``through`` is the script that runs them as pipelines; ``narrowed`` tells it to leave out edges as
    after a verified run.
    """

    scratch: Path
    cache: Path
    env: Mapping[str, str]
    per_cell: bool
    timeout: float
    step_jobs: int | None
    through: str = "pipeline.py"
    narrowed: bool = False


def measure(case: Case, setting: Setting) -> Verdict:
    """What became of one notebook."""
    try:
        references = [_reference(case, setting, seed) for seed in _HASH_SEEDS]
    except subprocess.TimeoutExpired:
        return Verdict(case.name, "no reference", message=f"took more than {setting.timeout:.0f} s")
    except OSError as error:  # one folder that cannot be copied does not end a long measurement
        return Verdict(case.name, "no reference", message=str(error))
    if any(seen.word == "crashed" for seen in references):
        return Verdict(case.name, "no reference", message=_last_line(references[0].message))
    more = [] if setting.step_jobs is None else [str(setting.step_jobs)]
    more += ["narrowed"] * setting.narrowed
    try:
        seen = _run(case, setting, setting.through, more, {})
    except subprocess.TimeoutExpired:
        seen = Seen("crashed", message=f"took more than {setting.timeout:.0f} s")
    unset = uninitialised(case.notebook)
    untrusted = replace(case.untrusted, parts=case.untrusted.parts | unset)
    return verdict(case.name, references, seen, untrusted)


def _reference(case: Case, setting: Setting, seed: str) -> Seen:
    kept = setting.cache / f"{_key(case, setting, seed)}.json"
    if kept.exists():
        return read(kept)
    seen = _run(case, setting, "reference.py", [], {"PYTHONHASHSEED": seed})
    if seen.word != "crashed" and not seen.message:
        write(seen, kept)
    return seen


def _run(
    case: Case, setting: Setting, script: str, more: Sequence[str], env: Mapping[str, str]
) -> Seen:
    """What the script says of the notebook, run in a fresh copy of its folder.

    The copy always has the same path, so that a path that a notebook prints is the same in every
    run.
    """
    place = setting.scratch / hashlib.sha256(_origin(case).encode()).hexdigest()[:16]
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(case.root, place / "copy", ignore=shutil.ignore_patterns(".git", ".nbflow"))
    notebook = place / "copy" / case.notebook.relative_to(case.root)
    if setting.per_cell:
        document = per_cell(json.loads(notebook.read_text(encoding="utf-8")))
        notebook.write_text(json.dumps(document, indent=1), encoding="utf-8")
    out = place / "seen.json"
    command = [sys.executable, str(_HERE / script), str(notebook), case.python, str(out), *more]
    log = place / "log.txt"
    with log.open("wb") as stream:
        code = _wait(command, {**os.environ, **_STEADY, **setting.env, **env}, stream, setting)
    try:
        if not out.exists():
            text = log.read_text(encoding="utf-8", errors="replace")
            return Seen("crashed", message=f"exit code {code}\n{text[-2000:]}")
        return read(out)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait(
    command: Sequence[str], env: Mapping[str, str], stream: BinaryIO, setting: Setting
) -> int:
    process = subprocess.Popen(
        command,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=subprocess.STDOUT,
    )
    try:
        return int(process.wait(timeout=setting.timeout))
    except subprocess.TimeoutExpired:
        process.kill()  # kernels and helpers end when they lose their parent
        process.wait()
        raise


def _origin(case: Case) -> str:
    """The notebook that a tagged variant was made from: all variants give the same in Jupyter."""
    return re.sub(r"\.(percell|coarse)\.ipynb$", ".ipynb", case.name)


#: What gives the same all day, and something else tomorrow.
_DATES: Final = re.compile(r"today|now\b|localtime|gmtime|strftime")


def _key(case: Case, setting: Setting, seed: str) -> str:
    """What a reference result depends on: the code cells with their order and tags that matter."""
    document = json.loads(case.notebook.read_text(encoding="utf-8"))
    if setting.per_cell:
        document = per_cell(document)
    sources = [
        [
            position,
            "".join(cell["source"]),
            sorted({"skip", "pipeline-metrics"} & set(cell.get("metadata", {}).get("tags", []))),
        ]
        for position, cell in enumerate(document["cells"])
        if cell["cell_type"] == "code"
    ]
    runtime = [path.read_text() for path in sorted(_HERE.glob("../nbflow/runtime/meaning*.py"))]
    whole = [sources, _origin(case), case.python, sorted(setting.env.items()), seed, runtime]
    if _DATES.search(json.dumps(sources)):
        whole.append(date.today().isoformat())
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:32]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def line(found: Verdict) -> str:
    """One notebook's line of the report, with what differed first."""
    head = f"{found.word:<12} {found.notebook}"
    if found.codes:
        head += f"  {' '.join(found.codes)}"
    if found.word != "same" and found.message:
        head += f"  {_last_line(found.message)[:200]}"
    shown = [one for kind in ("cell", "variable", "end") for one in _first(found, kind)]
    return "\n".join(
        [
            head,
            *(
                f"    {d.where}\n      - {d.expected[:300]!r}\n      + {d.got[:300]!r}"
                for d in shown
            ),
        ]
    )


def _first(found: Verdict, kind: str) -> list[Difference]:
    return [one for one in found.differences if one.where.startswith(kind)][:1]


def totals(verdicts: Sequence[Verdict]) -> str:
    """The last lines of the report: counts and shares."""
    counted = [found for found in verdicts if found.word != "no reference"]
    words = Counter(found.word for found in counted)
    lines = [f"{len(counted)} notebooks"]
    for word in ("same", "refused", "stopped", "DIFFERENT", "crashed"):
        share = words[word] / len(counted) if counted else 0.0
        lines.append(f"  {word:<10} {words[word]:>4}  {share:6.1%}")
    codes = Counter(code for found in counted for code in found.codes)
    if codes:
        listed = ", ".join(f"{code} {number}" for code, number in codes.most_common())
        lines.append(f"  refused for: {listed}")
    same = [found for found in counted if found.word == "same"]
    alone, split = (sum(found.seconds[side] for found in same) for side in (0, 1))
    lines.append(
        f"  time of the same ones: {alone:.1f} s in one kernel, {split:.1f} s as pipelines"
    )
    left = sum(found.left_out for found in counted)
    lines.append(
        f"  {sum(found.compared for found in counted)} things compared, {left} not repeatable"
    )
    unrun = len(verdicts) - len(counted)
    return "\n".join([*lines, *([f"  {unrun} without a reference"] if unrun else [])])


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="run every *.ipynb below it")
    parser.add_argument("--manifest", type=Path, help="run the notebooks that this JSON file lists")
    parser.add_argument("--variant", default="plain", choices=["plain", "percell", "coarse"])
    parser.add_argument("--per-cell", action="store_true", help="make each code cell a step")
    parser.add_argument("--python", action="append", default=[], metavar="[NAME=]PATH")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--only", default="*", metavar="GLOB")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    parser.add_argument("--step-jobs", type=int, help="steps of a notebook at a time")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for one run")
    parser.add_argument("--cache", type=Path, help="keep reference results here")
    parser.add_argument("--json", type=Path, help="write all verdicts here")
    parser.add_argument("--pods", action="store_true", help="run steps as in pods of a cluster")
    parser.add_argument(
        "--narrowed", action="store_true", help="pods: edges as after a verified run"
    )
    parsed = parser.parse_args(argv)
    if parsed.narrowed and not parsed.pods:
        parser.error("--narrowed needs --pods")
    if (parsed.folder is None) == (parsed.manifest is None):
        parser.error("name a folder or a manifest")
    return parsed


def cases_of(options: argparse.Namespace) -> list[Case]:
    """The notebooks that the command line asks for."""
    pythons = dict(_pair(text, "") for text in options.python)
    if options.manifest:
        cases = manifest_cases(options.manifest.resolve(), options.variant, pythons)
    else:
        cases = folder_cases(options.folder.resolve(), pythons.get("", sys.executable))
    chosen = [case for case in cases if Path(case.name).match(options.only)]
    return chosen[: options.limit]


def _pair(text: str, default: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    return (name, value) if equals else (default, text)


def main() -> int:
    options = arguments()
    cases = cases_of(options)
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="equivalence-") as temporary:
        cache = (options.cache or Path(temporary) / "cache").resolve()
        # Kept results name paths of copies, so copies lie beside them and have the same path every
        # time.
        scratch = cache / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        env = dict(_pair(text, "") for text in options.env)
        through = "in_pods.py" if options.pods else "pipeline.py"
        setting = Setting(
            *(scratch, cache, env, options.per_cell, options.timeout, options.step_jobs, through),
            options.narrowed,
        )
        with ThreadPoolExecutor(options.jobs) as pool:
            for future in as_completed([pool.submit(measure, case, setting) for case in cases]):
                verdicts.append(future.result())
                print(line(verdicts[-1]), flush=True)
    verdicts.sort(key=lambda found: found.notebook)
    print(totals(verdicts))
    if options.json:
        options.json.write_text(json.dumps([asdict(found) for found in verdicts], indent=1))
    return int(any(found.word in ("DIFFERENT", "crashed") for found in verdicts))


if __name__ == "__main__":
    sys.exit(main())
