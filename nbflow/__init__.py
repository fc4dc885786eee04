"""nbflow turns a Jupyter notebook into a pipeline and runs it.

``nbflow.run("churn.ipynb", {"trees": 40})["train"].variables["model"]``: the functions, classes and errors
that are named here are loaded when they are first asked for, so that ``import nbflow`` costs next to nothing.
"""

import importlib

TYPE_CHECKING = (
    False  # as type checkers know it: importing typing would cost more than all else here
)

if TYPE_CHECKING:
    from nbflow.api import (
        Analysis,
        Batch,
        BatchMember,
        Converted,
        Finding,
        Notebook,
        Refused,
        Run,
        RunStep,
        Variables,
        analyze,
        batch,
        batches,
        convert,
        read,
        run,
        runs,
    )
    from nbflow.errors import (
        EngineError,
        KernelError,
        NbflowError,
        NotebookError,
        NotMadeError,
        NotRecordedError,
        ParameterError,
        RunFailedError,
        StoreError,
        VariableError,
    )


__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Batch",
    "BatchMember",
    "Converted",
    "EngineError",
    "Finding",
    "KernelError",
    "NbflowError",
    "NotMadeError",
    "NotRecordedError",
    "Notebook",
    "NotebookError",
    "ParameterError",
    "Refused",
    "Run",
    "RunFailedError",
    "RunStep",
    "StoreError",
    "VariableError",
    "Variables",
    "__version__",
    "analyze",
    "batch",
    "batches",
    "convert",
    "read",
    "run",
    "runs",
]

if not TYPE_CHECKING:  # a type checker knows each name, and that there is no other

    def __getattr__(name: str) -> object:
        """What ``__all__`` names, out of the module that has it."""
        if name not in __all__:
            raise AttributeError(f"module 'nbflow' has no attribute {name!r}")
        home = "nbflow.errors" if name.endswith("Error") else "nbflow.api"
        found = getattr(importlib.import_module(home), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        """All names, loaded or not."""
        return sorted({*globals(), *__all__})


def load_ipython_extension(shell: object) -> None:
    """What ``%load_ext nbflow`` does: gives the shell the magics of nbflow."""
    importlib.import_module("nbflow.magics.extension").load_ipython_extension(shell)


def unload_ipython_extension(shell: object) -> None:
    """What ``%unload_ext nbflow`` does: leaves the shell as it was."""
    importlib.import_module("nbflow.magics.extension").unload_ipython_extension(shell)


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """The extension of Jupyter Server, which finds it by the name of this function."""
    # Deferred, and by name: only a Jupyter Server has what it needs, and all else lies below it.
    app = importlib.import_module("nbflow.server.app")
    return [{"module": "nbflow", "app": app.NbflowExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """The extension of JupyterLab, which finds it by the name of this function where it is developed."""
    return [{"src": "labextension", "dest": "nbflow"}]
