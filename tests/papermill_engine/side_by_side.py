"""The same notebook run by papermill's own engine and by nbflow's, and what must be the same of both."""

from __future__ import annotations

import copy
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import papermill
from papermill.cli import papermill as command
from papermill.exceptions import PapermillExecutionError

_TIMES = {"start_time", "end_time", "duration"}


@dataclass(frozen=True, slots=True)
class Given:
    """What papermill has left: the output notebook, the error that it raised, its warnings."""

    notebook: dict[str, Any]
    error: tuple[object, ...] | None
    warnings: list[str]

    @property
    def raised(self) -> tuple[object, ...] | None:
        """The error without its traceback, which stands in the notebook."""
        return self.error and self.error[:-1]


@dataclass(slots=True)
class Warnings(logging.Handler):
    """Keeps what papermill's log is warned of."""

    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.Handler.__init__(self, logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text."""
        self.texts.append(record.getMessage())

    def __hash__(self) -> int:
        return id(self)


def given(
    engine: str | None, notebook: Path, parameters: Mapping[str, object], **options: Any
) -> Given:
    """What comes of a notebook in its own folder."""
    output = notebook.with_name(f"{engine}.ipynb")
    return _left(
        output,
        lambda: papermill.execute_notebook(
            str(notebook),
            str(output),
            dict(parameters),
            engine_name=engine,
            progress_bar=False,
            cwd=str(notebook.parent),
            **options,
        ),
    )


def given_by_command(engine: str, notebook: Path, words: Sequence[str], output: str) -> Given:
    """What comes of the command ``papermill``; ``output`` names a file beside the notebook."""
    path = notebook.with_name(f"{engine}-{output}")
    given_words = [str(notebook), str(path), "--engine", engine, "--no-progress-bar", *words]
    return _left(
        notebook.with_name(f"{engine}-{output}".format(x=3)),
        lambda: command.main(given_words, standalone_mode=False),
    )


def _left(output: Path, work: Callable[[], object]) -> Given:
    log, heard = logging.getLogger("papermill"), Warnings()
    log.addHandler(heard)
    error = None
    try:
        work()
    except PapermillExecutionError as raised:
        error = raised.args
    finally:
        log.removeHandler(heard)
    return Given(json.loads(output.read_text(encoding="utf-8")), error, heard.texts)


def comparable(notebook: Mapping[str, Any], *, ids: bool = True) -> dict[str, Any]:
    """The notebook without what differs between any two runs: times, ids drawn at random, its path.

    papermill draws the ids of all cells where its input has none: they do not count without ``ids``.
    """
    found = copy.deepcopy(dict(notebook))
    about = found["metadata"]["papermill"]
    assert re.match(r"\d{4}-", about["start_time"])
    assert about["duration"] > 0
    for name in (*_TIMES, "output_path"):
        about.pop(name)
    for cell in found["cells"]:
        tags = {"injected-parameters", "papermill-error-cell-tag"}
        if not ids or tags.intersection(cell["metadata"].get("tags", ())):
            cell.pop("id", None)
        own = cell["metadata"].get("papermill", {})
        for name in _TIMES & own.keys():
            own[name] = type(own[name]).__name__
        if "execution" in cell["metadata"]:
            cell["metadata"]["execution"] = sorted(cell["metadata"]["execution"])
        if "outputs" in cell:
            cell["outputs"] = _joined(cell["outputs"])
    return found


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs, with neighbouring text in one for each stream: kernels cut it and mix it as it comes."""
    found: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            if not found or "streams" not in found[-1]:
                found.append({"streams": {}})
            streams = found[-1]["streams"]
            streams[output["name"]] = streams.get(output["name"], "") + "".join(output["text"])
        else:
            found.append(output)
        if output["output_type"] == "error":
            output["traceback"] = _plain(output["traceback"])
    return found


def _plain(traceback: list[str]) -> str:
    """A traceback without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
