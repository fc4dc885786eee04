"""Figures: they travel without disturbing each other, and are shown where a kernel shows them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from steps import Chain, Helper

from nbflow.runtime import bundle, grouping, live, pickling

pytest.importorskip("matplotlib")

TWO_FIGURES = """
from matplotlib.figure import Figure
f, g = Figure(), Figure()
a, b = f.add_subplot(), g.add_subplot()
for axes in (a, b):
    axes.imshow([[1, 2], [3, 4]], cmap="viridis")
    axes.plot([1, 2], label="line")
    axes.legend()
    axes.figure.canvas.draw()
"""


def _namespace(source: str) -> dict[str, object]:
    space: dict[str, object] = {"__name__": "__main__"}
    live.begin(space, "step")
    exec(compile(source, "<cell>", "exec"), space)
    return space


def test_two_figures_share_nothing() -> None:
    space = _namespace(TWO_FIGURES)
    dumps = {name: pickling.dump(space[name]) for name in "abfg"}
    assert [group.names for group in grouping.groups(dumps)] == [("a", "f"), ("b", "g")]


def test_looking_at_a_figure_does_not_change_it() -> None:
    figure = _namespace(TWO_FIGURES)["f"]
    first, second = (bundle.digest(pickling.dump(figure).payload, ["f"]) for _ in range(2))
    assert first == second


def _pictures(events: list[dict[str, object]]) -> int:
    return sum("image/png" in str(event.get("data")) for event in events)


@pytest.mark.skipif("MPLBACKEND" in os.environ, reason="the test is about the inline backend")
def test_a_figure_from_another_step_is_shown(tmp_path: Path, helper: Helper) -> None:
    chain = Chain(tmp_path, helper)
    made = chain.run("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()")
    assert _pictures(made.events) == 1
    quiet = chain.run("ax.set_title('T'); print(plt.get_fignums())")
    assert (_pictures(quiet.events), quiet.stream()) == (0, "[]\n")
    shown = chain.run("fig")
    assert _pictures(shown.events) == 1
