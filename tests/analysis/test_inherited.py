"""What a step asks for itself, and what it has from the notebook's defaults."""

from __future__ import annotations

import pytest
from percent import notebook

from nbflow.analysis import analyse
from nbflow.analysis.cell_tags import CellMarks, cell_marks
from nbflow.analysis.inherited import StepSettings, step_settings


def settings(text: str, **metadata: object) -> list[StepSettings]:
    book = notebook(text, {"kubeflow_notebook": metadata})
    return list(step_settings(book, analyse(book)))


def marks(*tags: str) -> CellMarks:
    return cell_marks(tags)


DEFAULTS = ["limit:cpu:2", "image:a", "env:A:1", "env:B:1", "shm:1Gi", "node:x:y", "retry:2"]


@pytest.mark.parametrize(
    ("tags", "left"),
    [
        ("", DEFAULTS),
        ("limit:cpu:2", [each for each in DEFAULTS if each != "limit:cpu:2"]),
        ("image:b retry:1:30s", ["limit:cpu:2", "env:A:1", "env:B:1", "shm:1Gi", "node:x:y"]),
        ("env:A:2 limit:memory:1Gi", [each for each in DEFAULTS if each != "env:A:1"]),
        ("secret:s:k:A", [each for each in DEFAULTS if each != "env:A:1"]),
        ("volume:c:/dev/shm", [each for each in DEFAULTS if each != "shm:1Gi"]),
        ("gpu:1", DEFAULTS),
    ],
)
def test_what_a_step_says_itself_is_not_inherited(tags: str, left: list[str]) -> None:
    text = f"# %% step:a foo prev:b\n1\n# %% {tags}\n2\n# %% step:b\n3"
    first, second = settings(text, steps_defaults=DEFAULTS)
    assert first == StepSettings(first.step, marks(*tags.split()), marks(*left))
    assert second == StepSettings(second.step, marks(), marks(*DEFAULTS))
    assert (first.step, second.step) == ("a", "b")


def test_the_image_of_the_notebook_is_inherited() -> None:
    first, second = settings("# %% step:a\n1\n# %% step:b image:own\n2", base_image="python:3.11")
    assert first.inherited.image == "python:3.11"
    assert (second.own.image, second.inherited.image) == ("own", "")


def test_defaults_in_the_words_of_kale_count() -> None:
    (found,) = settings("# %% step:a\n1", steps_defaults={"limits": {"amd.com/gpu": "1"}})
    assert [each.kind for each in found.inherited.devices] == ["amd.com/gpu"]
