"""Executed notebooks where they were asked for: their places, and papermill's record in them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_notebooks import code, text, write

from nbflow.errors import EngineError, ParameterError
from nbflow.service.batch import batch as service
from nbflow.service.batch.planning import Grid, Rows
from nbflow.service.output import filled
from nbflow.service.run import run


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path,
        text("# Title"),
        code("depth = 2\nlr = 0.1", "parameters"),
        code("x = 10\nprint(x)", "step:load"),
        code("assert depth < 9\nx * depth", "step:fit"),
        code("x + 1", "step:end"),
        text("the end"),
    )
    return "n.ipynb"


def read(path: str | Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def started(notebook: str, output: str, depths: list[int], **given: Any) -> Any:
    grid = Grid({"depth": depths})
    return service.start(notebook, Rows(), grid, name="s", output=output, **given)


def test_each_member_leaves_its_notebook(notebook: str, tmp_path: Path) -> None:
    batch = started(notebook, "out/{member}-{depth}-{lr:.2f}.ipynb", [3, 10])
    places = [tmp_path / "out" / name for name in ("1-3-0.10.ipynb", "2-10-0.10.ipynb")]
    assert [member.output for member in batch.members] == list(map(str, places))
    assert [member.state for member in batch.members] == ["done", "failed"]
    good, bad = map(read, places)
    assert good["cells"][3]["outputs"][0]["data"] == {"text/plain": ["30"]}
    assert good["metadata"]["papermill"] | {"duration": 0, "start_time": "", "end_time": ""} == {
        "default_parameters": {},
        "duration": 0,
        "end_time": "",
        "environment_variables": {},
        "exception": None,
        "input_path": str(tmp_path / notebook),
        "output_path": str(places[0]),
        "parameters": {"depth": 3},
        "start_time": "",
        "version": good["metadata"]["papermill"]["version"],
    }
    words = [(c["metadata"]["papermill"]["status"], c["metadata"]["tags"]) for c in bad["cells"]]
    assert words == [
        ("completed", []),
        ("completed", ["parameters"]),
        ("completed", ["step:load"]),
        ("failed", ["step:fit"]),
        ("completed", ["step:end"]),
        ("pending", []),
    ]
    assert bad["metadata"]["papermill"]["exception"] is True
    assert "metadata" in read(notebook)["cells"][0]
    assert "papermill" not in read(notebook)["metadata"]


def test_times_follow_one_another(notebook: str) -> None:
    run(notebook, output="o.ipynb", jobs=1)
    found = read("o.ipynb")
    cells = [cell["metadata"]["papermill"] for cell in found["cells"] if "outputs" in cell]
    times = [datetime.fromisoformat(c[name]) for c in cells for name in ("start_time", "end_time")]
    assert times == sorted(times)
    whole = found["metadata"]["papermill"]
    assert datetime.fromisoformat(whole["start_time"]) <= times[0]
    assert sum(cell["duration"] for cell in cells) <= whole["duration"]


def test_what_papermill_keeps_is_kept(notebook: str, tmp_path: Path) -> None:
    """The same notebook through papermill itself: the same record, but for times and paths."""
    papermill = pytest.importorskip("papermill", reason="papermill is not installed")
    run(notebook, parameters={"depth": 9}, output="ours.ipynb", jobs=1)
    with pytest.raises(papermill.exceptions.PapermillExecutionError):
        papermill.execute_notebook(notebook, "theirs.ipynb", {"depth": 9}, progress_bar=False)
    markers = {"papermill-error-cell-tag", "injected-parameters"}
    ours, theirs = map(papermill.iorw.load_notebook_node, ("ours.ipynb", "theirs.ipynb"))
    rest = [cell for cell in theirs.cells if markers.isdisjoint(cell.metadata.tags)]
    assert [_kept(cell) for cell in ours.cells[:4]] == [_kept(cell) for cell in rest[:4]]
    assert set(ours.metadata.papermill) == set(theirs.metadata.papermill)
    for name in ("parameters", "exception", "version", "environment_variables"):
        assert ours.metadata.papermill[name] == theirs.metadata.papermill[name]


def _kept(cell: Any) -> tuple[object, ...]:
    record = cell.metadata.papermill
    if cell.cell_type == "code":
        return (set(record), record["status"], record["exception"], cell.metadata.tags)
    return (set(record), record["status"], cell.metadata.tags)


def test_notebooks_are_written_for_members_that_have_ended(notebook: str, tmp_path: Path) -> None:
    first = started(notebook, "", [3])
    assert first.members[0].output == ""
    batch = started(notebook, "a-{depth}.ipynb", [3, 4])
    assert [Path(m.output).name for m in batch.members] == ["a-3.ipynb", "a-4.ipynb"]
    assert batch.members[0].run == first.members[0].run
    assert read("a-3.ipynb")["metadata"]["papermill"]["parameters"] == {"depth": 3}
    again = service.resume("s", tmp_path)
    assert again.members == batch.members


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("o.ipynb", "members 1 and 2 would both be written to"),
        ("{deep}.ipynb", "there is no 'deep'; there are: {member}, {depth}, {lr}"),
        ("{member}/../{lr}.ipynb", "members 1 and 2 would both be written to"),
        ("./n.ipynb", "member 1 would be written over the notebook itself"),
        ("link-{depth}.ipynb", "member 2 would be written over the notebook itself"),
        ("{depth:q}.ipynb", "Unknown format code 'q'"),
        ("{}.ipynb", "Replacement index 0 out of range"),
        ("{depth.ipynb", "expected '}' before end of string"),
    ],
)
def test_a_place_that_is_none_is_refused_before_anything_is_recorded(
    notebook: str, tmp_path: Path, output: str, told: str
) -> None:
    (tmp_path / "link-4.ipynb").symlink_to(tmp_path / notebook)
    with pytest.raises(ParameterError) as error:
        started(notebook, output, [3, 4])
    assert told in str(error.value)
    assert not (tmp_path / ".nbflow").exists()


def test_a_folder_that_cannot_be_made_is_told_before_anything_runs(notebook: str) -> None:
    Path("file").write_text("")
    with pytest.raises(EngineError, match="file cannot be made"):
        started(notebook, "file/{depth}.ipynb", [3])
    assert not Path(".nbflow").exists()


def test_places_are_filled_as_papermill_fills_them() -> None:
    path = "a/{depth}/{name}-{rate:.1e}-{sizes[0]}-{{x}}.ipynb"
    values = {"depth": 2, "name": "b c", "rate": 0.001, "sizes": [5]}
    parameterize = pytest.importorskip(
        "papermill.parameterize", reason="papermill is not installed"
    )
    assert filled(path, values) == parameterize.parameterize_path(path, values)
