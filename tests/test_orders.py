"""What a process of its own is told to run comes back as it was."""

from __future__ import annotations

import pytest

from nbflow.service.orders import BatchAgain, Choices, NewRun, Order, RunAgain, read, written

ORDERS: list[Order] = [
    NewRun("/work", "/work/n.ipynb", {}, None, fresh=False, choices=Choices()),
    NewRun(
        "/work",
        "s3://bucket/n.ipynb",
        {"n": 1, "name": 'a "b" é', "rows": [1, {"x": None}]},
        "/opt/python/bin/python",
        fresh=True,
        choices=Choices(2, ("a", "b"), ("b",), "out/{n}.ipynb", "report", "edges", fork=False),
    ),
    RunAgain("/work", "7", "/work", ""),
    RunAgain("/work", "7", "/elsewhere", "train"),
    BatchAgain("/work", "sweep", "/work"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_comes_back(order: Order) -> None:
    assert read(written(order)) == order
