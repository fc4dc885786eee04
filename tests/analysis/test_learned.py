"""Facts that runs have shown, put beside the effects of steps: exact edges."""

from __future__ import annotations

import pytest
from percent import notebook

from nbflow.analysis import Options, analyse
from nbflow.analysis.learned import source_of
from nbflow.model import Effect, Grade, Learned, StepName

BOOK = notebook(
    "# %% step:a\nx, y = [1], 2\n# %% step:b\nprint('b')\n# %% step:c\nprint(x)\n# %% step:d\ny + 1"
)


def _edges(*facts: str) -> set[str]:
    """The sure edges, ``a>c x``, with facts such as ``b changes x``."""
    sources = {use.step: source_of(use) for use in analyse(BOOK).uses}
    learned = tuple(
        Learned(StepName(step), sources[StepName(step)], name, Effect(effect))
        for step, effect, name in (fact.split() for fact in facts)
    )
    found = analyse(BOOK, Options(learned=learned))
    return {
        f"{edge.writer}>{edge.reader} {' '.join(edge.variables)}"
        for edge in found.pipeline.edges
        if edge.grade is Grade.LIKELY
    }


PLAIN = {"a>c x", "a>d y"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), PLAIN),
        (("b changes x",), {"b>c x", "a>d y"}),
        (("b deletes y",), {"a>c x", "b>d y"}),
        (("b changes z",), PLAIN),
        (("b changes @random",), PLAIN),
        (("b changes @random", "d changes @random"), {*PLAIN, "b>d @random"}),
        (("b changes @file:f", "d reads @file:f"), {*PLAIN, "b>d @file:f"}),
    ],
)
def test_edges(facts: tuple[str, ...], expected: set[str]) -> None:
    assert _edges(*facts) == expected


def test_facts_about_other_code_or_other_steps_say_nothing() -> None:
    facts = (
        Learned(StepName("b"), "other", "x", Effect.CHANGES),
        Learned(StepName("z"), "other", "x", Effect.CHANGES),
    )
    assert analyse(BOOK, Options(learned=facts)) == analyse(BOOK)
