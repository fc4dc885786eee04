"""Every rule has a page, and the page's example is found guilty of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from finding_pages import PAGES, SECTIONS, page
from percent import notebook, project

from nbflow.analysis import Options, analyse
from nbflow.analysis.learned import source_of
from nbflow.analysis.rules import LEARNED_EDGE, RULES, in_order
from nbflow.codegen.rules import RULES as TARGET_RULES
from nbflow.diagnostics import Finding, Rule, Severity
from nbflow.model import CellId, Effect, Learned, Location, Notebook

ALL = pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())


def example(rule: Rule) -> tuple[Notebook, Options]:
    fence = re.search(r"```(\w+)\n(.*?)```", page(rule), re.DOTALL)
    assert fence is not None
    if fence[1] == "json":  # the metadata of a notebook
        metadata = json.loads(f"{{{fence[2]}}}")
        language = metadata.get("language_info", {}).get("name", "python").lower()
        return replace(notebook("# %%\n1", metadata), language=language), Options()
    return project(fence[2])


def findings(rule: Rule) -> tuple[Finding, ...]:
    """What is found in the example; of a rule about earlier runs, after one has shown something."""
    book, options = example(rule)
    found = analyse(book, options)
    if rule is not LEARNED_EDGE:
        return found.findings
    facts = (
        Learned(use.step, source_of(use), "rows", Effect.CHANGES)
        for use in found.uses
        if use.step == "change"
    )
    return analyse(book, replace(options, learned=tuple(facts))).findings


@pytest.mark.parametrize(
    "rule", [*RULES.values(), *TARGET_RULES.values()], ids=[*RULES, *TARGET_RULES]
)
def test_every_rule_has_a_page(rule: Rule) -> None:
    text = page(rule)
    assert text.startswith(f"# {rule.code}: {rule.name}\n\nSeverity: {rule.severity.value}.\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS


@ALL
def test_the_example_is_found(rule: Rule) -> None:
    assert rule in [finding.rule for finding in findings(rule)]


@ALL
def test_messages_are_sentences(rule: Rule) -> None:
    (finding, *_) = [each for each in findings(rule) if each.rule == rule]
    for text in (finding.message, finding.hint):
        assert text.endswith(".")
        assert "  " not in text
        assert len(text) < 300


def test_every_page_has_a_rule() -> None:
    pages = {path.stem for path in PAGES.glob("NB*.md")}
    assert pages == {*RULES, *TARGET_RULES}
    assert RULES.keys().isdisjoint(TARGET_RULES)


def test_codes_and_names_are_unique_and_kebab() -> None:
    known = {**RULES, **TARGET_RULES}
    assert len({rule.name for rule in known.values()}) == len(known)
    for code, rule in known.items():
        assert re.fullmatch(r"NB[1-4]\d\d", code)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


def test_findings_are_sorted_by_place_and_told_once() -> None:
    rule = Rule("NB999", "x", Severity.INFO)
    places = [Location(CellId("b"), 2), Location(CellId("a"), 1, 3), Location(CellId("a"), 1), None]
    findings = [Finding(rule, "m", "h", place) for place in [*places, *places]]
    assert [each.location for each in in_order(findings)] == [None, places[2], places[1], places[0]]
