"""Every rule of targets has a page, and the page's example is found guilty of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conversion import findings, write
from finding_pages import page

from nbflow.codegen.rules import RULES
from nbflow.diagnostics import Rule

ALL = pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
NOISE = random.Random(7).randbytes(900_000)
#: What lies beside the notebook of the example.
BESIDE: dict[str, tuple[str, bytes]] = {
    "NB404": ("large.bin", NOISE),
    "NB413": (".env", b"KEY=1\n"),
}
#: The folder of the example.
FOLDERS = {"NB414": "a/b/c/d"}
#: What the example says in words.
IN_FULL: dict[str, Callable[[str], str]] = {
    "NB409": lambda text: text.replace("...", NOISE[:100_000].hex())
}
#: The target that the example is for, where it is another one.
TARGET = {"NB415": "python"}


@ALL
def test_the_example_is_found_in_sentences(rule: Rule, tmp_path: Path) -> None:
    fence = re.search(r"```python\n(.*?)```", page(rule), re.DOTALL)
    assert fence is not None
    text = IN_FULL.get(rule.code, str)(fence[1])
    if rule.code in BESIDE:
        name, content = BESIDE[rule.code]
        (tmp_path / name).write_bytes(content)
    folder = tmp_path / FOLDERS.get(rule.code, "")
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        each
        for each in findings(write(folder, text), TARGET.get(rule.code, "kfp"))
        if each.rule == rule
    ]
    assert found
    for words in (found[0].message, found[0].hint):
        assert words.endswith(".")
        assert "  " not in words
        assert len(words) < 300
