"""What an image holds of the distributions that a step needs; pip is not asked where it holds them all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbflow.runtime.distributions import InstallError, provide

#: Name, version, what each requires.
_THERE = (
    ("nbf-plain", "1.0", ()),
    ("nbf-local", "2.0+cpu", ()),
    ("nbf-tool", "1.5", ("nbf-plain; extra == 'ok'", "nbf-none; extra == 'lacks'")),
    (
        "nbf-deep",
        "1.0",
        (
            "nbf-none",  # as where pip was told to leave out what is required
            "nbf-tool[ok]>=1 ; extra == 'ok'",
            "nbf-tool[lacks] ; extra == 'lacks'",
            "nbf-tool (>=2) ; extra == 'newer'",
            "nbf-none ; (sys_platform == 'nowhere') and extra == 'ok'",
            "nbf-deep[ok,round] ; extra == 'round'",
        ),
    ),
)


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of distributions that are there, for this process and those that it starts."""
    for name, version, requires in _THERE:
        about = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        about.mkdir()
        extras = "".join(f"Provides-Extra: {each}\n" for each in ("ok", "lacks", "newer", "round"))
        wants = "".join(f"Requires-Dist: {each}\n" for each in requires)
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extras}{wants}"
        (about / "METADATA").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path


PINS = [
    ("nbf-plain==1.0", True),
    ("nbf-plain==1", True),
    ("nbf-plain==2.0", False),
    ("nbf-plain>=1,<2", True),
    ("nbf-none==1.0", False),
    ("nbf-local==2.0", True),
    ("nbf-tool[ok]==1.5", True),
    ("nbf-tool[ok]==1.6", False),
    ("nbf_tool[OK] == 1.5", True),
    ("nbf-tool[lacks]==1.5", False),
    ("nbf-tool[ok,lacks]==1.5", False),
    ("nbf-deep==1.0", True),
    ("nbf-deep[ok]==1.0", True),
    ("nbf-deep[lacks]==1.0", False),
    ("nbf-deep[newer]==1.0", False),
    ("nbf-deep[round]==1.0", True),
    ("nbf-plain @ https://host/nbf-plain.whl", False),
    ("nbf-plain==", False),
    ("https://host/nbf-plain.whl", False),
]


@pytest.mark.parametrize(("pin", "there"), PINS)
@pytest.mark.usefixtures("image")
def test_what_is_there_is_not_installed(
    pin: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "false")  # as pip where it has no network
    folder = str(tmp_path / "packages")
    if there:
        provide([pin], folder)
        assert folder not in os.environ.get("PYTHONPATH", "")
    else:
        with pytest.raises(InstallError, match="could not be installed: pip ended with code 1"):
            provide(["nbf-plain==1.0", pin], folder)


def test_extras_are_found_without_anything_that_reads_requirements(image: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('packaging', 'pip'):\n    sys.modules[name] = None\n"
        "from nbflow.runtime.distributions import _is_there\n"
        "print(*(_is_there(pin) for pin in sys.argv[1:]))\n"
    )
    pins = ["nbf-plain==1.0", "nbf-tool[ok]==1.5", "nbf-tool[ok]==1.6", "nbf-none[ok]==1"]
    where = os.pathsep.join([str(image), *(each for each in sys.path if each)])
    done = subprocess.run(
        [sys.executable, "-c", code, *pins],
        env={**os.environ, "PYTHONPATH": where},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "True", "False", "False"]
