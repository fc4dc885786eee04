"""The OpenAPI document that the types of the panel are made of."""

from __future__ import annotations

import json
from pathlib import Path

from nbflow.server.routes import document

KEPT = Path(__file__).parents[2] / "js" / "openapi.json"


def test_the_panel_has_the_document_of_this_server() -> None:
    assert json.loads(KEPT.read_text(encoding="utf-8")) == document(), "run `make types`"
