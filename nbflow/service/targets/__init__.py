"""The targets that a notebook can be converted to, by their words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nbflow.service.targets import argo, kfp, python
from nbflow.service.targets.target import Compiled, Submission, Submittable, Target

__all__ = ["SUBMITTABLE", "TARGETS", "Compiled", "Submission", "Submittable", "Target"]

#: Those whose manifests engines take.
SUBMITTABLE: Final[Mapping[str, Submittable]] = MappingProxyType({"kfp": kfp, "argo": argo})
#: All of them.
TARGETS: Final[Mapping[str, Target]] = MappingProxyType({**SUBMITTABLE, "python": python})
