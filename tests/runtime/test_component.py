"""What a component of Kubeflow Pipelines makes of what the engine hands it."""

from __future__ import annotations

import pytest

from nbflow.runtime import component


@pytest.mark.parametrize(
    ("given", "default", "meant"),
    [
        (3, 3, 3),
        (3.0, 3, 3),
        (float(2**60), 2**60 + 1, 2**60 + 1),
        (1, 1.0, 1.0),
        (4.5, 3, 4.5),
        ([1.0, 2.0], [1, 2], [1, 2]),
        ([4.0], [1, 2], [4]),
        ([4.0], [1.5], [4.0]),
        ([4.5], [1], [4.5]),
        ({"a": 1.0}, {"a": 1}, {"a": 1}),
        ({"a": [2.0]}, {}, {"a": [2]}),
        ([True], [1], [True]),
        ("null", None, None),
        ("5", None, 5),
        ("five", None, "five"),
        ("[1, null]", [1, None], [1, None]),
        ('"{{x}}"', "{{x}}", "{{x}}"),
        ("plain", "{{x}}", "plain"),
        ("5", "{{x}}", "5"),
    ],
)
def test_parameters_mean_what_the_notebook_means(
    given: object, default: object, meant: object
) -> None:
    found = component._exact({"p": given, "q": given}, {"p": default})
    assert (found["p"], type(found["p"])) == (meant, type(meant))
    assert repr(found["p"]) == repr(meant)
    assert found["q"] == given
