"""Members that write files: side by side as far as they touch none that others write."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_notebooks import code, write

from nbflow.engines.events import StepEnded, StepStarted
from nbflow.model import StepName
from nbflow.service.batch import batch as service
from nbflow.service.batch.events import BatchEvent, BatchNote, MemberHeard
from nbflow.service.batch.planning import Given, Grid, Rows
from nbflow.service.batch.sharing import reaching
from nbflow.service.batch.turns import gains, tied
from nbflow.service.request import request
from nbflow.store import ResultRecord, StepRecord, Store

PARAMETERS = code("depth = 2", "parameters")


def path_of(folder: Path) -> Path:
    """A notebook that makes a table, saves it, reads it, and tells of it."""
    return write(
        folder,
        PARAMETERS,
        code("rows = [depth] * 3", "step:make"),
        code("with open('t.csv', 'w') as file:\n    file.write(str(rows))", "step:save"),
        code("def path(): return 't' + '.csv'\ntext = open(path()).read()", "step:read"),
        code("score = len(rows)", "step:score"),
    )


def seen(
    step: str, *, read: str = "", written: str = "", passing: str = ""
) -> tuple[StepRecord, ResultRecord]:
    """What a run leaves of a step that has ended well."""
    name = StepName(step)
    record = StepRecord(name, 0, "done", changed=("@files",) if written or passing else ())
    looked, made = (dict.fromkeys(paths.split(), "") for paths in (read, written))
    why = tuple(filter(None, [passing]))
    result = ResultRecord("1", "/n", name, "c", {}, looked, made, why, (), "")
    return record, result


SAVE = seen("save", written="/w/t.csv")
RUNS: dict[str, tuple[list[tuple[StepRecord, ResultRecord]], set[str] | None]] = {
    "nothing is written": ([seen("make", read="/w/t.csv")], set()),
    "who reads what is written": (
        [seen("make", read="/w/a.csv"), SAVE, seen("read", read="/w/t.csv")],
        {"save", "read"},
    ),
    "who asks for it": ([SAVE, seen("read", read="?/w/t.csv")], {"save", "read"}),
    "who lists its folder": ([SAVE, seen("read", read="/w")], {"save", "read"}),
    "who asks for its folder": ([SAVE, seen("make", read="?/w")], {"save"}),
    "another program": ([SAVE, seen("score", passing="another program")], None),
    "something without a file": ([seen("score", passing="chance")], None),
    "a file that nobody saw": ([SAVE, seen("read", passing="the network")], None),
    "it is known to write, and did not": ([seen("save", read="/w/x")], None),
}


@pytest.mark.parametrize(("run", "steps"), RUNS.values(), ids=RUNS)
def test_steps_that_touch_shared_files(
    tmp_path: Path, run: list[tuple[StepRecord, ResultRecord]], steps: set[str] | None
) -> None:
    analysis = request(str(path_of(tmp_path)), {}, ()).analysis
    records, results = zip(*run, strict=True)
    assert tied(records, results, analysis) == steps


def test_what_is_left_to_do_side_by_side(tmp_path: Path) -> None:
    analysis = request(str(path_of(tmp_path)), {}, ()).analysis
    reached = reaching(analysis)

    def gain(*steps: str) -> bool:
        return gains(frozenset(map(StepName, steps)), reached, analysis)

    assert [gain(), gain("save"), gain("save", "read"), gain("make"), gain("make", "save")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_members_take_turns_with_the_files_that_they_share(tmp_path: Path) -> None:
    """Two are in their first step at once, and none is in the other two while another one is."""
    wait = (
        "import os, time\nend = time.time() + 120\n"
        "while depth > 2 and not os.path.exists('go') and time.time() < end:\n    time.sleep(0.02)\n"
        "assert depth == 2 or os.path.exists('go')\nx = depth"
    )
    path = write(
        tmp_path,
        PARAMETERS,
        code(wait, "step:make"),
        code("with open('mine', 'x') as file:\n    file.write(str(x))", "step:save"),
        code("import os\nscore = int(open('mine').read())\nos.remove('mine')", "step:read"),
        code("score", "pipeline-metrics"),
    )
    waiting: set[int] = set()
    notes: list[str] = []

    def hear(event: BatchEvent) -> None:
        match event:
            case BatchNote(text):
                notes.append(text)
            case MemberHeard(position, StepStarted(step="make")):
                waiting.add(position)
                if len(waiting) > 2:
                    (tmp_path / "go").touch()

    batch = service.start(str(path), Rows(), Grid({"depth": [2, 4, 6, 8]}), jobs=2, on_event=hear)
    assert [(m.state, m.metrics) for m in batch.members] == [
        ("done", {"score": float(depth)}) for depth in (2, 4, 6, 8)
    ]
    (note,) = notes
    assert note.endswith("one member at a time: read, save")


def test_members_that_took_files_from_each_other_run_once_more(tmp_path: Path) -> None:
    """The first one shows nothing of what the code of the others does; two of them meet in one file."""
    meet = (
        "import os, time\nend = time.time() + 120\n"
        "with open('shared', 'w') as file:\n    file.write(str(depth))\n"
        "open(f'at-{depth}', 'w').close()\n"
        "while not (os.path.exists('at-4') and os.path.exists('at-6')) and time.time() < end:\n"
        "    time.sleep(0.02)\n"
        "read = int(open('shared').read())"
    )
    path = write(
        tmp_path,
        code("depth = 2\nsource = 'read = depth'", "parameters"),
        code("x = depth", "step:make"),
        code("space = {'depth': depth}\nexec(source, space)\ny = space['read']", "step:meet"),
        code("score = (x + y) / 2", "step:score"),
        code("score", "pipeline-metrics"),
    )
    sets: list[Given] = [{"depth": 2}, *({"depth": n, "source": meet} for n in (4, 6))]
    rows = Rows(tuple(("", given) for given in sets))
    notes: list[str] = []

    def hear(event: BatchEvent) -> None:
        if isinstance(event, BatchNote):
            notes.append(event.text)

    batch = service.start(str(path), rows, Grid(), jobs=2, on_event=hear)
    assert [(m.state, m.metrics) for m in batch.members] == [
        ("done", {"score": float(depth)}) for depth in (2, 4, 6)
    ]
    turns, again = notes
    assert turns.endswith("one member at a time: meet")
    assert again.startswith("members 2, 3 ran at the same time")
    with Store.open(tmp_path) as store:
        kept = {row.id for row in store.runs()}
        assert len(kept) == 3  # what the two have given each other is gone
        assert {each.run for run in kept for each in store.results_in(run)} <= kept


def test_who_waits_for_its_turn_hears_of_the_end(tmp_path: Path) -> None:
    wait = "import os, time\nwhile depth > 2 and os.path.exists('hold'):\n    time.sleep(0.02)\n"
    path = write(
        tmp_path,
        PARAMETERS,
        code("score = depth", "step:make"),
        code(f"{wait}with open('t', 'w') as file:\n    file.write(str(score))", "step:save"),
        code("score", "pipeline-metrics"),
    )
    (tmp_path / "hold").touch()
    made: set[int] = set()

    def hear(event: BatchEvent) -> None:
        match event:
            case MemberHeard(position, StepEnded(step="make")):
                made.add(position)
                if len(made) > 2:
                    raise RuntimeError("the end")

    grid = Grid({"depth": [2, 4, 6]})
    with pytest.raises(RuntimeError, match="the end"):
        service.start(str(path), Rows(), grid, name="s", jobs=2, on_event=hear)
    assert [member.state for member in service.show("s", tmp_path).members].count("done") == 1
    (tmp_path / "hold").unlink()
    batch = service.resume("s", tmp_path, jobs=2)
    assert [member.metrics for member in batch.members] == [{"score": d} for d in (2.0, 4.0, 6.0)]
