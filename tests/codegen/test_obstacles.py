"""What no step can have by the notebook's own settings is told once, what one asks for at that step."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifests import assembly, written

from nbflow.codegen import argo, kfp_settings

WIDE = "label:team:a b"
CASES = [
    # steps_defaults, the tag of step b, what is told and of which step
    ([WIDE], "", [("", f"steps_defaults: {WIDE}")]),
    ([WIDE], WIDE, [("", f"steps_defaults: {WIDE}")]),
    ([WIDE], "label:team:c d", [("", f"steps_defaults: {WIDE}"), ("b", "label:team:c d")]),
    ([WIDE], "label:team:fits", [("", f"steps_defaults: {WIDE}")]),
    (["image:{{x}}"], "", [("", "steps_defaults: image:{{x}}")]),
    (["limit:cpu:1"], "request:cpu:2", [("b", "request:cpu:2")]),
    ([], WIDE, [("b", WIDE)]),
    ([], "", []),
]


@pytest.mark.parametrize("target", ["kfp", "argo"])
@pytest.mark.parametrize(("defaults", "tag", "told"), CASES)
def test_obstacles(
    tmp_path: Path, target: str, defaults: list[str], tag: str, told: list[tuple[str, str]]
) -> None:
    cells = [("step:a", "x = 1"), (f"step:b, {tag}".strip(", "), "y = 2"), ("step:c", "z = 3")]
    found = assembly(written(tmp_path, cells, {"steps_defaults": defaults}))
    all_ = argo.obstacles(found) if target == "argo" else kfp_settings.obstacles(found.pipeline)
    assert [(each.step, each.tag) for each in all_] == told
