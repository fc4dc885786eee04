"""The extension of Jupyter Server."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp

from nbflow.server.endpoint import Workshop, handler, pattern
from nbflow.server.routes import PREFIX, by_path


class NbflowExtension(ExtensionApp):
    """Serves nbflow's API below the server's base URL."""

    name = "nbflow"
    load_other_extensions = True

    def initialize_handlers(self) -> None:
        """Add a handler for each path."""
        self.workshop = Workshop()
        self.handlers.extend(
            (pattern(f"{PREFIX}{path}"), handler(path, operations), {"workshop": self.workshop})
            for path, operations in by_path()
        )

    async def stop_extension(self) -> None:
        """Begin no more work; runs go on."""
        self.workshop.close()
