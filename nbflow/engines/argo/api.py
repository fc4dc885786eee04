"""Requests to the Kubernetes API: answers as plain values, faults as sentences.

What fails in passing is asked again, with growing pauses: all requests here may be made twice, as those
that change something carry a mark, say which version of it they mean, or find it changed already.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from nbflow.engines.argo import refusals, unreached
from nbflow.engines.argo.asked import Asked
from nbflow.engines.argo.connection import Connection
from nbflow.engines.argo.drivers import driver
from nbflow.engines.argo.patience import Patience
from nbflow.engines.argo.troubles import ApiError

_TYPES: Final = {"PATCH": "application/merge-patch+json"}
T = TypeVar("T")
_PIECE: Final = 1 << 16
#: What the body of a refusal is read up to.
_LONGEST_REFUSAL: Final = 1 << 20


class Api:
    """A cluster as it answers. ``connect`` makes the connection, anew where the sign-in has run out."""

    def __init__(self, connect: Callable[[], Connection], patience: Patience) -> None:
        self.patience = patience
        self._connect = connect
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection, made when it is first needed."""
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def answer(self, asked: Asked) -> dict[str, Any]:
        """The object that is the answer.

        Raises:
            ApiError: there is none, or it is a refusal.
        """
        return self._tried(lambda: self._object(asked))

    def text(self, asked: Asked) -> str:
        """The text that is the answer.

        Raises:
            ApiError: there is none, or it is a refusal.
        """
        return self._tried(lambda: self._body(asked)).decode("utf-8", "replace")

    def lines(self, asked: Asked, silence: float) -> Iterator[bytes]:
        """The whole lines of an answer that goes on; it is asked for once.

        A line that a dropped connection has cut is left out; one that ends the answer without a break of
        line comes as it is.

        Raises:
            ApiError: it was refused or has broken off, or nothing came for ``silence`` seconds.
        """
        response = self._response(asked, silence)
        rest = b""
        try:
            for piece in self._pieces(asked, response):
                *whole, rest = (rest + piece).split(b"\n")
                yield from (line + b"\n" for line in whole)
            if rest:
                yield rest
        finally:
            response.close()

    def pause(self, failures: int, asked: float = 0) -> None:
        """Wait after so many failures in a row."""
        time.sleep(self.patience.pause(failures, asked) * random.uniform(0.8, 1))

    def _tried(self, once: Callable[[], T]) -> T:
        latest = time.monotonic() + self.patience.repeat
        for failures in range(1, self.patience.tries):
            try:
                return once()
            except ApiError as error:
                if not error.passing or time.monotonic() > latest:
                    raise
                self.pause(failures, error.wait)
        return once()

    def _object(self, asked: Asked) -> dict[str, Any]:
        body = self._body(asked)
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise refusals.strange(asked, self.connection)
        return found

    def _body(self, asked: Asked) -> bytes:
        response = self._response(asked, self.patience.answer)
        try:
            return b"".join(self._pieces(asked, response, self.patience.answer))
        finally:
            response.close()

    def _pieces(self, asked: Asked, response: Any, within: float = 0) -> Iterator[bytes]:
        """The body as it comes, in ``within`` seconds where that is given."""
        latest = time.monotonic() + within
        try:
            for piece in _coming(response):
                yield piece
                if within and time.monotonic() > latest:
                    raise unreached.slow(asked, self.connection, within)
        except (driver("urllib3.exceptions").HTTPError, OSError, ValueError) as error:
            raise unreached.trouble(asked, self.connection, error) from None

    def _response(self, asked: Asked, silence: float) -> Any:
        """The answer to a request, its body still to be read."""
        response = self._sent(asked, silence)
        if response.status == 401:
            # Tokens run out, and what renews them may be other programs: look once where they come from.
            response.close()
            self._connection = self._connect()
            response = self._sent(asked, silence)
        if 200 <= response.status <= 299:
            return response
        body = b""
        with contextlib.suppress(ApiError):
            for piece in self._pieces(asked, response, self.patience.answer):
                body += piece
                if len(body) > _LONGEST_REFUSAL:
                    break
        response.close()
        raise refusals.refusal(asked, self.connection, response.status, response.headers, body)

    def _sent(self, asked: Asked, silence: float) -> Any:
        connection = self.connection
        urllib3 = driver("urllib3")
        query = f"?{urlencode(asked.query)}" if asked.query else ""
        headers = {
            "Accept": "application/json, */*",
            "User-Agent": "nbflow",
            **connection.headers(),
        }
        body = None
        if asked.body is not None:
            headers["Content-Type"] = _TYPES.get(asked.method, "application/json")
            body = json.dumps(asked.body).encode()
        try:
            return connection.pool.request(
                asked.method,
                f"{connection.host}{asked.path}{query}",
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(connect=self.patience.connect, read=silence),
                retries=False,
                redirect=False,
                preload_content=False,
                enforce_content_length=True,
            )
        except urllib3.exceptions.HTTPError as error:
            raise unreached.trouble(asked, connection, error) from None


def _coming(response: Any) -> Iterator[bytes]:
    """The body in pieces of what has come by now: `read` would wait for all of a size."""
    if not hasattr(response, "read1"):  # urllib3 1
        yield from response.stream(_PIECE)
        return
    while piece := response.read1(_PIECE):
        yield piece
