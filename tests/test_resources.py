"""The tags that fit what steps have taken."""

from __future__ import annotations

import pytest

from nbflow import tags
from nbflow.model import StepName
from nbflow.service.resources import Proposal, proposals_of
from nbflow.store import Figures

MI = 2**20
STEP = StepName("s")
#: What a step has taken (seconds, CPU seconds, bytes) each time, and the tags that fit.
CASES: list[tuple[list[tuple[float, float, int]], str]] = [
    ([], ""),
    ([(1, 0, 0)], ""),
    ([(1, 0, 1)], "request:memory:64Mi limit:memory:64Mi"),
    ([(1, 0, 64 * MI)], "request:memory:64Mi limit:memory:128Mi"),
    ([(1, 0, 64 * MI + 1)], "request:memory:128Mi limit:memory:128Mi"),
    ([(1, 0, 1000 * MI)], "request:memory:1Gi limit:memory:1536Mi"),
    ([(1, 0, 3000 * MI)], "request:memory:3Gi limit:memory:4608Mi"),
    ([(1, 0.01, 0)], "request:cpu:100m limit:cpu:1"),
    ([(2, 1, 0)], "request:cpu:500m limit:cpu:1"),
    ([(2, 2, 0)], "request:cpu:1 limit:cpu:1"),
    ([(2, 6.5, 0)], "request:cpu:3300m limit:cpu:4"),
    (
        [(2, 1, 100 * MI), (4, 6, 10 * MI)],
        "request:memory:128Mi limit:memory:192Mi request:cpu:1500m limit:cpu:2",
    ),
]


@pytest.mark.parametrize(("taken", "expected"), CASES)
def test_tags(taken: list[tuple[float, float, int]], expected: str) -> None:
    found = proposals_of(Figures(STEP, *each) for each in taken)
    own = tuple(expected.split())
    assert found == ({STEP: Proposal(len(taken), own)} if own else {})
    assert not [tag for tag in own if isinstance(tags.parse(tag), tags.Bad | tags.Foreign)]
