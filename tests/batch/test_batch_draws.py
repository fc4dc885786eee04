"""Draws: which values, in which order, how a batch goes on with them, and what is no draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_notebooks import code, write

from nbflow.errors import ParameterError
from nbflow.model import CellId, Location, Parameter
from nbflow.service.batch import batch as service
from nbflow.service.batch.draws import Draws
from nbflow.service.batch.events import BatchEvent, BatchStarted
from nbflow.service.batch.files import from_yaml
from nbflow.service.batch.planning import Grid, Rows, members, merged
from nbflow.service.batch.settings import Settings, next_draws


def drawn(how: str, seed: int = 7, first: int = 0, stop: int = 3) -> list[object]:
    return [each["x"] for each in Draws({"x": how}, seed, first, stop).sets()]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("uniform(-1, 3)", [2.759290639526183, 1.9285838357379568, 1.5391070838669032]),
        (
            "loguniform(1e-4,0.1)",
            [0.06598845794485128, 0.01571946918889324, 0.008022880304593109],
        ),
        ("normal(10, 2)", [10.258917549262705, 13.289336199435505, 11.050898678615258]),
        ("int(2,12)", [12, 10, 8]),
        ("int(5,5)", [5, 5, 5]),
        ("choice(a, 'b,c', [1,2])", ["[1,2]", "[1,2]", "b,c"]),
    ],
)
def test_the_same_seed_gives_the_same_values_everywhere(how: str, expected: list[object]) -> None:
    """The values themselves are pinned: another machine or Python has to give them too."""
    assert drawn(how) == expected


@pytest.mark.parametrize("how", ["uniform(0,1)", "loguniform(1,9)", "normal(0,1)", "choice(a,b)"])
def test_a_sequence_goes_on_where_it_was_left(how: str) -> None:
    assert drawn(how, stop=9) == drawn(how, stop=4) + drawn(how, first=4, stop=9)
    assert drawn(how, stop=9) != drawn(how, seed=8, stop=9)


def test_a_name_has_its_own_sequence_whatever_other_names_there_are() -> None:
    one = Draws({"x": "uniform(0,1)"}, 7, 0, 5).sets()
    two = Draws({"y": "normal(0,1)", "x": "uniform(0,1)"}, 7, 0, 5).sets()
    assert [each["x"] for each in one] == [each["x"] for each in two]


@pytest.mark.parametrize(
    ("how", "least", "most"),
    [("int(1,3)", 1, 3), ("uniform(2,4)", 2, 4), ("loguniform(2,4)", 2, 4)],
)
def test_values_lie_within_their_bounds(how: str, least: float, most: float) -> None:
    values = [value for value in drawn(how, stop=500) if isinstance(value, (int, float))]
    assert least <= min(values) < least + 0.1
    assert most - 0.1 < max(values) <= most


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("3", "x=3: it is none of uniform(LOW, HIGH), loguniform(LOW, HIGH), normal("),
        ("randint(1,2)", "x=randint(1,2): it is none of uniform"),
        ("uniform(1)", "x=uniform(1): uniform(LOW, HIGH) takes two numbers"),
        ("uniform(1,2,3)", "x=uniform(1,2,3): uniform(LOW, HIGH) takes two numbers"),
        ("uniform(a,b)", "x=uniform(a,b): uniform(LOW, HIGH) takes two numbers"),
        ("uniform(2,1)", "x=uniform(2,1): in uniform(LOW, HIGH), HIGH is less than LOW"),
        ("uniform(0,inf)", "x=uniform(0,inf): uniform(LOW, HIGH) takes two finite numbers"),
        ("uniform(-1e308,1e308)", "x=uniform(-1e308,1e308): LOW and HIGH are too far apart"),
        ("loguniform(0,1)", "x=loguniform(0,1): LOW has to be more than 0"),
        ("normal(0,-1)", "x=normal(0,-1): DEVIATION cannot be less than 0"),
        ("int(1.5,2)", "x=int(1.5,2): int(LOW, HIGH) takes two whole numbers"),
        ("int(3,2)", "x=int(3,2): in int(LOW, HIGH), HIGH is less than LOW"),
        (f"int(0,{2**60})", "LOW and HIGH are too far apart"),
        ("choice()", "x=choice(): choice(VALUE, ...) takes at least one value"),
        ("__import__('os')", "it is none of"),
    ],
)
def test_what_is_no_draw_is_told(how: str, told: str) -> None:
    with pytest.raises(ParameterError) as error:
        drawn(how)
    assert told in str(error.value)


KEPT = Settings(draws={"x": "int(1,9)"}, seed=7, drawn=20)


@pytest.mark.parametrize(
    ("kept", "texts", "count", "seed", "expected"),
    [
        (Settings(), {"x": "int(1,9)"}, 20, 7, (20, 7, 0, 20)),
        (KEPT, {}, 5, None, (25, 7, 20, 25)),
        (KEPT, {}, 30, 7, (30, 7, 0, 30)),
        (KEPT, {}, 5, 7, (20, 7, 0, 5)),
        (KEPT, {}, 5, 8, (5, 8, 0, 5)),
        (KEPT, {"y": "int(1,2)"}, 5, None, (25, 7, 20, 25)),
    ],
)
def test_a_batch_goes_on_with_what_was_drawn(
    kept: Settings,
    texts: dict[str, str],
    count: int,
    seed: int | None,
    expected: tuple[int, int, int, int],
) -> None:
    after, made = next_draws(kept, texts, count, seed)
    assert made is not None
    assert (after.drawn, made.seed, made.first, made.stop) == expected
    assert Settings.read(after.written()) == after
    assert made.texts == after.draws == (texts or kept.draws)


def test_without_a_seed_one_is_chosen() -> None:
    seeds = {next_draws(Settings(), {"x": "int(1,9)"}, 1, None)[0].seed for _ in range(3)}
    assert len(seeds) == 3
    assert None not in seeds


@pytest.mark.parametrize(
    ("texts", "count", "seed", "told"),
    [
        ({"x": "int(1,9)"}, 0, None, "not said how many sets of values"),
        ({}, 0, 7, "a seed is for draws"),
        ({}, 3, None, "not said what is drawn"),
    ],
)
def test_what_is_missing_is_told(
    texts: dict[str, str], count: int, seed: int | None, told: str
) -> None:
    with pytest.raises(ParameterError, match=told):
        next_draws(Settings(), texts, count, seed)


def test_a_grid_in_a_file_may_draw(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("lr: !draw loguniform(1e-4, 0.1)\ndepth: [2, 4]\n", encoding="utf-8")
    grid = Grid({"depth": [2, 4]}, str(path), {"lr": "loguniform(1e-4, 0.1)"})
    assert from_yaml(str(path)) == grid
    again = merged(grid, Grid({"lr": [1]}), Grid(draws={"depth": "int(1,2)"}))
    assert again == Grid({"lr": [1]}, str(path), {"depth": "int(1,2)"})


@pytest.mark.parametrize(
    ("text", "where"),
    [("- lr: !draw int(1,2)\n", ", row 1"), ("lr: [!draw 'int(1,2)', 3]\n", "")],
)
def test_a_draw_stands_for_a_whole_parameter_of_a_grid(
    tmp_path: Path, text: str, where: str
) -> None:
    path = tmp_path / "g.yaml"
    path.write_text(text, encoding="utf-8")
    found = from_yaml(str(path))
    lr = Parameter("lr", "float", 0.1, Location(CellId("a"), 1, 1, 0))
    rows, grid = (found, Grid()) if isinstance(found, Rows) else (Rows(), found)
    with pytest.raises(ParameterError) as error:
        members((lr,), rows, grid)
    assert str(error.value) == (
        f"{path}{where}: the parameter lr is a float (0.1 in the notebook), !draw int(1,2) does not fit"
    )


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    return str(
        write(
            tmp_path,
            code("depth = 2\nlr = 0.1\nkind = 'a'", "parameters"),
            code("score = depth * lr", "step:fit"),
        )
    )


def test_drawn_members_are_recorded_gone_on_with_and_added_to(notebook: str) -> None:
    grid = Grid({"kind": ["a", "b"]}, draws={"lr": "uniform(0,1)", "depth": "int(2,9)"})
    heard: list[BatchEvent] = []
    first = service.start(notebook, Rows(), grid, draws=2, name="s", on_event=heard.append)
    assert isinstance(heard[0], BatchStarted)
    seed = heard[0].seed
    assert seed is not None
    expected = [
        {"kind": kind, **each}
        for kind in ("a", "b")
        for each in Draws(grid.draws, seed, 0, 2).sets()
    ]
    assert [m.parameters for m in first.members] == expected
    kept = Settings.read(first.settings)
    assert kept == Settings(grid.draws, seed, 2, code=kept.code)
    assert service.resume("s", Path(notebook).parent).members == first.members
    more = service.start(notebook, Rows(), Grid(), draws=1, name="s")
    assert more.members[:4] == first.members
    assert [m.parameters for m in more.members[4:]] == Draws(grid.draws, seed, 2, 3).sets()
    same = service.start(notebook, Rows(), Grid(), draws=3, seed=seed, name="s")
    assert [m.parameters for m in same.members[5:]] == Draws(grid.draws, seed, 0, 2).sets()


@pytest.mark.parametrize(
    ("rows", "grid", "told"),
    [
        ({}, Grid(draws={"dep": "int(1,2)"}), "the notebook has no parameter `dep`"),
        ({}, Grid(draws={"depth": "uniform(0,1)"}), "the parameter depth is an int"),
        ({}, Grid(draws={"kind": "int(1,2)"}), "the parameter kind is a str"),
        ({"lr": 1}, Grid(draws={"lr": "uniform(0,1)"}), "r, line 2: `lr` is drawn as well"),
        ({}, Grid({"lr": [1]}, draws={"lr": "uniform(0,1)"}), "`lr` is drawn as well"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_recorded(
    notebook: str, rows: dict[str, object], grid: Grid, told: str
) -> None:
    with pytest.raises(ParameterError) as error:
        service.start(notebook, Rows((("r, line 2", rows),)), grid, draws=3, seed=1)
    assert str(error.value).startswith(told)
    assert not (Path(notebook).parent / ".nbflow").exists()
