"""The ``%%step`` line: its tags, what is wrong with it, and the way back from tags to a line."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from percent import notebook

from nbflow import tags
from nbflow.analysis import analyse
from nbflow.analysis.edits import split
from nbflow.analysis.marks import SETTINGS
from nbflow.analysis.result import Analysis
from nbflow.analysis.source import CellCode, cell_code
from nbflow.errors import TagError
from nbflow.runtime.own_lines import passed_over
from nbflow.step_line import OPTIONS, option_of, parse, read, unparse, usage, without


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%%step train", ["step:train"]),
        ("  %%step\ttrain  ", ["step:train"]),
        ('%%step "load data"', ["step:load data"]),
        ("%%step 'it''s'", ["step:its"]),
        ("%%step a:b", ["step:a:b"]),
        ("%%step a --after b", ["step:a", "prev:b"]),
        ("%%step a --after b 'c d' --gpu 1", ["step:a", "prev:b", "prev:c d", "gpu:1"]),
        ("%%step a --after=b", ["step:a", "prev:b"]),
        ("%%step a --cpu 2 --memory 4Gi", ["step:a", "limit:cpu:2", "limit:memory:4Gi"]),
        ("%%step a --limit amd.com/gpu:1 cpu:2", ["step:a", "limit:amd.com/gpu:1", "limit:cpu:2"]),
        ("%%step a --env A:1 B: 'C:x y'", ["step:a", "env:A:1", "env:B:", "env:C:x y"]),
        ("%%step a --retry 2:30s --timeout 10m", ["step:a", "retry:2:30s", "timeout:10m"]),
        ("%%step a --cache disabled --report enabled", ["step:a", "cache:disabled", "report:enabled"]),
        ("%%step '--after'", ["step:--after"]),
        ("%%step a --after=--b", ["step:a", "prev:--b"]),
    ],
)  # fmt: skip
def test_a_line_says_tags(line: str, said: list[str]) -> None:
    found = parse(line)
    assert (list(found.tags), found.problems) == (said, ())


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        ("%%step", 6, "The `%%step` line names no step. Write the name first"),
        ("%%step --gpu 1", 7, "The `%%step` line names no step. Write the name first"),
        ("%%step ''", 7, "In the `%%step` line the name of the step is missing."),
        ("%%step load data", 12, 'A name with spaces stands in quotes: `%%step "load data"`.'),
        ("%%step a --gpus 1", 9, "The `%%step` line has no option `--gpus`. `--gpu` may be meant."),
        ("%%step a -r 1", 9, "The `%%step` line has no option `-r`. The options are --after,"),
        ("%%step a --gpu", 9, "The option `--gpu` in the `%%step` line has no value."),
        ("%%step a --gpu 1 2", 17, "`2` in the `%%step` line belongs to no option."),
        ("%%step a --gpu x", 15, "The option `--gpu x` is malformed: 'x' is not a whole number."),
        ("%%step a --memory=lots", 18, "'lots' is not an amount such as 2, 500m, 0.5 or 4Gi."),
        ("%%step a --after ''", 17, "the name of the step is missing"),
        ("%%step 'a", 7, "The `%%step` line has a quote that is not closed."),
        ('%%step a --after b"', 18, "The `%%step` line has a quote that is not closed."),
    ],
)
def test_what_is_wrong_with_a_line(line: str, column: int, sentence: str) -> None:
    (problem,) = parse(line).problems
    assert sentence in problem.sentence
    assert problem.column == column


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("%%step a", 1),
        ("\n \n%%step a\nx", 3),
        (" %%step a\nx", 1),
        ("%%step\tb", 1),
        ("x\n%%step a", 0),
        ("%%steps a", 0),
        ("%%step? a", 0),
        ("%step a", 0),
        ("# %%step a", 0),
        ("", 0),
    ],
)
def test_the_line_is_the_first_of_the_cell(source: str, number: int) -> None:
    line = read(source)
    assert (line.number if line else 0) == number
    assert without(source).count("\n") == source.count("\n")
    assert ("%%step" in without(source)) == ("%%step" in source and not number)


def _settings() -> st.SearchStrategy[str]:
    parts = st.sampled_from(
        ["a", "b c", "1", "4Gi", "A", "/x", "enabled", "-x", "it's", '"', "\\", "10m", "ü"]
    )
    words = st.lists(parts | st.text(max_size=5), min_size=1, max_size=3).map(":".join)
    prefixes = sorted(tags.PREFIXES - {"step", "block", "notebook"})
    texts = st.builds("{}:{}".format, st.sampled_from(prefixes), words)
    usual = st.sampled_from(
        ["prev:a", "prev:b c", "prev:--gpu", "limit:memory:4Gi", "limit:cpu:2", "limit:x/y:1", "gpu:1",
         "env:A:", "env:A:-1 'x'", "retry:2:30s:3", "volume:v:/d", "cache:disabled", "run-as:1:2"]
    )  # fmt: skip
    return (usual | texts).map(lambda text: tags.unparse(tags.parse(text))).filter(option_of)


@given(st.text(min_size=1).map("step:{}".format), st.lists(_settings()))
def test_tags_to_a_line_and_back(step: str, others: list[str]) -> None:
    if isinstance(tags.parse(step), tags.StepTag):
        found = parse(unparse((step, *others)))
        assert (found.tags, found.problems) == ((step, *others), ())


@given(st.text())
def test_every_line_is_read(text: str) -> None:
    found = parse(f"%%step {text}")
    assert all(not isinstance(tags.parse(each), (tags.Bad, tags.Foreign)) for each in found.tags)
    assert found.problems or found.tags


@pytest.mark.parametrize(
    "texts",
    [(), ("imports",), ("block:a",), ("step:a", "skip"), ("step:a", "x"), ("step:a", "env:A:b\nc")],
)
def test_tags_that_no_line_says(texts: tuple[str, ...]) -> None:
    with pytest.raises(TagError):
        unparse(texts)


def test_every_setting_of_a_step_has_an_option() -> None:
    prefixes = {option.prefix.partition(":")[0] for option in OPTIONS}
    roles = {"step", "block", "notebook"}
    assert prefixes == tags.PREFIXES - roles
    assert len(SETTINGS) + 1 <= len(OPTIONS) == len(usage().splitlines())


# In a notebook


def _told(text: str) -> list[tuple[str, int, int, int]]:
    found = analyse(notebook(text)).findings
    places = [(f.code, f.location) for f in found]
    return [(code, at.number, at.line, at.column) for code, at in places if at is not None]


LOAD = "# %%\n%load_ext nbflow\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# %%\n%%step a\nx = 1\n# %%\n%%step b --after a\nx", []),
        ("# %%\n\n%%step a --retry x\n1", [("NB101", 2, 2, 17)]),
        ("# %%\n%%step a --gpus 1\n1", [("NB121", 2, 1, 9)]),
        ("# %%\n%%step a --gpus 1 --after\n1", [("NB121", 2, 1, 9), ("NB121", 2, 1, 18)]),
        ("# %%\n%%step a --after b\n1", [("NB103", 2, 1, 17)]),
        ("# %%\n%%step a --after a\n1", [("NB304", 2, 1, 17)]),
        ("# %%\n%%step a --after b\n1\n# %%\n%%step b\n1", [("NB303", 2, 1, 17)]),
        ("# %% prev:b\n%%step a\n1", [("NB103", 2, 0, 0)]),
        ("# %%\n%%step a\n1\n# %%\n%%step b\n1\n# %%\n%%step a\n1", [("NB105", 4, 0, 0)]),
        ("# %% step:a\n%%step a\n1", [("NB122", 2, 1, 0)]),
        ("# %% step:b\n%%step a\n1", [("NB122", 2, 1, 0)]),
        ("# %% imports\n%%step a\nimport json", [("NB122", 2, 1, 0)]),
        ("# %% retry:1\n%%step a --retry 2\n1", [("NB122", 2, 1, 0)]),
        ("# %% limit:nvidia.com/gpu:1 foo\n%%step a --gpu 1\n1", []),
        ("# %% retry:2 prev:b\n%%step a --retry 2\n1", [("NB103", 2, 0, 0)]),
        ("# %% skip step:b\n%%step a --nothing\n1\n# %%\n1", []),
        ("# %%\n%%time\n%%step a\n1", [("NB121", 2, 2, 0)]),
        ("# %%\n# what it does\n%%step a\n1", [("NB121", 2, 2, 0)]),
        ("# %%\n%%step a\n%%time\n1", []),
        ("# %%\n%%step a\n1 +", [("NB108", 2, 2, 3)]),
        ("# %%\n%nbflow check\nnbflow = 1", []),
        ("# %%\nfor i in range(2):\n    %nbflow vars", []),
        ("# %%\nnbflow check", []),
        ("# %%\n%nbflow restore 3 a --after", [("NB125", 2, 1, 0)]),
        ("# %% skip\n%nbflow restore 3 a\n# %%\n1", []),
        ("# %%\nx = %nbflow vars", [("NB123", 2, 1, 0)]),
        ("# %%\nif 1:\n    print(get_ipython().run_line_magic('nbflow', 'runs'))", [("NB123", 2, 2, 0)]),
    ],
)  # fmt: skip
def test_findings(text: str, found: list[tuple[str, int, int, int]]) -> None:
    assert [each for each in _told(LOAD + text) if each[0] != "NB301"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# %%\n\n%%step a\n1\n# %%\n%nbflow check", [("NB124", 1, 2, 0)]),
        ("# %%\n%nbflow check", [("NB124", 1, 1, 0)]),
        ("# %%\n%load_ext nbflow\n%nbflow check", []),
        ("# %%\n%%step a\n%load_ext nbflow", [("NB124", 1, 1, 0)]),
        ("# %% skip\n%load_ext nbflow\n# %%\n%%step a\n1", []),
        ("# %%\n%unload_ext nbflow\n# %%\n%%step a\n1", [("NB124", 2, 1, 0)]),
        ("# %%\nget_ipython().extension_manager.load_extension('nbflow')\n# %%\n%%step a\n1", []),
    ],
)
def test_the_extension_has_to_be_loaded(text: str, found: list[tuple[str, int, int, int]]) -> None:
    assert [each for each in _told(text) if each[0] == "NB124"] == found


def _pipeline(text: str) -> Analysis:
    return analyse(notebook(text))


def test_lines_make_steps_as_tags_do() -> None:
    lines = (
        "# %%\n%load_ext nbflow\n# %%\n%%step load\nx = 1\n# %%\ny = 2"
        "\n# %%\n%%step 'a b' --after load --gpu 1\nz = 1\n# %%\n%%step 'a b' --retry 2\nprint(y)"
    )
    marked = (
        "# %%\n\n# %% step:load\n\nx = 1\n# %%\ny = 2\n# %% step:a-b prev:load gpu:1"
        "\n\nz = 1\n# %% step:a-b retry:2\n\nprint(y)"
    )
    one, other = _pipeline(lines), _pipeline(marked)
    for mine, theirs in zip(one.pipeline.steps, other.pipeline.steps, strict=True):
        assert (mine.name.replace(" ", "-"), mine.cells) == (theirs.name, theirs.cells)
        assert (mine.after, mine.resources) == (theirs.after, theirs.resources)


def test_cells_that_only_speak_to_nbflow_are_no_step() -> None:
    text = "# %%\n%load_ext nbflow\n# %%\n%%step a\n1\n# %%\n# look\n%nbflow graph\n# %% step:b\n2"
    assert [(step.name, step.cells) for step in _pipeline(text).pipeline.steps] == [
        ("a", ("c2", "c3")),
        ("b", ("c4",)),
    ]


def test_lines_to_nbflow_are_nothing_to_the_analysis() -> None:
    cell = notebook(
        "# %%\n%%step a\n%load_ext nbflow\nif 1:\n    %nbflow run -p x=1\n%nbflow restore 1"
    ).cells[0]
    code = cell_code(cell)
    assert isinstance(code, CellCode)
    assert code.magics == ()
    assert [(each.line, each.name, each.text) for each in code.to_nbflow] == [
        (2, "load_ext", "nbflow"),
        (4, "nbflow", "run -p x=1"),
        (5, "nbflow", "restore 1"),
    ]


BODIES = (
    "x = 1\nx",
    "",
    "\n\nx = 1",
    "    x = 1\n    x",
    "# a comment\nx",
    "%%time\nx = 1",
    "\n%%capture out\nprint(1)",
    "%%bash\necho hi",
    "!echo hi\nfiles = !ls",
    "len?",
    "ls",
    "ls -l",
    "pip install x",
    "raise",
    "x",
    "/abs 1",
    ">>> x = 1\n>>> x",
    "await f()",
    'text = """\n%%step b\n"""',
    "%matplotlib inline\nx;",
    "if x:\n\ty",
)


@pytest.mark.parametrize("body", BODIES)
def test_a_cell_is_what_it_is_without_its_line(body: str) -> None:
    line = "%%step a --gpu 1"
    kernel = TransformerManager()
    plain = kernel.transform_cell(body)
    kernel.cleanup_transforms.insert(0, passed_over)
    transformed = kernel.transform_cell(f"{line}\n{body}")
    assert transformed.removeprefix(f"# {line}\n").lstrip("\n") == plain.lstrip("\n")
    with_line = cell_code(notebook(f"# %%\n{line}\n{body}").cells[0])
    without_line = cell_code(notebook(f"# %%\n\n{body}").cells[0])
    assert isinstance(with_line, CellCode)
    assert isinstance(without_line, CellCode)
    assert with_line.magics == without_line.magics
    dumped = [ast.dump(each.tree, include_attributes=True) for each in (with_line, without_line)]
    assert dumped[0] == dumped[1]


@pytest.mark.parametrize(
    ("own", "source", "wanted", "tags_after", "source_after"),
    [
        ("x", "%%step a\n1", "x step:a", "x", "%%step a\n1"),
        ("x", "%%step a\n1", "x step:b", "x", "%%step b\n1"),
        ("x retry:2", "\n%%step a\n1", "x step:a", "x", "\n%%step a\n1"),
        ("x", "%%step a\r\n1", "x step:a gpu:1 y", "x y", "%%step a --gpu 1\r\n1"),
        ("", "%%step a --gpu 1\n1", "skip gpu:1", "skip gpu:1", "1"),
        ("", "%%step a", "imports", "imports", ""),
        ("", "1", "step:a", "step:a", "1"),
    ],
)
def test_tags_that_are_wanted_of_a_cell_with_a_line(
    own: str, source: str, wanted: str, tags_after: str, source_after: str
) -> None:
    found = split(tuple(own.split()), source, tuple(wanted.split()))
    assert found == (tuple(tags_after.split()), source_after)
