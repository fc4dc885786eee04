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
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from nbflow.errors import NbflowError, NotebookError, NotRecordedError, ParameterError, TagError
from nbflow.server import schema
from nbflow.server.body import BodyError, read
from nbflow.server.findings import shown
from nbflow.server.operation import JSON, READ, WRITE, Asked, Lane, Operation, Page
from nbflow.server.places import PlaceError, Root
from nbflow.server.wording import spoken
from nbflow.service.refused import Refused
from nbflow.wording.json_text import json_text

Given = TypeVar("Given")
T = TypeVar("T")

RESOURCE: Final = "nbflow"
VERBS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: The largest body of a request, in bytes; a notebook may be sent without its outputs.
MOST_BODY: Final = 16 << 20
#: The largest answer in JSON, in bytes; what may become large is cut before.
MOST_ANSWER: Final = 32 << 20
#: So many bytes of a page are written at once.
_PIECE: Final = 1 << 20
#: So many requests may wait for the threads of a lane.
_MOST_WAITING: Final = 32
_RUN: Final = r"[0-9]{1,18}"
#: The answers to what a user got wrong; any other error of ours is a conflict with how things stand.
_STATUS: Final = (
    (NotRecordedError, 404),
    (NotebookError, 422),
    (ParameterError, 422),
    (TagError, 422),
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
            lane: ThreadPoolExecutor(lane.threads, f"nbflow-{lane.name.lower()}") for lane in Lane
        }
        self._waiting = dict.fromkeys(Lane, 0)

    async def do(self, lane: Lane, work: Callable[[Given], T], given: Given) -> T:
        """What the work gives, done in a thread of the lane.

        Raises:
            PlaceError: too many requests wait already.
        """
        if self._waiting[lane] >= _MOST_WAITING:
            raise PlaceError("the server is busy with other requests; try again in a moment", 429)
        self._waiting[lane] += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads[lane], work, given)
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
        if operation.media != JSON:
            self.check_xsrf_cookie()  # as Jupyter does where it gives files
        try:
            answer = await self._answer(operation, self._asked(operation, named))
            text = await self.workshop.do(operation.lane, _as_text, answer)
            if len(text) > MOST_ANSWER and not isinstance(answer, Page):
                raise PlaceError(f"the answer is larger than {MOST_ANSWER >> 20} MiB", 413)
        except (PlaceError, BodyError, NbflowError) as error:
            self._tell(error)
        except OSError as error:
            if error.errno not in _OF_DISKS or error.filename is None:
                raise
            self._tell(PlaceError(f"{error.filename}: {error.strerror}", _CONFLICT))
        else:
            self.set_status(operation.status)
            if isinstance(answer, Page):
                await self._give(answer, operation.media, text)
            else:
                self.finish(text)

    async def _give(self, page: Page, media: str, text: bytes) -> None:
        """Answer with a page, as Jupyter gives files: what it holds is confined to an origin of its own."""
        policy = super(APIHandler, self).content_security_policy
        self.set_header("Content-Security-Policy", f"{policy}; sandbox allow-scripts")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Type", f"{media}; charset=UTF-8")
        if page.name:
            self.set_attachment_header(page.name)
        with suppress(StreamClosedError):  # nobody waits any more
            for place in range(0, len(text), _PIECE):
                self.write(text[place : place + _PIECE])
                await self.flush()
            self.finish(set_content_type=f"{media}; charset=UTF-8")

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
            answer = await self.workshop.do(operation.lane, operation.work, asked)
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
        self.finish(as_json(schema.Problem(spoken(str(error)), findings)))

    def no_such_verb(self) -> None:
        """Answer to a verb that the path does not know."""
        self.set_status(405)
        self.finish(as_json(schema.Problem(f"{self.request.method} cannot be asked for here")))


def _as_text(answer: object) -> bytes:
    if isinstance(answer, Page):
        return b"".join(piece.encode("utf-8", "replace") for piece in answer.pieces)
    return as_json(answer).encode()


def as_json(answer: object) -> str:
    """An answer as JSON; what JSON does not know (NaN in an output) is null."""
    value = dataclasses.asdict(answer) if dataclasses.is_dataclass(answer) else answer  # type: ignore[arg-type]
    return json_text(value)


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
