"""nbflow turns a Jupyter notebook into a pipeline and runs it."""

import importlib

__version__ = "0.1.0"


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """The extension of Jupyter Server, which finds it by the name of this function."""
    # Deferred, and by name: only a Jupyter Server has what it needs, and all else lies below it.
    app = importlib.import_module("nbflow.server.app")
    return [{"module": "nbflow", "app": app.NbflowExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """The extension of JupyterLab, which finds it by the name of this function where it is developed."""
    return [{"src": "labextension", "dest": "nbflow"}]
