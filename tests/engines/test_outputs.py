"""Outputs of cells, built from events as a front end builds them."""

from __future__ import annotations

from nbflow.engines.outputs import Outputs
from nbflow.model import CellId

A, B = CellId("a"), CellId("b")


def display(cell: CellId, text: str, display_id: str = "") -> dict[str, object]:
    transient = {"display_id": display_id} if display_id else {}
    return {"event": "display", "cell": cell, "data": {"text/plain": text}, "transient": transient}


def test_neighbouring_text_of_one_stream_is_one_output() -> None:
    outputs = Outputs()
    for name, text in (("stdout", "1"), ("stdout", "2"), ("stderr", "e"), ("stdout", "3")):
        outputs.stream(A, name, text)
    assert [(o["name"], o["text"]) for o in outputs.of(A)] == [
        ("stdout", "12"),
        ("stderr", "e"),
        ("stdout", "3"),
    ]


def test_a_result_carries_its_count() -> None:
    outputs = Outputs()
    outputs.add({"event": "result", "cell": A, "count": 3, "data": {"text/plain": "1"}})
    assert outputs.of(A) == [
        {
            "output_type": "execute_result",
            "execution_count": 3,
            "data": {"text/plain": "1"},
            "metadata": {},
        }
    ]


def test_clear_output_clears_at_once_or_before_the_next_output() -> None:
    outputs = Outputs()
    outputs.stream(A, "stdout", "old")
    outputs.add({"event": "clear_output", "cell": A, "wait": True})
    assert outputs.of(A) != []
    outputs.stream(A, "stdout", "new")
    assert [o["text"] for o in outputs.of(A)] == ["new"]
    outputs.add({"event": "clear_output", "cell": A, "wait": False})
    assert outputs.of(A) == []


def test_an_update_reaches_the_display_in_an_earlier_cell() -> None:
    outputs = Outputs()
    outputs.add(display(A, "old", "d"))
    outputs.add(display(A, "other"))
    outputs.add({**display(B, "new", "d"), "event": "update_display"})
    assert [o["data"] for o in outputs.of(A)] == [{"text/plain": "new"}, {"text/plain": "other"}]
    assert outputs.of(B) == []


def test_an_error_is_kept_as_jupyter_shows_it() -> None:
    outputs = Outputs()
    outputs.add({"event": "error", "cell": A, "ename": "E", "evalue": "v", "traceback": ["t"]})
    assert outputs.of(A) == [
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}
    ]


def test_a_long_stream_costs_as_much_as_it_is_long() -> None:
    outputs = Outputs()
    line = "x" * 100 + "\n"
    for _ in range(200_000):
        outputs.stream(A, "stdout", line)
    (output,) = outputs.of(A)
    assert output["text"] == line * 200_000


def test_text_that_follows_is_where_it_belongs() -> None:
    outputs = Outputs()
    for text in ("1", "2"):
        outputs.stream(A, "stdout", text)
        outputs.stream(B, "stdout", text)
    outputs.add(display(A, "between"))
    outputs.stream(A, "stdout", "3")
    outputs.add({"event": "clear_output", "cell": B, "wait": True})
    outputs.stream(B, "stdout", "new")
    assert [each.get("text") for each in outputs.of(A)] == ["12", None, "3"]
    assert [each["text"] for each in outputs.of(B)] == ["new"]
