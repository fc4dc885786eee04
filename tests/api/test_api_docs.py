"""The tests that the documentation shows are run, as a reader would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nbflow

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    marked = r"<!-- run by tests/api/test_api_docs\.py -->\n```python\n(.*?)^```"
    [text] = re.findall(marked, page, re.MULTILINE | re.DOTALL)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "test_churn.py").write_text(text, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env["PYTHONPATH"] = str(Path(nbflow.__file__).parent.parent)
    env.pop("NBFLOW_HOME", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_churn.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 passed" in done.stdout


def test_every_name_is_on_the_page() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    functions = ["read", "analyze", "convert", "run", "runs", "batch", "batches"]
    assert [name for name in functions if f"`nbflow.{name}(" not in page] == []
    errors = [name for name in nbflow.__all__ if name.endswith("Error") or name == "Refused"]
    assert [name for name in errors if f"`{name}`" not in page] == ["NotRecordedError"]
    for kind in (nbflow.Run, nbflow.RunStep, nbflow.Batch, nbflow.BatchMember):
        public = [name for name in vars(kind) if not name.startswith("_")]
        shown = [rf"`((run|batch)\.)?{name}(\(\))?`" for name in public]
        assert [each for each in shown if not re.search(each, page)] == []
