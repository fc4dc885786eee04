"""Edges that a verified run of the same code has shown to be needless are left out; others stay."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conversion import converted, write

from nbflow.service.material import Material, material
from nbflow.service.request import request
from nbflow.service.verify import verify

TEXT = """
# %% functions
def look(xs):
    return do[0](xs)
# %% step:a
do = [len, list.clear]
x = [1]
# %% step:b
look(x)
# %% step:c
print(x)
"""


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    return write(tmp_path, TEXT)


def _found(notebook: Path) -> Material:
    return material(request(str(notebook), {}, ()), python=sys.executable, image=None)


def _after(found: Material, step: str) -> list[str]:
    return [
        name for each in found.assembly.components if each.step.name == step for name in each.after
    ]


def test_a_verified_run_narrows_the_edges_of_its_code(notebook: Path) -> None:
    assert _after(_found(notebook), "c") == ["a", "b"]
    assert verify(str(notebook), python=sys.executable).same
    found = _found(notebook)
    assert found.verified
    assert _after(found, "c") == ["a"]
    assert _after(found, "b") == ["a"]
    assert found.assembly.left_out == 1
    folder = converted(notebook).folder
    assert "One edge is left out that the code may need" in (folder / "README.md").read_text()
    # The module for Python has nothing that would tell of a change after all.
    assert ("b", "c") in {(e.writer, e.reader) for e in found.source.pipeline.edges}
    for old, new in (("look(x)", "look(x); y = 1"), ("do[0]", "do[1]")):
        write(notebook.parent, TEXT.replace(old, new))
        changed = _found(notebook)
        assert not changed.verified
        assert _after(changed, "c") == ["a", "b"]
        assert changed.assembly.left_out == 0
