"""Exact effects of calls of functions that stand in modules beside the notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from effects_text import codes, text_of

from nbflow.analysis.effects import effects
from nbflow.service.check import check

MODULES = {
    "tools": (
        "import random, os\n"
        "import other\n"
        "ITEMS = []\n"
        "TOTAL = 0\n"
        "def seed(n): random.seed(n)\n"
        "def save(path): open(path, 'w')\n"
        "def report(): open('report.txt').read()\n"
        "def register(x): ITEMS.append(x)\n"
        "def count():\n    global TOTAL\n    TOTAL += 1\n"
        "def pure(x): return x + 1\n"
        "def go(): os.chdir('data')\n"
        "def through(): other.setup()\n"
        "class Keeper:\n"
        "    def keep(self, path): open(path, 'a')\n"
    ),
    "other": "import os\nimport tools\ndef setup(): os.environ['A'] = '1'\n",
    "stamp": (
        "import time, uuid\nfrom datetime import datetime\n"
        "def now(): return datetime.now()\n"
        "LEVEL = 3\nMADE = now()\nNAME = f'run-{MADE}'\n"
        "class Settings:\n    run = uuid.uuid4()\n    depth = 2\n"
        "class Other:\n    def made(self): return time.time()\n"
        "def later(): return time.time()\n"
    ),
    "script": "import os, time\nif __name__ == '__main__':\n    at = time.time()\n    os.chdir('a')\n",
    "loud": "import warnings\nwarnings.simplefilter('ignore')\n",
}

CASES = [
    ("import tools", "tools.seed(1)", "r: @module:tools @random tools | m: @random"),
    ("from tools import seed", "seed(1)", "r: @module:tools @random seed | m: @random"),
    ("import tools", "tools.save('a')", "r: @files @module:tools tools | m: @files | o: files"),
    ("import tools", "tools.report()", "r: @file:report.txt @module:tools tools"),
    (
        "import tools",
        "tools.register(1)",
        "r: @module:tools @module:tools.ITEMS tools | m: @module:tools.ITEMS",
    ),
    (
        "import tools",
        "tools.count()",
        "r: @module:tools @module:tools.TOTAL tools | m: @module:tools.TOTAL",
    ),
    ("import tools", "y = tools.pure(1)", "r: @module:tools tools | b: y"),
    ("import tools\ntools.go()", "open('a.txt')", "r: @files"),
    (
        "import tools",
        "tools.through()",
        "r: @environ @module:other @module:tools tools | m: @environ",
    ),
    (
        "from tools import Keeper\nk = Keeper()",
        "k.keep('a')",
        "r: @files k | m: @files k? | o: files",
    ),
    (
        "x = 1",
        "import loud",
        "r: @imported:loud @module:loud @warnings | b: loud | m: @imported:loud @warnings",
    ),
    (
        "x = 1",
        "import stamp",
        "r: @chance @clock @module:stamp @module:stamp.MADE @module:stamp.NAME @module:stamp.Settings.*"
        " | b: stamp | m: @module:stamp.MADE @module:stamp.NAME @module:stamp.Settings.*",
    ),
    ("x = 1", "import script", "r: @module:script | b: script"),
    ("import nowhere", "nowhere.seed(1)", "r: nowhere"),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    assert text_of(effects(codes([before, cell]), modules=MODULES)[-1]) == expected


def test_a_module_that_the_notebook_writes() -> None:
    cells = ["%%writefile seeds.py\nimport random\ndef fix(): random.seed(1)", "import seeds"]
    found = effects(codes([*cells, "seeds.fix()"]))
    assert text_of(found[-1]) == "r: @module:seeds @random seeds | m: @random"


def test_modules_beside_a_notebook_are_read(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("")
    (tmp_path / "tools" / "io.py").write_text("def save(): open('a.txt', 'w')\n")
    sources = ["from tools import io\nio.save()", "print(open('a.txt').read())"]
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "metadata": {"tags": [f"step:{name}"]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for name, source in zip("ab", sources, strict=True)
    ]
    path = tmp_path / "n.ipynb"
    book = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(book))
    edges = check(path).analysis.pipeline.edges
    assert [(e.writer, e.reader, e.variables) for e in edges] == [("a", "b", ("@file:a.txt",))]
