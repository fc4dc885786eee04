"""``%%step`` in a real kernel: the cell runs as it would without the line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from kernel_cells import asked

COUNT = "len([t for t in get_ipython().input_transformers_cleanup if 'nbflow' in t.__module__])"
USAGE = "UsageError: The `%%step` line "
#: A cell, and what it shows: its result, its text, its error, the line that the error points to.
CELLS = [
    ("%load_ext nbflow", {}),
    ("%%step train --gpu 1\nx = 1\nx + 1", {"result": "2"}),
    ("print(In[-2])", {"text": "# %%step train --gpu 1\nx = 1\nx + 1\n"}),
    ("print(_ii)", {"text": "%%step train --gpu 1\nx = 1\nx + 1\n"}),
    ("%%step a\nx;", {}),
    ("%%step a\nimport asyncio\nawait asyncio.sleep(0)\n'awaited'", {"result": "'awaited'"}),
    ("%%step a\n!echo hi\nprint('there')", {"text": "hi\nthere\n"}),
    ("%%step a\n    y = 5\n    y", {"result": "5"}),
    ("%%step a\n%%capture out\nprint('hidden')", {}),
    ("%%step a\n\nout.stdout", {"result": "'hidden\\n'"}),
    ("%%step a\nautomagic", {"text": "\nAutomagic is OFF, % prefix IS needed for line magics.\n"}),
    ("%automagic", {"text": "\nAutomagic is ON"}),
    ("%%step a", {}),
    ("%%step a\n\n1 / 0", {"error": "ZeroDivisionError: division by zero", "line": 3}),
    ("%%step a\nraise KeyError(1)", {"error": "KeyError: 1", "line": 2}),
    ("\n%%step a\nx = (\n", {"error": "SyntaxError", "line": 2}),
    ("%%step a --gpus 1\nnever = 1", {"text": f"{USAGE}has no option `--gpus`. `--gpu` may be meant.\n"}),
    ("%%step 'a\nnever = 1", {"text": f"{USAGE}has a quote that is not closed. Close it, or leave it"}),
    ("%%step --gpu {1 / 0}\nnever = 1", {"text": f"{USAGE}names no step."}),
    ("get_ipython().run_cell_magic('step', 'a', 'never = 1')", {"text": f"{USAGE}is not the first"}),
    ("'never' in globals()", {"result": "False"}),
    (f"%reload_ext nbflow\n%reload_ext nbflow\n{COUNT}", {"result": "1"}),
    ("%%step a\n'again'", {"result": "'again'"}),
    (f"%unload_ext nbflow\n{COUNT}", {"result": "0"}),
    ("%%step a\n1", {"text": "UsageError: Cell magic `%%step` not found."}),
]  # fmt: skip
#: A request that is no cell, and a part of its answer.
REQUESTS = [
    ("is_complete", "%%step a\nx = (", {"status": "incomplete"}),
    ("is_complete", "%%step a\nx = 1\n", {"status": "complete"}),
    ("is_complete", "%%step 'a --b\nx", {"status": "incomplete"}),
    ("complete", "%%st", {"matches": "%%step"}),
    ("complete", "%%step a --b\nimport os; os.pa", {"matches": "path"}),
    ("inspect", "%%step", {"data": "Mark the cell as one of the step NAME"}),
    ("inspect", "%%step a\nlen", {"found": "True"}),
]


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, str], dict[str, Any]]:
    """What one kernel answers to all of them."""
    loaded, *cells = [("run", text) for text, _ in CELLS]
    requests = [loaded, *((kind, text) for kind, text, _ in REQUESTS), *cells]
    return dict(zip(requests, asked(requests), strict=True))


@pytest.mark.parametrize(("text", "shown"), CELLS, ids=[text for text, _ in CELLS])
def test_cells(
    answers: dict[tuple[str, str], dict[str, Any]], text: str, shown: dict[str, Any]
) -> None:
    found = answers["run", text]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", found["traceback"])
    assert found["text"].replace("\r", "").startswith(shown.get("text", ""))
    assert found["result"] == shown.get("result", "")
    assert found["error"].startswith(shown.get("error", ""))
    if "line" in shown:
        assert f"line {shown['line']}" in plain


@pytest.mark.parametrize(("kind", "text", "part"), REQUESTS)
def test_other_requests(
    answers: dict[tuple[str, str], dict[str, Any]], kind: str, text: str, part: dict[str, str]
) -> None:
    for name, value in part.items():
        assert value in str(answers[kind, text][name])
