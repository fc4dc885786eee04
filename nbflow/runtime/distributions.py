"""What a step needs that its image lacks: installed into a folder that any user may write."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from typing import Sequence


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
    """Whether the image has this version; what is more than a name and a version is not looked for."""
    name, equal, version = pin.partition("==")
    try:
        return bool(equal) and metadata.version(name) == version
    except metadata.PackageNotFoundError:
        return False
