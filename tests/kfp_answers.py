"""Requests to the server of the tests, and its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13, 503: 14}


class Answer:
    """What is answered with."""

    def __init__(
        self,
        status: int,
        body: object = None,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status, self.kind, self.headers = status, kind, headers or {}
        self.body = body if isinstance(body, bytes) else _bytes(body)


class RefusedError(Exception):
    """A request that is answered with an error, from wherever that is known."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _bytes(body: object) -> bytes:
    return (
        body.encode()
        if isinstance(body, str)
        else json.dumps({} if body is None else body).encode()
    )


def failed(status: int, message: str) -> Answer:
    """An error as grpc-gateway writes it."""
    code = _CODES.get(status, 2)
    detail = {"@type": "type.googleapis.com/google.rpc.Status", "code": code, "message": message}
    return Answer(status, {"error": message, "code": code, "message": message, "details": [detail]})


@dataclass(frozen=True)
class Asked:
    """A request that the server has got."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)
