"""What the documentation says of each finding, which is installed with nbflow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import nbflow
from nbflow.server import schema
from nbflow.server.operation import Asked, Operation, Query
from nbflow.server.places import PlaceError

CODE = Query("code", "The code of a finding.")
_PACKAGE: Final = Path(nbflow.__file__).parent
#: Where the pages lie: where nbflow is installed, and in a checkout.
FOLDERS: Final = (_PACKAGE / "explanations", _PACKAGE.parent / "docs" / "findings")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def _explanation(asked: Asked) -> schema.Explanation:
    code = asked.text(CODE)
    page = next(_found(code), None) if re.fullmatch(r"NB\d{3}", code) else None
    if page is None:
        raise PlaceError(f"there is no finding {code!r}", 404)
    # The pages that it leads to are not there.
    return schema.Explanation(code, _LINK.sub(r"\1", page.read_text(encoding="utf-8")))


def _found(code: str) -> Iterator[Path]:
    pages = (folder / f"{code}.md" for folder in FOLDERS)
    return (page for page in pages if page.is_file())


OPERATIONS = (
    Operation(
        "GET",
        "/findings",
        "What a finding means, why it matters, and what to do.",
        schema.Explanation,
        _explanation,
        queries=(CODE,),
    ),
)
