"""Files beside the notebook: those that go along, and what is told of the others."""

from __future__ import annotations

import base64
import lzma
import os
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from conversion import findings, write

from nbflow.codegen import carried
from nbflow.engines.local.keeping import Keep
from nbflow.runtime import files
from nbflow.service.needs import step_needs
from nbflow.service.request import plan_of, request
from nbflow.service.shipped import Shipped, shipped

BESIDE = {
    "rows.csv": "a,b\n",
    "data/one.csv": "1",
    "data/two.csv": "2",
    "data/.hidden": "no",
    "helper.py": "import nested.deep\nTABLE = open('rows.csv')",
    "nested/__init__.py": "",
    "nested/deep.py": "import yaml",
    "nested/table.json": "{}",
    "nested/__pycache__/deep.pyc": "no",
    "src/tool.py": "import helper",
    "plain/one.py": "",
    "pandas/readme.py": "",
    "run.sh": "echo",
    "other.ipynb": "{}",
    "key.pem": "secret",
    "../above.txt": "up",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "notebook"
    for name, text in BESIDE.items():
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text)
    return found


def search(folder: Path, text: str) -> Shipped:
    path = write(folder, text)
    plan = plan_of(request(str(path), {}, ()), Keep.ALL)
    return shipped(path, plan, step_needs(plan), {"pandas", "json"}.__contains__)


NESTED = ["nested/__init__.py", "nested/deep.py", "nested/table.json"]


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("x = 1", []),
        ("x = open('rows.csv').read()", ["rows.csv"]),
        ("x = open('./data/../rows.csv').read()", ["rows.csv"]),
        ("import pathlib\nx = (pathlib.Path('data') / 'one.csv').read_text()", ["data/one.csv"]),
        ("name = 'rows.csv'\nx = unknown(name)", ["rows.csv"]),
        ("x = open('../above.txt').read()", ["../above.txt"]),
        (
            "import os\nx = [open(f'data/{n}').read() for n in os.listdir('data')]",
            ["data/one.csv", "data/two.csv"],
        ),
        ("import os\nx = os.listdir('../..') + os.listdir('..')", []),
        ("import glob\nx = [open(n).read() for n in glob.glob('data/o*.csv')]", ["data/one.csv"]),
        ("import os\nx = os.listdir() + [r'\\', '/', 'data/..', '*/../../*']", []),
        ("x = {'data': 1}", []),
        ("!cat rows.csv", ["rows.csv"]),
        ("!./run.sh", ["run.sh"]),
        ("import helper", ["helper.py", *NESTED, "rows.csv"]),
        ("import nested.deep", NESTED),
        (
            "import sys\nsys.path.append('src')\nimport tool",
            ["helper.py", *NESTED, "rows.csv", "src/tool.py"],
        ),
        ("import plain.one", ["plain/one.py"]),
        ("import pandas", []),
        ("import json", []),
        ("x = open('other.ipynb').read()", []),
    ],
)
def test_what_goes_along(folder: Path, source: str, paths: list[str]) -> None:
    found = search(folder, f"# %% step:a\n{source}")
    assert list(found.sizes) == sorted(paths)
    assert found.steps == ({"a"} if paths else set())


def test_imports_of_modules_beside_count(folder: Path) -> None:
    found = search(folder, "# %% step:a\nimport helper")
    assert {each.module for each in found.imports["a"]} >= {"yaml", "nested.deep"}  # type: ignore[index]
    assert found.modules == {"a": {"helper", "nested"}}


def test_only_the_steps_that_need_them_are_given_files(folder: Path) -> None:
    text = "# %% step:a\nx = open('rows.csv').read()\n# %% step:b\nprint(x)\n"
    text += "# %% step:c\nimport helper\nh = helper\n# %% step:d\nprint(h)"
    assert search(folder, text).steps == {"a", "c", "d"}


def test_the_value_of_a_parameter_names_a_file(folder: Path) -> None:
    text = "# %% parameters\nname = 'data/one.csv'\n# %% step:a\nx = open(name).read()\n# %% step:b\nprint(x)"
    found = search(folder, text)
    assert list(found.sizes) == ["data/one.csv"]
    assert found.steps == {"a"}


def test_what_a_step_writes_first_is_left_from_a_run(folder: Path) -> None:
    text = (
        "# %% step:a\nopen('rows.csv', 'w').write('1')\n# %% step:b\nprint(open('rows.csv').read())"
    )
    found = search(folder, text)
    assert (list(found.sizes), found.findings) == ([], ())


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("x = open('rows.csv').read()", []),
        ("x = open('nowhere.csv').read()", ["NB406"]),
        ("open('new.csv', 'w').write('1')\nx = open('new.csv').read()", []),
        ("x = open('/srv/rows.csv').read()", ["NB405"]),
        ("import pandas as pd\nx = pd.read_csv('~/rows.csv')", ["NB405"]),
        ("x = open('../../../../../rows.csv').read()", ["NB405"]),
        ("x = open('/dev/urandom', 'rb').read(1)", []),
        ("open('/tmp/x', 'w').write('1')\nx = open('/tmp/x').read()", []),
        ("x = open('key.pem').read()", ["NB413"]),
        ("import os\nx = os.listdir()", ["NB412"]),
    ],
)
def test_what_is_told(folder: Path, source: str, codes: list[str]) -> None:
    found = search(folder, f"# %% step:a\n{source}\n# %% step:b\nprint(x)")
    assert [each.code for each in found.findings] == codes


def test_a_file_on_a_volume_is_no_matter(folder: Path) -> None:
    text = "# %% step:a volume:claim:/srv\nx = open('/srv/rows.csv').read()"
    assert search(folder, text).findings == ()


def test_an_absolute_file_between_steps_is_told(folder: Path) -> None:
    text = "# %% step:a\nopen('/tmp/x', 'w').write('1')\n# %% step:b\nprint(open('/tmp/x').read())"
    assert [each.code for each in search(folder, text).findings] == ["NB405"]


def test_files_that_are_too_large_are_an_error(folder: Path) -> None:
    (folder / "large.bin").write_bytes(random.Random(1).randbytes(500_000))
    path = write(folder, "# %% step:a\nx = open('large.bin', 'rb').read()\n# %% step:b\nprint(x)")
    (found,) = [each for each in findings(path) if each.code == "NB404"]
    assert "large.bin (488.3 KB)" in found.message
    assert found.location is not None


CONTENTS: Mapping[str, bytes] = {
    "a.txt": b"",
    "b/c.bin": random.Random(2).randbytes(150_000),
    "../up.txt": b"up",
    "run.sh": b"#!/bin/sh\n",
    "größe €.txt": b"\xff",
}


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    text = carried.packed(CONTENTS, frozenset({"run.sh"}))
    parts = carried.parts(text)
    assert len(parts) > 1
    assert all(len(part) <= carried.LONGEST for part in parts)
    paths = []
    for number, part in enumerate(parts):
        paths.append(str(tmp_path / f"part{number}"))
        Path(paths[-1]).write_bytes(base64.b64decode(part))
    work = tmp_path / "files" / "work"
    work.mkdir(parents=True)
    files.unpack(paths, str(work))
    assert {name: (work / name).read_bytes() for name in CONTENTS} == dict(CONTENTS)
    assert os.access(work / "run.sh", os.X_OK)
    assert not os.access(work / "a.txt", os.X_OK)


def test_the_same_files_are_the_same_text() -> None:
    turned = dict(reversed(list(CONTENTS.items())))
    assert carried.packed(CONTENTS) == carried.packed(turned)
    assert lzma.decompress(base64.b64decode(carried.packed({"a": b"1"}))).startswith(b"PK")
