"""Another name for a step: all tags that name it, and when that cannot be."""

from __future__ import annotations

import pytest
from percent import project

from nbflow.analysis import analyse
from nbflow.analysis.board import board
from nbflow.analysis.edits import TagsEdit, tags_edits
from nbflow.analysis.renaming import renamed
from nbflow.errors import TagError

STEPS = """
# %% imports
import json
# %% x step:load gpu:1
rows = [1]
# %% block:use prev:load
print(rows)
# %%
print(2)
# %% skip step:load prev:use
print(3)
# %% pipeline-metrics prev:load prev:use
n = len(rows)
"""
LINES = """
# %%
%%step load
rows = [1]
# %%
%%step "use it" --after load --gpu 1
print(rows)
# %% prev:load
%%step show --memory=4Gi  --after 'use it'
print(2)
"""
UNTAGGED = "# %% [markdown]\n# A\n# %%\nx = 1\n# %% [markdown]\n# B\n# %% foo\nprint(x)"


def changes(text: str, old: str, new: str) -> dict[str, str]:
    book, options = project(text)
    known = board(book, analyse(book, options))
    edits = tags_edits(known.cells, renamed(known, old, new))
    return {
        edit.cell: " ".join(edit.tags) if isinstance(edit, TagsEdit) else edit.source
        for edit in edits
    }


@pytest.mark.parametrize(
    ("text", "old", "new", "tags"),
    [
        (
            STEPS,
            "load",
            "read",
            {
                "c2": "x step:read gpu:1",
                "c3": "block:use prev:read",
                "c5": "skip step:read prev:use",
                "c6": "pipeline-metrics prev:read prev:use",
            },
        ),
        (
            STEPS,
            "use",
            "Nutzen: 2",
            {
                "c3": "block:Nutzen: 2 prev:load",
                "c5": "skip step:load prev:Nutzen: 2",
                "c6": "pipeline-metrics prev:load prev:Nutzen: 2",
            },
        ),
        (STEPS, "load", "load", {}),
        # a name that no tag gives: before the first step, of a proposal
        (
            "# %%\nx = 1\n# %%\ny = 1\n# %% step:b prev:setup\nprint(x)",
            "setup",
            "a",
            {"c1": "step:a", "c3": "step:b prev:a"},
        ),
        (
            LINES,
            "load",
            "read",
            {
                "c1": "%%step read\nrows = [1]",
                "c2": '%%step "use it" --after read --gpu 1\nprint(rows)',
                "c3": "prev:read",
            },
        ),
        (
            LINES,
            "use it",
            "use",
            {
                "c2": "%%step use --after load --gpu 1\nprint(rows)",
                "c3": "%%step show --memory 4Gi --after use\nprint(2)",
            },
        ),
        (UNTAGGED, "b", "show", {"c2": "step:a", "c4": "foo step:show"}),
        (
            "# %% notebook:n notebook_path=n.ipynb\n# %% step:b prev:n\n1\n# in n.ipynb\n# %%\n1",
            "n",
            "m",
            {"c1": "notebook:m", "c2": "step:b prev:m"},
        ),
    ],
)
def test_every_tag_that_names_it_changes(
    text: str, old: str, new: str, tags: dict[str, str]
) -> None:
    assert changes(text, old, new) == tags


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("nowhere", "a", "cannot be renamed: the notebook has none of that name"),
        ("load", "use", "The notebook has a step use already."),
        ("load", " a", "begins or ends with a space"),
        ("load", "", "A step needs a name."),
        ("load", "a\nb", "cannot be printed"),
        ("pipeline-metrics", "a", "has no name that could be changed"),
    ],
)
def test_what_cannot_be_renamed_is_told(old: str, new: str, sentence: str) -> None:
    with pytest.raises(TagError) as raised:
        changes(STEPS, old, new)
    assert sentence in str(raised.value)


def test_a_name_of_cells_that_are_off_is_taken() -> None:
    with pytest.raises(TagError, match="switched off"):
        changes("# %% step:a\n1\n# %% skip step:b\n2", "a", "b")


def test_a_line_that_cannot_be_read_is_not_rewritten() -> None:
    with pytest.raises(TagError, match="Correct the line `%%step a --gpus 1` first"):
        changes("# %%\n%%step a --gpus 1\n1", "a", "b")


def test_a_step_of_a_called_notebook_is_renamed_there() -> None:
    text = "# %% notebook:n notebook_path=n.ipynb\n# in n.ipynb\n# %% step:a\n1"
    with pytest.raises(TagError, match="rename it there"):
        changes(text, "n/a", "b")
