"""``nbflow convert``: what it writes, what it leaves alone, what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Caller, code, text, write

from nbflow.service.made_folder import MARKER

FILES = {"README.md", "pipeline.py", "requirements.txt", "runtime.txt", "steps", MARKER}


def files(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} - {"pipeline.yaml"}


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Caller:
    monkeypatch.chdir(tmp_path)
    return Caller(capsys)


def test_it_writes_a_folder_named_after_the_notebook(call: Caller, tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), text("# Show it"), code("print(x)", "step:b"))
    answer = call("convert", path, "--to", "kfp")
    assert answer.code == 0, answer.err
    folder = tmp_path / "n-kfp"
    assert files(folder) == FILES
    assert {each.name for each in (folder / "steps").iterdir()} == {
        "a.py",
        "a.json",
        "b.py",
        "b.json",
    }
    assert answer.out.startswith("n-kfp: 2 steps")
    assert "NB410" in answer.err
    assert '"""Show it"""' in (folder / "pipeline.py").read_text("utf-8")


def test_a_manifest_for_argo(call: Caller, tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), code("print(x)", "step:b", "cache:enabled"))
    answer = call("convert", path, "--to", "argo")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("n-argo: 2 steps, manifest of ")
    assert files(tmp_path / "n-argo") == {
        "README.md",
        "requirements.txt",
        "steps",
        "workflow.yaml",
        MARKER,
    }
    assert "NB401" in answer.err
    assert "the tag `cache:enabled` of the step b cannot be told to Argo Workflows" in answer.err


def test_a_plain_module(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "near.py").write_text("def twice(x):\n    return 2 * x\n")
    cells = [
        code("import near", "imports"),
        code("n = 3", "parameters"),
        text("# Twice\n\nOf the number."),
        code("y = near.twice(n)  # two of them", "step:a"),
        code("y", "step:b"),
    ]
    answer = call("convert", write(tmp_path, *cells), "--to", "python", "-o", "out")
    assert (answer.code, answer.out.splitlines()[0]) == (0, "out: 2 steps"), answer.err
    assert "NB410" not in answer.err
    assert (tmp_path / "out" / "requirements.txt").read_text() == ""
    made = (tmp_path / "out" / "n.py").read_text()
    for part in ('    """Twice\n\n    Of the number.\n    """', "# two of them"):
        assert part in made
    words = [sys.executable, "n.py", "--n", "5"]
    ran = subprocess.run(words, cwd=tmp_path / "out", capture_output=True, text=True, check=True)
    assert ran.stdout == "10\n"


def test_what_no_function_can_mean(call: Caller, tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), code("\nprint(globals()['x'])", "step:b"))
    answer = call("convert", path, "--to", "python")
    assert answer.code == 8
    assert "cell 2, line 2" in answer.err
    assert "NB415" in answer.err
    assert not (tmp_path / "n-python").exists()


def test_a_folder_that_it_made_is_made_again(call: Caller, tmp_path: Path) -> None:
    call("convert", write(tmp_path, code("x = 1", "step:old")), "--to", "kfp", "-o", "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    path = write(tmp_path, code("x = 1", "step:new"))
    assert call("convert", path, "--to", "kfp", "-o", "out").code == 0
    assert files(tmp_path / "out") == {*FILES, "notes.txt"}
    assert {p.stem for p in (tmp_path / "out" / "steps").iterdir()} == {"new"}
    assert not list(tmp_path.glob(".out*"))


def test_another_folder_is_left_alone(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    path = write(tmp_path, code("x = 1", "step:a"))
    for place, words in (("out", "holds files that nbflow did not make"), ("file", "is no folder")):
        answer = call("convert", path, "--to", "kfp", "-o", place)
        assert (answer.code, words in answer.err) == (6, True)
    assert files(tmp_path / "out") == {"notes.txt"}
    assert (tmp_path / "file").read_text() == "mine"


def test_a_notebook_with_errors_is_not_converted(call: Caller, tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a", "prev:nowhere"))
    answer = call("convert", path, "--to", "kfp", "-o", "out")
    assert answer.code == 8
    assert "nbflow: the notebook was not converted: NB103" in answer.err
    assert not (tmp_path / "out").exists()


def test_nothing_of_the_notebook_runs(call: Caller, tmp_path: Path) -> None:
    path = write(tmp_path, code("open('ran', 'w').close()", "step:a"))
    assert call("convert", path, "--to", "kfp").code == 0
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / ".nbflow").exists()


def test_as_json(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("1\n2\n")
    path = write(tmp_path, code("rows = open('rows.txt').read()", "step:a"))
    answer = call("convert", path, "--to", "kfp", "--json", "--python", sys.executable)
    found = json.loads(answer.out)
    assert answer.err == ""
    assert found["carried"] == {"rows.txt": 4}
    assert found["folder"] == "n-kfp"
    assert "files.txt" in found["files"]
    assert [each.partition("==")[0] for each in found["requirements"]] == ["ipython"]
    assert "NB410" in [each["code"] for each in found["findings"]]


def test_the_image(call: Caller, tmp_path: Path) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), code("x", "step:b", "image:own:1"))
    call("convert", path, "--to", "kfp", "--image", "registry/base:2")
    made = (tmp_path / "n-kfp" / "pipeline.py").read_text("utf-8")
    assert 'IMAGE = "registry/base:2"' in made
    assert 'base_image="own:1"' in made


def test_without_the_sdk_a_sentence_says_how(
    call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    answer = call("convert", write(tmp_path, code("x = 1", "step:a")), "--to", "kfp")
    assert answer.code == 0
    assert (
        "note: kfp is not installed here, so pipeline.yaml was not compiled; install it"
        in answer.out
    )
    assert "python n-kfp/pipeline.py" in answer.out
    assert not (tmp_path / "n-kfp" / "pipeline.yaml").exists()
