"""The tag grammar: exact values, reasons of malformed tags, and the round trip of every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow import tags
from nbflow.model import (
    Backoff,
    ConfigValue,
    RunAs,
    Secret,
    StepName,
    Toleration,
    Volume,
    VolumeKind,
)
from nbflow.tags import parse, unparse

PREFIXES = sorted(tags.PREFIXES)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("imports", tags.Imports()),
        ("functions", tags.Functions()),
        ("skip", tags.Skip()),
        ("pipeline-parameters", tags.Parameters()),
        ("parameters", tags.Parameters(papermill=True)),
        ("injected-parameters", tags.Parameters(papermill=True, injected=True)),
        ("pipeline-metrics", tags.Metrics()),
        ("step:train", tags.StepTag(StepName("train"))),
        ("step:Modell prüfen: 2", tags.StepTag(StepName("Modell prüfen: 2"))),
        ("block:train", tags.StepTag(StepName("train"), legacy=True)),
        ("block:", tags.Foreign("block:")),
        ("step:", tags.Foreign("step:")),
        ("prev:load", tags.Prev(StepName("load"))),
        ("limit:cpu:500m", tags.Limit("cpu", "500m")),
        ("limit:memory:4Gi", tags.Limit("memory", "4Gi")),
        ("limit:nvidia.com/gpu:1", tags.Limit("nvidia.com/gpu", "1")),
        ("limit:nvidia.com/mig-1g.5gb:2", tags.Limit("nvidia.com/mig-1g.5gb", "2")),
        ("request:cpu:0.5", tags.Request("cpu", "0.5")),
        ("annotation:a.io/url:http://x:80/", tags.Annotation("a.io/url", "http://x:80/")),
        ("label:team:a:b", tags.Label("team", "a:b")),
        ("label:team:", tags.Label("team", "")),
        ("secret:aws:key:AWS_KEY", tags.SecretTag(Secret("aws", "key", "AWS_KEY"))),
        ("image:host:5000/a/b:1.2", tags.Image("host:5000/a/b:1.2")),
        ("cache:enabled", tags.Cache(enabled=True)),
        ("cache:disabled", tags.Cache(enabled=False)),
        ("report:disabled", tags.Report(enabled=False)),
        ("notebook:other", tags.NotebookTag(StepName("other"))),
        ("retry:3", tags.Retry(3)),
        ("retry:3:30s", tags.Retry(3, Backoff(30), "30s")),
        ("retry:3:2m:3", tags.Retry(3, Backoff(120, 3), "2m:3")),
        ("retry:3:120s:2", tags.Retry(3, Backoff(120, 2), "120s:2")),
        ("timeout:90s", tags.Timeout(90, "90s")),
        ("timeout:10m", tags.Timeout(600, "10m")),
        ("timeout:2h", tags.Timeout(7200, "2h")),
        ("env:A:b:c", tags.Env("A", "b:c")),
        ("env:A:", tags.Env("A", "")),
        ("node:disk:ssd", tags.Node("disk", "ssd")),
        ("toleration:k", tags.TolerationTag(Toleration("k"))),
        ("toleration:k:v", tags.TolerationTag(Toleration("k", "v"))),
        ("toleration:k::NoSchedule", tags.TolerationTag(Toleration("k", "", "NoSchedule"))),
        ("volume:data:/mnt/data", tags.VolumeTag(Volume("data", "/mnt/data"))),
        (
            "secret-volume:gcp.key:/var/gcp",
            tags.VolumeTag(Volume("gcp.key", "/var/gcp", VolumeKind.SECRET)),
        ),
        (
            "configmap-volume:app:/etc/app",
            tags.VolumeTag(Volume("app", "/etc/app", VolumeKind.CONFIG_MAP)),
        ),
        ("configmap:app:log.level:LEVEL", tags.ConfigTag(ConfigValue("app", "log.level", "LEVEL"))),
        ("shm:2Gi", tags.Shm("2Gi")),
        ("pull-secret:registry", tags.PullSecret("registry")),
        ("service-account:trainer", tags.ServiceAccount("trainer")),
        ("run-as:1000", tags.RunAsTag(RunAs(1000))),
        ("run-as:0", tags.RunAsTag(RunAs(0))),
        ("run-as:1000660000:0", tags.RunAsTag(RunAs(1000660000, 0))),
        ("gpu:2", tags.Gpu(2)),
        ("hide-input", tags.Foreign("hide-input")),
        ("papermill:x", tags.Foreign("papermill:x")),
        ("Step:a", tags.Foreign("Step:a")),
        ("step", tags.Foreign("step")),
        ("", tags.Foreign("")),
    ],
)
def test_a_tag_is_parsed_and_spelled(text: str, tag: tags.Tag) -> None:
    assert parse(text) == tag
    assert unparse(tag) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("prev:", "the name of the step is missing"),
        ("step:  ", "the name of the step is missing"),
        ("prev: a", "begins or ends with a space"),
        ("step:a\nb", "cannot be printed"),
        ("limit:cpu", "KEY:VALUE"),
        ("limit::1", "the key is missing"),
        ("limit:memory:4GB", "'4GB' is not an amount"),
        ("limit:a b:1", "may hold letters"),
        ("secret:a:b", "NAME:KEY:ENV"),
        ("secret:a:b:1C", "'1C' is not the name of an environment variable"),
        ("image:", "the image is missing"),
        ("image:a b", "no spaces"),
        ("cache:on", "enabled or disabled"),
        ("retry:often", "'often' is not a whole number"),
        ("retry:-1", "not a whole number"),
        ("gpu:01", "not a whole number"),
        ("retry:" + "9" * 5000, "not a whole number"),
        ("timeout:90", "'90' is not a time"),
        ("timeout:3d", "'3d' is not a time"),
        ("timeout:0s", "'0s' is not a time"),
        ("env:A", "NAME:VALUE"),
        ("env:A-B:1", "'A-B' is not the name"),
        ("toleration:k:", "ends with a colon"),
        ("toleration:k:v:Never", "'Never' is none of"),
        ("toleration:k:v:NoExecute:60", "at most three parts"),
        ("volume:data", "PVC:PATH"),
        ("volume:data:mnt", "does not begin with '/'"),
        ("volume:My_Data:/mnt", "the name 'My_Data' may hold small letters"),
        ("volume:data:/mnt:ro", "holds a colon"),
        ("secret-volume:s", "NAME:PATH"),
        ("configmap-volume::/etc", "NAME:PATH"),
        ("configmap:a:b", "NAME:KEY:ENV"),
        ("configmap:a:b/c:D", "the key 'b/c' may hold"),
        ("secret:A:b:C", "the name 'A' may hold small letters"),
        ("shm:", "'' is not a size"),
        ("shm:2GB", "'2GB' is not a size"),
        ("pull-secret:", "the name is missing"),
        ("service-account:a b", "may hold small letters"),
        ("run-as:root", "'root' is not the number of a user"),
        ("run-as:1:", "'' is not the number"),
        ("run-as:2147483648", "is not the number"),
        ("retry:3:30", "'30' is not a time"),
        ("retry:3:", "'' is not a time"),
        ("retry:3:30s:0", "the factor '0' is not a whole number from 1 to 9"),
        ("retry:3:30s:1.5", "the factor '1.5'"),
        ("retry:a:30s", "'a' is not a whole number"),
    ],
)
def test_a_malformed_tag_says_why(text: str, reason: str) -> None:
    tag = parse(text)
    assert isinstance(tag, tags.Bad)
    assert tag.text == text
    assert reason in tag.reason


PARTS = st.sampled_from(["", "a", "0", "1", "10m", "4Gi", "A", "/x", "enabled", "NoSchedule", " "])


@given(
    st.text()
    | st.builds("{}:{}".format, st.sampled_from(PREFIXES), st.text())
    | st.builds(
        "{}:{}".format, st.sampled_from(PREFIXES), st.lists(PARTS, max_size=5).map(":".join)
    )
)
def test_every_text_survives_the_round_trip(text: str) -> None:
    assert unparse(parse(text)) == text


def test_what_is_no_tag_has_no_spelling() -> None:
    with pytest.raises(TypeError):
        unparse("step:a")  # type: ignore[arg-type]
