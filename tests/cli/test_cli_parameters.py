"""The options that give values to parameters: what papermill reads, nbflow reads."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import click
import pytest
from command_line import Caller, code, write

from nbflow.analysis.parameters import cast
from nbflow.cli.main import main
from nbflow.errors import ParameterError
from nbflow.model import CellId, Json, Location, Parameter, Raw, Text
from nbflow.wording.parameters import Given, parameter_options

PLACE = Location(CellId("a"), 1, 1, 0)
NONE = Parameter("x", "None", None, PLACE)
YAML = """
whole: 3
number: 0.5
text: '5'
day: 2024-05-01
exact: 1e-3
word: None
nothing: null
flag: yes
many: [1, a, '2']
table: {a: 1}
"""


@click.command()
@parameter_options
def _given(parameters: Given) -> Given:
    return {name: cast(NONE, value) for name, value in parameters.items()}


def given(*words: str) -> dict[str, Json]:
    """The values that a parameter without a type takes of options."""
    found: dict[str, Json] = _given.main(list(words), standalone_mode=False)
    return found


def of_papermill(folder: Path, *words: str) -> dict[str, Any]:
    """The values that papermill's own command takes of its options."""
    cli = pytest.importorskip("papermill.cli", reason="papermill is not installed")
    path = write(folder, code("x = None", "parameters"))
    made = folder / "out.ipynb"
    cli.papermill.main([str(path), str(made), "--prepare-only", *words], standalone_mode=False)
    found = json.loads(made.read_text(encoding="utf-8"))["metadata"]["papermill"]["parameters"]
    return dict(found)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "words",
    [
        ("-y", YAML),
        ("--parameters_yaml", "a: 1", "-y", "a: 2\nb: 3"),
        ("-b", encoded(YAML)),
        ("--parameters_base64", encoded("a: ä")),
        ("-b", base64.encodebytes(f"a: {'long' * 40}".encode()).decode()),
        ("-f", "values.yaml"),
        ("--parameters_file", "values.yaml", "-y", "whole: 4"),
        ("-y", ""),
        ("-b", encoded("a: 1\nb: 1\nc: 1"), "-f", "values.yaml", "-y", "b: 2\nc: 2\nwhole: 2"),
    ],
)
def test_yaml_means_what_it_means_to_papermill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("values.yaml").write_text(YAML, encoding="utf-8")
    assert given(*words) == of_papermill(tmp_path, *words)


@pytest.mark.parametrize("value", ["5", "True", "None", "[1, 2]", "", "a=b", "{{x}}"])
def test_raw_means_what_it_means_to_papermill(tmp_path: Path, value: str) -> None:
    theirs = of_papermill(tmp_path, "-p", "x", "1", "-r", "x", value)
    assert given("-r", f"x={value}", "-p", "x=1") == theirs == {"x": value}


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("int", Text("5"), 5),
        ("float", Text("1e-3"), 0.001),
        ("str", Text("5"), "5"),
        ("str", Raw("5"), "5"),
        ("", Text("5"), "5"),
        ("", Raw("[1]"), "[1]"),
        ("None", Text("null"), "null"),
        ("list", [Text("5")], ["5"]),
    ],
)
def test_a_text_that_is_meant_as_one(type_: str, value: str, expected: Json) -> None:
    found = cast(Parameter("x", type_, None if type_ in ("", "None") else 1, PLACE), value)
    assert repr(found) == repr(expected)
    assert {type(each) for each in (found if isinstance(found, list) else [found])} <= {
        str,
        int,
        float,
    }


@pytest.mark.parametrize("type_", ["int", "float", "bool", "list", "dict"])
def test_a_raw_text_fits_texts_only(type_: str) -> None:
    with pytest.raises(ParameterError, match="'1' does not fit"):
        cast(Parameter("x", type_, 1, PLACE), Raw("1"))


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, code("depth = 2\nname = 'a'\nany = None", "parameters"), code("1", "step:s"))
    return "n.ipynb"


def test_a_run_takes_all_forms(notebook: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("-p", "depth=3", "-r", "any=5", "-y", "{name: '7', depth: 4}")
    assert Caller(capsys)("run", notebook, *words).code == 0
    recorded = json.loads(Caller(capsys)("show", "last", "--json").out)
    assert recorded["parameters"] == {"depth": 3, "name": "7", "any": "5"}


def test_a_run_in_the_background_takes_texts_as_they_are(
    notebook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("submit", notebook, "--engine", "local", "-r", "any=5", "--json")
    run = json.loads(Caller(capsys)(*words).out)["run"]
    Caller(capsys)("logs", run, "--follow")
    assert json.loads(Caller(capsys)("show", run, "--json").out)["parameters"] == {"any": "5"}


def test_a_batch_takes_one_value_of_each_form(
    notebook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("-p", "depth=3,4", "-r", "any=5,6", "-b", encoded("{name: b, depth: 9}"))
    answer = Caller(capsys)("batch", notebook, *words, "--json")
    assert answer.code == 0
    members = json.loads(answer.out.splitlines()[-1])["members"]
    assert [member["parameters"] for member in members] == [
        {"name": "b", "depth": depth, "any": "5,6"} for depth in (3, 4)
    ]


@pytest.mark.parametrize("command", ["run", "batch"])
@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("-r", "depth"), 2, "'depth' is not of the form name=value"),
        (
            ("-r", "depth=3"),
            4,
            "nbflow: the parameter depth is an int (2 in the notebook), '3' does",
        ),
        (("-y", "depth: ["), 4, "nbflow: -y is not YAML: while parsing"),
        (("-y", "depth"), 4, "nbflow: -y takes names with values (`name: value`), not 'depth'"),
        (("-y", "depth: !!set {a}"), 4, "nbflow: the parameter depth is an int"),
        (("-y", "depth: !!python/object:os.system {}"), 4, "nbflow: -y is not YAML: could not"),
        (("-b", "a"), 4, "nbflow: -b is not in Base64"),
        (("-b", "!!!!"), 4, "nbflow: -b is not in Base64"),
        (("-b", "ä"), 4, "nbflow: -b is not in Base64"),
        (("-f", "none.yaml"), 4, "nbflow: none.yaml cannot be read: No such file"),
        (("-y", "deep: 1"), 4, "nbflow: the notebook has no parameter `deep`; its parameters are"),
    ],
)
def test_what_is_not_understood(
    notebook: str,
    capsys: pytest.CaptureFixture[str],
    command: str,
    words: tuple[str, ...],
    exit_code: int,
    told: str,
) -> None:
    answer = Caller(capsys)(command, notebook, *words)
    assert answer.code == exit_code
    assert told in answer.err
    assert not Path(".nbflow").exists()


def test_every_command_that_takes_values_takes_all_forms() -> None:
    forms = {"-p", "-r", "-y", "-b", "-f"}
    context = click.Context(main)
    for name in ("run", "submit", "batch"):
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            command = command.commands["start"]
        assert forms <= {word for option in command.params for word in option.opts}
