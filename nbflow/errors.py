"""The exceptions of nbflow.

User mistakes inside a notebook come back as findings. Exceptions are for what the caller cannot repair::

    NbflowError                 one sentence for the user; ``exit_code`` of the command line
    ├── NotebookError           the file cannot be read as a notebook
    ├── TagError                what is asked for cannot be said by the tags of a cell
    ├── ParameterError          a parameter that does not exist, or a value of the wrong type
    ├── KernelError             the notebook's kernel cannot be found or is not Python
    ├── EngineError             the engine could not do its work (no space, a helper that died, ...)
    ├── ProfileError            a connection to an engine is not known, or its settings do not fit
    ├── StoreError              the run store cannot be read or written
    │   └── NotRecordedError    there is no store, or it does not know the run or the step
    │       └── NotMadeError    a step or a variable that a run does not have; a KeyError as well
    ├── VariableError           a variable of a run cannot be made an object of this process
    └── RunFailedError          a run did not end well, and the caller wants to be told so

The services add ``Refused`` (``nbflow.service.refused``): findings of severity error forbid what was asked.
"""

from __future__ import annotations


class NbflowError(Exception):
    """Base of all errors that are told to the user in one sentence, without a traceback."""

    exit_code = 1


class NotebookError(NbflowError):
    """The file cannot be read as a notebook."""

    exit_code = 3


class TagError(NbflowError):
    """What is asked for cannot be said by the tags of a cell."""


class ParameterError(NbflowError):
    """A parameter that the notebook does not have, or a value that does not fit its type."""

    exit_code = 4


class KernelError(NbflowError):
    """The notebook's kernel is not installed, or is not a Python kernel that can run steps."""

    exit_code = 5


class EngineError(NbflowError):
    """An engine could not do its work."""

    exit_code = 6


class ProfileError(NbflowError):
    """A connection to an engine that is not known, or settings or secrets of it that do not fit."""

    exit_code = 6


class StoreError(NbflowError):
    """The run store cannot be read or written."""

    exit_code = 7


class NotRecordedError(StoreError):
    """There is no run store, or it holds no such run or step."""


class NotMadeError(NotRecordedError, KeyError):
    """The run has no such step, or the step no such variable: what a mapping raises for a missing key."""

    def __str__(self) -> str:
        """The sentence, without the quotes that a KeyError puts around it."""
        return str(self.args[0])


class VariableError(NbflowError):
    """A variable of a run cannot be made an object of this process; the message says why."""


class RunFailedError(NbflowError):
    """A run did not end well.

    ``run`` is its id, ``step`` and ``error`` say what failed, or are "". ``findings`` are what was told of
    the notebook before the run.
    """

    def __init__(
        self,
        message: str,
        *,
        run: str,
        step: str = "",
        error: str = "",
        findings: tuple[object, ...] = (),
    ) -> None:
        super().__init__(message)
        self.run = run
        self.step = step
        self.error = error
        self.findings = findings
