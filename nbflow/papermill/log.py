"""What cells print and show, for papermill's log and the files that its caller has named."""

from __future__ import annotations

from papermill.log import logger

from nbflow.engines.events import CellShown, StepLog
from nbflow.papermill.options import Options


class Log:
    """Writes as papermill's own engine does (``papermill/clientwrap.py``)."""

    def __init__(self, options: Options) -> None:
        self._logs = options.log_output
        self._files = {"stdout": options.stdout_file, "stderr": options.stderr_file}

    def word(self, word: StepLog | CellShown) -> None:
        """Write what a cell has said."""
        match word:
            case StepLog(stream=stream, text=text):
                if self._logs:
                    (logger.info if stream == "stdout" else logger.warning)(text)
                if (file := self._files.get(stream)) is not None:
                    file.write(text)
                    file.flush()
            case CellShown(data=data):
                if self._logs and "text/plain" in data:
                    logger.info(str(data["text/plain"]))

    def note(self, sentence: str) -> None:
        """Write what the reader of the log should know."""
        logger.info(f"nbflow: {sentence}")

    def warn(self, sentence: str) -> None:
        """Write what the reader of the log should not miss."""
        logger.warning(f"nbflow: {sentence}")
