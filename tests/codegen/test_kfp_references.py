"""References in a compiled pipeline: each one that is broken is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from nbflow.codegen.kfp_references import dangling

WHOLE: dict[str, Any] = {
    "components": {
        "comp-a": {
            "executorLabel": "exec-a",
            "outputDefinitions": {"artifacts": {"x": {}}},
            "inputDefinitions": {"parameters": {"n": {}, "m": {"isOptional": True}}},
        },
        "comp-b": {"executorLabel": "exec-b", "inputDefinitions": {"artifacts": {"x_of_a": {}}}},
    },
    "deploymentSpec": {"executors": {"exec-a": {}, "exec-b": {}}},
    "root": {
        "inputDefinitions": {"parameters": {"n": {}}},
        "dag": {
            "tasks": {
                "a": {
                    "componentRef": {"name": "comp-a"},
                    "inputs": {"parameters": {"n": {"componentInputParameter": "n"}}},
                },
                "b": {
                    "componentRef": {"name": "comp-b"},
                    "dependentTasks": ["a"],
                    "inputs": {
                        "artifacts": {
                            "x_of_a": {
                                "taskOutputArtifact": {
                                    "producerTask": "a",
                                    "outputArtifactKey": "x",
                                }
                            }
                        }
                    },
                },
            }
        },
    },
}
Spec = dict[str, Any]


def tasks(spec: Spec) -> Spec:
    found: Spec = spec["root"]["dag"]["tasks"]
    return found


def taken(spec: Spec) -> Spec:
    found: Spec = tasks(spec)["b"]["inputs"]["artifacts"]["x_of_a"]["taskOutputArtifact"]
    return found


def test_a_whole_one() -> None:
    assert dangling(WHOLE) == []


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (lambda s: tasks(s)["b"]["dependentTasks"].append("c"), "the task b of root waits for c"),
        (
            lambda s: tasks(s)["b"].update(dependentTasks=[]),
            "the task b of root does not wait for a, of which it is given something",
        ),
        (
            lambda s: tasks(s)["a"].update(componentRef={"name": "comp-c"}),
            "the task a of root names the component comp-c",
        ),
        (
            lambda s: tasks(s)["a"].update(componentRef={}),
            "the task a of root names the component None",
        ),
        (
            lambda s: s["components"]["comp-a"].update(executorLabel="exec-c"),
            "the component comp-a names the executor exec-c",
        ),
        (
            lambda s: taken(s).update(producerTask="c"),
            "the task b of root is given something of the task c",
        ),
        (
            lambda s: taken(s).update(outputArtifactKey="y"),
            "the task b of root is given y of a, which does not make it",
        ),
        (
            lambda s: s["root"].pop("inputDefinitions"),
            "the task a of root is given the pipeline's n",
        ),
        (lambda s: tasks(s)["a"].pop("inputs"), "the task a of root is not given n"),
        (
            lambda s: s["components"]["comp-b"].pop("inputDefinitions"),
            "the task b of root is given x_of_a, which it does not take",
        ),
        (
            lambda s: s["deploymentSpec"]["executors"].update({"exec-c": {}}),
            "nothing uses the executor exec-c",
        ),
        (
            lambda s: s["components"]["comp-b"].pop("executorLabel"),
            "the component comp-b has neither an executor nor tasks",
        ),
    ],
)
def test_what_is_broken_is_told(breaks: Callable[[Spec], object], told: str) -> None:
    spec = copy.deepcopy(WHOLE)
    breaks(spec)
    assert told in dangling(spec)
