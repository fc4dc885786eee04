"""What the panel weighs."""

from __future__ import annotations

from lab import EXTENSION

#: In bytes, all of it together.
MOST = 300_000


def test_the_scripts_stay_small() -> None:
    found = {path.name: path.stat().st_size for path in (EXTENSION / "static").glob("*.js")}
    assert found
    assert sum(found.values()) <= MOST, found
