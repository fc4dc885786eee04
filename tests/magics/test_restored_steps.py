"""A step that is restored, and whose cells are run by hand then, gives what it gives in the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from live_kernel import LiveKernel
from small_notebooks import code, write

import nbflow
from nbflow.model import Json

pytest_plugins = ["live_fixtures"]

#: The cells of each notebook; parameters that it runs with.
CASES: Final[dict[str, tuple[list[dict[str, object]], dict[str, Json]]]] = {
    "one object stays one": (
        [
            code("import numpy as np", "imports"),
            code(
                "a = [1]\nb = a\nc = {'a': a}\ndata = np.arange(6.0)\nview = data[1:3]", "step:make"
            ),
            code("a.append(2)\nview[0] = 9\nprint(a is b, c['a'] is a, data)", "step:change"),
            code("b.append(3)\ndel c\nprint(a, view.base is data, data)", "step:look"),
            code("print(a, 'c' in globals())\nb[0]"),
        ],
        {},
    ),
    "functions and classes": (
        [
            code(
                "class Base:\n    made = 0\n    def __init__(self):\n        Base.made += 1",
                "imports",
            ),
            code("def scaled(x):\n    return x * FACTOR", "functions"),
            code(
                "FACTOR = 3\nclass Own(Base):\n    def value(self):\n        return scaled(4)\n"
                "one = Own()\ndef counter():\n    n = 0\n    def up():\n        nonlocal n\n"
                "        n += 1\n        return n\n    return up\nup = counter()\nup()",
                "step:define",
            ),
            code("FACTOR = 5\nprint(one.value(), up(), type(one) is Own, Base.made)", "step:use"),
            code(
                "two = Own()\nprint(isinstance(two, Base), Base.made, scaled(1), up())", "step:more"
            ),
        ],
        {},
    ),
    "sources": (
        [
            code("import inspect", "imports"),
            code("class Own:\n    def value(self):\n        %precision 3", "step:define"),
            code("print(inspect.getsource(Own.value), 1)", "step:use"),
        ],
        {},
    ),
    "random numbers": (
        [
            code("import random", "imports"),
            code("first = random.random()\nprint(first)", "step:unseeded"),
            code("import numpy as np\nprint(np.random.rand(2), random.random())", "step:late"),
            code("np.random.seed(7)\nrandom.seed(7)\nprint(random.random())", "step:seeded"),
            code("drawn = np.random.rand(2)\nprint(drawn, random.gauss(0, 1))", "step:drawn"),
            code("print(np.random.normal(size=2), random.random())", "step:again"),
        ],
        {},
    ),
    "ambient state": (
        [
            code(
                "import os, sys, decimal, warnings\nimport numpy as np\nimport pandas as pd",
                "imports",
            ),
            code(
                "os.environ['NB_MODE'] = 'x'\nos.makedirs('below', exist_ok=True)\nos.chdir('below')\n"
                "pd.set_option('display.max_rows', 3)\nnp.set_printoptions(precision=2)\n"
                "decimal.getcontext().prec = 5\nsys.path.append('/nowhere')\n"
                "warnings.filterwarnings('ignore', message='of no use')\n%precision 3",
                "step:set",
            ),
            code(
                "print(os.environ['NB_MODE'], os.path.basename(os.getcwd()), sys.path[-1])\n"
                "print(pd.get_option('display.max_rows'), np.array([1 / 3]), decimal.Decimal(1) / 3)\n"
                "warnings.warn('of no use')\nos.environ.pop('NB_MODE')\n1 / 3",
                "step:look",
            ),
            code("print('NB_MODE' in os.environ, decimal.getcontext().prec)", "step:after"),
        ],
        {},
    ),
    "parameters": (
        [
            code("rows = 2\nname = 'a'\ntwice = rows * 2", "parameters"),
            code("made = [name] * twice", "step:make"),
            code("rows += 1\nprint(rows, name, len(made))", "step:change"),
            code("print(rows, twice, made)", "step:look"),
        ],
        {"rows": 3, "name": "b"},
    ),
    "awaiting, results and modules": (
        [
            code("%load_ext nbflow\nimport asyncio, helping\n%nbflow restore last", "imports"),
            code("helping.FOUND.append(1)\nhelping.FOUND", "step:fill"),
            code("await asyncio.sleep(0)\nfound = helping.FOUND\nOut[2]", "step:await"),
            code("found.append(2)\nprint(helping.FOUND is found, helping.count(), _)", "step:look"),
        ],
        {},
    ),
}


def _is_prelude(cell: dict[str, object]) -> bool:
    return any(tag in str(cell["metadata"]) for tag in ("imports", "functions", "parameters"))


def _shown(outputs: object) -> str:
    """What outputs show as text, in their order."""
    assert isinstance(outputs, tuple)
    texts = [each.get("text") or each.get("data", {}).get("text/plain", "") for each in outputs]
    return "".join(f"{text.rstrip()}\n" for text in texts)


def _meanings(live: LiveKernel, names: tuple[str, ...]) -> dict[str, str]:
    """What the variables of a kernel mean."""
    live.run("from nbflow.runtime import meaning as _meaning; import json as _json")
    told = live.value(
        f"_json.dumps(_meaning.fingerprints({{n: globals()[n] for n in {names!r} if n in globals()}}))"
    )
    found: dict[str, str] = json.loads(told)
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_cells_of_a_restored_step_give_what_they_give_in_the_run(
    case: str, live: LiveKernel, tmp_path: Path
) -> None:
    cells, parameters = CASES[case]
    (tmp_path / "helping.py").write_text("FOUND = []\n\n\ndef count():\n    return len(FOUND)\n")
    run = nbflow.run(write(tmp_path, *cells), parameters, check=True)
    for step in reversed(run.steps):
        live.run("%reset -f")
        live.run("import sys as _sys; _sys.modules.pop('helping', None)")
        told = live.run(f"%nbflow restore {run.id} {step.name} --yes")
        assert not told.error, told
        for cell in step.record.cells:
            if not _is_prelude(cells[cell.number - 1]):
                shown = live.run(cell.source, cell.id)
                assert not shown.error, (step.name, shown)
                result = f"{shown.result}\n" if shown.result else ""
                assert shown.text + result == _shown(cell.outputs), step.name
        by_hand = _meanings(live, step.made)
        live.run("%reset -f")
        live.run("import sys as _sys; _sys.modules.pop('helping', None)")
        told = live.run(f"%nbflow restore {run.id} {step.name} --after --yes")
        assert not told.error, told
        assert by_hand == _meanings(live, step.made), step.name
