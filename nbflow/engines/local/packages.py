"""Which version of which distribution an interpreter's modules come from, and the codecs that they offer."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

#: The group of entry points under which libraries offer codecs for their types.
CODECS: Final = "nbflow.codecs"
#: Runs in the interpreter: prints its version, its folders of libraries, and what lies in them.
_LOOK: Final = (
    f"""
group = "{CODECS}"
"""
    + """
import hashlib, json, sys, sysconfig
from importlib.metadata import distributions
found, codecs = {}, {}
for each in distributions():
    for point in each.entry_points:
        if point.group == group:
            codecs.setdefault(point.name, point.value)
    name, record = each.metadata["Name"], each.read_text("RECORD") or ""
    if not name:
        continue
    roots = set((each.read_text("top_level.txt") or "").split())
    for line in record.splitlines():
        first = line.split(",")[0].split("/")[0]
        if first.endswith(".py"):
            first = first[:-3]
        elif first.endswith((".so", ".pyd")):
            first = first.split(".")[0]
        if first.isidentifier():
            roots.add(first)
    content = hashlib.blake2b(record.encode(), digest_size=4).hexdigest()
    for root in roots:
        found.setdefault(root, []).append("%s %s %s" % (name, each.version, content))
paths = sysconfig.get_paths()
folders = sorted({paths["purelib"], paths["platlib"], *(p for p in sys.path if "-packages" in p)})
print(json.dumps({"python": sys.version, "folders": folders, "codecs": codecs,
    "modules": {root: sorted(set(names)) for root, names in found.items()}}))
"""
)


@dataclass(frozen=True, slots=True)
class Packages:
    """The version of an interpreter, and for each top-level module "distribution version content".

    ``codecs`` leads from the dotted name of a type to "module:attribute".
    """

    python: str
    modules: Mapping[str, str]
    codecs: Mapping[str, str] = field(default_factory=dict)

    def of(self, module: str) -> str:
        """What provides a top-level module, or "" for what no distribution claims."""
        return self.modules.get(module, "")


def packages(python: str, env: Mapping[str, str], cache: Path) -> Packages:
    """The packages of ``python``, which is asked only where its folders have changed since.

    ``cache`` is the file that keeps the answers; nothing is kept where it cannot be written.
    """
    known: Any = _read(cache).get(python)
    complete = isinstance(known, dict) and "codecs" in known
    if complete and known["listing"] == _listing(python, known["folders"]):
        return _packages(known)
    answer = subprocess.run(
        [python, "-c", _LOOK], env=dict(env), capture_output=True, check=False, text=True
    )
    if answer.returncode:
        return Packages(f"unknown {os.urandom(8).hex()}", {})
    found = json.loads(answer.stdout.splitlines()[-1])
    found["listing"] = _listing(python, found["folders"])
    _write(cache, {**_read(cache), python: found})
    return _packages(found)


def _packages(found: Mapping[str, Any]) -> Packages:
    modules = {root: ", ".join(names) for root, names in found["modules"].items()}
    return Packages(str(found["python"]), modules, dict(found["codecs"]))


def _listing(python: str, folders: Sequence[str]) -> str:
    """A digest of the names and times of the distributions in the folders."""
    seen = [f"{os.path.realpath(python)} {_time(python)}"]
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        kept = [n for n in names if n.endswith((".dist-info", ".egg-info", ".egg-link", ".pth"))]
        seen.extend(f"{folder}/{name} {_time(os.path.join(folder, name))}" for name in kept)
    return hashlib.blake2b("\n".join(seen).encode(), digest_size=16).hexdigest()


def _time(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _read(cache: Path) -> dict[str, object]:
    try:
        found = json.loads(cache.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(cache: Path, answers: Mapping[str, object]) -> None:
    temporary = cache.with_name(f"{cache.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(answers), encoding="utf-8")
        temporary.replace(cache)
    except OSError:
        temporary.unlink(missing_ok=True)
