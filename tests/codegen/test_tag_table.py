"""The table of tags in the docs says what each becomes on each engine: held against what is made of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from manifests import assembly, data, written

from nbflow import tags
from nbflow.analysis.settings import resources
from nbflow.codegen import argo, kfp, kfp_settings
from nbflow.model import Resources

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tags.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")
#: Where the local engine looks at what a step asks for.
LOCAL = [*(ROOT / "nbflow" / "engines").rglob("*.py"), ROOT / "nbflow" / "service" / "run.py"]


def rows(after: str, before: str) -> Iterator[tuple[str, str, str, str]]:
    """The rows of the one table between two texts of the page."""
    part = PAGE.partition(after)[2].partition(before)[0]
    for line in [each for each in part.splitlines() if each.startswith("|")][2:]:
        tag, local, on_kfp, on_argo = (cell.strip() for cell in line.strip("|").split("|"))
        yield tag, local, on_kfp, on_argo


SETTINGS = list(rows("## What each tag becomes", "And what a cell is"))
CELLS = list(rows("And what a cell is", "Of the notebook's metadata"))
ALL = pytest.mark.parametrize("row", SETTINGS, ids=[row[0] for row in SETTINGS])
Row = tuple[str, str, str, str]


def notebook(folder: Path, texts: list[str]) -> Path:
    folder.mkdir()
    return written(folder, [(", ".join(["step:a", *texts]), "x = 1"), ("step:b", "print(x)")])


def module(path: Path) -> list[str]:
    """The lines of a module for Kubeflow Pipelines."""
    return kfp.module(assembly(path), kfp.Options(image="python:3.11", notebook="n")).splitlines()


def test_every_tag_has_a_row() -> None:
    written_there = [text for row in (*SETTINGS, *CELLS) for text in CODE.findall(row[0])]
    found = {text.partition(":")[0] for text in written_there}
    assert {*tags.PREFIXES, *tags.WORDS} - found == {"block"}


@ALL
def test_a_row_is_of_tags(row: Row) -> None:
    texts = CODE.findall(row[0])
    assert texts
    assert not [t for t in texts if isinstance(tags.parse(t), tags.Bad | tags.Foreign)]


@ALL
def test_what_it_becomes_for_kubeflow_pipelines(row: Row, tmp_path: Path) -> None:
    plain, path = notebook(tmp_path / "plain", []), notebook(tmp_path / "own", CODE.findall(row[0]))
    before, after = module(plain), module(path)
    added = "\n".join((Counter(after) - Counter(before)).elements())
    lost = "\n".join((Counter(before) - Counter(after)).elements())
    told = kfp_settings.obstacles(assembly(path).pipeline)
    assert bool(told) is ("NB401" in row[2])
    for name in CODE.findall(row[2]):
        assert name in (lost if row[2].startswith("no ") else added)
    assert added or lost or told


@ALL
def test_what_it_becomes_for_argo(row: Row, tmp_path: Path) -> None:
    plain, path = notebook(tmp_path / "plain", []), notebook(tmp_path / "own", CODE.findall(row[0]))
    before, after = data(plain), data(path)
    assert bool(argo.obstacles(assembly(path))) is ("NB401" in row[3])
    if row[3].startswith(("nothing", "[NB401]")):
        assert before == after
    elif row[3].startswith("no "):
        names = [
            {each["name"] for each in _step(found)["outputs"]["artifacts"]}
            for found in (before, after)
        ]
        assert names[0] - names[1] == set(CODE.findall(row[3]))
    else:
        place = CODE.findall(row[3])[0]
        assert _at(after, place) is not None
        assert _at(after, place) != _at(before, place)


@ALL
def test_what_it_becomes_here(row: Row) -> None:
    """The local engine looks at what the tag sets where the row says that it has an effect."""
    asked = resources(map(tags.parse, CODE.findall(row[0])))
    changed = {
        each.name
        for each in fields(Resources)
        if getattr(asked, each.name) != getattr(Resources(), each.name)
    }
    texts = (path.read_text(encoding="utf-8") for path in LOCAL)
    looked_at = {name for text in texts for name in re.findall(r"resources\.(\w+)", text)}
    assert changed
    assert changed.isdisjoint(looked_at) is (row[1] == "no effect")


def _step(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["spec"]["templates"][1]
    return found


def _at(manifest: dict[str, Any], place: str) -> Any:
    """What stands at a place of the workflow, or of the step's template; None where nothing does."""
    found: Any = manifest if place.startswith("spec.") else _step(manifest)
    for word in place.split("."):
        found = found.get(word) if found else None
    return found
