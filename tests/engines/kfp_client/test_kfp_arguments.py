"""Values of parameters arrive as they are, or are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kfp_orders import SPEC

from nbflow.codegen.kfp import argument_value
from nbflow.engines.kfp.arguments import arguments
from nbflow.errors import EngineError
from nbflow.model import CellId, Location, Name, Parameter
from nbflow.runtime.component import _exact

SENT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"n": 3}, {"n": 3}),
    ({"rate": 2}, {"rate": 2}),
    ({"quick": True, "parts": [1, "a", None]}, {"quick": True, "parts": [1, "a", None]}),
    ({"more": {"a": [1]}}, {"more": {"a": [1]}}),
    ({"name": "plain ü"}, {"name": "plain ü"}),
    ({"name": "5"}, {"name": "5"}),
    ({"name": '"quoted"'}, {"name": '"quoted"'}),
    ({"name": "null"}, {"name": "null"}),
    ({}, {}),
]


@pytest.mark.parametrize(("given", "sent"), SENT)
def test_values_go_as_the_manifest_takes_them(given: dict[str, Any], sent: dict[str, Any]) -> None:
    assert arguments(SPEC, given) == sent


@pytest.mark.parametrize(
    "text", ["{{workflow.name}}", "$(HOME)", '{{{"a"}}', '"x"', "null", "[1]", "", "5"]
)
def test_texts_of_a_parameter_that_is_prepared_for_them_reach_the_cells(text: str) -> None:
    parameter = Parameter(Name("name"), "str", "{{a}}", Location(CellId("c"), 1))
    sent = arguments(SPEC, {"name": argument_value(parameter, text)})
    assert "{{" not in json.dumps(sent)
    assert "$(" not in json.dumps(sent)
    assert _exact(sent, {"name": "{{a}}"}) == {"name": text}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"n": 1.5}, "n is a whole number, which 1.5 is not"),
    ({"n": True}, "n is a whole number"),
    ({"rate": "1"}, "rate is a number"),
    ({"quick": 1}, "quick is True or False"),
    ({"parts": {}}, "parts is a list"),
    ({"more": []}, "more is a dict"),
    ({"n": 2**53 + 1}, "n holds 9007199254740993, and Kubeflow Pipelines rounds"),
    ({"parts": [{"a": -(2**60)}]}, "rounds whole numbers"),
    ({"parts": ["{{inputs}}"]}, "parts holds '{{inputs}}', in which .* would fill something in"),
    ({"more": {"$(A)": 1}}, r"more holds '\$\(A\)'"),
    ({"name": "a {{inputs}}"}, "name holds 'a {{inputs}}', in which .* would fill something in"),
    ({"name": None}, "name is a text, which None is not"),
    ({"x": 1}, "the pipeline has no parameter x"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED)
def test_values_that_would_change_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        arguments(SPEC, given)


def test_a_parameter_without_a_value_is_asked_for() -> None:
    told = {"n": {"parameterType": "NUMBER_INTEGER"}}
    spec = {"root": {"inputDefinitions": {"parameters": told}}}
    with pytest.raises(EngineError, match="n of the pipeline needs a value"):
        arguments(spec, {})
    assert arguments({"root": {}}, {}) == {}
