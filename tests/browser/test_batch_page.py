"""The page of a batch in a real browser: nothing overlaps or is refused, and its table is sorted."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from nbflow.store import BatchRecord, MemberRecord
from nbflow.wording.batch_page import page as written

pytest_plugins = ["pages"]

LONG = "a_metric_with_a_very_long_name_that_says_what_it_is_of"
KINDS = ("adam", "sgd", "an_optimizer_with_a_long_name_1", "an_optimizer_with_a_long_name_2")


def _member(number: int) -> MemberRecord:
    """One of fifty with five parameters, of which each tenth has failed."""
    failed = number % 10 == 0
    parameters = {
        "depth": 2 ** (number % 7),
        "lr": 10 ** -(number % 50 / 10),
        "kind": KINDS[number % 4],
        "fast": number % 2 == 0,
        "seed": 1_000_000 + 37 * number,
    }
    metrics = {"auc": 0.79 + 0.001 * math.sin(number), LONG: 1e-6 * 1.3**number}
    return MemberRecord(
        number,
        parameters,
        str(100 + number),
        "failed" if failed else "done",
        1.0,
        float(number),
        {} if failed else metrics,
        3,
        1,
        0.5,
        "fit: ValueError: <no>" if failed else "",
    )


BATCH = BatchRecord("sweep", "/n.ipynb", 0.0, members=tuple(map(_member, range(1, 51))))

#: The pairs of texts in pictures that lie on each other, and texts that reach out of their picture.
OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')]
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const out = texts.filter(([, box]) =>
    box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
  const on = texts.flatMap(([one, a], i) => texts.slice(i + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
    .map(([other]) => [one, other]));
  return [...out.map(([text]) => [text]), ...on];
})"""


def test_the_page_of_a_batch(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "batch.html"
    path.write_text(written(BATCH), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(path.as_uri())
    assert page.locator("svg").count() == 10
    assert page.evaluate(OVERLAPS) == []
    assert page.get_by_text("5 of 50 members have no number to draw").count() == 2
    heads = page.locator("th")
    lr = heads.filter(has_text="lr").get_by_role("button")
    lr.click()
    assert _column(page, 3)[:2] == ["1.25893e-5", "1.58489e-5"]
    lr.click()
    assert _column(page, 3)[:2] == ["1", "0.794328"]
    heads.filter(has_text="auc").get_by_role("button").click()
    values = _column(page, 7)
    assert values[-5:] == [""] * 5
    assert values[:45] == sorted(values[:45], key=float)
    heads.filter(has_text="kind").get_by_role("button").click()
    assert _column(page, 4) == sorted(_column(page, 4))
    assert told == []
    context.close()


def _column(page: Any, number: int) -> list[str]:
    found: list[str] = page.locator(f"tbody td:nth-child({number})").all_text_contents()
    return found
