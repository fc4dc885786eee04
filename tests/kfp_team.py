"""A Kubeflow Pipelines on this machine for commands to talk to, with little patience, and what users type."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kfp_server import KfpServer, kfp_server
from small_notebooks import code, write

from nbflow.engines import kfp
from nbflow.profiles.file import ProfileFile

#: Waits and limits that a test can bear, in seconds.
QUICK: dict[str, Any] = {"first": 0.02, "most": 0.1, "repeat": 0.3, "outage": 1.0}


def quick_engine(profile: object) -> object:
    """The engine of Kubeflow Pipelines with little patience, for processes of their own."""
    return kfp.engine(profile, kfp.Patience(**QUICK))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Team:
    """A folder with the notebook n.ipynb and the engine ``team``, which is ``server``."""

    folder: Path
    server: KfpServer
    environment: dict[str, str]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A process of the command line, in a group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "nbflow", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


@contextmanager
def team(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Iterator[Team]:
    """The engine, known by its name, and where commands are called."""
    monkeypatch.setattr(kfp, "Patience", partial(kfp.Patience, **QUICK))
    monkeypatch.setenv("NBFLOW_ENGINES", str(folder / "engines.toml"))
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.chdir(folder)
    notebook(folder)
    with kfp_server(**settings) as server:
        ProfileFile().add("team", {"kind": "kfp", "host": server.url, "auth": "none"})
        path = os.pathsep.join([str(_plugin(folder)), str(Path(__file__).parents[1]), *_TESTS])
        yield Team(folder, server, {**os.environ, "PYTHONPATH": path})


_TESTS = (str(Path(__file__).parent),)


def _plugin(folder: Path) -> Path:
    """A folder in which a distribution offers the engine with little patience by its entry point."""
    offered = folder / "plugin" / "quick-1.dist-info"
    offered.mkdir(parents=True)
    (offered / "METADATA").write_text("Metadata-Version: 2.1\nName: quick\nVersion: 1\n")
    (offered / "entry_points.txt").write_text("[nbflow.engines]\nkfp = kfp_team:quick_engine\n")
    return offered.parent


def notebook(folder: Path) -> Path:
    """A notebook of two steps with parameters."""
    return write(
        folder,
        code("n = 3\nname = 'a'\nrate = 0.5", "parameters"),
        code("x = n * 2\nprint(name, rate)", "step:load"),
        code("y = x + 1", "step:train_it"),
    )
