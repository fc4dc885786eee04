"""Repairs of findings: each makes its finding go away, adds no error, and is the one that is expected."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from finding_pages import PAGES
from hypothesis import given, settings
from hypothesis import strategies as st
from percent import notebook, project

from nbflow.analysis import Options, analyse
from nbflow.analysis.board import board
from nbflow.analysis.edits import (
    Fix,
    MetadataEdit,
    SourceEdit,
    TagsEdit,
    tags_edits,
    tags_of,
)
from nbflow.analysis.fixes import REPAIRED, fixes, unpinned
from nbflow.analysis.learned import source_of
from nbflow.analysis.renaming import renamed
from nbflow.diagnostics import Finding, Severity
from nbflow.errors import TagError
from nbflow.model import Effect, Learned, Notebook, Role
from nbflow.service.fixes import _folders, installed

VERSIONS = {"tabulate": "0.9.0", "my-lib": "1.2"}


def applied(book: Notebook, fix: Fix) -> Notebook:
    """The notebook after a repair, made as an editor would make it."""
    for edit in fix.edits:
        match edit:
            case MetadataEdit():
                assert book.metadata[edit.key] == edit.before
                book = replace(book, metadata={**book.metadata, edit.key: edit.value})
            case TagsEdit() | SourceEdit():
                (cell,) = [each for each in book.cells if each.id == edit.cell]
                assert edit.number == cell.number
                if isinstance(edit, TagsEdit):
                    assert edit.before == tags_of(cell)
                    new = replace(cell, tags=tuple(dict.fromkeys(edit.tags)))
                else:
                    assert edit.before == cell.source
                    new = replace(cell, source=edit.source)
                cells = tuple(new if each is cell else each for each in book.cells)
                book = replace(book, cells=cells)
    return book


def offered(book: Notebook, options: Options) -> list[tuple[Finding, Fix]]:
    """All repairs of a notebook, with their findings."""
    found = analyse(book, options)
    repairs = fixes(found.findings, book, found, VERSIONS)
    return [
        (finding, fix)
        for finding, each in zip(found.findings, repairs, strict=True)
        for fix in each
    ]


def keeps_its_promise(
    book: Notebook, options: Options, finding: Finding, fix: Fix, *, of_others: bool = False
) -> None:
    """The finding is gone, no other grave one has come, and the cells do what they did.

    With ``of_others`` another one may have come to light in its place.
    """
    before, repaired = analyse(book, options), applied(book, fix)
    after = analyse(repaired, options)
    assert (finding.code, finding.message, finding.location) not in [
        (each.code, each.message, each.location) for each in after.findings
    ], fix.title
    was, now = _grave(before.findings), _grave(after.findings)
    assert (now.total() <= was.total()) if of_others else not now - was, (fix, after.findings)
    assert _order(book, options) == _order(repaired, options)
    assert fix.title[0].isupper()
    assert not fix.title.endswith(".")


def _grave(findings: tuple[Finding, ...]) -> Counter[str]:
    return Counter(each.code for each in findings if each.severity is Severity.ERROR)


def _order(book: Notebook, options: Options) -> list[object]:
    """What of a notebook's result tags can change: the cells that run last, bind parameters, or are off."""
    roles = analyse(book, options).cells
    last = [role.cell for role in roles if role.role is Role.METRICS]
    bound = [role.cell for role in roles if role.role is Role.PARAMETERS]
    skipped = [role.cell for role in roles if role.role is Role.SKIP]
    return [last, bound, skipped]


STUCK = """
# %% step:load
rows = (i for i in range(3))
# %% step:other prev:load
x = 1
# %% step:use prev:other gpu:1
print(list(rows))
# %% step:late prev:use
print(x)
"""
UNTAGGED = """
# %%
import json
# %% [markdown]
# A
# %%
rows = (i for i in range(3))
# %%
1
# %% [markdown]
# B
# %%
print(list(rows))
# %% [markdown]
# C
# %%
1
"""
PIECES = """
# %% step:load gpu:1 image:a
rows = [1]
# %% step:clean
rows = rows + [2]
# %% foo step:load image:b
print(rows)
# %%
print(1)
# %% step:end prev:load
print(2)
"""


@pytest.mark.parametrize(
    ("text", "code", "title", "tags"),
    [
        # NB101
        (
            "# %% step:a timeout:90 x\n1",
            "NB101",
            "Correct `timeout:90` to `timeout:90s`",
            {"c1": "step:a timeout:90s x"},
        ),
        ("# %% step:a timeout:90 x\n1", "NB101", "Remove `timeout:90`", {"c1": "step:a x"}),
        (
            "# %% step:a timeout:10min\n1",
            "NB101",
            "Correct `timeout:10min` to `timeout:10m`",
            {"c1": "step:a timeout:10m"},
        ),
        (
            "# %% step:a retry:3:30\n1",
            "NB101",
            "Correct `retry:3:30` to `retry:3:30s`",
            {"c1": "step:a retry:3:30s"},
        ),
        (
            "# %% step:a limit:memory:4GB\n1",
            "NB101",
            "Correct `limit:memory:4GB` to `limit:memory:4G`",
            {"c1": "step:a limit:memory:4G"},
        ),
        (
            "# %% step:a request:memory:4gi\n1",
            "NB101",
            "Correct `request:memory:4gi` to `request:memory:4Gi`",
            {"c1": "step:a request:memory:4Gi"},
        ),
        (
            "# %% step:a cache:off cache:disabled\n1",
            "NB101",
            "Correct `cache:off` to `cache:disabled`",
            {"c1": "step:a cache:disabled"},
        ),
        (
            "# %% step:a toleration:k:v:noexecute\n1",
            "NB101",
            "Correct `toleration:k:v:noexecute` to `toleration:k:v:NoExecute`",
            {"c1": "step:a toleration:k:v:NoExecute"},
        ),
        (
            "# %% step:a toleration:k:\n1",
            "NB101",
            "Correct `toleration:k:` to `toleration:k`",
            {"c1": "step:a toleration:k"},
        ),
        ("# %% step:a\n1\n# %% prev:\n2", "NB101", "Remove `prev:`", {"c2": ""}),
        # NB102
        ("# %% imports step:a\n1", "NB102", "Keep `imports`", {"c1": "imports"}),
        ("# %% imports step:a\n1", "NB102", "Keep `step:a`", {"c1": "step:a"}),
        (
            "# %% step:a\n1\n# %% step:a step:b x\n1\n# %% step:b\n1",
            "NB102",
            "Keep `step:b`",
            {"c2": "step:b x"},
        ),
        (
            "# %% step:a parameters\nx = 1\n# %% step:b\n1",
            "NB102",
            "Keep `parameters`",
            {"c1": "parameters"},
        ),
        # NB103, NB302 to NB304
        (
            "# %% step:load\n1\n# %% step:b prev:laod\n1",
            "NB103",
            "Correct `prev:laod` to `prev:load`",
            {"c2": "step:b prev:load"},
        ),
        (
            "# %% step:load\n1\n# %% step:b prev:load prev:Load\n1",
            "NB103",
            "Correct `prev:Load` to `prev:load`",
            {"c2": "step:b prev:load"},
        ),
        (
            "# %% step:load\n1\n# %% step:b prev:other\n1",
            "NB103",
            "Remove `prev:other`",
            {"c2": "step:b"},
        ),
        (
            "# %% step:a prev:b\n1\n# %% step:b prev:a\n1",
            "NB302",
            "Remove `prev:b`",
            {"c1": "step:a"},
        ),
        ("# %% step:a prev:b\n1\n# %% step:b\n1", "NB303", "Remove `prev:b`", {"c1": "step:a"}),
        ("# %% step:a prev:a\n1", "NB304", "Remove `prev:a`", {"c1": "step:a"}),
        # NB104
        (
            "# %% imports gpu:1 prev:a x\nimport json\n# %% step:a\njson",
            "NB104",
            "Remove `gpu:1`, `prev:a`",
            {"c1": "imports x"},
        ),
        # NB105
        (PIECES, "NB105", "Call this part load-2", {"c3": "foo step:load-2 image:b gpu:1"}),
        (PIECES, "NB105", "Run load and clean as one step", {"c2": "step:load"}),
        # NB109
        (
            "# %% step:load\nn = 3\n# %% functions x\nm = [n]\n# %% step:use\nprint(m)",
            "NB109",
            "Make the cell a part of the step load",
            {"c2": "step:load x"},
        ),
        # NB202
        (
            STUCK,
            "NB202",
            "Run load, other and use as one step",
            {"c2": "step:load", "c3": "step:load gpu:1", "c4": "step:late prev:load"},
        ),
        (
            "# %%\nrows = (i for i in range(3))\n# %% step:use\nprint(list(rows))",
            "NB202",
            "Run setup and use as one step",
            {"c1": "step:setup", "c2": "step:setup"},
        ),
        (
            UNTAGGED,
            "NB202",
            "Run a and b as one step",
            {"c1": "imports", "c3": "step:a", "c4": "step:a", "c6": "step:a", "c8": "step:c"},
        ),
        # NB301, NB305
        (
            "# %% step:load\nrows = [1]\n# %% step:other\ny = 2\n# %% x step:use prev:other\nprint(rows, y)",
            "NB301",
            "Add `prev:load`",
            {"c3": "x step:use prev:other prev:load"},
        ),
        # NB402
        (
            "# %% step:Load-Data\n1\n# %% step:load_data\n1\n# %% step:c prev:load_data\n1",
            "NB402",
            "Rename the step load_data to load_data-2",
            {"c2": "step:load_data-2", "c3": "step:c prev:load_data-2"},
        ),
    ],
)
def test_a_repair_changes_tags(text: str, code: str, title: str, tags: dict[str, str]) -> None:
    book = notebook(text)
    pairs = offered(book, Options())
    found = {fix.title: (each, fix) for each, fix in pairs if each.code == code}
    assert title in found, (list(found), analyse(book).findings)
    finding, fix = found[title]
    changed = {edit.cell: " ".join(edit.tags) for edit in fix.edits if isinstance(edit, TagsEdit)}
    assert changed == tags
    assert len(changed) == len(fix.edits)
    keeps_its_promise(book, Options(), finding, fix)


@pytest.mark.parametrize(
    ("source", "title", "result"),
    [
        ("%pip install tabulate", "Pin tabulate to 0.9.0", "%pip install tabulate==0.9.0"),
        (
            "x = 1\n!pip install -q my_lib[a] other  # it",
            "Pin my-lib to 1.2",
            "x = 1\n!pip install -q my_lib[a]==1.2 other  # it",
        ),
        (
            "%pip install tabulate my.lib",
            "Pin tabulate to 0.9.0 and my-lib to 1.2",
            "%pip install tabulate==0.9.0 my.lib==1.2",
        ),
        (
            "!python -m pip install -r tabulate tabulate",
            "Pin tabulate to 0.9.0",
            "!python -m pip install -r tabulate tabulate==0.9.0",
        ),
    ],
)
def test_packages_are_pinned(source: str, title: str, result: str) -> None:
    book = notebook(f"# %% step:a\n{source}\n# %% step:b\n1")
    ((finding, fix),) = [pair for pair in offered(book, Options()) if pair[0].code == "NB208"]
    (edit,) = fix.edits
    assert isinstance(edit, SourceEdit)
    assert (fix.title, edit.source) == (title, result)
    keeps_its_promise(book, Options(), finding, fix)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("%pip install a B_c[x] d==1 e>=2 ./f git+https://g/h", {"a", "b-c"}),
        ("!pip install a && pip install b", {"a"}),
        ("%pip install -i a --upgrade", set()),
        ("%pip uninstall a", set()),
    ],
)
def test_what_names_no_version(source: str, names: set[str]) -> None:
    book = notebook(f"# %% step:a\n{source}")
    assert unpinned(analyse(book).findings, book) == names


@pytest.mark.parametrize(
    ("metadata", "code", "title", "after"),
    [
        (
            {"steps_defaults": ["gpu:1", "timeout:90"]},
            "NB101",
            "Correct `timeout:90` to `timeout:90s`",
            {"steps_defaults": ["gpu:1", "timeout:90s"]},
        ),
        (
            {"steps_defaults": ["gpu:1", "gpu:x"]},
            "NB101",
            "Remove `gpu:x` from steps_defaults",
            {"steps_defaults": ["gpu:1"]},
        ),
        (
            {"katib_run": True, "experiment": "x"},
            "NB120",
            "Remove `katib_run` from the notebook's metadata",
            {"experiment": "x"},
        ),
    ],
)
def test_a_repair_changes_metadata(
    metadata: dict[str, object], code: str, title: str, after: dict[str, object]
) -> None:
    book = notebook("# %% step:a\n1", {"kubeflow_notebook": metadata})
    found = {fix.title: (each, fix) for each, fix in offered(book, Options()) if each.code == code}
    finding, fix = found[title]
    (edit,) = fix.edits
    assert isinstance(edit, MetadataEdit)
    assert (edit.key, edit.value) == ("kubeflow_notebook", after)
    keeps_its_promise(book, Options(), finding, fix)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # a parameters cell, a shared prelude, a call or another value of a variable stands between
        (
            "# %% step:a\nr = (i for i in [1])\n# %% parameters\nn = 1\n# %% step:b\nlist(r)",
            "NB202",
        ),
        (
            "# %% step:a\nr = (i for i in [1])\n# %% imports\nimport os\n# %% step:b\nlist(r)\nos",
            "NB202",
        ),
        *(
            (f"# %% step:a {one}\nr = (i for i in [1])\n# %% step:b {other}\nlist(r)", "NB202")
            for one, other in (
                ("env:A:1", "env:A:2"),
                ("image:x:1", "image:y:1"),
                ("", "timeout:5s"),
                ("limit:memory:2Gi", "limit:memory:1Gi"),
                ("cache:disabled", "cache:enabled"),
            )
        ),
        ("# %% step:a\nr = (i for i in [1])\n# %% pipeline-metrics\nn = list(r)", "NB202"),
        # only the user can know what was meant
        ("# %% skip\n1", "NB106"),
        ("# %% step:a\nrows = = 2", "NB108"),
        ("# %% step:a\nprint(row)", "NB201"),
        ("# %% step:a\nx = input()", "NB206"),
    ],
)
def test_where_there_is_none(text: str, code: str) -> None:
    book = notebook(text)
    assert code in [each.code for each in analyse(book).findings]
    assert [fix for each, fix in offered(book, Options()) if each.code == code] == []


def test_what_a_run_has_shown_can_be_asked_for() -> None:
    book = notebook(
        "# %% step:load\nrows = [1]\n# %% step:change\nimport sys\n\n"
        "vars(sys.modules['__main__'])['rows'] = [2]\n# %% step:use\nprint(rows)"
    )
    facts = (
        Learned(use.step, source_of(use), "rows", Effect.CHANGES)
        for use in analyse(book).uses
        if use.step == "change"
    )
    options = Options(learned=tuple(facts))
    ((finding, fix),) = [pair for pair in offered(book, options) if pair[0].code == "NB305"]
    assert fix.title == "Add `prev:change`"
    keeps_its_promise(book, options, finding, fix)


WORDS = [
    "step:a", "step:b", "step:A", "block:c", "step:", "prev:a", "prev:b", "prev:d", "prev:aa", "imports",
    "functions", "skip", "parameters", "pipeline-metrics", "gpu:1", "image:x", "timeout:9", "timeout:1m",
    "cache:on", "prev:", "env:A:1", "env:A:2", "limit:cpu:x", "foo", "retry:2:5",
]  # fmt: skip
SOURCES = [
    "x = 1", "x = 2", "g = (i for i in [1])", "print(list(g))", "print(x)", "import json", "# nothing", "",
    "def f(): return x", "y = [x]", "y.append(1)", "json.dumps(1)", "x = y", "%pip install tabulate",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(WORDS), unique=True, max_size=3), st.sampled_from(SOURCES)
        ),
        min_size=1,
        max_size=7,
    ),
    st.booleans(),
)
def test_repairs_of_any_notebook_keep_their_promise(
    cells: list[tuple[list[str], str]], titled: bool
) -> None:
    heading = "# %% [markdown]\n# Title\n" if titled else ""
    book = notebook(
        "\n".join(f"{heading}# %% {' '.join(tags)}\n{source}" for tags, source in cells)
    )
    for finding, fix in offered(book, Options()):
        # Where much is wrong, one error may hide another.
        keeps_its_promise(book, Options(), finding, fix, of_others=True)


@pytest.mark.parametrize("path", sorted(PAGES.glob("NB*.md")), ids=lambda path: path.stem)
def test_repairs_of_the_examples_keep_their_promise(path: object) -> None:
    text = (PAGES / str(path)).read_text(encoding="utf-8")
    fence = re.search(r"```(\w+)\n(.*?)```", text, re.DOTALL)
    assert fence is not None
    if fence[1] == "json":
        book, options = notebook("# %%\n1", json.loads(f"{{{fence[2]}}}")), Options()
    else:
        book, options = project(fence[2])
    for finding, fix in offered(book, options):
        keeps_its_promise(book, options, finding, fix)


@pytest.mark.parametrize(
    ("cells", "repairs"),
    [
        (
            "# %%\n%%step a --memory 4gb --gpu 1\n1",
            {
                "Correct `--memory 4gb` to `--memory 4G`": "%%step a --gpu 1 --memory 4G\n1",
                "Remove `--memory 4gb`": "%%step a --gpu 1\n1",
            },
        ),
        ("# %%\n%%step a --gpu x\n1", {"Remove `--gpu x`": "%%step a\n1"}),
        ("# %%\n%%step a --gpu x --cpu y\n1", {}),
        ("# %%\n%%step 'a b' --gpus 1\n1", {}),
        ("# %% x step:a retry:1\n%%step a --retry 2\n1", {"Remove `step:a`, `retry:1`": "x"}),
        ("# %% step:b\n%%step a\n1", {}),
        ("# %% imports\n%%step a\n1", {}),
        (
            "# %%\n%%step load\n1\n# %%\n%%step b --after laod\n1",
            {
                "Correct `prev:laod` to `prev:load`": "%%step b --after load\n1",
                "Remove `prev:laod`": "%%step b\n1",
            },
        ),
        (
            "# %%\n%%step a\nx = 1\n# %%\n%%step b\n1\n# %%\n%%step c --after b --gpu 1\nx",
            {"Add `prev:a`": "%%step c --after b a --gpu 1\nx"},
        ),
    ],
)
def test_repairs_of_lines(cells: str, repairs: dict[str, str]) -> None:
    book = notebook(f"# %%\n%load_ext nbflow\n{cells}")
    found = {}
    for finding, fix in offered(book, Options()):
        (edit,) = fix.edits
        assert not isinstance(edit, MetadataEdit)
        found[fix.title] = " ".join(edit.tags) if isinstance(edit, TagsEdit) else edit.source
        keeps_its_promise(book, Options(), finding, fix)
    assert found == repairs


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "%%step a",
                "%%step b --after a",
                "%%step 'c d' --gpu 1 --retry 2",
                "%%step b --after c",
            ),
            *("%%step", "%%step a --memory 4gb", "%%step a --after a b", "%nbflow check", "x = 1"),
            *("x = %nbflow vars", "print(x)", "import os", ""),
        ]
    ),
    max_size=3,
).map("\n".join)
BESIDE = st.sampled_from(
    [
        *("", "step:a", "step:b prev:a", "imports", "skip", "parameters"),
        *("gpu:1", "retry:1", "prev:a"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(BESIDE, LINES), max_size=5))
def test_cells_with_lines_and_tags_are_repaired_and_renamed(cells: list[tuple[str, str]]) -> None:
    book = notebook("".join(f"# %% {tags}\n{source}\n" for tags, source in cells))
    for finding, fix in offered(book, Options()):
        keeps_its_promise(book, Options(), finding, fix, of_others=True)
    known = board(book, analyse(book))
    for step in known.steps:
        try:
            edits = tags_edits(known.cells, renamed(known, step, "new"))
        except TagError:
            continue
        found = analyse(applied(book, Fix("Rename", edits))).pipeline.steps
        assert [each.name for each in found] == [
            "new" if name == step else name for name in known.steps
        ]


def test_the_documentation_lists_what_can_be_repaired() -> None:
    text = (PAGES.parent / "findings.md").read_text(encoding="utf-8")
    table = text[text.index("## Repairs") :]
    rows = (line.split(" | ")[0] for line in table.splitlines() if line.startswith("| [NB"))
    found = [code for row in rows for code in re.findall(r"\[(NB\d+)\]", row)]
    assert sorted(found) == sorted(REPAIRED)


def test_versions_are_those_of_the_kernel_s_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    _folders.cache_clear()
    found = installed(notebook("x = 1"), frozenset({"numpy", "no-such-package"}))
    assert found == {"numpy": version("numpy")}


@pytest.mark.parametrize("python", ["/no/such/python", shutil.which("false") or ""])
def test_an_interpreter_that_tells_nothing_has_no_versions(python: str) -> None:
    assert _folders(python) == ()
