"""Each word of %nbflow in a real kernel: what is shown as text, as pictures and by widgets."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from magic_kernel import REPOSITORY, WIDGET, Frontend
from notebook_cells import code, written

from nbflow.magics.line import SUBCOMMANDS
from nbflow.service.run import run

pytest_plugins = ["magic_fixtures"]

CELLS = (
    code(1, "depth = 4", ["parameters"]),
    code(2, "b, a, c = 1, 2.5, '<img src=x onerror=alert(1)>'", ["step:load"]),
    code(3, "score = depth * b", ["step:train"]),
)


@pytest.fixture
def study(frontend: Frontend, tmp_path: Path) -> Path:
    """A notebook, which the kernel takes for its own."""
    path = written(tmp_path / "study.ipynb", CELLS)
    assert frontend.cell("%nbflow notebook study.ipynb").out == f"{path}\n"
    return path


def test_tells_what_there_is(frontend: Frontend) -> None:
    for line in ("%nbflow", "%nbflow --help", "%nbflow help"):
        shown = frontend.cell(line)
        assert [word for word in SUBCOMMANDS if f"  {word} " not in shown.out] == []
        assert shown.error == ""


def test_the_page_has_all_words() -> None:
    page = (REPOSITORY / "docs" / "magics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `%nbflow (\w+)` \| \[?(.+?\.)(?: |\])", page, flags=re.MULTILINE)
    assert dict(rows) == SUBCOMMANDS


@pytest.mark.parametrize("word", SUBCOMMANDS)
def test_each_word_has_help(frontend: Frontend, word: str) -> None:
    shown = frontend.cell(f"%nbflow {word} --help")
    assert shown.out.startswith(f"Usage: %nbflow {word} ")
    assert shown.error == ""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("%nbflow chek", "%nbflow knows no 'chek': did you mean check?"),
        ("%nbflow check --strickt", "%nbflow check: No such option '--strickt'."),
        ("%nbflow run -p 'a", '%nbflow: no closing quotation in "run -p \'a"'),
        ("%nbflow run -p depth", "%nbflow run: Invalid value for '-p'"),
        ("%nbflow run --jobs 0", "%nbflow run: Invalid value for '--jobs'"),
        ("%nbflow run --image x", "%nbflow run: --image is for runs elsewhere"),
        ("%nbflow run --engine kfp --jobs 2", "%nbflow run: --jobs is for runs on this machine"),
        ("%nbflow run -p width=2", "the notebook has no parameter `width`"),
        ("%nbflow run --steps nowhere", "the notebook has no step `nowhere`"),
        ("%nbflow run -p depth={40+2}", "{40+2}"),
        ("%nbflow run -p depth=$depth", "$depth"),
        ("%nbflow vars last load", "no runs are recorded in "),
        ("%nbflow stop 7", "no run"),
        ("%nbflow diff 1", "%nbflow diff: Missing argument 'RUN'."),
        ("%nbflow notebook nowhere.ipynb", "there is no notebook"),
        ("%nbflow convert --to nothing", "%nbflow convert: Invalid value for '--to'"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    frontend: Frontend, study: Path, line: str, sentence: str
) -> None:
    frontend.cell("depth = 4")
    shown = frontend.cell(line)
    assert sentence in shown.err
    assert shown.err.startswith("UsageError: ")
    assert shown.err.count("\n") == 1
    assert shown.error
    assert shown.traceback == ()


def test_check(frontend: Frontend, study: Path) -> None:
    shown = frontend.cell("%nbflow check")
    assert frontend.text(shown) == "study.ipynb: nothing found; 2 steps, 1 edge"
    written(study, [*CELLS, code(4, "print(nowhere)", ["step:report"])])
    shown = frontend.cell("%nbflow check")
    text = frontend.text(shown)
    assert text.startswith("study.ipynb: cell 4, line 1: NB201 warning: ")
    assert "  1 | print(nowhere)\n" in text
    assert "nowhere" in frontend.html(shown)
    assert "\x1b" not in text


def test_graph(frontend: Frontend, study: Path) -> None:
    shown = frontend.cell("%nbflow graph")
    (id_,) = shown.displays
    assert set(frontend.displays[id_]) == {"image/svg+xml", "text/plain"}
    assert frontend.text(shown).splitlines() == [
        "study: 2 steps, 1 edge, at most 1 side by side",
        "  1  load",
        "  2  train  ← load (b)",
    ]
    assert frontend.cell("%nbflow graph --format mermaid").out.startswith("flowchart TD\n")
    assert frontend.cell("%nbflow graph --format text").out.startswith("study: 2 steps")


def test_runs_and_what_they_made(frontend: Frontend, study: Path) -> None:
    assert frontend.text(frontend.cell("%nbflow runs")) == "no runs are recorded"
    run(str(study))
    run(str(study), parameters={"depth": "5"})
    shown = frontend.cell("%nbflow runs")
    lines = frontend.text(shown).splitlines()
    assert lines[0].split()[:3] == ["run", "state", "notebook"]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["2", "●", "done", "study.ipynb"],
        ["1", "●", "done", "study.ipynb"],
    ]
    assert WIDGET in frontend.displays[shown.displays[0]]
    shown = frontend.cell("%nbflow vars last load")
    assert [line.split()[0] for line in frontend.text(shown).splitlines()] == [
        "name", "a", "b", "c",
    ]  # fmt: skip
    shown = frontend.cell("%nbflow diff 1 last")
    assert "parameter   depth: not given → 5" in shown.out


def test_a_table_is_sorted_by_its_head(frontend: Frontend, study: Path) -> None:
    run(str(study))
    shown = frontend.cell("%nbflow vars 1 load")

    def names() -> list[str]:
        rows = frontend.html(shown).partition("<tbody>")[2].split("<tr>")[1:]
        return [row.partition(">")[2].partition("<")[0] for row in rows]

    assert names() == ["a", "b", "c"]
    head = frontend.button(shown, "name")
    frontend.press(head)
    frontend.until(lambda: frontend.widgets[head]["description"] == "name ▲")
    frontend.press(head)
    frontend.until(lambda: names() == ["c", "b", "a"])
    assert frontend.widgets[head]["description"] == "name ▼"
    sizes = frontend.button(shown, "size")
    frontend.press(sizes)
    frontend.until(lambda: names() != ["c", "b", "a"])
    assert frontend.widgets[head]["description"] == "name"


def test_what_is_shown_is_no_code_of_the_page(frontend: Frontend, study: Path) -> None:
    run(str(study))
    shown = frontend.cell("%nbflow vars 1 load")
    assert "<img src=x onerror=alert(1)>" in frontend.text(shown)
    assert "&lt;img src=x onerror=alert(1)&gt;" in frontend.html(shown)
    assert "<img" not in frontend.html(shown)


def test_convert(frontend: Frontend, study: Path) -> None:
    shown = frontend.cell("%nbflow convert --to python -o made")
    assert shown.out.startswith("made: 2 steps\n")
    assert (study.parent / "made" / "README.md").is_file()


def test_results_of_cells_stay_what_they_were(frontend: Frontend, study: Path) -> None:
    frontend.cell("6 * 7")
    assert frontend.cell("%nbflow runs").result == ""
    assert frontend.cell("_").result == "42"


def test_other_lines_of_a_cell_run_as_well(frontend: Frontend, study: Path) -> None:
    shown = frontend.cell("%nbflow graph --format text\nx = 3\n%nbflow check\nprint(x)")
    assert shown.out.startswith("study: 2 steps")
    assert shown.out.endswith("3\n")
    assert frontend.text(shown) == "study.ipynb: nothing found; 2 steps, 1 edge"


def test_cells_that_ran_otherwise_than_they_are_saved(frontend: Frontend, study: Path) -> None:
    soon = time.time() - 60
    os.utime(study, (soon, soon))
    told = (
        "Cell 3 of study.ipynb was run since as it is not saved: save the notebook first (Ctrl+S)\n"
    )
    frontend.cell("depth, b = 4, 1\nscore = depth * b", "c3")
    assert frontend.cell("%nbflow check", "new").err == told
    assert frontend.cell("%nbflow graph --format text", "new").err == told
    frontend.cell("score = depth * b", "c3")
    assert frontend.cell("%nbflow check", "new").err == ""
    frontend.cell("score = 1", "c3")
    written(study, CELLS)  # a later save knows what the user has made of the cell
    os.utime(study, (soon + 120, soon + 120))
    assert frontend.cell("%nbflow check", "new").err == ""
    os.utime(study, (soon, soon))
    frontend.cell("score = depth * b", "c3")
    frontend.cell("fresh = 1", "fresh")
    assert frontend.cell("%nbflow check", "new").err == (
        "A cell was run since that study.ipynb does not have as it is saved: "
        "save the notebook first (Ctrl+S)\n"
    )


#: What can follow, by what has been typed.
OFFERED = {
    "%nbflow ch": ["%nbflow check"],
    "nbflow ch": ["nbflow check"],
    "x = 1\n%nbflow ru": ["x = 1\n%nbflow run", "x = 1\n%nbflow runs"],
    "%nbflow run --jo": ["%nbflow run --jobs"],
    "%nbflow run --keep ": ["%nbflow run --keep all", "%nbflow run --keep edges"],
    "%nbflow run -p ": ["%nbflow run -p depth="],
    "%nbflow run -r ": ["%nbflow run -r depth="],
    "%nbflow run -p depth=2 --force lo": ["%nbflow run -p depth=2 --force load"],
    "%nbflow run --steps load,tr": ["%nbflow run --steps load,train"],
    "%nbflow vars 1 ": ["%nbflow vars 1 load", "%nbflow vars 1 train"],
    "%nbflow vars la": ["%nbflow vars last"],
    "%nbflow restore 1 tr": ["%nbflow restore 1 train"],
    "%nbflow push tr": ["%nbflow push train"],
    "%nbflow diff 1 ": ["%nbflow diff 1 1", "%nbflow diff 1 last"],
    "%nbflow convert --to p": ["%nbflow convert --to python"],
}


def test_completion(frontend: Frontend, study: Path) -> None:
    run(str(study))
    assert {line: frontend.completed(line) for line in OFFERED} == OFFERED


def test_other_lines_are_completed_as_ever(frontend: Frontend) -> None:
    frontend.cell("nbflower = 1\n%config Completer.use_jedi = False")  # it takes seconds to begin
    assert "nbflower" in frontend.completed("nbflowe")
