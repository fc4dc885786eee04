"""How long a server asks to wait."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from nbflow.engines.retry_after import LONGEST, seconds


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("0", 0),
        (" 7 ", 7),
        (7, 7),
        ("120", LONGEST),
        ("9" * 400, LONGEST),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
        ("Sun Nov  6 08:49:37 1994", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ("Wed Dec 31 23:59:59 2098", LONGEST),
        ("²", None),
        ("٣", None),
        ("-1", None),
        ("1.5", None),
        ("5 s", None),
        ("7, 7", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("Mon, 99 Dec 2099 23:59:59 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_seconds(told: object, meant: float | None) -> None:
    assert seconds(told) == meant


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_dates_are_those_of_greenwich(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        soon = time.time() + 30
        for told in (formatdate(soon, usegmt=True), time.asctime(time.gmtime(soon))):
            found = seconds(told)
            assert found is not None
            assert 0 < found <= 30
    finally:
        monkeypatch.undo()
        time.tzset()
