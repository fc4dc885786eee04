"""papermill's engine ``nbflow``.

papermill imports this module whenever it is imported itself, whatever engine is asked for: so nothing else
of nbflow is imported here before a notebook runs. See papermill's ``papermill/engines.py``.
"""

from __future__ import annotations

from papermill.engines import Engine, NotebookExecutionManager


class NbflowEngine(Engine):  # type: ignore[misc]  # papermill tells no types
    """Runs a notebook as a pipeline: each step in a process of its own, side by side where they may."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: object
    ) -> None:
        """Run the notebook of ``nb_man`` and fill it with what its cells gave.

        Args:
            nb_man: papermill's notebook in the making, which hears of each cell.
            kernel_name: the kernel to run it in.
            kwargs: papermill's options, and ``jobs`` and ``cache`` (see ``options``).

        Raises:
            PapermillException: nbflow does not run this notebook, or could not.
        """
        # Deferred: papermill with another engine need not wait for it.
        from nbflow.papermill.execution import execute  # noqa: PLC0415

        execute(nb_man, kernel_name, kwargs)
