"""Tags of a cell as the fields of a form, and changes that leave alone what they do not speak of."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow import tags
from nbflow.analysis.cell_tags import (
    CellMarks,
    Device,
    NamedText,
    TagRole,
    Tries,
    cell_marks,
    field_of,
    problems,
)
from nbflow.analysis.tag_changes import KEPT, TagChange, changed
from nbflow.errors import TagError

EMPTY = cell_marks([])


def said(*texts: str) -> dict[str, object]:
    """What the tags say, without what they do not."""
    found = cell_marks(texts)
    names = [each.name for each in fields(CellMarks)]
    return {n: getattr(found, n) for n in names if getattr(found, n) != getattr(EMPTY, n)}


@pytest.mark.parametrize(
    ("texts", "fields"),
    [
        ([], {}),
        (["step:a b"], {"role": TagRole.STEP, "step": "a b"}),
        (["block:a", "prev:b", "prev:c"], {"role": TagRole.STEP, "step": "a", "after": ("b", "c")}),
        (["imports", "functions"], {"role": TagRole.IMPORTS}),
        (["functions"], {"role": TagRole.FUNCTIONS}),
        (["parameters"], {"role": TagRole.PARAMETERS}),
        (["pipeline-parameters"], {"role": TagRole.PARAMETERS}),
        (["pipeline-metrics"], {"role": TagRole.METRICS}),
        (["skip", "step:a"], {"role": TagRole.SKIP, "step": "a"}),
        (["notebook:a"], {"role": TagRole.NOTEBOOK, "step": "a"}),
        (["step:"], {}),
        (["foo", "papermill:x"], {"foreign": ("foo", "papermill:x")}),
        (["image:a:1"], {"image": "a:1"}),
        (["limit:cpu:1", "limit:cpu:2", "request:cpu:500m"], {"cpu_limit": "2", "cpu_request": "500m"}),
        (["limit:memory:4Gi", "request:memory:1Gi"], {"memory_limit": "4Gi", "memory_request": "1Gi"}),
        (["gpu:1"], {"devices": (Device("nvidia.com/gpu", "1"),)}),
        (
            ["limit:nvidia.com/mig-1g.5gb:2", "limit:amd.com/gpu:1"],
            {"devices": (Device("nvidia.com/mig-1g.5gb", "2"), Device("amd.com/gpu", "1"))},
        ),
        (["retry:3"], {"retry": Tries(3, "", None)}),
        (["retry:3:30s:2"], {"retry": Tries(3, "30s", 2)}),
        (["timeout:10m"], {"timeout": "10m"}),
        (["cache:disabled", "report:enabled"], {"cache": False, "report": True}),
        (["env:A:b:c"], {"env": (NamedText("A", "b:c"),)}),
        (["label:a:b"], {"labels": (NamedText("a", "b"),)}),
        (["annotation:c:"], {"annotations": (NamedText("c", ""),)}),
        (
            ["limit:ephemeral-storage:1Gi", "shm:1Gi", "secret:a:b:C", "toleration:x"],
            {"others": ("limit:ephemeral-storage:1Gi", "shm:1Gi", "secret:a:b:C", "toleration:x")},
        ),
        (["timeout:soon"], {}),
    ],
)  # fmt: skip
def test_what_tags_say(texts: list[str], fields: dict[str, object]) -> None:
    assert said(*texts) == fields


@pytest.mark.parametrize(
    ("texts", "sentences"),
    [
        (["step:a", "foo", "skip"], ()),
        (["retry:x"], ("The tag 'retry:x' is malformed: 'x' is not a whole number.",)),
        (["step:a", "x", "imports"], ("These tags contradict each other: `step:a`, `imports`.",)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_tags(texts: list[str], sentences: tuple[str, ...]) -> None:
    assert problems(texts) == sentences


S, SKIP = TagRole.STEP, TagRole.SKIP


@pytest.mark.parametrize(
    ("texts", "change", "result"),
    [
        # what a cell is
        (["x", "y"], {"step": "a"}, ["x", "y", "step:a"]),
        (["x", "cache:disabled", "y"], {"step": "a"}, ["x", "step:a", "cache:disabled", "y"]),
        (["x", "step:a", "y"], {"step": "b"}, ["x", "step:b", "y"]),
        (["block:a"], {"step": "b"}, ["block:b"]),
        (["block:a"], {"step": "a", "role": S}, ["block:a"]),
        (["step:", "x"], {"step": "a"}, ["step:a", "x"]),
        (["notebook:a"], {"step": "b"}, ["notebook:b"]),
        (["step:a"], {"role": TagRole.NOTEBOOK}, ["notebook:a"]),
        (["x", "step:a", "y", "prev:b", "gpu:1"], {"role": SKIP}, ["x", "skip", "y", "gpu:1"]),
        (["step:a", "prev:b"], {"role": None}, []),
        (["step:a", "prev:b"], {"step": None}, []),
        (["step:a", "prev:b"], {"role": TagRole.METRICS}, ["pipeline-metrics", "prev:b"]),
        (["skip", "step:a"], {"role": SKIP}, ["skip", "step:a"]),
        (["skip", "step:a"], {"role": S}, ["step:a"]),
        (["skip", "step:a"], {"step": "b"}, ["step:b"]),
        (["imports", "functions"], {"role": TagRole.IMPORTS}, ["imports", "functions"]),
        (["imports", "functions"], {"role": TagRole.FUNCTIONS}, ["functions"]),
        (["parameters"], {"role": TagRole.PARAMETERS}, ["parameters"]),
        ([], {"role": TagRole.PARAMETERS}, ["pipeline-parameters"]),
        (["imports"], {"step": None}, ["imports"]),
        (["step:a", "imports"], {"role": S}, ["step:a"]),
        (["step:a", "step:b"], {"step": "a"}, ["step:a"]),
        (["step: a", "x"], {"step": "a"}, ["step:a", "x"]),
        # what it waits for
        (["prev:a", "x", "prev:b", "y"], {"after": ("b",)}, ["x", "prev:b", "y"]),
        (["prev:a", "x", "prev:b"], {"after": ("b", "a")}, ["prev:b", "x", "prev:a"]),
        (["step:c", "prev:a", "x"], {"after": ("a", "b")}, ["step:c", "prev:a", "prev:b", "x"]),
        (["step:c", "prev:b", "x"], {"after": ("a", "b")}, ["step:c", "prev:a", "prev:b", "x"]),
        (["step:c", "prev:a", "prev: b"], {"after": ("a",)}, ["step:c", "prev:a"]),
        (["imports", "prev:a"], {"after": None}, ["imports"]),
        # what it asks for
        (["x"], {"cpu_limit": "2", "cpu_request": "1"}, ["x", "limit:cpu:2", "request:cpu:1"]),
        (["limit:cpu:1", "x", "limit:cpu:2"], {"cpu_limit": "3"}, ["limit:cpu:3", "x"]),
        (["limit:cpu:1", "x", "limit:cpu:2"], {"cpu_limit": "2"}, ["limit:cpu:1", "x", "limit:cpu:2"]),
        (["limit:cpu:1", "limit:memory:1Gi"], {"cpu_limit": None}, ["limit:memory:1Gi"]),
        (["limit:cpu:abc", "x"], {"cpu_limit": "2"}, ["limit:cpu:2", "x"]),
        (["limit:cpu:abc", "limit:memory:4GB"], {"cpu_limit": None}, ["limit:memory:4GB"]),
        (["gpu:1"], {"devices": (Device("nvidia.com/gpu", "2"),)}, ["gpu:2"]),
        (["gpu:1", "x"], {"devices": (Device("nvidia.com/gpu", "1"), Device("amd.com/gpu", "1"))},
         ["gpu:1", "limit:amd.com/gpu:1", "x"]),
        ([], {"devices": (Device("nvidia.com/mig-1g.5gb", "1"),)}, ["limit:nvidia.com/mig-1g.5gb:1"]),
        (["gpu:1"], {"devices": ()}, []),
        (["image:a"], {"image": ""}, []),
        (["retry:3:30s:2"], {"retry": Tries(3, "30s", 2)}, ["retry:3:30s:2"]),
        (["retry:3:30s:2"], {"retry": Tries(4, "30s", None)}, ["retry:4:30s"]),
        (["timeout:10m"], {"timeout": "2h"}, ["timeout:2h"]),
        (["cache:enabled"], {"cache": False, "report": False}, ["cache:disabled", "report:disabled"]),
        (["env:A:1", "x", "env:B:2"], {"env": (NamedText("B", "3"),)}, ["x", "env:B:3"]),
        (["label:a:1"], {"labels": (NamedText("a", "1"), NamedText("b", "x:y"))},
         ["label:a:1", "label:b:x:y"]),
        (["shm:1Gi", "x", "toleration:a"], {"others": ("toleration:a", "node:a:b")},
         ["x", "toleration:a", "node:a:b"]),
        (["volume:x"], {"others": ()}, []),
        # nothing at all
        (["x", "limit:cpu:1", "limit:cpu:1", "timeout:soon", "step:", "x"], {},
         ["x", "limit:cpu:1", "limit:cpu:1", "timeout:soon", "step:", "x"]),
    ],
)  # fmt: skip
def test_a_change_is_made_in_its_place(
    texts: list[str], change: dict[str, Any], result: list[str]
) -> None:
    assert list(changed(texts, TagChange(**change))) == result


@pytest.mark.parametrize(
    ("texts", "change", "sentence"),
    [
        ([], {"cpu_limit": "abc"}, "`limit:cpu:abc` cannot be a tag: 'abc' is not an amount"),
        ([], {"step": " a"}, "begins or ends with a space"),
        ([], {"step": "a\nb"}, "cannot be printed"),
        ([], {"role": S}, "A step needs a name."),
        (["step:a"], {"role": S, "step": None}, "A step needs a name."),
        ([], {"role": SKIP, "step": "a"}, "A cell with the role skip has no step's name."),
        (["imports"], {"after": ("a",)}, "Only a cell of a step can wait"),
        ([], {"image": "a b"}, "no spaces"),
        ([], {"devices": (Device("cpu", "1"),)}, "'cpu' is no kind of device"),
        ([], {"devices": (Device("amd.com/gpu", "1.5"),)}, "'1.5' is no number of devices"),
        ([], {"devices": (Device("a/b", "1"), Device("a/b", "2"))}, "this is said twice"),
        ([], {"retry": Tries(-1, "", None)}, "not a whole number"),
        ([], {"retry": Tries(1, "", 2)}, "needs a time to wait"),
        ([], {"retry": Tries(1, "soon", None)}, "'soon' is not a time"),
        ([], {"retry": Tries(1, "3s:2", 2)}, "the factor '2:2'"),
        ([], {"timeout": "10"}, "'10' is not a time"),
        ([], {"env": (NamedText("A:B", "c"),)}, "holds a colon"),
        ([], {"labels": (NamedText("a:b", "c"),)}, "holds a colon"),
        ([], {"env": (NamedText("A-B", "c"),)}, "is not the name of an environment variable"),
        ([], {"after": ("",)}, "the name of the step is missing"),
        ([], {"others": ("foo",)}, "`foo` is no tag of a pipeline."),
        ([], {"others": ("gpu:1",)}, "`gpu:1` has a field of its own."),
        ([], {"others": ("shm:x",)}, "is not a size"),
    ],
)  # fmt: skip
def test_what_no_tag_can_say_is_refused(
    texts: list[str], change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TagError) as raised:
        changed(texts, TagChange(**change))
    assert sentence in str(raised.value)


WORDS = st.sampled_from(["a", "b", "train"])
NAMED = st.lists(
    st.builds(NamedText, WORDS, st.sampled_from(["", "1", "x:y"])),
    unique_by=lambda each: each.name, max_size=3,
).map(tuple)  # fmt: skip
DEVICES = st.lists(
    st.builds(
        Device,
        st.sampled_from(["nvidia.com/gpu", "amd.com/gpu", "a/mig-1g.5gb"]),
        st.sampled_from(["1", "2"]),
    ),
    unique_by=lambda each: each.kind, max_size=3,
).map(tuple)  # fmt: skip
FREE: dict[str, st.SearchStrategy[Any]] = {
    "image": st.sampled_from(["", "a:1", "b"]),
    "cpu_limit": st.sampled_from(["", "1", "500m"]),
    "cpu_request": st.sampled_from(["", "1"]),
    "memory_limit": st.sampled_from(["", "1Gi"]),
    "memory_request": st.sampled_from(["", "2Gi"]),
    "devices": DEVICES,
    "retry": st.sampled_from([None, Tries(1, "", None), Tries(2, "30s", None), Tries(2, "1m", 3)]),
    "timeout": st.sampled_from(["", "90s", "2h"]),
    "cache": st.sampled_from([None, True, False]),
    "report": st.sampled_from([None, True, False]),
    "env": NAMED,
    "labels": NAMED,
    "annotations": NAMED,
    "others": st.lists(st.sampled_from(["shm:1Gi", "toleration:a", "node:a:b"]), unique=True).map(tuple),
    "after": st.lists(WORDS, unique=True).map(tuple),
}  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(
        [
            "foo", "bar", "papermill:x", "step:a", "step:b", "block:a", "step:", "imports", "functions",
            "skip", "parameters", "pipeline-parameters", "pipeline-metrics", "notebook:a", "prev:a", "prev:b",
            "limit:cpu:1", "limit:cpu:2", "limit:cpu:abc", "request:cpu:1", "limit:memory:1Gi", "gpu:1",
            "gpu:2", "limit:nvidia.com/gpu:1", "limit:amd.com/gpu:2", "limit:a/mig-1g.5gb:x", "image:a:1",
            "retry:1", "retry:2:30s", "retry:x", "timeout:90s", "timeout:soon", "cache:enabled",
            "cache:disabled", "report:x", "env:a:1", "env:b:", "env:a:2", "label:a:x:y", "label:b:1",
            "annotation:a:", "shm:1Gi", "toleration:a", "volume:x", "secret:a:b:C",
        ]
    ),
    max_size=8,
)  # fmt: skip


@given(TEXTS, st.fixed_dictionaries({}, optional=FREE))
def test_after_a_change_the_tags_say_what_was_asked_and_all_else_as_before(
    texts: list[str], change: dict[str, Any]
) -> None:
    before = cell_marks(texts)
    waits = before.role in (S, TagRole.NOTEBOOK, TagRole.METRICS, None)
    if change.get("after") and not waits:
        with pytest.raises(TagError):
            changed(texts, TagChange(**change))
        return
    new = changed(texts, TagChange(**change))
    after = cell_marks(new)
    for each in fields(CellMarks):
        wanted = change.get(each.name, getattr(before, each.name))
        assert getattr(after, each.name) == wanted, each.name
    untouched = {each.name for each in fields(CellMarks)} - set(change)
    assert _of(untouched, new) == _of(untouched, texts)
    assert changed(new, TagChange(**change)) == new


@given(TEXTS, st.sampled_from([*TagRole, None]), st.sampled_from(["", "a", "c"]))
def test_a_role_and_a_name_go_together(texts: list[str], role: TagRole | None, step: str) -> None:
    named = role in (S, TagRole.NOTEBOOK)
    change = TagChange(role=role, step=step if named else KEPT)
    if named and not step:
        with pytest.raises(TagError):
            changed(texts, change)
        return
    new = changed(texts, change)
    after = cell_marks(new)
    assert after.role == role
    assert not problems([text for text in new if field_of(tags.parse(text)) == "role"])
    assert not named or after.step == step
    untouched = {each.name for each in fields(CellMarks)} - {"role", "after"}
    assert _of(untouched, new) == _of(untouched, texts)
    assert changed(new, change) == new


@given(TEXTS | st.lists(st.text()))
def test_a_change_of_nothing_changes_nothing(texts: list[str]) -> None:
    assert changed(texts, TagChange()) == tuple(texts)


def _of(names: set[str], texts: Any) -> list[str]:
    """The tags that belong to these fields, in their order."""
    return [text for text in texts if field_of(tags.parse(text)) in names]
