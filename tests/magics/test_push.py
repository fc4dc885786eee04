"""``%nbflow push``: a run goes on from a cell that was repaired in the kernel."""

from __future__ import annotations

import json
import time
from pathlib import Path

from live_kernel import LiveKernel
from small_notebooks import code, write

import nbflow

pytest_plugins = ["live_fixtures"]

_REPAIRED = "best = sum(data) / 1"


def _failing(live: LiveKernel, folder: Path) -> nbflow.Run:
    """A run out of the kernel, of whose environment results are used again."""
    write(
        folder,
        code("import time", "imports"),
        code("data = [time.time_ns()]", "step:load"),
        code("print(len(data))", "step:train"),
        code("best = sum(data) / 0"),
        code("print(data, best)", "step:show"),
        code("%load_ext nbflow\n%nbflow restore last\n%nbflow push train"),
    )
    assert live.run("%nbflow run --wait").error
    return nbflow.runs(folder=folder)[0]


def _save(path: Path, source: str, cell: int = 3) -> None:
    document = json.loads(path.read_text())
    document["cells"][cell]["source"] = source
    path.write_text(json.dumps(document, indent=1) + "\n")


def _ended(folder: Path, number: str) -> nbflow.Run:
    """The run of that number, when it has ended."""
    deadline = time.monotonic() + 120
    while True:
        found = next(each for each in nbflow.runs(folder=folder) if each.id == number)
        if found.state != "running" or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def test_a_repaired_and_saved_cell_lets_the_run_go_on(live: LiveKernel, tmp_path: Path) -> None:
    run, path = _failing(live, tmp_path), tmp_path / "n.ipynb"
    live.run(f"%nbflow restore {run.id}")
    assert not live.run(_REPAIRED, "d").error
    told = live.run("%nbflow push train").text
    assert "cell 4 was last run here as it is not saved in n.ipynb: save first (Ctrl+S)" in told
    assert len(nbflow.runs(folder=tmp_path)) == 1
    _save(path, _REPAIRED)
    assert "run 2" in live.run("%nbflow push train --wait").text
    second = _ended(tmp_path, "2")
    assert second.state == "done"
    assert [each.reused for each in second.steps] == ["1", "", ""]
    assert second["show"].variables["data"] == run["load"].variables["data"]


def test_a_cell_is_written_where_it_is_asked_for(live: LiveKernel, tmp_path: Path) -> None:
    _failing(live, tmp_path)
    path = tmp_path / "n.ipynb"
    before = path.read_text()
    live.run("data = [1]")
    assert not live.run(_REPAIRED, "d").error
    told = live.run("%nbflow push --write --wait").text
    assert "Cell 4 of n.ipynb was written as it was last run here." in told
    assert path.read_text() == before.replace("best = sum(data) / 0", _REPAIRED)
    assert _ended(tmp_path, "2").state == "done"


def test_a_cell_that_was_changed_otherwise_is_not_overwritten(
    live: LiveKernel, tmp_path: Path
) -> None:
    _failing(live, tmp_path)
    path = tmp_path / "n.ipynb"
    _save(path, "print('of somebody else')")
    before = path.read_text()
    live.run("data = [1]")
    assert not live.run(_REPAIRED, "d").error
    told = live.run("%nbflow push train --write").text
    assert "cell 4 of" in told
    assert "has been changed in another way meanwhile; nothing was changed" in told
    assert path.read_text() == before
    assert len(nbflow.runs(folder=tmp_path)) == 1


def test_a_cell_that_was_run_as_one_of_another_step_is_not_written(
    live: LiveKernel, tmp_path: Path
) -> None:
    path = write(tmp_path, code("x = 1", "step:a"), code("%%step b\nprint(x / 0)"))
    nbflow.run(path)
    before = path.read_text()
    for source in ("print(x)", "%%step c\nprint(x)"):
        live.run(f"x = 1\n{source}" if source[0] != "%" else source, "b")
        told = live.run("%nbflow push b --write").text
        assert "cell 2 was last run with another `%%step` line than the file has" in told
        assert path.read_text() == before
    live.run("%%step b --retry 1\nprint(x)", "b")
    assert "Cell 2 of n.ipynb was written" in live.run("%nbflow push b --write --wait").text
    assert _ended(tmp_path, "2").state == "done"


def test_cells_that_the_file_does_not_have_are_told(live: LiveKernel, tmp_path: Path) -> None:
    _failing(live, tmp_path)
    live.run("data = [1]")
    _save(tmp_path / "n.ipynb", _REPAIRED)
    assert not live.run("best = sum(data)", "vscode-notebook-cell:n.ipynb#d").error
    told = live.run("%nbflow push --wait").text
    assert "A cell was run since that n.ipynb does not have as it is saved: save" in told
    assert _ended(tmp_path, "2").state == "done"


def test_a_second_push_goes_on_with_the_first(live: LiveKernel, tmp_path: Path) -> None:
    run, path = _failing(live, tmp_path), tmp_path / "n.ipynb"
    live.run(f"%nbflow restore {run.id}")
    _save(path, "best = sum(data) / nothing")
    live.run("%nbflow push --wait")
    assert _ended(tmp_path, "2").state == "failed"
    _save(path, _REPAIRED)
    live.run("%nbflow push --wait")
    third = _ended(tmp_path, "3")
    assert third.state == "done"
    assert third["load"].variables["data"] == run["load"].variables["data"]


def test_a_clock_of_the_notebook_does_not_tell_when_cells_have_run(
    live: LiveKernel, tmp_path: Path
) -> None:
    _failing(live, tmp_path)
    live.ok("import time; clock = time.time; time.time = lambda: 42")
    live.run("data = [1]")
    assert not live.run(_REPAIRED, "d").error
    told = live.run("%nbflow push train").text
    live.ok("time.time = clock")
    assert "cell 4 was last run here as it is not saved in n.ipynb" in told


def test_what_was_restored_is_told_where_it_is_not_meant(live: LiveKernel, tmp_path: Path) -> None:
    run, path = _failing(live, tmp_path), tmp_path / "n.ipynb"
    live.ok(f"%nbflow restore {run.id}")
    live.ok(f"%nbflow notebook {path.rename(tmp_path / 'new.ipynb')}")
    told = live.run("%nbflow push").text
    assert "no run of new.ipynb has failed, and what was restored is step 'train' of run" in told
    again = live.run(f"%nbflow restore {run.id}").text
    assert f"It is a run of another notebook, {path}." in again


def test_there_is_a_sentence_where_there_is_nothing_to_go_on_with(
    live: LiveKernel, tmp_path: Path
) -> None:
    _failing(live, tmp_path)
    assert "no run of n.ipynb has failed at step 'show'" in live.run("%nbflow push show").text
    _save(tmp_path / "n.ipynb", "print(sum(data) /")
    told = live.run("%nbflow push train").text
    assert "severity error" in told or "NB1" in told
    assert len(nbflow.runs(folder=tmp_path)) == 1
