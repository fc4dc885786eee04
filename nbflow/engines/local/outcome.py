"""What a step's process left behind, read from its outcome file."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbflow.engines.events import CellError, StepState
from nbflow.model import CellId, Name, StepName


@dataclass(frozen=True, slots=True)
class Written:
    """A new version of a variable, as the step describes it."""

    bundle: str
    type: str
    shape: str = ""
    bytes: int = 0
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why the value of a variable could not be stored; ``meaning`` is its fingerprint all the same."""

    type: str
    reason: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one step (see ``nbflow.runtime``); ``classes`` and ``ambient`` map to bundles.

    ``modules`` leads from those that lie beside the notebook to the bundles of their texts, "" where a
    cell has taken one out of ``sys.modules``; ``module_files`` are their files. ``libraries`` are the
    top-level modules of installed libraries that were there, ``missing`` those that were looked for and
    not found; ``environ`` are the environment variables that were looked up. ``passing`` says what makes
    the same step give something else at another time, as clauses that follow "it has used". ``dropped``
    are versions that were not to be stored (see ``keeping``): they have no bundle.
    """

    ok: bool
    error: CellError | None = None
    written: Mapping[Name, Written] = field(default_factory=dict)
    dropped: Mapping[Name, Written] = field(default_factory=dict)
    deleted: tuple[Name, ...] = ()
    unpicklable: Mapping[Name, Obstacle] = field(default_factory=dict)
    ambient: Mapping[Name, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    classes_read: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)
    #: Whether the step has done anything outside of its process.
    outside: bool = False
    files_read: frozenset[str] = frozenset()
    #: Paths of which the step has only asked what is there.
    files_asked: frozenset[str] = frozenset()
    files_written: frozenset[str] = frozenset()
    #: Temporary files and folders, with names by chance, that the step has made and not removed.
    files_left: frozenset[str] = frozenset()
    #: Size and time of each file when the step first opened it or asked for it; -1 and 0 of what is none.
    files_seen: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    module_files: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    environ: frozenset[str] = frozenset()
    #: Whether it was looked which environment variables there are.
    environ_listed: bool = False
    passing: tuple[str, ...] = ()
    #: Generators of random numbers that the step has set before it drew from them.
    seeded: frozenset[Name] = frozenset()
    #: The variables that the step began with; of these it had read some, and others lay beside them.
    loaded: frozenset[Name] = frozenset()
    #: What the prelude has made and the step hands over to the notebook that it calls.
    handed: Mapping[Name, Written] = field(default_factory=dict)
    #: The bundles that its process has written itself, with the times of their files.
    made: Mapping[str, int] = field(default_factory=dict)
    #: What has ended with its process though the notebook goes on, as "thread watch".
    ended: tuple[str, ...] = ()
    peak_bytes: int = 0
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StepResult:
    """All that the engine knows of a step that has ended. Times are in seconds."""

    step: StepName
    index: int
    state: StepState
    started: float | None = None
    seconds: float = 0.0
    message: str = ""
    error: CellError | None = None
    outcome: Outcome = Outcome(ok=False)
    peak_bytes: int = 0
    #: User and system time of its process and of that one's children; none where it did not run.
    cpu_seconds: float = 0.0
    cell_seconds: Mapping[CellId, float] = field(default_factory=dict)
    #: Why the step ran, or did not; and the run whose result this is, where it was used again.
    reason: str = ""
    reused: str = ""


def read_outcome(path: Path) -> Outcome | None:
    """The outcome in a file, or None where the process did not get so far as to write it."""
    try:
        return outcome(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return None


def outcomes_in(folder: Path) -> dict[StepName, Path]:
    """The outcome files in the folder of a run, by the steps that its processes have run.

    Processes are numbered in the order in which they began, over all steps: of a step that has run more
    than once it is the file of the last one.
    """
    found: dict[StepName, Path] = {}
    specs = (folder / "steps").glob("*/spec.json")
    for spec in sorted(
        (each for each in specs if each.parent.name.isdecimal()),
        key=lambda each: int(each.parent.name),
    ):
        with suppress(ValueError):  # the run was killed while it was written
            step = json.loads(spec.read_text(encoding="utf-8"))["step"]
            found[StepName(step)] = spec.with_name("outcome.json")
    return found


def outcome(data: Mapping[str, Any]) -> Outcome:
    """The outcome that a step's JSON describes."""
    return Outcome(
        ok=data["ok"],
        error=_error(data["error"]) if data["error"] else None,
        written=_written(data["written"]),
        dropped=_written(data.get("dropped", {})),
        handed=_written(data.get("handed", {})),
        deleted=tuple(data["deleted"]),
        unpicklable={
            name: Obstacle(v["type"], v["reason"], v["meaning"])
            for name, v in data["unpicklable"].items()
        },
        ambient={name: v["bundle"] for name, v in data["ambient"].items()},
        classes=data["classes"],
        classes_read=tuple(data.get("classes_read", ())),
        imported=tuple(data.get("imported", ())),
        modules=data.get("modules", {}),
        outside=data.get("outside", False),
        files_read=frozenset(data.get("files_read", ())),
        files_asked=frozenset(data.get("files_asked", ())),
        files_written=frozenset(data.get("files_written", ())),
        files_left=frozenset(data.get("files_left", ())),
        files_seen={
            path: (size, time) for path, (size, time) in data.get("files_seen", {}).items()
        },
        module_files=frozenset(data.get("module_files", ())),
        libraries=frozenset(data.get("libraries", ())),
        missing=frozenset(data.get("missing", ())),
        environ=frozenset(data.get("environ", ())),
        environ_listed=data.get("environ_listed", False),
        seeded=frozenset(data.get("seeded", ())),
        passing=tuple(data.get("passing", ())),
        loaded=frozenset(data.get("read", ())),
        made=data.get("made", {}),
        ended=tuple(f"{note['kind']} {note['name']}" for note in data.get("notes", ())),
        peak_bytes=1024 * data.get("peak_rss_kb", 0),
        cpu_seconds=data.get("cpu_seconds", 0.0),
    )


def _peak(size: int) -> str:
    return f", peak {size / 1e9:.1f} GB" if size >= 50_000_000 else ""


def _written(data: Mapping[str, Any]) -> dict[Name, Written]:
    return {
        name: Written(v["bundle"], v["type"], v["shape"], v["bytes"], v["preview"])
        for name, v in data.items()
    }


def _error(data: Mapping[str, str]) -> CellError:
    return CellError(CellId(data["cell"]), data["ename"], data["evalue"])


def reason_of(status: int, peak_bytes: int = 0, *, for_memory: bool = False) -> str:
    """A sentence for a process that ended without an outcome; ``status`` as ``os.waitpid`` gives it.

    ``for_memory`` says that the system has killed a process for want of memory meanwhile.
    """
    number = status & 0x7F
    if number == signal.SIGKILL and for_memory:
        return f"its process was killed for want of memory{_peak(peak_bytes)}"
    if number:
        name = signal.Signals(number).name
        killed = number == signal.SIGKILL
        more = f"{_peak(peak_bytes)}, perhaps for want of memory" if killed else ""
        return f"its process was killed by signal {number} ({name}){more}"
    return f"its process ended by itself with exit code {status >> 8}"
