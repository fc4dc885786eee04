"""Generated notebooks that call generated ones: the run gives what running them one by one gives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from called_notebooks import AFTER, BEFORE, INNER, cells, generated
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbflow.service.run import run


def check(before: list[str], inner: list[str], after: list[str], jobs: int, folder: Path) -> None:
    """Run the notebooks twice: anew, and with the results of the first run."""
    path, order, expected = generated(folder, before, inner, after)
    for _ in range(2):
        record = run(str(path), python=sys.executable, jobs=jobs)
        outputs = {str(cell): found for cell, found in record.outputs.items()}
        shown = "".join(str(each["text"]) for cell in order for each in outputs.get(cell, ()))
        assert (record.state, shown) == ("done", expected)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(cells(BEFORE, 2), cells(INNER, 3), cells(AFTER, 2), st.integers(1, 4))
def test_any_notebooks_give_what_their_order_gives(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[str],
    inner: list[str],
    after: list[str],
    jobs: int,
) -> None:
    check(before, inner, after, jobs, tmp_path_factory.mktemp("calls"))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cells(BEFORE, 3), cells(INNER, 4), cells(AFTER, 3), st.integers(1, 4))
def test_many_notebooks_give_what_their_order_gives(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[str],
    inner: list[str],
    after: list[str],
    jobs: int,
) -> None:
    check(before, inner, after, jobs, tmp_path_factory.mktemp("calls"))
