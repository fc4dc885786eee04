"""What is read as it is: the report of a step, and logs to keep."""

from __future__ import annotations

import re

from nbflow.server.operation import Asked, Lane, Operation, Page, Query
from nbflow.server.runs import FOLDER, STEP, known
from nbflow.service import report
from nbflow.service.written import as_text

STEP_OR_ALL = Query("step", "The name of a step; all steps where none is named.", "")


def _report(asked: Asked) -> Page:
    record, folder = known(asked)
    return Page([report.page(record, folder, asked.text(STEP))])


def _log(asked: Asked) -> Page:
    record, folder = known(asked)
    step = asked.text(STEP_OR_ALL)
    slug = re.sub(r"[^\w.-]+", "-", step)[:60]
    name = f"run-{record.id}{f'-{slug}' if slug else ''}.log"
    return Page(as_text(record, folder, step), name)


OPERATIONS = (
    Operation(
        "GET",
        "/runs/{run}/report",
        "The HTML page of a step that has ended, confined to an origin of its own.",
        str,
        _report,
        queries=(FOLDER, STEP),
        lane=Lane.PAGES,
        media="text/html",
    ),
    Operation(
        "GET",
        "/runs/{run}/log.txt",
        "All that a step, or each of them, has written up to now, as a file.",
        str,
        _log,
        queries=(FOLDER, STEP_OR_ALL),
        media="text/plain",
    ),
)
