"""What Kubernetes refuses of a pod: told before it is asked."""

from __future__ import annotations

import pytest

from nbflow.analysis import settings
from nbflow.codegen import refused
from nbflow.model import Step, StepName
from nbflow.tags import parse


def told(*tags: str) -> list[tuple[str, str]]:
    own = settings.resources(map(parse, tags))
    step = Step(StepName("s"), (), resources=own)
    return [(each.tag, each.why) for each in refused.obstacles(step)]


@pytest.mark.parametrize(
    ("tags", "tag", "why"),
    [
        (["label:app:two words"], "label:app:two words", "letters, digits"),
        (["label:app:a:b"], "label:app:a:b", "letters, digits"),
        (["label:app:" + "x" * 64], "label:app:" + "x" * 64, "63"),
        (["label:app:-x"], "label:app:-x", "both ends"),
        (["label:" + "k" * 64 + ":v"], "label:" + "k" * 64 + ":v", "a key in Kubernetes"),
        (["label:Example.com/a:v"], "label:Example.com/a:v", "a key in Kubernetes"),
        (["annotation:x/y/z:v"], "annotation:x/y/z:v", "a key in Kubernetes"),
        (["node:disk:a b"], "node:disk:a b", "letters, digits"),
        (["toleration:k:a b"], "toleration:k:a b", "letters, digits"),
        (["toleration:a/b/c"], "toleration:a/b/c", "a key in Kubernetes"),
        (["limit:GPU:1"], "limit:GPU:1", "no resource 'GPU'"),
        (["limit:nvidia.com/gpu:0.5"], "limit:nvidia.com/gpu:0.5", "whole"),
        (["limit:memory:1Gi", "request:memory:2Gi"], "request:memory:2Gi", "which is less"),
        (["limit:cpu:500m", "request:cpu:1"], "request:cpu:1", "the limit of the step is 500m"),
        (["gpu:2", "request:nvidia.com/gpu:1"], "request:nvidia.com/gpu:1", "the same"),
    ],
)
def test_what_is_refused_is_told(tags: list[str], tag: str, why: str) -> None:
    found = told(*tags)
    assert [each for each, _ in found] == [tag]
    assert why in found[0][1]


@pytest.mark.parametrize(
    "tag",
    [
        "label:app:",
        "label:app.kubernetes.io/name:churn_2.x",
        "label:app:" + "x" * 63,
        "annotation:note:any text: at all, " + "x" * 99,
        "node:a:b",
        "toleration:gpu",
        "limit:hugepages-2Mi:4Mi",
        "limit:ephemeral-storage:1Gi",
        "limit:nvidia.com/mig-1g.5gb:1",
        "request:memory:1.5Gi",
        "label:app:{{x}}",
    ],
)
def test_what_is_taken_is_not(tag: str) -> None:
    assert told(tag) == []


def test_a_request_may_be_as_large_as_the_limit() -> None:
    assert (
        told("limit:memory:1Gi", "request:memory:1024Mi", "limit:cpu:1", "request:cpu:1000m") == []
    )
