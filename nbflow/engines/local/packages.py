"""Which version of which distribution an interpreter's modules come from, and the codecs that they offer."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard

#: The group of entry points under which libraries offer codecs for their types.
CODECS: Final = "nbflow.codecs"
#: Runs in the interpreter: prints its version, its folders of libraries, and what lies in them.
_LOOK: Final = (
    f"""
group = "{CODECS}"
"""
    + """
import hashlib, json, re, sys, sysconfig
from importlib.metadata import distributions
found, codecs, sources = {}, {}, {}
for each in distributions():
    # Text is searched: a parser of messages takes longer than all the rest.
    about = each.read_text("METADATA") or each.read_text("PKG-INFO") or each.read_text("") or ""
    lines = re.findall(r"^(Name|Version): *(.*)$", about.partition("\\n\\n")[0], re.M)
    head = dict(reversed(lines))  # the first of each counts
    name, record = head.get("Name", "").strip(), each.read_text("RECORD") or ""
    try:
        source = json.loads(each.read_text("direct_url.json") or "null")
    except ValueError:
        source = None
    if isinstance(source, dict) and (each.read_text("INSTALLER") or "").strip() != "conda":
        url, vcs = str(source.get("url", "")), source.get("vcs_info")
        if vcs:
            url = "%s+%s@%s" % (vcs.get("vcs"), url, vcs.get("commit_id"))
        sources[name] = "" if url.startswith("file:") else url
    for point in each.entry_points if group in (each.read_text("entry_points.txt") or "") else ():
        if point.group == group:
            codecs.setdefault(point.name, point.value)
    if not name:
        continue
    roots = set((each.read_text("top_level.txt") or "").split())
    for first in set(re.findall("^[^/,\\n]+", record, re.M)):
        if first.endswith(".py"):
            first = first[:-3]
        elif first.endswith((".so", ".pyd")):
            first = first.split(".")[0]
        if first.isidentifier():
            roots.add(first)
    content = hashlib.blake2b(record.encode(), digest_size=4).hexdigest()
    for root in roots:
        found.setdefault(root, []).append(
            "%s %s %s" % (name, head.get("Version", "").strip(), content)
        )
paths = sysconfig.get_paths()
folders = sorted({paths["purelib"], paths["platlib"], *(p for p in sys.path if "-packages" in p)})
print(json.dumps({"python": sys.version, "folders": folders, "codecs": codecs, "sources": sources,
    "modules": {root: sorted(set(names)) for root, names in found.items()}}))
"""
)


@dataclass(frozen=True, slots=True)
class Packages:
    """The version of an interpreter, and for each top-level module "distribution version content".

    ``codecs`` leads from the dotted name of a type to "module:attribute". ``sources`` leads from each
    distribution that came from no index to the address that it came from, "" for a folder of this machine.
    """

    python: str
    modules: Mapping[str, str]
    codecs: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def of(self, module: str) -> str:
        """What provides a top-level module, or "" for what no distribution claims."""
        return self.modules.get(module, "")


#: What interpreters have answered to this process, by their paths and the settings that move their libraries.
_ANSWERS: dict[tuple[str, ...], Any] = {}


def packages(python: str, env: Mapping[str, str], cache: Path) -> Packages:
    """The packages of ``python``, which is asked only where its folders have changed since.

    ``cache`` is the file that keeps the answers; nothing is kept where it cannot be written. What one run
    of this process has asked, another one in another folder need not ask again.
    """
    known = _read(cache).get(python)
    if _holds(known, python):
        return _packages(known)
    own = sorted(f"{k}={v}" for k, v in env.items() if k.startswith("PYTHON") or k == "HOME")
    key = (python, *own)
    found = _ANSWERS.get(key)
    if not _holds(found, python):
        found = _answer(python, env)
        if found is None:
            return Packages(f"unknown {os.urandom(8).hex()}", {})
        _ANSWERS[key] = found
    _write(cache, {**_read(cache), python: found})
    return _packages(found)


def _holds(known: object, python: str) -> TypeGuard[dict[str, Any]]:
    """Whether an answer is whole, and the folders of the interpreter are as they were."""
    if not isinstance(known, dict) or not {"codecs", "sources"} <= known.keys():
        return False
    return bool(known["listing"] == _listing(python, known["folders"]))


def _answer(python: str, env: Mapping[str, str]) -> dict[str, Any] | None:
    """What the interpreter says of its packages, or None if it cannot."""
    answer = subprocess.run(
        [python, "-c", _LOOK], env=dict(env), capture_output=True, check=False, text=True
    )
    if answer.returncode:
        return None
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return {**found, "listing": _listing(python, found["folders"])}


def _packages(found: Mapping[str, Any]) -> Packages:
    modules = {root: ", ".join(names) for root, names in found["modules"].items()}
    return Packages(str(found["python"]), modules, dict(found["codecs"]), dict(found["sources"]))


#: Runs in the interpreter: prints which distributions hold a file of each of the modules on its command line.
_OWN: Final = """
import json, sys
from importlib.metadata import distributions
found = {name: [] for name in sys.argv[1:]}
for each in distributions():
    files = (each.read_text("RECORD") or "").splitlines()
    paths = [line.split(",")[0] for line in files]
    for name in found:
        path = name.replace(".", "/")
        if any(p.startswith((path + "/", path + ".")) for p in paths):
            found[name].append(each.metadata["Name"])
print(json.dumps(found))
"""


def owners(
    python: str, env: Mapping[str, str], modules: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The distributions that hold each of the modules, by its full name: several share a namespace."""
    answer = subprocess.run(
        [python, "-c", _OWN, *modules], env=dict(env), capture_output=True, check=False, text=True
    )
    if answer.returncode:
        return {}
    found = json.loads(answer.stdout.splitlines()[-1])
    return {name: tuple(sorted(names)) for name, names in found.items()}


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
