"""Two runs held against each other, on small exact cases."""

from __future__ import annotations

import pytest

from nbflow.engines.comparison import Difference, Untrusted, compare
from nbflow.engines.seen import NOT_STORED, CellSeen, Seen, cell_seen


def seen(word: str = "done", *, shown: str = "", **variables: str) -> Seen:
    """A run of one cell that printed ``shown`` and left variables with these fingerprints."""
    return Seen(word, {0: CellSeen(stdout=shown)}, variables)


CASES: list[tuple[str, list[Seen], Seen, list[Difference], list[str]]] = [
    ("the same", [seen(shown="a", x="1")], seen(shown="a", x="1"), [], []),
    (
        "another text",
        [seen(shown="a")],
        seen(shown="b"),
        [Difference("cell 1, stdout", "a", "b")],
        [],
    ),
    ("another value", [seen(x="1")], seen(x="2"), [Difference("variable x", "1", "2")], []),
    ("one is missing", [seen(x="1")], seen(), [Difference("variable x", "1", "absent")], []),
    (
        "one too many",
        [seen(x="1")],
        seen(x="1", y="2"),
        [Difference("variable y", "absent", "2")],
        [],
    ),
    ("not repeated", [seen(x="1"), seen(x="2")], seen(x="3"), [], ["variable x"]),
    (
        "a text that is not repeated",
        [seen(shown="a"), seen(shown="b")],
        seen(shown="c"),
        [],
        ["cell 1, stdout"],
    ),
    ("a value that ended with its step", [seen(x="1")], seen(x=NOT_STORED), [], ["variable x"]),
    ("IPython's own names", [seen(_="1", x="1")], seen(_="2", x="1"), [], []),
    (
        "only one of them failed",
        [seen("failed")],
        seen(x="1"),
        [Difference("end of the run", "failed", "done")],
        [],
    ),
    ("both failed", [seen("failed", shown="a")], seen("failed", shown="a"), [], []),
]


@pytest.mark.parametrize(
    ("references", "pipeline", "differences", "left_out"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_what_differs(
    references: list[Seen], pipeline: Seen, differences: list[Difference], left_out: list[str]
) -> None:
    found = compare(references, pipeline)
    assert (list(found.differences), list(found.left_out)) == (differences, left_out)


def test_what_is_not_trusted_is_not_compared() -> None:
    untrusted = Untrusted(frozenset({(0, "stdout")}), frozenset({"x"}))
    found = compare([seen(shown="a", x="1")], seen(shown="b", x="2"), untrusted)
    assert (found.differences, found.names) == ((), ())


def test_values_are_shown_as_they_look_and_by_their_digest_where_they_look_alike() -> None:
    one = Seen("done", {}, {"x": "1", "y": "1"}, {"x": "[1]", "y": "<model>"})
    other = Seen("done", {}, {"x": "2", "y": "2"}, {"x": "[2]", "y": "<model>"})
    assert compare([one], other).differences == (
        Difference("variable x", "[1]", "[2]"),
        Difference("variable y", "<model> (1)", "<model> (2)"),
    )


def test_what_a_cell_gave() -> None:
    outputs: list[dict[str, object]] = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "stream", "name": "stderr", "text": "no"},
        {"output_type": "display_data", "data": {"text/plain": "fig", "image/png": "…"}},
        {"output_type": "execute_result", "data": {"text/plain": "<f at 0x7f0011223344>"}},
        {"output_type": "error", "ename": "E", "evalue": "v"},
    ]
    assert cell_seen(outputs) == CellSeen("a\nb", "<f at 0x…>", ("fig",), "E: v", 1)
