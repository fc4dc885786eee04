"""A request that went wrong, as an exception whose text is for users."""

from __future__ import annotations

from nbflow.errors import EngineError


class ApiError(EngineError):
    """A request that was refused, or that was not answered.

    ``code`` is that of HTTP, 0 where no answer came; ``reason`` is Kubernetes' own word, "" without one.
    ``passing`` says that the same request may go well in a moment, ``lost`` that the server may be back in
    minutes; ``wait`` are the seconds that it has asked for. ``message`` is what the server has said,
    ``absent`` the name of the object that is not there.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: int = 0,
        reason: str = "",
        message: str = "",
        absent: str = "",
        passing: bool = False,
        lost: bool = False,
        wait: float = 0,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.reason = reason
        self.message = message
        self.absent = absent
        self.passing = passing
        self.lost = lost or passing
        self.wait = wait
