"""Kernels are found in Jupyter's folders, in Jupyter's order, and refused in one sentence."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from nbflow.errors import KernelError
from nbflow.kernels import KernelSpec, installed, kernel_folders, python_of
from nbflow.model import Notebook

LAUNCH = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of kernels that comes before all others; the user's own are out of the way."""
    for name in ("JUPYTER_PREFER_ENV_PATH", "JUPYTER_DATA_DIR", "XDG_DATA_HOME", "IPYTHONDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    return tmp_path / "data"


def install(data: Path, name: str, content: object) -> None:
    folder = data / "kernels" / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(content), encoding="utf-8")


def fake_python(folder: Path) -> str:
    folder.mkdir(parents=True)
    path = folder / "python3"
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_a_kernel_leads_to_its_python(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = fake_python(tmp_path / "env" / "bin")
    monkeypatch.setenv("BASE", "/base")
    spec = {
        "argv": [python, "-Xfrozen_modules=off", *LAUNCH],
        "display_name": "My env",
        "language": "python",
        "env": {"A": "1", "B": "${BASE}/x", "C": "$MISSING"},
    }
    install(data_folder, "myenv", spec)
    assert python_of(Notebook("n", (), kernel="MyEnv")) == KernelSpec(
        python, "MyEnv", "My env", {"A": "1", "B": "/base/x", "C": "$MISSING"}
    )
    assert "myenv" in installed()


@pytest.mark.parametrize("command", ["python", "python3"])
def test_a_bare_python_is_the_interpreter_of_nbflow(data_folder: Path, command: str) -> None:
    install(data_folder, "x", {"argv": [command, *LAUNCH], "language": "python"})
    assert python_of(Notebook("n", (), kernel="x")).python == sys.executable


@pytest.mark.parametrize("kernel", ["", "python3"])
def test_the_native_kernel_needs_no_file(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbflow.kernels._data_folders", lambda: iter(()))
    spec = python_of(Notebook("n", (), kernel=kernel))
    assert (spec.python, spec.name) == (sys.executable, "python3")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"argv": ["julia"], "language": "julia"}, "runs julia"),
        ({"argv": ["/nowhere/python", *LAUNCH], "language": "python"}, "'/nowhere/python'"),
        ({"argv": ["bash", "-c", "x"], "language": "python"}, "--python"),
        ({"argv": ["xpython", "-f", "x"], "language": "python"}, "--python"),
        ({"argv": ["sh", *LAUNCH], "language": "python"}, "not a Python"),
        ({"argv": []}, "names no command"),
        ({"argv": "python"}, "names no command"),
        ([], "names no command"),
    ],
)
def test_a_kernel_that_cannot_run_steps_is_refused(
    data_folder: Path, content: object, message: str
) -> None:
    install(data_folder, "odd", content)
    with pytest.raises(KernelError, match=message):
        python_of(Notebook("n", (), kernel="odd"))


def test_a_kernel_file_that_is_not_json_is_refused(data_folder: Path) -> None:
    install(data_folder, "odd", {})
    (data_folder / "kernels" / "odd" / "kernel.json").write_text("{", encoding="utf-8")
    with pytest.raises(KernelError, match="cannot be read"):
        python_of(Notebook("n", (), kernel="odd"))


def test_a_kernel_that_is_not_installed_names_the_others(data_folder: Path) -> None:
    install(data_folder, "ir", {"argv": ["R"], "language": "R"})
    with pytest.raises(KernelError, match=r"'gone' is not installed here .*ir, .*--python"):
        python_of(Notebook("n", (), kernel="gone"))


def test_another_language_is_refused_even_with_an_interpreter() -> None:
    with pytest.raises(KernelError, match="written in r;"):
        python_of(Notebook("n", (), kernel="ir", language="r"), python=sys.executable)


def test_the_interpreter_of_the_caller_wins(tmp_path: Path) -> None:
    notebook = Notebook("n", (), kernel="gone")
    python = fake_python(tmp_path / "env" / "bin")
    os.symlink(python, tmp_path / "env" / "bin" / "python")
    assert python_of(notebook, python=python).python == python
    assert python_of(notebook, python=str(tmp_path / "env")).python == f"{python[:-1]}"
    with pytest.raises(KernelError, match="no such interpreter"):
        python_of(notebook, python=str(tmp_path / "nothing"))


def test_the_order_of_the_folders(monkeypatch: pytest.MonkeyPatch, data_folder: Path) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", "/user")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    assert [str(folder) for folder in kernel_folders()[:3]] == [
        str(data_folder / "kernels"),
        "/user/kernels",
        f"{sys.prefix}/share/jupyter/kernels",
    ]
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    assert str(kernel_folders()[1]) == f"{sys.prefix}/share/jupyter/kernels"
