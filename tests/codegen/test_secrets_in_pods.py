"""The value of a secret is in nothing that a pod shows or hands on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from notebook_cells import code, written
from pods import Pods, Ran, Setting, analysed

from nbflow.codegen.assembly import assemble

PASSWORD = "pa55-wörd-of-the-base"
SECRET = "secret:db:password:DB_PASSWORD"
READS = "import os\npassword = os.environ['DB_PASSWORD']\n"


def ran(folder: Path, *cells: tuple[Sequence[str], str], value: str = PASSWORD) -> Ran:
    """What pods give whose secret has this value."""
    path = written(
        folder / "n.ipynb", [code(n, text, tags) for n, (tags, text) in enumerate(cells)]
    )
    source, parameters = analysed(path)
    setting = Setting(env={**os.environ, "DB_PASSWORD": value, "PYTHONUTF8": "1"})
    return Pods(assemble(source), folder / "run", setting).run(parameters)


def left(folder: Path) -> list[Path]:
    """The files of a run that hold the value."""
    found = [path for path in (folder / "run").rglob("*") if path.is_file()]
    return [path for path in found if PASSWORD.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "made",
    [
        "handed = password",
        "handed = {'url': f'postgres://me:{password}@base'}",
        "class Base:\n    url = password\nhanded = Base()",
        "handed = 1\nopen('handed.txt', 'w').write(password)",
    ],
)
def test_what_would_be_stored_with_it_stops_the_step(made: str, tmp_path: Path) -> None:
    cells = (["step:a", SECRET], READS + made), (["step:b"], "print(handed, open)")
    found = ran(tmp_path, *cells)
    assert "holds the value of the secret `DB_PASSWORD`" in found.failed["a"]
    assert found.order == []
    assert left(tmp_path) == []


def test_what_is_shown_is_shown_without_it(tmp_path: Path) -> None:
    shows = "print('in', password, flush=True)\npassword"
    found = ran(tmp_path, (["step:a", SECRET], READS + shows), (["step:b"], "print(1)"))
    assert found.failed == {}
    assert "in ***" in found.stdout("c0")
    assert PASSWORD not in "".join((*found.texts["a"], *found.pages.values()))
    assert "in ***" in found.texts["a"][0]
    assert left(tmp_path) == []


def test_an_error_is_told_without_it(tmp_path: Path) -> None:
    raises = "raise ConnectionError(f'no base at me:{password}@base')"
    found = ran(tmp_path, (["step:a", SECRET], READS + raises))
    assert found.failed["a"] == "cell 1, line 3: ConnectionError: no base at me:***@base"
    assert PASSWORD not in "".join(found.texts["a"])


def test_a_step_may_use_it_and_so_may_the_next_with_the_tag(tmp_path: Path) -> None:
    cells = (
        (["step:a", SECRET], READS + "size = len(password)"),
        (["step:b", SECRET], "import os\nprint(size, len(os.environ['DB_PASSWORD']))"),
    )
    found = ran(tmp_path, *cells)
    assert found.failed == {}
    assert found.stdout("c1") == f"{len(PASSWORD)} {len(PASSWORD)}\n"


def test_a_short_value_may_be_anything(tmp_path: Path) -> None:
    cells = (["step:a", SECRET], "import os\nword = 'admin'"), (["step:b"], "print(word)")
    found = ran(tmp_path, *cells, value="admin")
    assert found.failed == {}
    assert found.stdout("c1") == "admin\n"
