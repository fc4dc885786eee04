"""What a step needs that its image lacks: installed into a folder that any user may write."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from importlib import metadata
from typing import Any, Callable, Optional, Sequence, Set, Tuple


class InstallError(Exception):
    """The distributions cannot be had; the text is for the user."""


def provide(pins: Sequence[str], folder: str) -> None:
    """Install ``pins`` into ``folder`` for the processes that are started from here on, if any is missing.

    All of them are installed then, so that they fit each other. Nothing of the image is changed: it need
    not be writable, and its Python may be one that is managed by its system.

    Raises ``InstallError``.
    """
    missing = [pin for pin in pins if not _is_there(pin)]
    if not missing:
        return
    sys.stdout.flush()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-cache-dir"),
            *("--disable-pip-version-check", "--target", folder, *pins),
        ],
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        raise InstallError(
            f"{', '.join(missing)} could not be installed: pip ended with code {done.returncode} (see above);"
            " use an image that holds what the step needs, or let pip reach an index"
        )
    known = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = folder + os.pathsep + known if known else folder


def _is_there(pin: str) -> bool:
    """Whether the image holds what is asked for; what comes from an address is not looked for."""
    name, equal, version = pin.partition("==")
    if equal and _version(name) == version:
        return True
    parse = _parser()
    if parse is None:  # nor could pip install anything: its extras are taken to be there
        return bool(equal) and _version(name.partition("[")[0].strip()) == version
    try:
        return _holds(parse, parse(pin), set())
    except ValueError:  # a version, a marker or a requirement that is not of the standard's form
        return False


def _holds(parse: Callable[[str], Any], asked: Any, seen: Set[Tuple[str, str]]) -> bool:
    """Whether the image holds a distribution, and those that its extras ask for; ``seen`` are extras."""
    version = _version(asked.name)
    if asked.url or version is None or not asked.specifier.contains(version, prereleases=True):
        return False
    for extra in asked.extras:
        if (asked.name, extra) in seen:  # extras may name each other
            continue
        seen.add((asked.name, extra))
        for each in map(parse, metadata.requires(asked.name) or ()):
            if _is_of(extra, each.marker) and not _holds(parse, each, seen):
                return False
    return True


def _is_of(extra: str, marker: Any) -> bool:
    """Whether a requirement is there for an extra alone."""
    return (
        marker is not None
        and marker.evaluate({"extra": extra})
        and not marker.evaluate({"extra": ""})
    )


def _version(name: str) -> Optional[str]:
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError):  # some Pythons refuse a name that is none
        return None


def _parser() -> Optional[Callable[[str], Any]]:
    """What reads requirements (PEP 508): pip has it, as far as there is one; None without it."""
    for name in ("packaging.requirements", "pip._vendor.packaging.requirements"):
        try:
            parse: Callable[[str], Any] = importlib.import_module(name).Requirement
        except ImportError:
            continue
        return parse
    return None
