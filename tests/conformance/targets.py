"""The notebooks as what clusters are sent: files and values of parameters, as ``nbflow submit`` has them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cases import Case

from nbflow.model import Json
from nbflow.service.convert import checked, make
from nbflow.service.request import request
from nbflow.service.targets import SUBMITTABLE


@dataclass(frozen=True, slots=True)
class Made:
    """The folder of files, and the values of parameters by their names in the manifest."""

    folder: Path
    arguments: Mapping[str, Json]


def made(case: Case, target: str, folder: Path, image: str, place: str) -> Made:
    """What a notebook becomes; ``place`` is a folder that outlives a try.

    Raises ``nbflow.service.refused.Refused``.
    """
    asked = request(str(case.path), case.parameters(place), ())
    own = SUBMITTABLE[target]
    found, told = checked(
        asked, own, image=image, python=sys.executable, on_findings=lambda findings: None
    )
    make(own, found, told, folder, folder)
    return Made(folder, own.submission(found, asked.parameters).arguments)
