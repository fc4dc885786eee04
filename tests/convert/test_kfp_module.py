"""The generated module: names, texts, and cells that arrive as they were."""

from __future__ import annotations

import ast
import base64
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conversion import converted, write
from hypothesis import example, given
from hypothesis import strategies as st

from nbflow.codegen import kfp, steps
from nbflow.codegen.assembly import Artifact, Assembly, Component
from nbflow.model import CellId, Json, Location, Parameter, Pipeline, Step, StepName
from nbflow.runtime.task import Task

PLACE = Location(CellId("c"), 1)
OPTIONS = kfp.Options(image="python:3.11", notebook="n.ipynb")


def component(
    name: str = "a",
    sources: Sequence[str] = (),
    gives: Sequence[str] = (),
    parameters: Sequence[Parameter] = (),
    title: str = "",
) -> Component:
    cells = tuple(
        {"id": f"c{n}", "source": source, "number": n, "count": n}
        for n, source in enumerate(sources)
    )
    step = StepName(name)
    return Component(
        step=Step(step, ()),
        name=name if name.isidentifier() else "x",
        task=Task(step=name, index=0, steps=(name,), cells=cells),
        gives=tuple(Artifact(step, each, each) for each in gives),
        parameters=tuple(parameters),
        title=title,
    )


def assembled(*components: Component, parameters: Sequence[Parameter] = ()) -> Assembly:
    pipeline = Pipeline("p", tuple(c.step for c in components), parameters=tuple(parameters))
    return Assembly("p", pipeline, components)


def functions(text: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def task_of(folder: Path, text: str, step: str) -> Any:
    """What the module's own ``task_of`` packs, unpacked."""
    own = ast.Module([functions(text)["task_of"]], [])
    names = {"HERE": folder, "json": json, "lzma": lzma, "base64": base64}
    exec(compile(own, "pipeline.py", "exec"), names)  # our own text
    packed = names["task_of"](step)  # type: ignore[operator]
    assert packed.isascii()
    assert "{" not in packed
    return json.loads(lzma.decompress(base64.b64decode(packed)))


@given(st.lists(st.text(st.characters(exclude_categories=())), min_size=1, max_size=4))
@example(["", "\n", "\n\n"])
@example(
    [
        "a\r\nb\rc\x0b\x0c\x1c\u2028",
        "\ud800 '''\"\"\"\\",
        "{{workflow.name}} {{$.inputs}} $HOME $(x)",
    ]
)
@example(["{% if x %}{{ y }}{% endif %}", "# %% cell 3", "\\N{BULLET} \\x00 \x00"])
def test_cells_arrive_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, sources: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "cells"
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    made = assembled(component(sources=sources))
    for path, text in steps.files(made):
        (folder / path).write_bytes(text.encode("utf-8", "surrogatepass"))
    found = task_of(folder, kfp.module(made, OPTIONS), "a")
    assert [cell["source"] for cell in found["cells"]] == sources


NAMES = [
    "runtime",
    "files",
    "code",
    "task",
    "state",
    "report",
    "metrics",
    "self",
    "sys",
    "component",
]
NAMES += [
    "kfp",
    "dsl",
    "HERE",
    "task_of",
    "pipeline",
    "str",
    "class",
    "größe",
    "a_task",
    "a",
    "run_id",
]


def parameter(name: str, default: Json = 1) -> Parameter:
    return Parameter(name, type(default).__name__, default, PLACE)


@pytest.mark.parametrize("name", NAMES)
def test_names_that_collide(name: str) -> None:
    """Each name as a step, as a variable and as a parameter, beside a step that takes it."""
    wanted = parameter(name)
    first = component(name, gives=[name, "state_of_a", "X", "x"], parameters=[wanted])
    second = Component(
        Step(StepName("a" if name != "a" else "b"), ()),
        "a" if name != "a" else "b",
        Task(step="a", index=1, steps=("a",), cells=()),
        takes=first.gives,
        after=(first.step.name,),
        parameters=(wanted,),
    )
    text = kfp.module(assembled(first, second, parameters=[wanted]), OPTIONS)
    found = functions(text)
    assert len(found) == 5  # task_of, runtime, both steps, the pipeline
    body = found["pipeline"]
    arguments = {arg.arg for arg in body.args.args}
    assigned = [
        n.id for n in ast.walk(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    assert len(arguments) == 1
    assert len(assigned) == len(set(assigned))
    assert not arguments & ({*assigned, *found, "dsl", "HERE"} - {"pipeline"})
    assert not set(assigned) & {*found, "dsl", "HERE"}
    for function in found.values():
        names = [arg.arg for arg in function.args.args]
        assert len(names) == len(set(names))
        assert not {"sys", "component"} & set(names) or function.name in ("pipeline", "task_of")


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**60 + 1,
        1.5,
        1e300,
        True,
        None,
        "",
        "x",
        "'\"\\\n",
        [],
        [1, [2.5, None]],
        {"a": {"b": [True]}},
    ],
)
def test_parameters_of_every_kind(value: Json) -> None:
    wanted = parameter("p", value)
    text = kfp.module(assembled(component(parameters=[wanted]), parameters=[wanted]), OPTIONS)
    (default,) = functions(text)["pipeline"].args.defaults
    found = ast.literal_eval(default)
    assert (json.loads(found) if wanted.delicate else found) == value
    assert type(found) is (str if wanted.delicate else type(value))


@given(st.text())
@example("{{workflow.name}}")
@example("{{$.inputs.parameters['x']}} $(HOME)")
@example("\"); import os; os.system('x'); (\"")
def test_a_parameter_is_never_code_nor_a_name_of_the_engine(text: str) -> None:
    wanted = parameter("p", text)
    made = kfp.module(assembled(component(parameters=[wanted]), parameters=[wanted]), OPTIONS)
    (default,) = functions(made)["pipeline"].args.defaults
    found = ast.literal_eval(default)
    assert "{{" not in found
    assert "$(" not in found
    assert (json.loads(found) if wanted.delicate else found) == text


@given(st.text())
def test_a_heading_is_never_code(text: str) -> None:
    made = kfp.module(assembled(component(title=text)), OPTIONS)
    assert len(functions(made)["a"].body) == 5


NOTEBOOK = """
# %% parameters
n = 3
text = "{{workflow.name}}"
words = ["a", None]
# %% [markdown]
## The {{data}}: "rows" of all
# %% step:load-all
import json
rows = list(range(n))
X, x, state, größe = 1, 2, 3, 4
# %% step:show limit:memory:1.5Gi env:A:b gpu:1 volume:data:/data timeout:90s retry:1 report:disabled
print(rows, X, x, state, größe, text, words)
"""


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    path = write(tmp_path, NOTEBOOK)
    (tmp_path / "rows.csv").write_text("1")
    outputs = []
    for seed in ("1", "2"):
        folder = tmp_path / f"seed{seed}"
        words = ["convert", str(path), "--to", "kfp", "-o", str(folder), "--python", sys.executable]
        subprocess.run(
            [sys.executable, "-m", "nbflow", *words],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        )
        outputs.append({p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    assert outputs[0] == outputs[1]
    assert "pipeline.py" in outputs[0]


def test_the_text_is_as_the_formatter_leaves_it(tmp_path: Path) -> None:
    made = converted(write(tmp_path, NOTEBOOK))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "--diff"),
            made.folder / "pipeline.py",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    text = (made.folder / "pipeline.py").read_text("utf-8")
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "The { {data} }: 'rows' of all" in text
