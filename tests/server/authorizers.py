"""An authorizer that knows nothing of nbflow."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth import Authorizer


class Reader(Authorizer):
    """Lets users read what is Jupyter's own."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Whether the user may do that."""
        return action == "read" and resource != "nbflow"
