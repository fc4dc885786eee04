"""A notebook as a pipeline and whole in one kernel: the same, or what differs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_local import write

import nbflow
from nbflow.engines.comparison import Difference
from nbflow.errors import KernelError
from nbflow.service.gc import Policy, gc
from nbflow.service.verify import Verified, verify
from nbflow.store import RunRecord, Store


@pytest.fixture(autouse=True)
def _as_in_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MPLBACKEND", "PYTHONHASHSEED", "NBFLOW_HOME"):
        monkeypatch.delenv(name, raising=False)


def _verified(folder: Path, *cells: tuple[str, str], **given: str) -> Verified:
    return verify(str(write(folder, *cells)), parameters=given, python=sys.executable, jobs=2)


def test_the_same(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("in")
    heard: list[RunRecord] = []
    path = write(
        tmp_path,
        ("parameters", "n = 1\nm = 2 * n"),
        ("skip", "1 / 0"),
        (
            "step:a",
            "x = [n] * m\nwith open('log.txt', 'a') as f:\n    f.write(open('in.txt').read())",
        ),
        ("pipeline-metrics", "print(len(x), open('log.txt').read())"),
        ("step:b", "x.append(0)\nx"),
    )
    found = verify(str(path), parameters={"n": "3"}, python=sys.executable, on_record=heard.append)
    assert found.same, found.comparison.differences
    assert found.comparison.cells == 4
    assert {"n", "m", "x"} <= {*found.comparison.names}
    with Store.open(tmp_path) as store:
        assert store.run(found.record.id).verified == "same"
    assert [record.id for record in heard] == [found.record.id]
    assert sorted(each.name for each in tmp_path.iterdir()) == [".nbflow", "in.txt", "nb.ipynb"]
    assert not [*(tmp_path / ".nbflow").glob("verify-*")]


def test_lines_to_nbflow_are_no_part_of_the_notebook(tmp_path: Path) -> None:
    found = _verified(
        tmp_path,
        ("", "%load_ext nbflow\n%nbflow check\nn = 2"),
        ("", "%%step a --retry 1\nx = [n]\nx"),
        ("", "if x:\n    %nbflow run -p n={1 / 0}\n%reload_ext nbflow"),
        ("", "%%step b\n%%capture out\nx.append(1)"),
        ("", "nbflow runs --json"),
        ("", "%%step b\nprint(x, len(In), _i2, In[4], sep='|')\n%unload_ext nbflow"),
    )
    assert found.same, found.comparison.differences
    assert found.comparison.cells == 6
    assert [step.name for step in found.record.steps] == ["setup", "a", "b"]


def test_what_a_kill_leaves_goes(tmp_path: Path) -> None:
    root = str(Path(nbflow.__file__).parent.parent)
    path = write(
        tmp_path, ("step:a", "import time\nopen('began.txt', 'w').close()\ntime.sleep(60)")
    )
    main = "from nbflow.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", main, "run", "--verify", "--python", sys.executable, str(path)],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    store = tmp_path / ".nbflow"
    while not [*store.glob("verify-*/**/began.txt")]:
        assert process.poll() is None
        time.sleep(0.05)
    gc(Policy(), tmp_path)
    assert [*store.glob("verify-*/**/began.txt")]
    process.kill()
    process.wait()
    gc(Policy(), tmp_path)
    assert not [*store.glob("verify-*")]


def test_what_differs_first(tmp_path: Path) -> None:
    found = _verified(
        tmp_path,
        ("step:a", "import os\nnumber = os.getpid()"),
        ("step:b", "same = number == os.getpid()\nprint(same)"),
    )
    assert found.comparison.differences == (
        Difference("cell 2, stdout", "True\n", "False\n"),
        Difference("variable same", "True", "False"),
    )
    assert "variable number" in found.comparison.left_out
    with Store.open(tmp_path) as store:
        assert store.run(found.record.id).verified == "different"


def test_what_is_not_repeated_is_left_out(tmp_path: Path) -> None:
    found = _verified(
        tmp_path, ("step:a", "import random\nx = random.random()"), ("step:b", "print(x)\ny = 1")
    )
    assert found.same
    assert {*found.comparison.left_out} == {"cell 2, stdout", "variable x"}


def test_a_cell_that_fails_fails_in_both(tmp_path: Path) -> None:
    found = _verified(tmp_path, ("step:a", "x = 1"), ("step:b", "x / 0"), ("step:c", "print(x)"))
    assert found.same
    assert found.record.state == "failed"


def test_an_interpreter_without_a_kernel_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "modules" / "ipykernel_launcher.py"
    broken.parent.mkdir()
    broken.write_text("raise SystemExit(1)")
    path = os.pathsep.join([str(broken.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    with pytest.raises(KernelError, match="is ipykernel installed there"):
        _verified(tmp_path, ("step:a", "x = 1"))
