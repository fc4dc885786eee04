"""The Python interpreter that a notebook's kernel names, found as Jupyter finds it.

Jupyter's own library is not imported: its data folders are searched here in its order, see
https://docs.jupyter.org/en/latest/use/jupyter-directories.html and
https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from nbflow.errors import KernelError
from nbflow.model import Notebook

#: The kernel of the interpreter that nbflow itself runs in; needs no file.
NATIVE: Final = "python3"


@dataclass(frozen=True, slots=True)
class KernelSpec:
    """An interpreter that steps run in: its path, the kernel it stands for, and its environment."""

    python: str
    name: str
    display_name: str
    env: Mapping[str, str] = field(default_factory=dict)


def python_of(notebook: Notebook, python: str | None = None) -> KernelSpec:
    """The interpreter that the steps of ``notebook`` run in; ``python`` overrides its kernel.

    Raises:
        KernelError: the notebook is not written in Python, its kernel is not installed here, or the
            interpreter cannot be found.
    """
    if notebook.language != "python":
        raise KernelError(
            f"{notebook.name} is written in {notebook.language}; nbflow runs Python notebooks only"
        )
    if python is not None:
        return KernelSpec(_chosen(python), notebook.kernel or NATIVE, python)
    name = notebook.kernel or NATIVE
    for folder in kernel_folders():
        file = _spec_file(folder, name)
        if file is not None:
            return _spec(name, file)
    if name.lower() == NATIVE:
        return KernelSpec(sys.executable, NATIVE, f"Python {sys.version_info[0]}")
    raise KernelError(
        f"the notebook's kernel {name!r} is not installed here "
        f"(installed: {', '.join(installed())}); install it, or name an interpreter with --python"
    )


def environment(kernel: KernelSpec) -> dict[str, str]:
    """The environment of the steps that run in ``kernel``.

    One hash seed for a whole run keeps the order of sets.
    """
    return {"PYTHONHASHSEED": "0", **os.environ, **kernel.env}


def version_of(kernel: KernelSpec) -> str:
    """The version of the interpreter, such as "3.12.4"; "" where it does not tell."""
    if kernel.python == sys.executable:
        return platform.python_version()
    ask = [kernel.python, "-c", "import platform; print(platform.python_version())"]
    answer = subprocess.run(
        ask, env=environment(kernel), capture_output=True, check=False, text=True
    )
    return answer.stdout.strip()


def installed() -> tuple[str, ...]:
    """The names of the kernels that are installed here, of any language, sorted."""
    names = {NATIVE}
    for folder in kernel_folders():
        names.update(file.parent.name.lower() for file in folder.glob("*/kernel.json"))
    return tuple(sorted(names))


def kernel_folders() -> tuple[Path, ...]:
    """The folders in which Jupyter looks for kernels, first match first."""
    folders = [Path(data) / "kernels" for data in _data_folders()]
    folders.append(Path(os.environ.get("IPYTHONDIR") or Path.home() / ".ipython") / "kernels")
    return tuple(dict.fromkeys(folders))


def _data_folders() -> Iterator[str | Path]:
    yield from filter(None, os.environ.get("JUPYTER_PATH", "").split(os.pathsep))
    user = os.environ.get("JUPYTER_DATA_DIR") or _user_data()
    own = Path(sys.prefix) / "share" / "jupyter"
    yield from (own, user) if _prefers_environment() else (user, own)
    if sys.platform == "win32":
        if program_data := os.environ.get("PROGRAMDATA"):
            yield Path(program_data) / "jupyter"
    else:
        yield "/usr/local/share/jupyter"
        yield "/usr/share/jupyter"


def _user_data() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Jupyter"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home()) / "jupyter"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "jupyter"


def _prefers_environment() -> bool:
    """Whether kernels of the interpreter's own environment win over the user's (jupyter_core)."""
    chosen = os.environ.get("JUPYTER_PREFER_ENV_PATH")
    if chosen is not None:
        return chosen.lower() not in ("no", "n", "false", "off", "0", "0.0")
    if sys.prefix != sys.base_prefix:
        return True
    conda = os.environ.get("CONDA_PREFIX", "")
    return bool(conda) and os.environ.get("CONDA_DEFAULT_ENV") != "base" and sys.prefix == conda


def _spec_file(folder: Path, name: str) -> Path | None:
    """The kernel.json of the kernel ``name`` in ``folder``; names are told apart without case."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return None
    for entry in entries:
        if entry.name.lower() == name.lower() and (entry / "kernel.json").is_file():
            return entry / "kernel.json"
    return None


def _spec(name: str, file: Path) -> KernelSpec:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise KernelError(
            f"the kernel {name!r} cannot be read ({file}: {problem}); install it again"
        ) from None
    argv = content.get("argv") if isinstance(content, dict) else None
    if not isinstance(argv, list) or not argv or not all(isinstance(part, str) for part in argv):
        raise KernelError(f"the kernel {name!r} names no command ({file}); install it again")
    language = str(content.get("language", "python")).lower()
    if language != "python":
        raise KernelError(
            f"the notebook's kernel {name!r} runs {language}, and nbflow runs Python only"
        )
    return KernelSpec(
        python=_interpreter(name, argv, file),
        name=name,
        display_name=str(content.get("display_name") or name),
        env=_env(content.get("env")),
    )


def _interpreter(name: str, argv: list[str], file: Path) -> str:
    command = argv[0].replace("{resource_dir}", str(file.parent)).replace("{prefix}", sys.prefix)
    if command in ("python", "python3", f"python3.{sys.version_info[1]}"):
        return sys.executable  # as jupyter_client does, whichever "python" comes first in PATH
    if not any(part.startswith("ipykernel") for part in argv[1:]):
        raise KernelError(
            f"the notebook's kernel {name!r} starts {command!r} in a way that does not tell its "
            "Python; name the interpreter with --python"
        )
    found = shutil.which(command)
    if found is None or not re.match(r"(python|pypy)", Path(found).name, re.IGNORECASE):
        raise KernelError(
            f"the notebook's kernel {name!r} starts {command!r}, which is not a Python that can be "
            "run here; install the kernel again, or name an interpreter with --python"
        )
    return found


def _env(content: object) -> dict[str, str]:
    """The environment of a kernel, with ``${NAME}`` filled in from nbflow's own."""
    if not isinstance(content, dict):
        return {}
    pairs = cast("dict[str, object]", content)
    return {
        key: string.Template(str(value)).safe_substitute(os.environ) for key, value in pairs.items()
    }


def _chosen(python: str) -> str:
    """The interpreter that ``--python`` names: a path, a command, or an environment's folder."""
    path = Path(python).expanduser()
    if path.is_dir():
        inside = [path / "bin" / "python", path / "Scripts" / "python.exe"]
        python = str(next((place for place in inside if place.exists()), path))
    found = shutil.which(os.path.expanduser(python))
    if found is None:
        raise KernelError(f"--python {python}: there is no such interpreter; give its path")
    # Never resolved: the link's own place tells Python which environment it belongs to.
    return os.path.abspath(found)
