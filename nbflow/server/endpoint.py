"""Requests let in, their work done in threads, and what came of it told.

Every verb of every path is behind the same two doors: who asks is known (``authenticated``), and may do
what is asked (``authorized``, for the resource "nbflow"). Jupyter Server checks origin and XSRF before.
"""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import authenticated

from nbflow.errors import NbflowError, NotebookError, NotRecordedError, ParameterError
from nbflow.server import schema
from nbflow.server.findings import shown
from nbflow.server.json_schema import BodyError, read
from nbflow.server.operation import READ, WRITE, Asked, Lane, Operation
from nbflow.server.places import PlaceError, Root
from nbflow.service.refused import Refused

RESOURCE: Final = "nbflow"
VERBS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: The largest body of a request, in bytes; a notebook may be sent without its outputs.
MOST_BODY: Final = 16 << 20
#: The largest answer, in characters; what may become large is cut before.
MOST_ANSWER: Final = 32 << 20
#: So many requests may wait for the threads of a lane.
_MOST_WAITING: Final = 32
_RUN: Final = r"[0-9]{1,18}"
#: The answers to what a user got wrong; any other error of ours is a conflict with how things stand.
_STATUS: Final = (
    (NotRecordedError, 404),
    (NotebookError, 422),
    (ParameterError, 422),
    (Refused, 422),
)
_CONFLICT: Final = 409
#: What a disk may have against a name or a file that a user asks for.
_OF_DISKS: Final = frozenset(
    {
        errno.EACCES, errno.EDQUOT, errno.ENAMETOOLONG, errno.ENOSPC, errno.ENOTDIR, errno.EPERM,
        errno.EROFS,
    }
)  # fmt: skip


class Workshop:
    """The threads of all lanes."""

    def __init__(self) -> None:
        self._threads = {
            lane: ThreadPoolExecutor(lane.value, f"nbflow-{lane.name.lower()}") for lane in Lane
        }
        self._waiting = dict.fromkeys(Lane, 0)

    async def do(self, operation: Operation, asked: Asked) -> object:
        """What the work of an operation gives.

        Raises:
            PlaceError: too many requests wait already.
        """
        lane = operation.lane
        if self._waiting[lane] >= _MOST_WAITING:
            raise PlaceError("the server is busy with other requests; try again in a moment", 429)
        self._waiting[lane] += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads[lane], operation.work, asked)
        finally:
            self._waiting[lane] -= 1

    def close(self) -> None:
        """Begin no more work."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)


class Endpoint(APIHandler):
    """What all paths have in common."""

    auth_resource = RESOURCE

    def initialize(self, workshop: Workshop) -> None:
        """Take the threads that do the work."""
        self.workshop = workshop
        self._gone = False

    def on_connection_close(self) -> None:
        """Nobody waits for the answer any more."""
        self._gone = True
        super().on_connection_close()

    async def serve(self, operation: Operation, named: Mapping[str, str]) -> None:
        """Answer a request that has been let in."""
        try:
            answer = as_json(await self._answer(operation, self._asked(operation, named)))
            if len(answer) > MOST_ANSWER:
                raise PlaceError(f"the answer is larger than {MOST_ANSWER >> 20} MiB", 413)
        except (PlaceError, BodyError, NbflowError) as error:
            self._tell(error)
        except OSError as error:
            if error.errno not in _OF_DISKS or error.filename is None:
                raise
            self._tell(PlaceError(f"{error.filename}: {error.strerror}", _CONFLICT))
        else:
            self.set_status(operation.status)
            self.finish(answer)

    def _asked(self, operation: Operation, named: Mapping[str, str]) -> Asked:
        contents = self.contents_manager
        folder = getattr(contents, "root_dir", "")
        if not folder:
            raise PlaceError("this server keeps its notebooks elsewhere than in files", 409)
        root = Root(Path(folder).absolute(), bool(getattr(contents, "allow_hidden", False)))
        given = {
            query.name: self.get_query_argument(query.name, None, strip=False)
            for query in operation.queries
        }
        found = {name: value for name, value in given.items() if value is not None}
        return Asked(root, named, found, self._body(operation))

    def _body(self, operation: Operation) -> object:
        if operation.body is None:
            return None
        text = self.request.body
        if len(text) > MOST_BODY:
            raise PlaceError(f"the body of the request is larger than {MOST_BODY >> 20} MiB", 413)
        try:
            body = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            raise BodyError("the body of the request is not JSON") from None
        return read(operation.body, body)

    async def _answer(self, operation: Operation, asked: Asked) -> object:
        """The answer, waited for where the operation and the request say so."""
        wait = next((query for query in operation.queries if query.name == "wait"), None)
        until = time.monotonic() + (asked.number(wait) if wait else 0)
        while True:
            answer = await self.workshop.do(operation, asked)
            pause = operation.pause(answer) if operation.pause else None
            left = until - time.monotonic()
            if pause is None or left <= 0 or self._gone:
                return answer
            await asyncio.sleep(min(pause, left))

    def _tell(self, error: PlaceError | BodyError | NbflowError) -> None:
        """Answer with what the user got wrong."""
        if isinstance(error, PlaceError):
            status = error.status
        elif isinstance(error, BodyError):
            status = 400
        else:
            kinds = (number for kind, number in _STATUS if isinstance(error, kind))
            status = next(kinds, _CONFLICT)
        findings = shown(error.findings) if isinstance(error, Refused) else ()
        self.set_status(status)
        self.finish(as_json(schema.Problem(str(error), findings)))

    def no_such_verb(self) -> None:
        """Answer to a verb that the path does not know."""
        self.set_status(405)
        self.finish(as_json(schema.Problem(f"{self.request.method} cannot be asked for here")))


def as_json(answer: object) -> str:
    """An answer as JSON; what JSON does not know (NaN in an output) is null."""
    value = dataclasses.asdict(answer) if dataclasses.is_dataclass(answer) else answer  # type: ignore[arg-type]
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(value), allow_nan=False)


def _without_nan(value: object) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    return [_without_nan(each) for each in value] if isinstance(value, (list, tuple)) else value


def handler(path: str, operations: Iterable[Operation]) -> type[Endpoint]:
    """The handler of a path: each verb that an operation has, and the others, which are refused."""
    known = {operation.verb: operation for operation in operations}
    verbs = {verb.lower(): _verb(verb, known.get(verb)) for verb in VERBS}
    return type(f"Endpoint{path}", (Endpoint,), verbs)


def _verb(verb: str, operation: Operation | None) -> Callable[..., Awaitable[None]]:
    reading = verb in ("GET", "HEAD", "OPTIONS")
    action = operation.action if operation else READ if reading else WRITE

    async def serve(self: Endpoint, **named: str) -> None:
        if operation is None:
            self.no_such_verb()
        else:
            await self.serve(operation, named)

    allowed: Callable[..., Any] = authorized(action, RESOURCE)
    return cast("Callable[..., Awaitable[None]]", authenticated(allowed(serve)))


def pattern(path: str) -> str:
    """The path as a regular expression; names in braces become named groups."""
    return re.sub(
        r"\{(\w+)\}", partial(_group), re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
    )


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1]}>{_RUN})"
